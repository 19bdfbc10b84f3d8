"""Every error the project raises on purpose.

    FactdriftError
    +- UsageError            exit 2: a wrong option, an unknown fact or topic
    |  +- ConfigError        exit 2: config.yaml or a topic file; carries every problem found
    +- NoSourceWorked        exit 3: a run in which no source could be read
    +- StoreUnavailable      exit 4: the database is locked, damaged, too new, or the disk is full
    +- TransientError        worth another try: a timeout, a 503, a dropped connection
    +- PermanentError        not worth another try: a refused address, a page that is no feed
    |  +- Gone               the server says that it is not there: 404, 410
    +- QueryRefused          exit 2: ad-hoc SQL that tried to leave its cage or outran its limits

Each carries its data as attributes, builds its text in `__str__` and survives pickling.
"""


class FactdriftError(Exception):
    """Base of all errors raised on purpose. `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(what, way_out)
        self.what = what
        self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.what}\n  {self.way_out}" if self.way_out else self.what


class UsageError(FactdriftError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration or topic file is wrong; `problems` holds one `file: path: reason` line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.args = (problems,)
        self.problems = problems


class QueryRefused(UsageError):
    """An ad-hoc query was refused or stopped."""


class NoSourceWorked(FactdriftError):
    """A run in which every source failed."""

    exit_code = 3


class StoreUnavailable(FactdriftError):
    """The database cannot be opened, read or written."""

    exit_code = 4


class TransientError(FactdriftError):
    """An I/O failure that may pass; `retry_after_seconds` is set where the server said when to come back."""

    def __init__(self, what: str, way_out: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(what, way_out)
        self.args = (what, way_out, retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class PermanentError(FactdriftError):
    """An I/O failure that another try will not mend."""


class Gone(PermanentError):
    """The server says that there is nothing at the address, or nothing any more."""

"""Prefect without a server of the user's: quiet, private, in a folder of our own. Import before prefect."""

import logging
import os
from pathlib import Path

_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_COLORS": "false",
}


def prepare_prefect() -> None:
    """Set what the user has not set. Must run before prefect is imported."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "factdrift" / "prefect"
    os.environ.setdefault("PREFECT_HOME", str(home))
    Path(os.environ["PREFECT_HOME"]).expanduser().mkdir(parents=True, exist_ok=True)
    logging.getLogger("asyncio").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """False for the traceback of a run that was told to stop: that it stops is no error."""
    stopped = record.exc_info[1] if record.exc_info else None
    return type(stopped).__name__ != "TerminationSignal"

"""Options that many commands share: where the configuration is, which topic, which files."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factdrift.config import Config, load_config
from factdrift.errors import UsageError
from factdrift.resources import find

if TYPE_CHECKING:
    from flows.job import Job

DEMO_FOLDER = Path("factdrift-demo")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command looks: the configuration and the files it names, absolute."""

    config: Config
    config_file: Path
    topic: str
    database: Path
    snapshot: Path

    @property
    def topic_file(self) -> Path:
        """The topic's file."""
        return find(self.config.topics[self.topic].file, self.config_file.parent).absolute()

    @property
    def job(self) -> "Job":
        """The same place as the flows know it."""
        from factdrift.topic import load_topic
        from flows.job import Job

        chosen, file = self.config.topics[self.topic], self.topic_file
        return Job(self.config, chosen, load_topic(file), file, self.database, self.snapshot)


def with_place(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --config, --demo, --topic and --database, and call it with the Place they name."""

    @functools.wraps(command)
    def placed(
        *given: Any, config_file: Path | None, demo: bool, topic: str | None, database: Path | None, **rest: Any
    ) -> Any:
        return command(place(config_file, demo, topic, database), *given, **rest)

    return with_place_options(placed)


def with_place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command those options as they are typed."""
    for option in (
        click.option(
            "--database", type=click.Path(path_type=Path), help="Use this database instead of the configured one."
        ),
        click.option("--topic", help="The topic, where the configuration has several."),
        click.option("--demo", is_flag=True, help=f"Use the demo's database in ./{DEMO_FOLDER}."),
        click.option(
            "--config", "config_file", type=click.Path(path_type=Path), help="The configuration [config.yaml]."
        ),
    ):
        command = option(command)
    return command


def place(config_file: Path | None, demo: bool, topic: str | None, database: Path | None) -> Place:
    """Where to look, from the shared options. Raises ConfigError or UsageError."""
    if demo:
        config_file = Path.cwd() / DEMO_FOLDER / "config.yaml"
        if not config_file.is_file():
            raise UsageError(f"{config_file}: the demo has not run here", "run `factdrift demo` first")
    file = config_file.absolute() if config_file else find("config.yaml").absolute()
    config = load_config(file)
    name = topic or next(iter(config.topics))
    if name not in config.topics:
        raise UsageError(f"no topic {name!r} in {file.name}", f"it has: {', '.join(config.topics)}")
    base = file.parent if config_file or file.parent == Path.cwd() else Path.cwd()
    chosen = (database.absolute() if database else base / config.database).expanduser()
    snapshot = chosen.with_suffix(".snapshot.duckdb") if database else (base / config.snapshot).expanduser()
    return Place(config, file, name, chosen, snapshot)


def moment(text: str | None, *, end: bool = False) -> datetime | None:
    """A day or a time as UTC; a bare day means its start (or its end). Raises UsageError."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max if end else time.min, UTC)
        given = datetime.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"{text!r} is no date", "write it as 2024-01-31 or 2024-01-31T12:00") from exc
    return given if given.tzinfo else given.replace(tzinfo=UTC)

"""What a run is about: configuration, topic and files, loaded once."""

from dataclasses import dataclass
from pathlib import Path

from factdrift.config import Config, TopicConfig, load_config
from factdrift.errors import UsageError
from factdrift.resources import find, is_packaged
from factdrift.topic import Topic, load_topic


@dataclass(frozen=True, slots=True)
class Job:
    """One topic of one configuration. Paths are absolute."""

    config: Config
    topic_config: TopicConfig
    topic: Topic
    topic_file: Path
    database: Path
    snapshot: Path


def load_job(config_file: Path, topic: str | None = None, database: Path | None = None) -> Job:
    """The job for a topic (the only one, where the configuration has one). Raises ConfigError or UsageError."""
    config = load_config(config_file)
    name = topic or next(iter(config.topics))
    if name not in config.topics:
        raise UsageError(f"no topic {name!r} in {config_file}", f"it has: {', '.join(config.topics)}")
    chosen = config.topics[name]
    # The copy of config.yaml that comes with the program is not a place to keep data: relative paths are the user's.
    base = Path.cwd() if is_packaged(config_file) else config_file.absolute().parent
    topic_file = find(chosen.file, base).absolute()
    kept = database.expanduser().absolute() if database else _below(base, config.database)
    snapshot = kept.with_suffix(".snapshot.duckdb") if database else _below(base, config.snapshot)
    return Job(config, chosen, load_topic(topic_file), topic_file, kept, snapshot)


def _below(base: Path, name: str) -> Path:
    path = Path(name).expanduser()
    return path if path.is_absolute() else base / path

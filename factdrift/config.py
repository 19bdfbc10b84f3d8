"""`config.yaml` as frozen models: where things are kept, what is watched, how politely, who is told.

Every problem is reported at once as `config.yaml: topics.x.sources.2.url: reason`. Secrets are names of environment
variables only.
"""

from pathlib import Path
from typing import Literal, Self

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from factdrift.errors import ConfigError
from factdrift.topic import read_yaml, validation_problems


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceConfig(_Frozen):
    """A feed, or a page whose links are articles."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: Literal["feed", "page"] = "feed"
    url: str = Field(pattern=r"^https?://")
    outlet: str = ""  # where the feed does not name the outlet of an entry
    lang: str | None = Field(default=None, pattern="^[a-z]{2}$")
    tier: Literal[1, 2, 3] = 2  # 1 party or filing, 2 established outlet, 3 unknown page
    selector: str | None = None  # page: CSS selector of the links
    article_selector: str | None = None  # CSS selector of the article's text, where the general extraction fails

    @model_validator(mode="after")
    def _page_has_selector(self) -> Self:
        if (self.kind == "page") != (self.selector is not None):
            raise ValueError("selector: a page needs one, a feed has none (kind and selector disagree)")
        return self


class TopicConfig(_Frozen):
    """A watched topic: its file and its sources."""

    file: str
    sources: tuple[SourceConfig, ...] = Field(min_length=1)

    @field_validator("sources")
    @classmethod
    def _ids_are_unique(cls, sources: tuple[SourceConfig, ...]) -> tuple[SourceConfig, ...]:
        ids = [source.id for source in sources]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"source id used twice: {', '.join(twice)}")
        return sources


class FetchConfig(_Frozen):
    """Limits on what is fetched."""

    timeout_seconds: float = Field(default=20.0, gt=0, le=300)
    max_body_bytes: int = Field(default=5_000_000, ge=1000)
    max_redirects: int = Field(default=5, ge=0, le=20)
    per_host: int = Field(default=2, ge=1, le=16)
    retries: int = Field(default=2, ge=0, le=10)
    max_new_articles: int = Field(default=200, ge=1)
    recheck_days: int = Field(default=3, ge=0, le=60)
    user_agent: str = "factdrift/0.1 (+https://github.com/factdrift/factdrift)"
    allow_private: tuple[str, ...] = ()  # host:port of private or loopback addresses that may be fetched


class ParseConfig(_Frozen):
    """Limits on the worker processes that parse what was fetched."""

    workers: int = Field(default=2, ge=1, le=32)
    timeout_seconds: float = Field(default=20.0, gt=0, le=300)
    memory_mb: int = Field(default=1024, ge=256)


class ScheduleConfig(_Frozen):
    """When `factdrift serve` runs, in UTC."""

    cron: str = "7,37 * * * *"

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, cron: str) -> str:
        if not croniter.is_valid(cron):
            raise ValueError(f"not a cron line: {cron!r}")
        return cron


class ChannelConfig(_Frozen):
    """Who is told. `url_env` names the environment variable that holds an Apprise URL (mailto://, slack://, json://)."""

    kind: Literal["console", "apprise"] = "console"
    url_env: str | None = Field(default=None, pattern="^[A-Z][A-Z0-9_]*$")

    @model_validator(mode="after")
    def _apprise_has_url(self) -> Self:
        if (self.kind == "apprise") != (self.url_env is not None):
            raise ValueError("url_env: apprise needs one, console has none (kind and url_env disagree)")
        return self


class QueryConfig(_Frozen):
    """Limits on ad-hoc SQL."""

    timeout_seconds: float = Field(default=30.0, gt=0)
    memory_mb: int = Field(default=1024, ge=64)
    max_rows: int = Field(default=100_000, ge=1)


class Config(_Frozen):
    """The whole file."""

    database: str = "data/factdrift.duckdb"
    snapshot: str = "data/factdrift.snapshot.duckdb"
    topics: dict[str, TopicConfig] = Field(min_length=1)
    fetch: FetchConfig = FetchConfig()
    parse: ParseConfig = ParseConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    alerts: tuple[ChannelConfig, ...] = (ChannelConfig(),)
    query: QueryConfig = QueryConfig()


def load_config(path: Path) -> Config:
    """Read and check a configuration. Raises ConfigError with every problem as `file: path: reason`."""
    raw = read_yaml(path)
    try:
        return Config.model_validate(raw)
    except ValidationError as exc:
        raise ConfigError(validation_problems(path.name, exc)) from exc

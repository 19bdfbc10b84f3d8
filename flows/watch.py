"""The whole program on one page: gather, read, decide, apply, publish, tell.

`watch` is the Prefect flow; `run_once` runs it with no server of the user's. A source that fails is a result: the run
goes on, says so, and the caller decides what that means for its exit code.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flows.settings import prepare_prefect

prepare_prefect()

from prefect import flow  # noqa: E402  (after the settings)
from prefect.artifacts import acreate_table_artifact  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402

from factdrift.config import SourceConfig  # noqa: E402
from factdrift.errors import FactdriftError, TransientError  # noqa: E402
from factdrift.facts.identity import article_id  # noqa: E402
from factdrift.model import Change  # noqa: E402
from flows.gathering import Polled, SourceResult  # noqa: E402
from flows.job import Job, load_job  # noqa: E402
from flows.tasks import (  # noqa: E402
    Remembered,
    change_table,
    decide_and_apply,
    failed_gather,
    poll,
    read,
    remember,
    tell,
)
from storage.engine import lease  # noqa: E402


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, for the person who started it."""

    topic: str
    at: datetime
    articles: int
    claims: int
    changes: tuple[Change, ...]
    sentences: dict[str, tuple[str, str, str]]
    failed_sources: tuple[str, ...]  # "id: reason"
    worked_sources: int
    failed_articles: tuple[str, ...]
    unread: tuple[str, ...]
    undelivered: int


@flow(name="watch", validate_parameters=False)
async def watch(
    config_file: str = "config.yaml",
    topic: str | None = None,
    now: datetime | None = None,
    database: str | None = None,
) -> RunReport:
    """Watch one topic once. Raises StoreUnavailable where another run holds the store."""
    job = load_job(Path(config_file), topic, Path(database) if database else None)
    started = datetime.now(UTC)
    at = now or started
    with lease(job.database.with_name(job.database.name + ".run")):
        remembered = await remember(job, at)
        results = await _gather_all(job, remembered, at)
        applied = await decide_and_apply(job, results, uuid4().hex, min(started, at), at)
        undelivered = await tell(job, at)
    if applied.changes:
        await acreate_table_artifact(table=change_table(applied.changes), key=f"changes-{job.topic.topic}")
    return RunReport(
        topic=job.topic.topic,
        at=at,
        articles=applied.articles,
        claims=applied.claims,
        changes=applied.changes,
        sentences=applied.sentences,
        failed_sources=tuple(f"{r.source}: {r.error}" for r in results if r.error),
        worked_sources=sum(1 for r in results if not r.error),
        failed_articles=tuple(line for r in results for line in r.failures),
        unread=applied.unread,
        undelivered=undelivered,
    )


async def run_once(config_file: Path, topic: str | None = None, database: Path | None = None) -> RunReport:
    """Run the flow in this process, with an ephemeral Prefect server."""
    report: RunReport = await watch(str(config_file), topic, None, str(database) if database else None)
    return report


async def _gather_all(job: Job, remembered: Remembered, now: datetime) -> list[SourceResult]:
    """Every source at once, in this event loop (the parser pool belongs to it); a failure of one is its result."""
    sources = job.topic_config.sources
    polls = await asyncio.gather(*(_polled(job, source, remembered, now) for source in sources))
    offers = _once(sources, polls)
    reads = [read(job, source, offer, remembered, now) for source, offer in offers.items()]
    results = {result.source: result for result in await asyncio.gather(*reads)}
    results |= {outcome.source: outcome for outcome in polls if isinstance(outcome, SourceResult)}
    return [results[source.id] for source in sources]


def _once(sources: tuple[SourceConfig, ...], polls: list[Polled | SourceResult]) -> dict[SourceConfig, Polled]:
    """What each source is asked for: an article that several offer is fetched once, for the first by tier."""
    taken: set[str] = set()
    offers: dict[SourceConfig, Polled] = {}
    for source, polled in sorted(zip(sources, polls, strict=True), key=lambda pair: pair[0].tier):
        if isinstance(polled, SourceResult):
            continue
        fresh = [entry for entry in polled.entries if article_id(entry.url) not in taken]
        taken |= {article_id(entry.url) for entry in fresh}
        offers[source] = replace(polled, entries=tuple(fresh))
    return offers


async def _polled(job: Job, source: SourceConfig, remembered: Remembered, now: datetime) -> Polled | SourceResult:
    with_retries = poll.with_options(retries=job.config.fetch.retries)
    state: State[Polled | SourceResult] = await with_retries(job, source, remembered, now, return_state=True)  # type: ignore[misc]
    outcome = await state.aresult(raise_on_failure=False)
    if isinstance(outcome, Polled | SourceResult):
        return outcome
    if isinstance(outcome, TransientError):
        return failed_gather(source, remembered, outcome, now)
    raise _as_error(outcome)  # not the source's fault: a mistake of ours must not pass for a bad source


def _as_error(outcome: object) -> Exception:
    return outcome if isinstance(outcome, Exception) else FactdriftError(f"the task ended as {outcome!r}")

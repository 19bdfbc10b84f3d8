"""The whole program on one page: gather, read, decide, apply, publish, tell.

`watch` is the Prefect flow; `run_once` runs it with no server of the user's. A source that fails is a result: the run
goes on, says so, and the caller decides what that means for its exit code.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flows.settings import prepare_prefect

prepare_prefect()

from prefect import flow  # noqa: E402  (after the settings)
from prefect.artifacts import acreate_table_artifact  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402

from factdrift.config import SourceConfig  # noqa: E402
from factdrift.errors import FactdriftError  # noqa: E402
from factdrift.model import Change  # noqa: E402
from flows.gathering import SourceResult  # noqa: E402
from flows.job import Job, load_job  # noqa: E402
from flows.tasks import Remembered, change_table, decide_and_apply, failed_gather, gather, remember, tell  # noqa: E402
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
async def watch(config_file: str = "config.yaml", topic: str | None = None, now: datetime | None = None) -> RunReport:
    """Watch one topic once. Raises StoreUnavailable where another run holds the store."""
    job = load_job(Path(config_file), topic)
    at = now or datetime.now(UTC)
    started = at
    with lease(job.database.with_name(job.database.name + ".run")):
        remembered = await remember(job, at)
        results = await _gather_all(job, remembered, at)
        applied = await decide_and_apply(job, results, uuid4().hex, started, at)
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


async def run_once(
    config_file: Path,
    topic: str | None = None,
    now: datetime | None = None,
    on_report: Callable[[RunReport], None] | None = None,
) -> RunReport:
    """Run the flow in this process, with an ephemeral Prefect server."""
    report: RunReport = await watch(str(config_file), topic, now)
    if on_report:
        on_report(report)
    return report


async def _gather_all(job: Job, remembered: Remembered, now: datetime) -> list[SourceResult]:
    """Every source at once, in this event loop (the parser pool belongs to it); a failure of one is its result."""
    sources = job.topic_config.sources
    states = await asyncio.gather(*(_state_of(job, source, remembered, now) for source in sources))
    results = []
    for source, state in zip(sources, states, strict=True):
        outcome = await state.aresult(raise_on_failure=False)
        if isinstance(outcome, SourceResult):
            results.append(outcome)
        else:
            results.append(failed_gather(source, remembered, _as_error(outcome), now))
    return results


async def _state_of(job: Job, source: SourceConfig, remembered: Remembered, now: datetime) -> State[SourceResult]:
    state: State[SourceResult] = await gather(job, source, remembered, now, return_state=True)  # type: ignore[misc]
    return state


def _as_error(outcome: object) -> Exception:
    return outcome if isinstance(outcome, Exception) else FactdriftError(f"the task ended as {outcome!r}")

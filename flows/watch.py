"""The whole program on one page: gather, read, decide, apply, publish, tell.

`watch` is the Prefect flow; `run_once` runs it with no server of the user's. A source that fails is a result: the run
goes on, says so, and the caller decides what that means for its exit code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flows.settings import prepare_prefect

prepare_prefect()

from prefect import flow  # noqa: E402  (after the settings)
from prefect.artifacts import acreate_table_artifact  # noqa: E402

from factdrift.errors import FactdriftError  # noqa: E402
from flows.gathering import SourceResult  # noqa: E402
from flows.job import load_job  # noqa: E402
from flows.tasks import change_table, decide_and_apply, failed_gather, gather, remember, tell  # noqa: E402
from storage.engine import lease  # noqa: E402


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, for the person who started it."""

    topic: str
    at: datetime
    articles: int
    claims: int
    changes: tuple[object, ...]
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
        futures = [(source, gather.submit(job, source, remembered, at)) for source in job.topic_config.sources]
        results: list[SourceResult] = []
        for source, future in futures:
            outcome = future.result(raise_on_failure=False)
            done = isinstance(outcome, SourceResult)
            results.append(outcome if done else failed_gather(source, remembered, _as_error(outcome), at))
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


def _as_error(outcome: object) -> Exception:
    return outcome if isinstance(outcome, Exception) else FactdriftError(f"the task ended as {outcome!r}")

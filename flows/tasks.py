"""Thin wrappers that Prefect runs: one task a source, one for the decision and its commit. No logic of their own."""

import asyncio
import os
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from factdrift.config import SourceConfig
from factdrift.errors import PermanentError, TransientError
from factdrift.facts.identity import article_id
from factdrift.model import Change
from factdrift.notify.channels import deliver
from factdrift.sources.feeds import FeedEntry
from factdrift.sources.http import Fetcher
from factdrift.wording import describe_belief
from flows import gathering
from flows.applying import Applied, apply_run
from flows.gathering import Polled, ReadArticle, SourceResult
from flows.job import Job
from flows.missing import asked_again, missed
from flows.pool import shared_parsers
from storage.database import open_store
from storage.records import Missing, SourceState


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the gathering tasks need of the store: plain data, no connection."""

    states: dict[str, SourceState]
    known: dict[str, tuple[str, datetime]]
    young: dict[str, tuple[FeedEntry, ...]]  # by source: what may have been corrected since, whatever the feed says
    missing: dict[str, Missing]


@task(cache_policy=NO_CACHE)
async def remember(job: Job, now: datetime) -> Remembered:
    """Source states and known articles; creates or migrates the store."""
    with open_store(job.database, now=now) as store:
        topic, since = job.topic.topic, now - timedelta(days=job.config.fetch.recheck_days)
        young: dict[str, tuple[FeedEntry, ...]] = {}
        for source, url, title, published, outlet in store.young_articles(topic, since):
            young[source] = (*young.get(source, ()), FeedEntry(url, title, published, outlet, ""))
        return Remembered(store.source_states(topic), store.known_articles(topic), young, store.missing(topic))


async def _is_transient(task: "Task[..., object]", run: TaskRun, state: "State[object]") -> bool:
    try:
        await state.aresult()
    except TransientError:
        return True
    except Exception:
        return False
    return False


@task(
    cache_policy=NO_CACHE,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
    retry_condition_fn=_is_transient,
    task_run_name="poll-{source.id}",
)
async def poll(job: Job, source: SourceConfig, remembered: Remembered, now: datetime) -> Polled | SourceResult:
    """What a source offers that is worth fetching. Raises TransientError (tried again); the rest is a result."""
    state = remembered.states.get(source.id, SourceState(source.id))
    fetch = job.config.fetch
    try:
        async with Fetcher(gathering.limits_of(fetch), frozenset(fetch.allow_private)) as fetcher:
            polled = await gathering.poll(fetcher, await shared_parsers(job.config.parse), source, state, job.config)
    except PermanentError as exc:
        return gathering.failed(source, state, exc, now)
    mine = (missing for missing in remembered.missing.values() if missing.source == source.id)
    again = (entry for missing in mine if (entry := asked_again(missing, now)))
    ours = (*remembered.young.get(source.id, ()), *again)
    entries = tuple({article_id(entry.url): entry for entry in (*ours, *polled.entries)}.values())
    wanted = gathering.worth_fetching(entries, remembered.known, remembered.missing, state.last_success_at, fetch, now)
    return replace(polled, entries=tuple(wanted))


@task(cache_policy=NO_CACHE, task_run_name="read-{source.id}")
async def read(job: Job, source: SourceConfig, polled: Polled, remembered: Remembered, now: datetime) -> SourceResult:
    """Fetch and read what a source offers, as far as one run may; an article that fails is a line in the result."""
    fetch = job.config.fetch
    entries = polled.entries[: fetch.max_new_articles]
    async with Fetcher(gathering.limits_of(fetch), frozenset(fetch.allow_private)) as fetcher:
        outcomes = await asyncio.gather(*(_one(job, fetcher, source, entry, remembered, now) for entry in entries))
    articles = tuple(outcome for outcome in outcomes if isinstance(outcome, ReadArticle))
    missing = tuple(outcome for outcome in outcomes if isinstance(outcome, Missing))
    passing = tuple(outcome for outcome in outcomes if isinstance(outcome, str))
    # What was not read must be offered again: without the validators the feed is read whole next time.
    is_whole = not passing and len(entries) == len(polled.entries)
    held = polled.state if is_whole else replace(polled.state, etag=None, last_modified=None, body_hash=None)
    fresh = replace(
        held,
        last_success_at=now,
        last_attempt_at=now,
        failures=0,
        last_error="",
        last_new_at=now if articles else held.last_new_at,
    )
    return SourceResult(source.id, fresh, articles, "", (*passing, *(each.why for each in missing)), missing)


async def _one(
    job: Job, fetcher: Fetcher, source: SourceConfig, entry: FeedEntry, remembered: Remembered, now: datetime
) -> ReadArticle | Missing | str:
    """The article, or what to remember where it cannot be had, or a line where that may pass by the next run."""
    article = article_id(entry.url)
    try:
        parsers = await shared_parsers(job.config.parse)
        had = await gathering.fetch_and_read(fetcher, parsers, source, entry, job.config, job.topic_file, now)
        return gathering.seen_again(had, entry) if article in remembered.known else had
    except TransientError as exc:
        return str(exc).splitlines()[0]
    except PermanentError as exc:
        return missed(source.id, entry, remembered.missing.get(article), exc, now)


@task(cache_policy=NO_CACHE)
async def decide_and_apply(
    job: Job, results: list[SourceResult], run_id: str, started: datetime, now: datetime
) -> Applied:
    """Fold, compare, and write everything in one transaction; then publish the snapshot."""
    return apply_run(job, results, run_id, started, now)


@task(cache_policy=NO_CACHE)
async def tell(job: Job, now: datetime) -> int:
    """Deliver what waits in the outbox; returns how many could not be delivered."""
    undelivered = 0
    with open_store(job.database, now=now) as store:
        pending = store.pending_alerts(job.topic.topic)
        for outcome in deliver(pending, job.config.alerts, os.environ, _write, now):
            store.mark_alert(outcome.alert_id, sent_at=None if outcome.error else now, error=outcome.error)
            undelivered += bool(outcome.error)
    return undelivered


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def failed_gather(source: SourceConfig, remembered: Remembered, error: Exception, now: datetime) -> SourceResult:
    """The result of a source whose every try failed."""
    return gathering.failed(source, remembered.states.get(source.id, SourceState(source.id)), error, now)


def change_table(changes: tuple[Change, ...]) -> list[dict[str, str]]:
    """The changes of a run as the rows of a Prefect table artifact."""
    return [
        {
            "date": f"{change.at:%Y-%m-%d}",
            "fact": change.fact,
            "kind": change.kind.value,
            "old": describe_belief(change.old),
            "new": describe_belief(change.new),
        }
        for change in changes
    ]

"""The demo: the real flow over recorded news on loopback, in time order, with a clock of its own."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import yaml

from factdrift.resources import find
from factdrift.sources.archive import Archive, RecordedPage, read_pages
from factdrift.topic import read_seed_article
from flows.job import Job, load_job
from flows.pool import close_parsers
from flows.watch import RunReport, watch

DAYS_A_STEP = 60


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Where the demo keeps its files, and how far it goes (`steps` None: to the end)."""

    folder: Path
    steps: int | None = None

    @property
    def database(self) -> Path:
        """The demo's own database."""
        return self.folder / "factdrift-demo.duckdb"

    @property
    def config(self) -> Path:
        """The configuration the demo writes for itself; usable with `--config` afterwards."""
        return self.folder / "config.yaml"


def days(pages: list[RecordedPage], start: date, steps: int | None) -> list[date]:
    """The simulated days on which the flow runs: one every `DAYS_A_STEP`, the last on the day of the last page."""
    last = max(page.published for page in pages)
    found = list(_steps(start + timedelta(days=DAYS_A_STEP), last))
    return found[:steps] if steps else found


def _steps(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        yield day
        day += timedelta(days=DAYS_A_STEP)
    yield last


async def run_demo(
    plan: DemoPlan, on_start: Callable[[int], None], on_report: Callable[[date, RunReport], None]
) -> None:
    """Run the flow once per simulated day, telling `on_report` what each run found."""
    job = load_job(find("config.yaml"))
    pages = read_pages(find(f"seeds/recorded/{job.topic.topic}.pages.jsonl"))
    start = read_seed_article(job.topic_file.parent / job.topic.seed_article).published
    todo = days(pages, start, plan.steps)
    on_start(len(todo))
    plan.folder.mkdir(parents=True, exist_ok=True)
    async with Archive(pages) as archive:
        archive.since = start
        plan.config.write_text(_config(plan, archive, job), encoding="utf-8")
        try:
            for day in todo:
                archive.until = day
                now = datetime.combine(day, time(20), UTC)
                on_report(day, await watch(str(plan.config), None, now))
                await asyncio.sleep(0)
        finally:
            await close_parsers()


def _config(plan: DemoPlan, archive: Archive, job: Job) -> str:
    sources = [
        {"id": f"recorded-{lang}", "kind": "feed", "url": archive.feed_url(lang), "lang": lang, "tier": 2}
        for lang in archive.languages
    ]
    raw = {
        "database": str(plan.database),
        "snapshot": str(plan.database.with_name("factdrift-demo.snapshot.duckdb")),
        "topics": {job.topic.topic: {"file": str(job.topic_file), "sources": sources}},
        "fetch": {"allow_private": [f"127.0.0.1:{archive.port}"], "per_host": 8, "recheck_days": 0},
        "alerts": [],
    }
    return "# written by `factdrift demo`\n" + yaml.safe_dump(raw, sort_keys=False)

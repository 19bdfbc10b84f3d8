"""The demo: the real flow over recorded news on loopback, in time order, with a clock of its own."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import yaml

from factdrift.errors import UsageError
from factdrift.resources import find
from factdrift.sources.archive import Archive, RecordedPage, read_pages
from factdrift.topic import read_seed_article
from flows.job import Job, load_job
from flows.pool import close_parsers
from flows.watch import RunReport, watch
from storage.engine import lease

DAYS_A_STEP = 60
_MARK = "# written by `factdrift demo`\n"


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

    @property
    def snapshot(self) -> Path:
        """What its readers use."""
        return self.folder / "factdrift-demo.snapshot.duckdb"


def prepare_folder(plan: DemoPlan, *, keep: bool) -> None:
    """The folder exists and, unless `keep`, holds no earlier demo. Touches the demo's own files only.

    Raises UsageError where the folder has a configuration that no demo wrote.
    """
    if plan.config.exists() and not plan.config.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise UsageError(f"{plan.config} is not the demo's: nothing was touched", "choose another --folder")
    plan.folder.mkdir(parents=True, exist_ok=True)
    if not keep:
        with lease(plan.database):
            for file in (
                plan.config,
                plan.database,
                plan.database.with_name(plan.database.name + ".wal"),
                plan.snapshot,
            ):
                file.unlink(missing_ok=True)


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
    async with Archive(pages, _last_port(plan)) as archive:
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


def _last_port(plan: DemoPlan) -> int:
    """The port of the demo that is continued: an article is known by its address, and the port is part of it."""
    if not plan.config.is_file():
        return 0
    found = re.search(r"127\.0\.0\.1:(\d+)", plan.config.read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def _config(plan: DemoPlan, archive: Archive, job: Job) -> str:
    sources = [
        {"id": f"recorded-{lang}", "kind": "feed", "url": archive.feed_url(lang), "lang": lang, "tier": 2}
        for lang in archive.languages
    ]
    raw = {
        "database": str(plan.database),
        "snapshot": str(plan.snapshot),
        "topics": {job.topic.topic: {"file": str(job.topic_file), "sources": sources}},
        "fetch": {"allow_private": [f"127.0.0.1:{archive.port}"], "per_host": 8, "recheck_days": 0},
        "alerts": [],
    }
    return _MARK + yaml.safe_dump(raw, sort_keys=False)

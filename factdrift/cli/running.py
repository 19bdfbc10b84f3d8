"""`demo`, `run` and `serve`: the commands that watch."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from factdrift.cli.options import DEMO_FOLDER, Place, place, with_place, with_place_options
from factdrift.errors import NoSourceWorked
from factdrift.model import Change, ChangeKind
from factdrift.report.lines import change_lines
from factdrift.report.tables import console, write

if TYPE_CHECKING:
    from flows.demo import DemoPlan
    from flows.watch import RunReport


@click.command()
@click.option("--steps", type=click.IntRange(min=1), help="Stop after this many simulated days.")
@click.option("--keep", is_flag=True, help="Go on with the database of the last demo instead of starting afresh.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=DEMO_FOLDER, show_default=True, help="Where its files go."
)
def demo(steps: int | None, keep: bool, folder: Path) -> None:
    """Run the real watch flow over recorded news, served on loopback, from the seed to 2026. Offline."""
    click.echo("Starting the flow engine and a loopback server with recorded news (about 20 seconds) ...", err=True)
    from flows.local_server import api_for_runs

    with api_for_runs() as wait:
        from flows.demo import DemoPlan, prepare_folder  # Prefect with it, while its server starts

        plan = DemoPlan(folder.absolute(), steps)
        prepare_folder(plan, keep=keep)
        wait()
        seen = _demonstrate(plan)
    _farewell(plan.folder, seen)


def _demonstrate(plan: "DemoPlan") -> list[Change]:
    from flows.demo import run_demo

    seen: list[Change] = []
    with _progress() as bar:

        def on_report(day: date, report: "RunReport") -> None:
            bar.step(f"{day:%b %Y}")
            for change in report.changes:
                seen.append(change)
                if change.kind is not ChangeKind.CONFIRMED and not change.needs_review:
                    sentence, outlet, _ = report.sentences.get(change.claim_id, ("", "", ""))
                    bar.write(change_lines(change, sentence, outlet))

        asyncio.run(run_demo(plan, bar.start, on_report))
    return seen


def _farewell(folder: Path, seen: list[Change]) -> None:
    from factdrift.cli.asking import show_facts

    out = console()
    waiting = sum(change.needs_review for change in seen)
    out.print(f"\n{len(seen)} changes, {waiting} of them waiting for review. What stands now:\n")
    show_facts(place(folder / "config.yaml", False, None, None), None, None, "table")
    flag = "--demo" if folder == DEMO_FOLDER.absolute() else f"--config {folder / 'config.yaml'}"
    out.print(f"\nThe database is {folder / 'factdrift-demo.duckdb'}. Try next:\n")
    program = "uv run factdrift" if "UV_RUN_RECURSION_DEPTH" in os.environ else "factdrift"  # as it was called
    for line in (
        f"changes {flag} --since 2025-01-01",
        f"why {flag} {_fact_of(seen)}",
        f'sql {flag} "SELECT happened_at, fact, old_text, new_text FROM change_feed ORDER BY 1"',
        f"facts {flag} --as-of 2024-01-01",
    ):
        out.print(f"  {program} {line}")


def _fact_of(seen: list[Change]) -> str:
    moved = [change.fact for change in seen if change.kind is ChangeKind.VALUE_CHANGED]
    return moved[0] if moved else (seen[0].fact if seen else "FACT")


@click.command()
@with_place_options
def run(config_file: Path | None, demo: bool, topic: str | None, database: Path | None) -> None:
    """Watch once: poll, fetch, read, fold, save, publish, tell. Exits 3 where no source worked."""
    where = place(config_file, demo, topic, database)
    topics = [where.topic] if topic or demo else list(where.config.topics)
    click.echo(f"Watching {', '.join(topics)} (the flow engine takes some 10 seconds to start) ...", err=True)
    from flows.local_server import api_for_runs

    with api_for_runs() as wait:
        reports = asyncio.run(_watching(where, topics, database, wait))
    told = any(channel.kind == "console" for channel in where.config.alerts)
    for report in reports:
        _tell(report, told)
    if any(r.failed_sources for r in reports) and not any(r.worked_sources for r in reports):
        raise NoSourceWorked("no source worked", "see the lines above; `factdrift status` shows since when")


async def _watching(
    where: Place, topics: list[str], database: Path | None, wait: Callable[[], None]
) -> "list[RunReport]":
    from flows.pool import close_parsers
    from flows.watch import run_once  # Prefect, which takes as long to import as its server to start

    wait()
    try:
        return [await run_once(where.config_file, name, database) for name in topics]
    finally:
        await close_parsers()


def _tell(report: "RunReport", told: bool) -> None:
    out = console()
    for change in () if told else report.changes:
        sentence, outlet, _ = report.sentences.get(change.claim_id, ("", "", ""))
        write(out, change_lines(change, sentence, outlet))
    for line in (*report.failed_sources, *report.failed_articles[:10]):
        click.echo(f"failed: {line}", err=True)
    for line in report.unread[:10]:
        click.echo(f"unread: {line}", err=True)
    out.print(
        f"{report.topic}: {report.articles} new articles, {report.claims} claims, {len(report.changes)} changes; "
        f"{report.worked_sources} sources worked, {len(report.failed_sources)} failed"
    )


@click.command()
@with_place
def serve(where: Place) -> None:
    """Watch on the configured schedule (cron, UTC) until stopped."""
    from flows.serve import serve_forever

    click.echo(
        f"Serving {', '.join(where.config.topics)} on {where.config.schedule.cron!r} (UTC). Ctrl-C stops.", err=True
    )
    serve_forever(where.config_file, where.config)


class _Bar:
    """A progress bar on a terminal, nothing where there is none; lines go above it."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar
        self._task: Any = None
        self._out = bar.console if bar else console()

    def start(self, total: int) -> None:
        """Say how many steps there will be."""
        if self._bar:
            self._task = self._bar.add_task("recorded news", total=total)

    def step(self, label: str) -> None:
        """One step more."""
        if self._bar:
            self._bar.update(self._task, advance=1, description=label)

    def write(self, text: Text) -> None:
        """Lines above the bar."""
        write(self._out, text)


@contextmanager
def _progress() -> Iterator[_Bar]:
    if not sys.stdout.isatty():
        yield _Bar()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        yield _Bar(bar)

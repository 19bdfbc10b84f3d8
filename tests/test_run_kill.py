"""A run killed at any point, and run again, ends as a run that nothing disturbed."""

import asyncio
import contextlib
import os
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import ROOT

from factdrift.sources.archive import Archive, read_pages

NOW = datetime(2023, 8, 1, 20, tzinfo=UTC)
SHOWN = {
    "articles": "article_id, version_id, system_to IS NULL",
    "claims": "claim_id, fact, version_id, body, system_to IS NULL",
    "beliefs": "fact, track, body, system_to IS NULL",
    "changes": "change_id, fact, body, system_to IS NULL",
    "reasons": "fact, claim_id, reason, detail, system_to IS NULL",
    "alerts": "key, title, sent_at IS NULL",
}


def configured(folder: Path, archive: Archive) -> Path:
    folder.mkdir()
    sources = [{"id": f"r-{lang}", "url": archive.feed_url(lang), "lang": lang} for lang in ("en", "fr")]
    raw = {
        "database": "watched.duckdb",
        "snapshot": "shown.duckdb",
        "topics": {"nissan-renault": {"file": str(ROOT / "seeds" / "nissan-renault.yaml"), "sources": sources}},
        "fetch": {"allow_private": [f"127.0.0.1:{archive.port}"], "per_host": 8},
        "alerts": [{"kind": "console"}],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(raw))
    return folder / "config.yaml"


async def drive(config: Path, point: str = "") -> int | None:
    """Run the driver; killed with its whole process group at `point`, else to its end."""
    mark = config.with_name("mark")
    with config.with_name("output").open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "tests" / "kill_driver.py"), str(config), NOW.isoformat()),
            *((point, str(mark)) if point else ()),
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_HOME": str(config.with_name("prefect"))},
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(120):
            while point and not mark.exists() and child.returncode is None:
                await asyncio.sleep(0.05)
            if not point:
                await child.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # the ephemeral server too
        await child.wait()
    assert not point or mark.exists(), config.with_name("output").read_text()
    return child.returncode


def content(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(database), read_only=True) as db:
        return {table: sorted(db.execute(f"SELECT {c} FROM {table}").fetchall(), key=str) for table, c in SHOWN.items()}


@pytest.mark.parametrize(
    "point",
    [
        "in-transaction",
        *(
            pytest.param(point, marks=pytest.mark.slow)
            for point in ("gathering", "before-commit", "before-publishing", "before-mark")
        ),
    ],
)
async def test_a_killed_run_that_is_run_again_ends_as_an_undisturbed_one(point: str, tmp_path: Path):
    pages = read_pages(ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl")
    async with Archive(pages) as archive:
        archive.since, archive.until = date(2023, 4, 14), NOW.date()
        whole, broken = configured(tmp_path / "whole", archive), configured(tmp_path / "broken", archive)
        assert await drive(whole) == 0

        killed = await drive(broken, point)
        again = await drive(broken)

    assert (killed, again) == (-signal.SIGKILL, 0)
    assert content(broken.with_name("watched.duckdb")) == content(whole.with_name("watched.duckdb"))
    assert content(broken.with_name("shown.duckdb"))["changes"] == content(whole.with_name("shown.duckdb"))["changes"]
    assert content(whole.with_name("watched.duckdb"))["changes"]

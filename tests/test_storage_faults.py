"""kill -9 and a full disk: what was acknowledged is there, no half run is, and the next run goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from storage_cases import NOW, article, batch, write

from factdrift.errors import StoreUnavailable
from storage.database import open_store
from storage.records import StoredArticle
from storage.verify import verify

# Commits run after run; prints each run's id once `commit` has returned, which acknowledges it.
_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from storage_cases import NOW, article, batch, claim, fold, FACT, TOPIC, at
from storage.database import open_store
path = Path(sys.argv[1])
with open_store(path, now=NOW) as store:
    had = store.claims_of(TOPIC, [FACT])[FACT]
    first = len(had)
    for number in range(first, first + 500):
        one = article(number, percent=10 + number % 80, day=number)
        had.append(claim(one, percent=10 + number % 80))
        store.commit(batch(f"r{{number}}", one, day=number, ledgers={{FACT: fold(had[-20:])}}))
        print(f"r{{number}}", flush=True)
"""


def _kill_after(path: Path, acknowledged: int, delay: float) -> list[str]:
    """Start a writer, kill it some time after it has acknowledged so many runs; returns what it acknowledged."""
    code = _WRITER.format(tests=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline().strip() for _ in range(acknowledged)]
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().split()
    return lines


def _is_whole(path: Path, acknowledged: list[str]) -> None:
    with open_store(path, now=NOW):
        pass
    assert verify(path).problems == ()
    with duckdb.connect(str(path), read_only=True) as db:
        runs = {row[0] for row in db.execute("SELECT run_id FROM runs").fetchall()}
        per_run = db.execute("SELECT run_id, count(*) FROM articles GROUP BY ALL").fetchall()
    assert set(acknowledged) <= runs
    assert {run for run, _ in per_run} == runs
    assert {count for _, count in per_run} == {1}


def _campaign(path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: list[str] = []
    for _ in range(kills):
        acknowledged += _kill_after(path, chance.randrange(1, 5), chance.random() * 0.08)
        _is_whole(path, acknowledged)


def test_a_killed_run_loses_nothing_and_leaves_no_half(tmp_path: Path) -> None:
    _campaign(tmp_path / "facts.duckdb", kills=3, seed=1)


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing_and_leave_no_half(tmp_path: Path) -> None:
    _campaign(tmp_path / "facts.duckdb", kills=200, seed=2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no right to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_to_be_full_and_what_was_saved_stays(small_disk: Path) -> None:
    path = small_disk / "facts.duckdb"
    write(path, batch("r0", article(0)))
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize - 300_000))
    big = [article(n) for n in range(1, 400)]
    text = random.Random(3).randbytes(20_000).hex()
    huge = tuple(StoredArticle(replace(each, text=f"{each.article_id}{text}")) for each in big)
    with pytest.raises(StoreUnavailable) as refused:
        write(path, batch("r1", articles=huge, day=1))
    filler.unlink()
    results = write(path, batch("r2", article(9001), day=2))

    assert "space" in str(refused.value)
    assert results[0].articles == 1
    assert verify(path).problems == ()
    with duckdb.connect(str(path), read_only=True) as db:
        assert db.execute("SELECT run_id FROM runs ORDER BY seq").fetchall() == [("r0",), ("r2",)]


def test_a_store_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    """Root may write everywhere, so the refusal is looked for as another user."""
    path = tmp_path / "facts.duckdb"
    write(path, batch("r0", article(0)))
    if os.geteuid() != 0:
        pytest.skip("needs another user to be")
    code = (
        "import os, json, sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from storage.database import open_store\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        f"    with open_store(Path({str(path)!r}), now=datetime(2024, 5, 1, tzinfo=UTC)): pass\n"
        "except Exception as exc: print(json.dumps([type(exc).__name__, str(exc)]))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    kind, text = json.loads(done.stdout)
    assert kind == "StoreUnavailable"
    assert "check" in text

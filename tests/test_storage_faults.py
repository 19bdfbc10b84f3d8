"""kill -9 and a full disk: what was acknowledged is there, no half run is, and the next run goes on."""

import json
import os
import random
import shutil
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
from storage.snapshot import publish_snapshot
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


# Writes runs until the disk refuses one; prints what was acknowledged, and what was said when it was refused. The
# file is closed every few runs, so that the write-ahead log is folded into it under way.
_UNTIL_REFUSED = """
import random, resource, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {tests!r})
from storage_cases import NOW, article, batch
from factdrift.errors import StoreUnavailable
from storage.database import open_store
from storage.records import StoredArticle
path, first, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
noise = random.Random(3)
try:
    for number in range(first, first + 16, 4):
        with open_store(path, now=NOW) as store:
            for each in range(number, number + 4):
                one = article(each)
                text = one.text + noise.randbytes(60_000).hex()
                store.commit(batch(f"r{{each}}", replace(one, text=text), day=each))
                print(f"r{{each}}", flush=True)
except StoreUnavailable as refused:
    print("refused", str(refused).replace(chr(10), " "), flush=True)
"""


def _until_refused(path: Path, first: int, *before: str, limit: int = 0) -> tuple[list[str], str]:
    """Write until the disk refuses; returns the acknowledged runs and what was said."""
    code = _UNTIL_REFUSED.format(tests=str(Path(__file__).parent))
    done = subprocess.run(
        [*before, sys.executable, "-c", code, str(path), str(first), str(limit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    said = [line.removeprefix("refused ") for line in lines if line.startswith("refused ")]
    return [line for line in lines if not line.startswith("refused ")], "".join(said)


def _runs_in(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as db:
        return {row[0] for row in db.execute("SELECT run_id FROM runs").fetchall()}


@pytest.mark.parametrize("limit", [300_000, 900_000, 1_500_000], ids=["in the log", "in the file", "late"])
def test_a_write_that_the_system_refuses_loses_nothing_and_the_next_goes_on(tmp_path: Path, limit: int) -> None:
    """The size a file may have is a limit of the process, so this stands for a full disk on any machine."""
    path = tmp_path / "facts.duckdb"
    write(path, batch("r0", article(0)))

    acknowledged, said = _until_refused(path, 1, limit=limit)
    kept = verify(path).problems
    more, nothing = _until_refused(path, 101)

    assert "free some space" in said
    assert kept == ()
    assert (len(more), nothing) == (16, "")
    assert {"r0", *acknowledged, *more} == _runs_in(path)
    assert verify(path).problems == ()


def _strace() -> str:
    """The tracer's path; skips the test where it is not there or may not trace."""
    found = shutil.which("strace")
    if not found:
        pytest.skip("needs strace, which is not installed")
    tried = subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"strace may not trace here: {tried.stderr.strip()}")
    return found


@pytest.mark.parametrize(
    "fault",
    [
        "write:error=EIO:when=8+",
        *(
            pytest.param(fault, marks=pytest.mark.slow)
            for fault in (
                "write:error=ENOSPC:when=9",
                "fsync,fdatasync:error=EIO:when=8+",
                "fsync,fdatasync:error=EIO:when=5",
                "pwrite64:error=ENOSPC:when=3+",
                "pwrite64:error=EIO:when=4",
            )
        ),
    ],
)
def test_a_disk_that_fails_is_named_and_what_was_acknowledged_stays(tmp_path: Path, fault: str) -> None:
    """The kernel's own errors, on the calls that touch the store and no others."""
    tracer = _strace()
    path = tmp_path / "facts.duckdb"
    write(path, batch("r0", article(0)))
    wal = path.with_name(f"{path.name}.wal")
    wal.touch()  # strace matches the files that are there when it starts
    of_these = ("-P", str(path), "-P", str(wal), "-e", f"trace={fault.split(':')[0]}", "-e", f"inject={fault}")
    traced = (tracer, "-f", "--seccomp-bpf", "-qq", "-o", str(tmp_path / "trace"), *of_these)

    acknowledged, said = _until_refused(path, 1, *traced)
    kept = _runs_in(path)
    more, nothing = _until_refused(path, 101)

    assert "INJECTED" in (tmp_path / "trace").read_text()
    # A log that cannot be folded into the file when it is closed is folded the next time: nothing needs to be said.
    assert "saved before is" in said or (len(acknowledged), said) == (16, "")
    assert {"r0", *acknowledged} <= kept
    assert (len(more), nothing) == (16, "")
    assert kept | set(more) == _runs_in(path)
    assert verify(path).problems == ()


def test_a_snapshot_that_has_no_room_leaves_the_one_that_is_there(tmp_path: Path) -> None:
    path, shown = tmp_path / "facts.duckdb", tmp_path / "shown" / "facts.duckdb"
    write(path, batch("r0", article(0)))
    publish_snapshot(path, shown)
    write(path, batch("r1", article(1), day=1))
    limit = path.stat().st_size - 4096
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from storage.snapshot import publish_snapshot\n"
        "from factdrift.errors import StoreUnavailable\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"try: publish_snapshot(Path({str(path)!r}), Path({str(shown)!r}))\n"
        "except StoreUnavailable as refused: print(refused)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "free some space" in done.stdout
    assert _runs_in(shown) == {"r0"}
    assert [each.name for each in shown.parent.iterdir()] == ["facts.duckdb"]
    publish_snapshot(path, shown)
    assert _runs_in(shown) == {"r0", "r1"}


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

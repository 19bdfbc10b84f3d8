"""Worker processes: limits hold, the page is named, the others go on, nothing is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from factdrift.errors import PermanentError, TransientError
from factdrift.sources.workers import Parsers

URL = "https://example.org/page"


def length(text: str) -> int:
    return len(text)


def whoami(_: str) -> int:
    return os.getpid()


def spin(_: str) -> None:
    while True:
        pass


def fill(_: str) -> int:
    return len(bytearray(8_000_000_000))


def crash(_: str) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def chatter(_: str) -> str:
    print("a library that prints")
    return "kept"


def refuse(url: str) -> None:
    raise TransientError(f"{url}: later", retry_after_seconds=7)


def stumble(_: str) -> None:
    raise KeyError("oops")


@pytest_asyncio.fixture
async def parsers() -> AsyncIterator[Parsers]:
    async with Parsers(processes=1, preload=()) as pool:
        yield pool


async def test_a_job_gives_its_result_and_the_worker_is_reused(parsers: Parsers) -> None:
    assert await parsers.run(length, "x" * 3_000_000) == 3_000_000
    assert await parsers.run(whoami, "") == await parsers.run(whoami, "") != os.getpid()


@pytest.mark.parametrize(("job", "why"), [(spin, "more than"), (fill, "memory"), (crash, "crashed"), (stumble, "oops")])
async def test_a_job_that_fails_is_a_permanent_error_that_names_the_page(
    parsers: Parsers, job: object, why: str
) -> None:
    with pytest.raises(PermanentError, match=why) as caught:
        await parsers.run(job, URL, timeout_seconds=3.0 if job is not spin else 0.6)  # type: ignore[arg-type]

    assert URL in str(caught.value)
    assert await parsers.run(length, "still working") == 13


async def test_an_error_raised_on_purpose_arrives_whole(parsers: Parsers) -> None:
    with pytest.raises(TransientError) as caught:
        await parsers.run(refuse, URL)

    assert caught.value.retry_after_seconds == 7


async def test_what_a_library_prints_does_not_spoil_the_answer(parsers: Parsers) -> None:
    assert await parsers.run(chatter, "") == "kept"


async def test_a_cancelled_job_leaves_no_answer_for_the_next(parsers: Parsers) -> None:
    task = asyncio.create_task(parsers.run(spin, URL))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await parsers.run(length, "four") == 4


async def test_a_worker_killed_while_idle_is_replaced_unnoticed(parsers: Parsers) -> None:
    os.kill(await parsers.run(whoami, ""), signal.SIGKILL)
    await asyncio.sleep(0.2)

    assert await parsers.run(length, "four") == 4


async def test_a_slow_page_does_not_hold_up_the_others() -> None:
    async with Parsers(processes=2, preload=()) as pool:
        slow = asyncio.create_task(pool.run(spin, URL, timeout_seconds=2.0))
        results = [await pool.run(length, "x" * size) for size in range(10)]
        assert not slow.done()
        with pytest.raises(PermanentError):
            await slow

    assert results == list(range(10))


async def test_workers_ignore_the_interrupt_and_end_with_the_pool() -> None:
    async with Parsers(processes=1, preload=()) as pool:
        pid = await pool.run(whoami, "")
        os.kill(pid, signal.SIGINT)
        assert await pool.run(whoami, "") == pid

    assert not Path(f"/proc/{pid}").exists()


def test_no_worker_outlives_a_parent_that_was_killed() -> None:
    code = (
        "import asyncio, test_workers as t\n"
        "async def main():\n"
        "    async with t.Parsers(processes=1, preload=()) as pool:\n"
        "        print(await pool.run(t.whoami, ''), flush=True)\n"
        "        await pool.run(t.spin, 'busy', timeout_seconds=60)\n"
        "asyncio.run(main())\n"
    )
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in [str(Path(__file__).parent), *sys.path] if path),
    }
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
        parent.wait()

    deadline = time.monotonic() + 5
    while _is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(worker)


def _is_running(pid: int) -> bool:
    """A zombie whose new parent has not yet collected it does not run any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False

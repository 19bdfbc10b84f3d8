"""A pool of worker processes in which pages are parsed, so that no page can stop, crash or fill up the run.

Knows nothing of what is parsed. Processes and never threads: see decision 0010.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from factdrift.errors import PermanentError
from factdrift.sources.working import LENGTH

T = TypeVar("T")

_PRELOAD = ("factdrift.sources.article", "factdrift.sources.feeds", "factdrift.sources.pages")
_SERVE = "import sys; from factdrift.sources.working import serve; serve({parent}, {memory}, {preload!r})"
_JOBS_PER_WORKER = 1000  # then a fresh process takes over: parsers leak


class Parsers:
    """Worker processes; an async context manager. Idle workers wait, already started, for the next job."""

    def __init__(
        self, processes: int = 2, memory_bytes: int = 2_000_000_000, preload: tuple[str, ...] = _PRELOAD
    ) -> None:
        self._processes = processes
        self._memory_bytes = memory_bytes
        self._preload = preload
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._all: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self._processes):
            self._idle.put_nowait(await self._started())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._all))
        self._all.clear()

    async def run(self, function: Callable[..., T], *args: object, timeout_seconds: float = 20.0) -> T:
        """What `function(*args)` returns in a worker. `function` is importable by name, arguments can be pickled.

        Raises what the function raised on purpose (FactdriftError); PermanentError naming the page where it failed
        otherwise, outran its time or memory, or took its process down. Other jobs go on.
        """
        name = _name_of(function, args)
        job = pickle.dumps((name, timeout_seconds, pickle.dumps((function, args))))
        worker = await self._ready(await self._idle.get())
        try:
            answer = await asyncio.wait_for(worker.ask(job), timeout_seconds)
        except TimeoutError as exc:
            raise PermanentError(f"{name}: cannot be read: took more than {timeout_seconds:g} s") from exc
        except (OSError, asyncio.IncompleteReadError) as exc:
            raise PermanentError(f"{name}: cannot be read: its parser crashed or outran its limits") from exc
        finally:
            # A worker with a job still in hand (time-out, cancellation) is of no use to the next caller.
            if not worker.is_free:
                worker.kill()
            self._idle.put_nowait(worker)
        result, error = pickle.loads(answer)
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    async def _ready(self, worker: "_Worker") -> "_Worker":
        """`worker`, or its replacement where it has ended or is worn out."""
        if worker.is_alive and worker.jobs < _JOBS_PER_WORKER:
            return worker
        try:
            await worker.stop()
            self._all.discard(worker)
            return await self._started()
        except BaseException:
            self._idle.put_nowait(worker)
            raise

    async def _started(self) -> "_Worker":
        code = _SERVE.format(parent=os.getpid(), memory=self._memory_bytes, preload=self._preload)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
            process_group=0,  # a Ctrl-C on the terminal is the parent's to handle
        )
        worker = _Worker(process)
        self._all.add(worker)
        return worker


class _Worker:
    """One process and whether it has a job in hand."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._killed = False
        self.is_free = True
        self.jobs = 0

    @property
    def is_alive(self) -> bool:
        return not self._killed and self._process.returncode is None

    async def ask(self, job: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        self.is_free = False
        self.jobs += 1
        stdin.write(LENGTH.pack(len(job)) + job)
        await stdin.drain()
        answer = await stdout.readexactly(LENGTH.unpack(await stdout.readexactly(LENGTH.size))[0])
        self.is_free = True
        return answer

    def kill(self) -> None:
        self._killed = True
        if self._process.returncode is None:
            self._process.kill()

    async def stop(self) -> None:
        self.kill()
        await self._process.wait()


def _name_of(function: Callable[..., Any], args: tuple[object, ...]) -> str:
    """The address among the arguments, else the function's name: what an error message should point at."""
    urls = (arg for arg in args if isinstance(arg, str) and arg.startswith(("http://", "https://")))
    return next(urls, getattr(function, "__name__", "job"))

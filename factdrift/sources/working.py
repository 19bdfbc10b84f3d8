"""What runs inside a worker process: read a job from stdin, do it within its limits, write the answer to stdout.

Must not be imported by anything but `workers`; knows nothing of what the jobs do.
"""

import ctypes
import importlib
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from factdrift.errors import FactdriftError, PermanentError

LENGTH = struct.Struct(">Q")
_PR_SET_PDEATHSIG = 1


def serve(parent: int, memory_bytes: int, preload: tuple[str, ...]) -> None:
    """Jobs are answered until the pipe closes; the process never outlives `parent`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whatever a library prints must not end up among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for name in preload:
        importlib.import_module(name)
    while (job := _read(sys.stdin.buffer)) is not None:
        _write(answers, _answer(job))


def _die_with(parent: int) -> None:
    """The kernel kills this process when its parent dies, `kill -9` included."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _answer(job: bytes) -> bytes:
    """The pickled (result, error) of one job."""
    name = ""
    try:
        name, cpu_seconds, function, args = _opened(job)
        _allow_cpu(cpu_seconds)
        return pickle.dumps((function(*args), None))
    except FactdriftError as error:
        return pickle.dumps((None, error))
    except MemoryError:
        return pickle.dumps((None, PermanentError(f"{name}: cannot be read: needs too much memory")))
    except Exception as error:  # the page's fault or the parser's: either way this page is not read
        return pickle.dumps((None, PermanentError(f"{name}: cannot be read: {type(error).__name__}: {error}"[:500])))


def _opened(job: bytes) -> tuple[str, float, Callable[..., Any], tuple[Any, ...]]:
    name, cpu_seconds, packed = pickle.loads(job)
    function, args = pickle.loads(packed)
    return name, cpu_seconds, function, args


def _allow_cpu(seconds: float) -> None:
    """This process may use `seconds` more; then SIGXCPU ends it, even if nobody is left to kill it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def _write(stream: BinaryIO, answer: bytes) -> None:
    stream.write(LENGTH.pack(len(answer)) + answer)
    stream.flush()

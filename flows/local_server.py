"""A Prefect server of our own on loopback, for a run, a demo or `factdrift serve` where the user has none.

Its record of runs is in a temporary folder and goes with it: what was watched is in the store, so no missed run is
replayed, no killed run stays "Running", and no record grows with every run. The child ends when its standard input
closes, so it does not outlive a parent that was killed. Started before Prefect is imported: both take seconds.
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from factdrift.errors import FactdriftError
from flows.settings import prepare_prefect

_STARTUP_SECONDS = 120.0
_STOP_SECONDS = 10.0
_DATABASE = "prefect.db"


@contextmanager
def api_for_runs() -> Iterator[Callable[[], None]]:
    """PREFECT_API_URL names a server: the user's, else one of ours that ends with the block. Call the result to wait.

    A program that has imported Prefect before has made its choice already, and keeps it. Raises FactdriftError, while
    waiting, where our server does not start.
    """
    prepare_prefect()
    if os.environ.get("PREFECT_API_URL") or "prefect" in sys.modules:
        yield lambda: None
        return
    with _local_server() as (url, wait):
        os.environ["PREFECT_API_URL"] = url
        try:
            yield wait
        finally:
            del os.environ["PREFECT_API_URL"]


@contextmanager
def _local_server() -> Iterator[tuple[str, Callable[[], None]]]:
    with TemporaryDirectory(prefix="factdrift-prefect-", ignore_cleanup_errors=True) as name:
        folder, port, blank = Path(name), _free_port(), _blank()
        if blank.is_file():
            shutil.copyfile(blank, folder / _DATABASE)
        child = _start(port, folder / _DATABASE)
        url = f"http://127.0.0.1:{port}/api"

        def wait() -> None:
            try:
                _wait(child, url)
            except FactdriftError:
                blank.unlink(missing_ok=True)  # it may be the cause
                raise
            if not blank.is_file():
                _keep(folder / _DATABASE, blank)

        try:
            yield url, wait
        finally:
            _stop(child)


def _blank() -> Path:
    """Where the database of a server that has just been set up is kept: setting one up takes twice as long."""
    return Path(os.environ["PREFECT_HOME"]).expanduser() / f"blank-{version('prefect')}.db"


def _keep(database: Path, blank: Path) -> None:
    """A whole copy of the database is there for the next server; it costs nothing but time where it cannot be made."""
    fresh = blank.with_name(f".{blank.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(fresh)) as target:
            source.backup(target)
        fresh.replace(blank)
    except (OSError, sqlite3.Error):
        fresh.unlink(missing_ok=True)


def _start(port: int, database: Path) -> "subprocess.Popen[bytes]":
    own = {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
        "PREFECT_SERVER_UI_ENABLED": "false",
    }
    # A session of its own: Ctrl-C at the terminal must reach the runner first, which still talks to the server.
    return subprocess.Popen(
        [sys.executable, "-m", "flows.local_server", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **own},
        start_new_session=True,
    )


def _wait(child: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if _answers(url):
            return
        time.sleep(0.2)
    raise FactdriftError(
        "the private Prefect server did not start", "set PREFECT_API_URL to the address of a server of your own"
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _serve(port: int) -> None:
    """Run the server in this process until standard input closes."""
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), host="127.0.0.1", port=port, log_level="error"))

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        if server.started:
            time.sleep(_STOP_SECONDS)
        os._exit(0)  # not up yet, or its shutdown hangs: there is nothing to lose

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.run()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

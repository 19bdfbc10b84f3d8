"""A Prefect server of our own on loopback, for `factdrift serve` where the user has none.

Its record of runs is in a temporary folder and goes with it: what was watched is in the store, so no missed run is
replayed and no killed run stays "Running" at the next start. The child ends when its standard input closes, so it
does not outlive a parent that was killed.
"""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from factdrift.errors import FactdriftError

_STARTUP_SECONDS = 120.0
_STOP_SECONDS = 10.0


@contextmanager
def local_server() -> Iterator[str]:
    """The API address of a server that answers; stopped at the end. Raises FactdriftError where it does not start."""
    with TemporaryDirectory(prefix="factdrift-prefect-", ignore_cleanup_errors=True) as folder:
        port = _free_port()
        child = _start(port, folder)
        try:
            url = f"http://127.0.0.1:{port}/api"
            _wait(child, url)
            yield url
        finally:
            _stop(child)


def _start(port: int, folder: str) -> "subprocess.Popen[bytes]":
    database = f"sqlite+aiosqlite:///{folder}/prefect.db"
    own = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database, "PREFECT_SERVER_UI_ENABLED": "false"}
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
        "the private Prefect server did not start", "set PREFECT_API_URL to a server of your own, or call `run` by cron"
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

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.run()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

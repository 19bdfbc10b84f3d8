"""`factdrift serve` and the server it brings: what stops it, what it leaves, and runs of one topic at a time.

Each test starts the real command in a process of its own; Prefect is asked over its HTTP API.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from topic_cases import TOPIC, at, small_topic

from factdrift.errors import StoreUnavailable
from flows.watch import watch
from storage.engine import lease

_READY_SECONDS = 90


@pytest.fixture
def silent_source() -> Iterator[str]:
    """The address of a feed that takes connections and never answers: a run that asks it does not end."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def config(tmp_path: Path, silent_source: str) -> Path:
    """The small topic with a source that never answers, on a schedule that does not come while the test runs."""
    file = small_topic(tmp_path)
    raw = yaml.safe_load(file.read_text())
    raw["topics"][TOPIC]["sources"][0]["url"] = f"http://{silent_source}/feed"
    raw["fetch"] = {"allow_private": [silent_source], "timeout_seconds": 250}
    raw["schedule"] = {"cron": "0 0 29 2 *"}
    file.write_text(yaml.safe_dump(raw))
    return file


@contextmanager
def started(config: Path, command: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """`factdrift COMMAND` in the background; killed at the end where it still runs."""
    err = config.with_name("err.txt")
    users = {name: value for name, value in os.environ.items() if "LOGGING" not in name}  # as it is without the tests
    with err.open("w") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "factdrift", command, "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            text=True,
            env={**users, "PYTHONPATH": str(ROOT), **env},
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def users_server(tmp_path: Path) -> Iterator[str]:
    """The API of a Prefect server that is not factdrift's to stop."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    database = f"sqlite+aiosqlite:///{tmp_path}/users.db"
    with subprocess.Popen(
        [sys.executable, "-m", "flows.local_server", str(port)],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_SERVER_DATABASE_CONNECTION_URL": database},
    ) as server:
        assert server.stdin
        url = f"http://127.0.0.1:{port}/api"
        until(lambda: answers(url))
        yield url
        server.stdin.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def ask(url: str, path: str, **body: Any) -> Any:
    """What Prefect's API answers to a POST; asked again where its database is busy (503)."""
    request = urllib.request.Request(
        f"{url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    for _ in range(20):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as busy:
            if busy.code != 503:
                raise
            time.sleep(0.5)
    raise AssertionError(f"{url}{path}: busy")


def until(holds: Callable[[], Any], seconds: float = _READY_SECONDS) -> Any:
    """What `holds` returns once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError("did not come about in time")


def servers_of(pid: int) -> list[tuple[int, int]]:
    """(process, port) of the servers that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    words = [(int(child), Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")) for child in children]
    return [(child, int(line[-2])) for child, line in words if b"flows.local_server" in line]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def said(config: Path) -> list[str]:
    return config.with_name("err.txt").read_text().splitlines()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes in /proc, which is not there")
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_stops_it_quietly_and_its_server_goes_with_it(config: Path, number: signal.Signals) -> None:
    with started(config, "serve") as serving:
        ((server, port),) = until(lambda: servers_of(serving.pid))
        api = f"http://127.0.0.1:{port}/api"
        until(lambda: answers(api) and ask(api, "/deployments/filter"))

        serving.send_signal(number)
        code = serving.wait(30)

    assert code == 0
    assert [line for line in said(config) if not line.startswith("Serving")] == []
    until(lambda: not is_running(server), 10)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes in /proc, which is not there")
def test_a_run_that_is_killed_takes_its_server_with_it(config: Path) -> None:
    with started(config, "run") as running:
        ((server, _),) = until(lambda: servers_of(running.pid))
        until(config.with_name("facts.duckdb.run.lock").exists)

        running.kill()
        running.wait()

        until(lambda: not is_running(server), 20)


@pytest.mark.slow
def test_on_a_users_server_one_run_of_a_topic_goes_at_a_time_and_a_signal_ends_it(config: Path, users_server: str):
    def states(*ids: str) -> list[str]:
        found = ask(users_server, "/flow_runs/filter", flow_runs={"id": {"any_": list(ids)}})
        return sorted(run["state_type"] for run in found)

    with started(config, "serve", PREFECT_API_URL=users_server) as serving:
        (deployment,) = until(lambda: ask(users_server, "/deployments/filter"))
        path = f"/deployments/{deployment['id']}/create_flow_run"
        first = ask(users_server, path, state={"type": "SCHEDULED"})["id"]
        until(lambda: states(first) == ["RUNNING"])
        until(config.with_name("facts.duckdb.run.lock").exists)
        second = ask(users_server, path, state={"type": "SCHEDULED"})["id"]
        until(lambda: states(first, second) == ["CANCELLED", "RUNNING"])
        automations = ask(users_server, "/automations/filter")

        serving.send_signal(signal.SIGTERM)
        code = serving.wait(40)

    assert code == 0
    assert deployment["name"] == TOPIC
    assert [automation["name"] for automation in automations] == ["factdrift: a run without a heartbeat has crashed"]
    assert [line for line in said(config) if not line.startswith("Serving")] == []
    assert "RUNNING" not in states(first)
    assert answers(users_server)
    with lease(config.with_name("facts.duckdb.run")):
        pass  # the run is over: nobody holds the topic any more


async def test_a_second_run_of_a_topic_is_refused_and_names_the_first(config: Path) -> None:
    names_it = rf"another run is writing \(process {os.getpid()}\)"

    with lease(config.with_name("facts.duckdb.run")), pytest.raises(StoreUnavailable, match=names_it):
        await asyncio.wait_for(watch(str(config), None, at(1)), 60)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes in /proc, which is not there")
def test_a_run_that_is_killed_does_not_stay_running_on_a_users_server(config: Path, users_server: str):
    with started(config, "serve", PREFECT_API_URL=users_server) as serving:
        (deployment,) = until(lambda: ask(users_server, "/deployments/filter"))
        path = f"/deployments/{deployment['id']}/create_flow_run"
        run = ask(users_server, path, state={"type": "SCHEDULED"})["id"]

        def state() -> str:
            return str(ask(users_server, "/flow_runs/filter", flow_runs={"id": {"any_": [run]}})[0]["state_type"])

        until(lambda: state() == "RUNNING")
        until(config.with_name("facts.duckdb.run.lock").exists)  # by then its heart has beaten once
        children = Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text().split()
        serving.kill()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    until(lambda: state() == "CRASHED", 180)

"""`factdrift serve`: the `watch` flow on the configured schedule, one deployment per topic, never two runs at once."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from factdrift.config import Config
from flows.local_server import api_for_runs

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

_STOPPING = (signal.SIGTERM, signal.SIGINT)
_HEARTBEAT_SECONDS = 30
_ZOMBIE_AUTOMATION = "factdrift: a run without a heartbeat has crashed"


def serve_forever(config_file: Path, config: Config) -> None:
    """Watch every topic on the schedule until SIGTERM or Ctrl-C; a run that is under way is stopped with it.

    Uses the server at PREFECT_API_URL where that is set, else one of its own. Raises FactdriftError where neither
    answers.
    """
    os.environ.setdefault("PREFECT_RUNNER_HEARTBEAT_FREQUENCY", str(_HEARTBEAT_SECONDS))
    # Prefect reads its settings when it is first imported, so the address must be in the environment by then.
    with _interrupted_by_sigterm(), suppress(KeyboardInterrupt), api_for_runs() as wait:
        wait()
        asyncio.run(_serve(config_file.absolute(), config))
        for number in _STOPPING:  # what is left is to stop our server; nobody needs to ask again
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """SIGTERM is Ctrl-C here, until the runner listens to both."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in _STOPPING}
    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _serve(config_file: Path, config: Config) -> None:
    """Run the schedule until one of the signals comes."""
    from prefect.runner import Runner

    stop = asyncio.Event()
    _listen(stop)
    await _mark_dead_runs()
    runner = Runner()
    loop = asyncio.get_running_loop()
    # The runner puts a SIGTERM handler of its own there when it starts; its own one ends in tracebacks.
    runner.handle_sigterm = lambda *_: loop.call_soon_threadsafe(stop.set)  # type: ignore[method-assign,assignment]
    for deployment in _deployments(config_file, config):
        await runner.aadd_deployment(deployment)
    serving = asyncio.create_task(runner.start())
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if runner.started:
        await runner.astop()
    else:
        serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def _listen(stop: asyncio.Event) -> None:
    for number in _STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)


def _deployments(config_file: Path, config: Config) -> "list[RunnerDeployment]":
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.watch import watch

    return [
        RunnerDeployment.from_flow(
            watch,
            name=topic,
            schedule=Cron(config.schedule.cron, timezone="UTC"),
            parameters={"config_file": str(config_file), "topic": topic},
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for topic in config.topics
    ]


async def _mark_dead_runs() -> None:
    """The server has the automation that ends runs whose process was killed: they would stay Running for ever."""
    from prefect.automations import Automation
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import EventTrigger, Posture

    ended = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
    beat = "prefect.flow-run.heartbeat"
    trigger = EventTrigger(
        after={beat},
        expect={beat, *ended},
        match={"prefect.resource.id": "prefect.flow-run.*"},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=3 * _HEARTBEAT_SECONDS),
    )
    action = ChangeFlowRunState(
        state=StateType.CRASHED, name="Crashed", message="no heartbeat: the process was killed", force=False
    )
    try:
        await Automation.aread(name=_ZOMBIE_AUTOMATION)
    except ValueError:
        await Automation(name=_ZOMBIE_AUTOMATION, trigger=trigger, actions=[action]).acreate()

"""`factdrift serve`: the `watch` flow on the configured schedule, one deployment per topic, never two runs at once."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import cast

from factdrift.config import Config
from flows.local_server import local_server
from flows.settings import prepare_prefect

_HEARTBEAT_SECONDS = 30
_ZOMBIE_AUTOMATION = "factdrift: a run without a heartbeat has crashed"


def serve_forever(config_file: Path, config: Config) -> None:
    """Watch every topic on the schedule until SIGTERM or Ctrl-C; a run that is under way is stopped with it.

    Uses the server at PREFECT_API_URL where that is set, else one of its own. Raises FactdriftError where neither
    answers.
    """
    prepare_prefect()
    os.environ.setdefault("PREFECT_RUNNER_HEARTBEAT_FREQUENCY", str(_HEARTBEAT_SECONDS))
    # Prefect reads its settings when it is first imported, so the address must be in the environment by then.
    with suppress(KeyboardInterrupt), _stopped_by_sigterm(), _api():
        _serve(config_file.absolute(), config)


@contextmanager
def _api() -> Iterator[None]:
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    with local_server() as url:
        os.environ["PREFECT_API_URL"] = url
        try:
            yield
        finally:
            del os.environ["PREFECT_API_URL"]


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM is Ctrl-C here: the runner ends its runs and the server is stopped after it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _serve(config_file: Path, config: Config) -> None:
    from prefect import serve
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.watch import watch

    asyncio.run(_mark_dead_runs())
    limit = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployments = [
        watch.to_deployment(
            name=topic,
            schedule=Cron(config.schedule.cron, timezone="UTC"),
            parameters={"config_file": str(config_file), "topic": topic},
            concurrency_limit=limit,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for topic in config.topics
    ]
    # Outside an event loop Prefect gives the deployments themselves; its types allow for a coroutine.
    serve(*(cast(RunnerDeployment, deployment) for deployment in deployments), print_starting_message=False)


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

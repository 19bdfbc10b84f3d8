"""A test program: runs the watch flow once and writes a mark, then waits to be killed, at one point of the run."""

import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import flows.applying
import flows.tasks
import storage.commit
from flows.pool import close_parsers
from flows.watch import watch

OWNERS: dict[str, tuple[Any, str, bool]] = {  # point: module, function, whether the mark comes after the call
    "gathering": (flows.tasks.gathering, "fetch_and_read", False),
    "before-commit": (flows.tasks, "apply_run", False),
    "in-transaction": (storage.commit, "_write_facts", True),
    "before-publishing": (flows.applying, "publish_snapshot", False),
    "before-mark": (flows.tasks, "deliver", True),
}


def hold_at(point: str, mark: Path) -> None:
    """The function of that point never returns: it writes the mark and waits for the kill."""
    module, name, is_after = OWNERS[point]
    real = getattr(module, name)

    def held(*args: Any, **named: Any) -> None:
        if is_after:
            real(*args, **named)
        mark.write_text(point)
        time.sleep(300)

    setattr(module, name, held)


async def main(config: str, now: str) -> None:
    await watch(config, None, datetime.fromisoformat(now))
    await close_parsers()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        hold_at(sys.argv[3], Path(sys.argv[4]))
    asyncio.run(main(sys.argv[1], sys.argv[2]))

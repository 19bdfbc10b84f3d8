"""One pool of parser processes per program, shared by the tasks of all runs."""

import asyncio

from factdrift.config import ParseConfig
from factdrift.sources.workers import Parsers

_pools: dict[ParseConfig, Parsers] = {}
_starting: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}  # tasks of one loop ask at once: one of them starts it


async def shared_parsers(config: ParseConfig) -> Parsers:
    """The pool for these limits, started at first use."""
    async with _starting.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        if config not in _pools:
            _pools[config] = await Parsers(processes=config.workers, memory_bytes=config.memory_mb * 2**20).__aenter__()
    return _pools[config]


async def close_parsers() -> None:
    """Stop every worker."""
    _starting.pop(asyncio.get_running_loop(), None)
    while _pools:
        _, pool = _pools.popitem()
        await pool.__aexit__(None, None, None)

"""One pool of parser processes per program, shared by the tasks of all runs."""

from factdrift.config import ParseConfig
from factdrift.sources.workers import Parsers

_pools: dict[ParseConfig, Parsers] = {}


async def shared_parsers(config: ParseConfig) -> Parsers:
    """The pool for these limits, started at first use."""
    if config not in _pools:
        pool = Parsers(processes=config.workers, memory_bytes=config.memory_mb * 2**20)
        _pools[config] = await pool.__aenter__()
    return _pools[config]


async def close_parsers() -> None:
    """Stop every worker."""
    while _pools:
        _, pool = _pools.popitem()
        await pool.__aexit__(None, None, None)

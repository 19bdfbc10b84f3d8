"""What is made in a thread before it is asked for. Knows nothing of what is made."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def made_ahead(maker: Executor, make: Callable[[Item], Made], items: Sequence[Item], ahead: int) -> Iterator[Made]:
    """What is made of each item, in order, up to `ahead` of them before they are asked for.

    An error of `make` is raised where its item would have come.
    """
    waiting = deque(maker.submit(make, item) for item in items[:ahead])
    for item in items[ahead:]:
        yield waiting.popleft().result()
        waiting.append(maker.submit(make, item))
    while waiting:
        yield waiting.popleft().result()

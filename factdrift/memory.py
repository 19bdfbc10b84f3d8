"""How the interpreter's own memory is looked after. Knows nothing of what is kept in it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles of references while the block runs: for work on many values among which there are none.

    Each search goes through all of them: a tenth of the time of a fold, a sixth of that of a bulk insert. What is no
    longer referred to is freed as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""Parts are made in a thread, in order and not too far ahead."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.ahead import made_ahead


@settings(deadline=None)
@given(st.lists(st.integers()), st.integers(1, 5))
def test_everything_is_made_once_in_order_and_not_too_far_ahead(items: list[int], ahead: int) -> None:
    made: list[int] = []
    seen: list[int] = []

    def make(item: int) -> int:
        made.append(item)
        return -item

    with ThreadPoolExecutor(1) as maker:
        for part in made_ahead(maker, make, items, ahead):
            seen.append(part)
            assert len(made) - len(seen) < ahead

    assert seen == [-item for item in items]
    assert made == items


def test_an_error_is_raised_where_its_part_would_have_come() -> None:
    with ThreadPoolExecutor(1) as maker:
        parts = made_ahead(maker, lambda item: 6 // item, [3, 2, 0, 1], 2)

        assert [next(parts), next(parts)] == [2, 3]
        with pytest.raises(ZeroDivisionError):
            next(parts)

"""Which article versions are one piece of reporting: reprints and wire copies share an origin.

Pure; knows nothing of storage or of any language. A text is sketched by the smallest hashes of its shingles; below the
smaller of two sketches' largest hashes both samples are complete, so the share they have in common there tells how much
of the shorter text stands in the longer one, even where a reprint was cut in half.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

from factdrift.model import Fingerprint

WINDOW = timedelta(days=14)
SKETCH_SIZE = 64
INDEXED = 16  # the smallest hashes only: memory, see decision 0013
MIN_SHARED = 6  # fewer common shingles prove nothing
SAME_SHARE = 0.6  # a changed number spoils few shingles, a shared background paragraph is far below this

# One word, or one character of a script that writes no spaces.
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
_WORDS_IN_SHINGLE, _CHARACTERS_IN_SHINGLE = 4, 8


def fingerprint(version_id: str, text: str, published_at: datetime) -> Fingerprint:
    """The sketch of a text; its origin is its own version until `Origins.origin_of` finds an earlier one."""
    return Fingerprint(version_id, version_id, published_at, tuple(sorted(_shingles(text))[:SKETCH_SIZE]))


def origin_of(one: Fingerprint, recent: Iterable[Fingerprint]) -> str:
    """The origin of the earliest reprint of `one` among `recent`, else its own. For many, build `Origins` once."""
    return Origins(recent).origin_of(one)


def resembles(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether the shorter of two texts stands mostly in the longer."""
    if not one.hashes or not other.hashes:
        return False
    if one.hashes == other.hashes:
        return True
    limit = min(_reach(one), _reach(other))
    first, second = _below(one.hashes, limit), _below(other.hashes, limit)
    shared = len(first & second)
    return shared >= MIN_SHARED and shared >= SAME_SHARE * min(len(first), len(second))


class Origins:
    """An index of recent fingerprints: a look-up costs the same however many there are."""

    def __init__(self, recent: Iterable[Fingerprint] = ()) -> None:
        self._by_hash: dict[int, list[Fingerprint] | Fingerprint] = {}
        for one in recent:
            self.add(one)

    def add(self, one: Fingerprint) -> None:
        """`one` can be found from now on."""
        for number in one.hashes[:INDEXED]:
            held = self._by_hash.get(number)
            if held is None:
                self._by_hash[number] = one
            elif isinstance(held, list):
                held.append(one)
            else:
                self._by_hash[number] = [held, one]

    def origin_of(self, one: Fingerprint) -> str:
        """The origin of the earliest that resembles `one` within the window, else its own."""
        near = [
            other
            for other in self._candidates(one)
            if abs(other.published_at - one.published_at) <= WINDOW and resembles(one, other)
        ]
        return min(near, key=lambda other: (other.published_at, other.version_id)).origin if near else one.origin

    def _candidates(self, one: Fingerprint) -> Iterable[Fingerprint]:
        found: dict[str, Fingerprint] = {}
        for number in one.hashes:
            held = self._by_hash.get(number)
            for other in held if isinstance(held, list) else [held] if held else []:
                found[other.version_id] = other
        found.pop(one.version_id, None)
        return found.values()


def _shingles(text: str) -> set[int]:
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    single = sum(1 for token in tokens if len(token) == 1 and token > "\u0e00")
    size = _CHARACTERS_IN_SHINGLE if single * 2 > len(tokens) else _WORDS_IN_SHINGLE
    last = max(len(tokens) - size + 1, 1 if tokens else 0)
    return {_number(" ".join(tokens[start : start + size])) for start in range(last)}


def _number(shingle: str) -> int:
    digest = hashlib.blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest) >> 2) or 1


def _reach(one: Fingerprint) -> int:
    """Up to which hash the sketch is complete: a short text's sketch holds all there is."""
    return one.hashes[-1] if len(one.hashes) >= SKETCH_SIZE else 2**62


def _below(hashes: tuple[int, ...], limit: int) -> frozenset[int]:
    return frozenset(hashes[: bisect_right(hashes, limit)])

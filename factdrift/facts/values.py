"""Typed equality of values at the precision they were stated with.

Knows nothing of tracks, stages or stored claims. Two values of different kinds are never the same. `same_value` is
symmetric and reflexive, and deliberately not transitive (43 = 43.4 and 43.4 = 43.44, yet 42.6 = 43 while 42.6 != 43.4).
"""

import math
import unicodedata
from functools import lru_cache

from factdrift.model import Count, DateSpan, Money, Name, Ordinal, Percent, Rate, State, Text, Value, Years

MONEY_TOLERANCE = 0.03  # relative; outlets round and convert
APPROX_TOLERANCE = 0.05  # "about 37 %", relative
APPROX_TOLERANCE_ROUND = 0.10  # "about 40 %": a number of one significant digit is rounder than it says
APPROX_DAYS = 3  # "around 26 July"
_SLACK = 1e-9  # binary floats: 43.4 - 43.0 is a little more than 0.4


def same_value(a: Value | None, b: Value | None, *, approx: bool = False) -> bool:
    """True where both say the same at the coarser stated precision; `approx` widens it for "about" and "nearly"."""
    match a, b:
        case None, None:
            return True
        case Percent(), Percent():
            return _near(a.percent, b.percent, 0.5 * 10.0 ** -min(a.decimals, b.decimals), approx)
        case Money(), Money():
            return a.currency == b.currency and _same_amount(a.amount, a.digits, b.amount, b.digits, approx)
        case DateSpan(), DateSpan():
            return _same_span(a, b, APPROX_DAYS if approx else 0)
        case Name(), Name():
            return same_name(a.name, b.name)
        case Years(), Years():
            return a.year_from <= b.year_to and b.year_from <= a.year_to
        case Count(), Count():
            return _same_unit(a.unit, b.unit) and _near(
                a.count, b.count, _half_step(a.count, a.digits, b.count, b.digits), approx
            )
        case Rate(), Rate():
            if a.period != b.period or not _same_unit(a.unit, b.unit):
                return False
            return _near(a.rate, b.rate, _half_step(a.rate, _digits(a.rate), b.rate, _digits(b.rate)), approx)
        case (Ordinal(), Ordinal()) | (State(), State()) | (Text(), Text()):
            return a == b
    return False


def refines(new: Value, old: Value) -> bool:
    """True where `new` is the same value as `old`, said more precisely: 43.4 refines 43, "26 July" refines "July"."""
    if not same_value(new, old):
        return False
    match new, old:
        case Percent(), Percent():
            return new.decimals > old.decimals
        case Money(), Money():
            return new.digits > old.digits
        case Count(), Count():
            return new.digits > old.digits
        case Rate(), Rate():
            return _digits(new.rate) > _digits(old.rate)
        case DateSpan(), DateSpan():
            return new != old and old.date_from <= new.date_from and new.date_to <= old.date_to
        case Years(), Years():
            return new != old and old.year_from <= new.year_from and new.year_to <= old.year_to
        case Name(), Name():
            return len(_tokens(new.name)) > len(_tokens(old.name))
    return False


def number_of(value: Value | None) -> float | None:
    """The number a bound ("up to", "at least") can be put on, or None."""
    match value:
        case Percent():
            return value.percent
        case Money():
            return value.amount
        case Count():
            return value.count
        case Rate():
            return value.rate
    return None


def same_name(a: str, b: str) -> bool:
    """True where one name's words are among the other's, whatever the case, accents or width of the letters."""
    first, second = _tokens(a), _tokens(b)
    if not first or not second:
        return first == second
    if first <= second or second <= first:
        return True
    return _same_unspaced(first, second)


def _same_unspaced(first: frozenset[str], second: frozenset[str]) -> bool:
    # Japanese and Chinese write family name and given name without a space: one begins or ends with the other.
    if len(first) != 1 or len(second) != 1:
        return False
    short, long = sorted((*first, *second), key=len)
    return (
        len(short) >= 2
        and not short.isascii()
        and (long.startswith(short) or long.endswith(short))
        and _unspaced(short)
    )


def _unspaced(text: str) -> bool:
    return all(ord(letter) >= 0x3040 for letter in text)


@lru_cache(maxsize=4096)
def _tokens(name: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    # Voiced kana decompose into a letter and a mark as well; only Latin-like accents (below U+3000) are dropped.
    plain = "".join(c for c in folded if unicodedata.category(c) != "Mn" or ord(c) >= 0x3000)
    return frozenset("".join(c if c.isalnum() or ord(c) >= 0x3040 else " " for c in plain).split())


def _near(a: float, b: float, tolerance: float, approx: bool) -> bool:
    if approx:
        tolerance = max(tolerance, _approx_tolerance(a), _approx_tolerance(b))
    return a == b or abs(a - b) <= tolerance + _SLACK * max(1.0, abs(a), abs(b))


def _approx_tolerance(number: float) -> float:
    return abs(number) * (APPROX_TOLERANCE_ROUND if _digits(number) == 1 else APPROX_TOLERANCE)


def _same_amount(a: float, a_digits: int, b: float, b_digits: int, approx: bool) -> bool:
    return _near(a, b, max(MONEY_TOLERANCE * max(abs(a), abs(b)), _half_step(a, a_digits, b, b_digits)), approx)


def _half_step(a: float, a_digits: int, b: float, b_digits: int) -> float:
    return max(_step(a, a_digits), _step(b, b_digits)) / 2


def _step(number: float, digits: int) -> float:
    """The place value of the last significant digit, of which there are two at least: 600 may be exact."""
    if number == 0 or not math.isfinite(number):
        return 0.0
    return float(10.0 ** (math.floor(math.log10(abs(number))) - max(digits, 2) + 1))


def _digits(number: float) -> int:
    return max(1, len(f"{number:.10g}".replace("-", "").replace(".", "").strip("0")))


def _same_unit(a: str, b: str) -> bool:
    return not a or not b or a.casefold() == b.casefold()


def _same_span(a: DateSpan, b: DateSpan, margin_days: int = 0) -> bool:
    """Half of the shorter interval lies in the other; so does one that contains the other."""
    shared = (min(a.date_to, b.date_to) - max(a.date_from, b.date_from)).days + 1 + margin_days
    shorter = min((a.date_to - a.date_from).days, (b.date_to - b.date_from).days) + 1
    return shared > 0 and 2 * shared >= shorter

"""Does a claim say what a belief says? Bounds, dates beside states, second currencies; and which line it speaks of.

Knows values and lines, nothing of authority or of what happens next.
"""

from collections.abc import Callable
from enum import Enum

from factdrift.facts.standing import DEAD, Line, State
from factdrift.facts.values import number_of, same_value
from factdrift.model import (
    Belief,
    Claim,
    Count,
    DateSpan,
    Money,
    Name,
    Ordinal,
    Percent,
    Rate,
    Text,
    Track,
    Value,
    Years,
)
from factdrift.model import State as Truth
from factdrift.topic import FactSpec

# Units per euro, as they roughly stood in the 2020s: enough to tell a converted amount from another amount.
ROUGH_PER_EURO = {
    "EUR": 1.0,
    "USD": 1.1,
    "GBP": 0.86,
    "CHF": 0.97,
    "JPY": 155.0,
    "CNY": 7.7,
    "INR": 90.0,
    "KRW": 1450.0,
    "CAD": 1.48,
    "AUD": 1.65,
    "BRL": 5.7,
    "MXN": 20.0,
    "SEK": 11.3,
    "TWD": 34.5,
}
CONVERSION_FACTOR = 1.3

KIND_OF_VALUE: dict[type, str] = {
    Percent: "percent",
    Money: "money",
    DateSpan: "date",
    Truth: "state",
    Name: "name",
    Ordinal: "ordinal",
    Years: "year",
    Count: "count",
    Rate: "rate",
    Text: "text",
}


class Likeness(Enum):
    """How a claim's value compares with a belief's."""

    SAME = "same"
    CONVERTED = "converted"  # the same sum in another currency
    WITHIN = "within"  # a bound that what stands satisfies: "at least 40 %" beside 43 %
    DIFFERENT = "different"


def fits(spec: FactSpec, claim: Claim) -> bool:
    """True where the claim speaks of this fact's slot and its value is of a kind that the slot takes."""
    if claim.fact is not None and claim.fact != spec.name:
        return False
    slot = claim.slot
    if spec.value == "percent" and spec.object and (slot.subject, slot.object) == (spec.object, spec.subject):
        return False  # the other one's holding
    return claim.value is None or KIND_OF_VALUE[type(claim.value)] in (spec.value, *spec.also_value)


def comparable(a: Value | None, b: Value | None) -> bool:
    """True where two values can stand for one another: one kind, "it will" with a date, anything with None."""
    if a is None or b is None or type(a) is type(b):
        return True
    return {type(a), type(b)} == {Truth, DateSpan}


def likeness(belief: Belief, claim: Claim) -> Likeness:
    """How the claim's value compares with the belief's. A claim of a stage alone has the belief's value."""
    value, stands = claim.value, belief.value
    if value is None or (value == Truth(True) and isinstance(stands, DateSpan)):
        return Likeness.SAME
    if same_value(value, stands, approx=claim.approx or belief.approx) and _bounds_agree(belief, claim):
        return Likeness.SAME
    if isinstance(value, Money) and isinstance(stands, Money) and is_conversion(value, stands):
        return Likeness.CONVERTED
    if claim.bound and not belief.bound and _satisfies(number_of(stands), claim.bound, number_of(value), value, stands):
        return Likeness.WITHIN
    return Likeness.DIFFERENT


def is_conversion(a: Money, b: Money) -> bool:
    """True where one sum is about the other in another currency; False where a rate is not known."""
    rates = ROUGH_PER_EURO.get(a.currency), ROUGH_PER_EURO.get(b.currency)
    if a.currency == b.currency or rates[0] is None or rates[1] is None:
        return False
    low, high = sorted((abs(a.amount) / rates[0], abs(b.amount) / rates[1]))
    return high <= low * CONVERSION_FACTOR


def find_line(spec: FactSpec, state: State, track: Track, claim: Claim, measure: str | None) -> Line | None:
    """The open line on a track that the claim speaks of, or None."""
    lines = [
        line
        for line in state.lines
        if line.belief.track is track and line.belief.measure == measure and comparable(line.belief.value, claim.value)
    ]
    if spec.cardinality == "one" or not lines:
        return lines[0] if lines else None
    lines.sort(key=lambda line: line.belief.valid_from, reverse=True)  # of two sales of one size, the later
    if claim.value is None:
        unnamed = _first(lines, lambda line: line.belief.value is None)
        # What falls without being named is the only thing there is; what is done need not be.
        return lines[0] if unnamed is None and len(lines) == 1 and claim.stage in DEAD else unnamed
    return _first(lines, lambda line: line.belief.value is not None and is_like(line.belief, claim))


def find_open_plan(state: State, measure: str | None) -> Line | None:
    """The live plan of a many-valued fact whose value is still open ("looks for a partner"), or None."""
    plans = [line for line in state.lines if line.belief.track is Track.EXPECTED and line.belief.measure == measure]
    return _first(plans, lambda line: line.belief.value is None and line.belief.stage not in DEAD)


def is_like(belief: Belief, claim: Claim) -> bool:
    """True where the claim does not contradict the belief's value."""
    return likeness(belief, claim) is not Likeness.DIFFERENT


def measure_of(spec: FactSpec, state: State, track: Track, claim: Claim) -> str | None:
    """The measure of the line that the claim speaks of.

    A measured claim that says what the main line of either track says speaks of the main line: done, it is the plan
    that was meant. An unmeasured one that says what only a measured line says speaks of that: outlets drop the word.
    """
    if claim.measure is None and (claim.value is None or all(line.belief.measure is None for line in state.lines)):
        return None
    if _says_main(spec, state, claim):
        return None
    if claim.measure is not None:
        return claim.measure
    said = (line.belief for line in state.lines if line.belief.track is track and line.belief.measure is not None)
    return next(
        (belief.measure for belief in said if comparable(belief.value, claim.value) and is_like(belief, claim)), None
    )


def _says_main(spec: FactSpec, state: State, claim: Claim) -> bool:
    lines = (find_line(spec, state, each, claim, None) for each in Track)
    return any(line is not None and line.belief.value is not None and is_like(line.belief, claim) for line in lines)


def _first(lines: list[Line], says: Callable[[Line], bool]) -> Line | None:
    return next((line for line in lines if says(line)), None)


def _bounds_agree(belief: Belief, claim: Claim) -> bool:
    # One side without a bound is the sloppier wording of the same number, not another number.
    return not belief.bound or not claim.bound or belief.bound == claim.bound or isinstance(claim.value, DateSpan)


def _satisfies(number: float | None, bound: str, limit: float | None, value: Value, stands: Value | None) -> bool:
    if number is None or limit is None or type(value) is not type(stands):
        return False
    if isinstance(value, Money) and isinstance(stands, Money) and value.currency != stands.currency:
        return False
    return number <= limit if bound == "max" else number >= limit

"""Whether a stored claim is what its article version says: rule 2, checked again at any time. Pure; knows no SQL."""

import re
import unicodedata

from factdrift.model import Claim, Count, Money, Percent, Rate, Value

_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_NUMBER = re.compile(r"\d(?:[\d.,'  ]*\d)?")


def problems_of_claim(claim: Claim, sentence: str, title: str | None, text: str | None) -> list[str]:
    """Why the evidence does not hold; nothing where it does."""
    evidence = claim.evidence
    part = title if evidence.part == "title" else text
    if part is None:
        return ["its article version is not in the store"]
    start, end = evidence.start, evidence.end
    checks = [
        (part[start:end] == evidence.exact and evidence.exact != "", "its quote is not at its place in the article"),
        (part[max(0, start - len(evidence.prefix)) : start] == evidence.prefix, "its prefix does not stand before it"),
        (part[end : end + len(evidence.suffix)] == evidence.suffix, "its suffix does not stand after it"),
        (sentence == evidence.exact, "the sentence shown is not its quote"),
        (_has_cue(claim, len(part)), "its cue lies outside the article"),
        (_states(claim.value, evidence.exact, part[claim.cue[0] : claim.cue[1]]), "its number is not in its quote"),
    ]
    return [what for holds, what in checks if not holds]


def _has_cue(claim: Claim, length: int) -> bool:
    first, last = claim.cue
    return 0 <= first <= last <= length


def _states(value: Value | None, quote: str, cue: str) -> bool:
    """Whether the digits of a number stand in the quote, or follow from those that do.

    A cue without digits is a number in words ("half"). "The remaining 51 %" makes the whole, 100; two payers' parts, or
    a share and the points it fell by, make a sum or a difference.
    """
    wanted = _digits_of(value)
    if wanted is None or value == Percent(100.0) or (cue and not any(character.isdigit() for character in cue)):
        return True
    return wanted in _numbers_in(cue) | _numbers_in(quote) | _sums_in(quote)


def _sums_in(quote: str) -> set[str]:
    numbers = [float(found.replace(",", ".")) for found in _PLAIN.findall(unicodedata.normalize("NFKC", quote))][:12]
    pairs = [(a, b) for place, a in enumerate(numbers) for b in numbers[place + 1 :]]
    return {_significant(f"{abs(made):.2f}") for a, b in pairs for made in (a + b, a - b)} | {
        _significant(f"{sum(numbers):.2f}")
    }


def _digits_of(value: Value | None) -> str | None:
    match value:
        case Percent():
            return _significant(f"{value.percent:.{max(value.decimals, 0)}f}")
        case Money():
            return _significant(f"{value.amount:.2f}")
        case Count():
            return _significant(f"{value.count:.2f}")
        case Rate():
            return _significant(f"{value.rate:.2f}")
        case _:
            return None


def _numbers_in(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text)
    return {_significant(found) for found in _NUMBER.findall(plain)} | {
        _significant(found) for found in re.findall(r"\d+", plain)
    }


def _significant(number: str) -> str:
    """The digits that count: 600 million, 0.6 billion and 600,000,000 are all "6"."""
    return re.sub(r"\D", "", number).strip("0")

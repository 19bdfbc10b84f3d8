"""Numbers with their units: percentages and amounts of money, in the writing of each language.

Ranges, lists that share a unit ("600 and 200 million euros", "de 15 à 10 %"), and second currencies in parentheses are
kept apart here; what a number is about is decided elsewhere.
"""

import re
from dataclasses import dataclass
from typing import Final

from factdrift.facts.extract.lexicon import Numbers, any_of, opening_of
from factdrift.facts.extract.shadow import is_spaced
from factdrift.model import Money, Percent

_SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "us$": "USD", "円": "JPY"}
_BEFORE: Final = ("eur", "usd", "gbp", "jpy", "inr", "rs")  # how words begin that stand before an amount, like a symbol
_PREFIXES: Final = {"rs": "INR", "euro": "EUR", "euros": "EUR"}
# What may not stand before a number: part of a word or number, or an invisible character that hides one.
_ALONE: Final = r"(?<![a-zà-ÿ0-9_.,\x00-\x08\x0e-\x1f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])"
_TAIL: Final = re.compile(r"[.,](\d{1,2})$")
_NO_DIGITS: Final = re.compile(r"\D+")
_MAX_DIGITS: Final = 18
_WHOLE: Final = 100
_SIGN: Final = 16  # characters in which a word of sign may stand before a number


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at [start, end); `conversion` marks a second currency in parentheses."""

    start: int
    end: int
    value: Percent | Money
    conversion: bool = False
    points: bool = False
    vague: bool = False  # a fraction in words ("a third")
    bare: bool = False  # an amount without a currency of its own ("170 millions")


@dataclass(frozen=True, slots=True)
class Plain:
    """A number without a unit of its own at [start, end); `digits` are the significant digits stated."""

    start: int
    end: int
    number: float
    digits: int


class NumberReader:
    """Reads the quantities of a shadow. Built once per language."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._each = numbers.each or ("\0",)
        self._negative = tuple(f" {word}" if is_spaced(word) else word for word in numbers.negative)
        self._no_negative = tuple(f" {phrase}" for phrase in numbers.no_negative)
        number = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,3})?|\d{1,18}(?:[.,]\d{1,4})?"
        if numbers.words:
            number += "|" + any_of(numbers.words)
        percent, scale, words = any_of(numbers.percent), any_of(numbers.scales), any_of(numbers.currencies)
        joint = r"(?:and|et|und|y|e|to|à|a|bis|auf|or|ou|oder|o|al|beziehungsweise|bzw\.|-|から|、|and up to|~|～)"
        points = "|".join(numbers.point) or "(?!)"
        link = r"(?:\s|-)?(?:d'|de |of |di )?"
        self._percent = re.compile(
            rf"{_ALONE}{opening_of(numbers.words)}(?:(?P<first>{number})(?=\s?(?:{joint})\s?(?:{number})\s?-?(?:{percent}))"
            rf"|(?P<only>{number})\s?-?(?P<unit>{percent})(?P<points>[- ]?(?:{points}))?)"
        )
        unit = rf"(?:\s?-?(?P<scale>{scale})(?![a-zà-ÿ]))?"
        symbol = r"us\$|r\$|a\$|c\$|[€$£¥₹]"
        self._money = re.compile(
            rf"{_ALONE}(?:(?=[€$£¥₹]|[a-z]{{1,2}}\$)|{opening_of([*numbers.words, *_BEFORE])})"
            rf"(?:(?P<symbol>{symbol}|\b(?:euros?|eur|usd|gbp|jpy|inr|rs\.?)) ?(?P<n1>{number}){unit}"
            rf"|(?:(?P<high>\d[\d,]{{0,6}})(?P<highscale>[億兆]))?(?P<n2>{number})"
            rf"(?:\s?-?(?P<scale2>{scale}))?{link}(?P<word>{words}|[€£¥])(?![a-zà-ÿ])"
            rf"|(?P<n3>{number})(?=\s?(?:{joint})\s(?:{number})\s?-?(?:{scale}){link}(?:{words}|[€£¥]))"
            rf"|(?P<n4>{number})\s?-?(?P<scale4>{scale})(?![a-zà-ÿ]))"
        )

        tenths = "|".join(map(re.escape, numbers.tenths)) or "(?!)"
        self._tenth = re.compile(rf"{_ALONE}(\d|10)(?:{tenths})(?:(\d)分)?(?![引増減安高合])")
        self._level = re.compile(rf" ({number})(?=[,;.)]?(?:\s|$))(?! \w)")
        self._fractions = {part.lower(): percent for part, percent in numbers.fractions.items()}
        self._fraction = re.compile(rf"{_ALONE}(?:{any_of(self._fractions)})(?![a-zà-ÿ])")
        self._plain = re.compile(
            rf"{_ALONE}{opening_of(numbers.words)}(?P<n>{number})"
            rf"(?:\s?(?P<scale>{scale})(?![a-zà-ÿ])(?:(?P<low>\d[\d,]*)(?P<lowscale>{scale})?)?)?"
            rf"(?![a-zà-ÿ%]|[.,]?\d|\s?-?(?:{percent}))"
        )

    def plains(self, shadow: str, start: int, end: int) -> list[Plain]:
        """The numbers without a percent sign in [start, end), in order; amounts and dates are not told apart here."""
        found = []
        for match in self._plain.finditer(shadow, start, end):
            if (number := self._number(match["n"])) is not None:
                scaled = number * self._numbers.scales.get(match["scale"] or "", 1)
                if match["low"]:  # 1億7000万, 1万7000
                    scaled += float(match["low"].replace(",", "")) * self._numbers.scales.get(
                        match["lowscale"] or "", 1
                    )
                found.append(Plain(*match.span(), scaled, _significant(match["n"])))
        return found

    def level(self, shadow: str, start: int, end: int) -> Quantity | None:
        """The bare number that ends a phrase at `start` ("43 percent today, would drop to 15."), as a percentage."""
        match = self._level.match(shadow, start, end)
        number = self._number(match[1]) if match else None
        if match is None or number is None or not 0 < number < _WHOLE:
            return None
        return Quantity(*match.span(1), Percent(number, _decimals(match[1])))

    def fractions(self, shadow: str, start: int, end: int) -> list[Quantity]:
        """Parts of a whole told in words in [start, end) ("a third"), as percentages, in order."""
        found = self._fraction.finditer(shadow, start, end)
        return [Quantity(*m.span(), Percent(self._fractions[m[0]], 1), vague=True) for m in found]

    def percents(self, shadow: str, start: int, end: int) -> list[Quantity]:
        """The percentages in [start, end), in order."""
        found = self._tenths(shadow, start, end) if self._numbers.tenths else []
        span = shadow[start:end]
        if not any(unit in span for unit in self._numbers.percent):
            return found
        for match in self._percent.finditer(shadow, start, end):
            text = match["first"] or match["only"]
            number = self._number(text)
            if number is not None and number <= 1000:
                value = Percent(-number if self._is_negative(shadow, match.start()) else number, _decimals(text))
                found.append(Quantity(*match.span(), value, points=bool(match["points"])))
        return sorted(found, key=lambda quantity: quantity.start) if self._numbers.tenths else found

    def _tenths(self, shadow: str, start: int, end: int) -> list[Quantity]:
        """Percentages told in tenths (1割5分: 15)."""
        found = self._tenth.finditer(shadow, start, end)
        return [Quantity(*m.span(), Percent(10.0 * int(m[1]) + int(m[2] or 0))) for m in found]

    def _is_negative(self, shadow: str, start: int) -> bool:
        before = shadow[max(0, start - _SIGN) : start]
        if before.endswith("-"):
            return len(before) == 1 or before[-2] in " (:\n"
        words = f" {before.rstrip()}"
        return words.endswith(self._negative) and not words.endswith(self._no_negative)

    def moneys(self, shadow: str, start: int, end: int) -> list[Quantity]:
        """The amounts of money in [start, end), in order; one without a currency takes the language's default."""
        raw = list(self._money.finditer(shadow, start, end))
        named: str | None = None  # the currency before: "from 2 billion euros to 3 billion"
        found: list[Quantity] = []
        for index, match in enumerate(raw):
            following = raw[index + 1] if index + 1 < len(raw) else None
            quantity = self._amount(match, following, shadow, named)
            named = self._currency(match) or named
            if quantity and not shadow[match.end() : match.end() + 12].lstrip().startswith(self._each):
                found.append(quantity)
        return found

    def _amount(
        self, match: re.Match[str], following: re.Match[str] | None, shadow: str, named: str | None
    ) -> Quantity | None:
        text = match["n1"] or match["n2"] or match["n3"] or match["n4"]
        shared = following if match["n3"] else None
        number = self._number(text)
        scale_word = match["scale"] or match["scale2"] or match["scale4"] or (shared and shared["scale2"]) or ""
        currency = self._currency(match) or (self._currency(shared) if shared else None)
        if match["n4"]:
            currency = named or self._numbers.default_currency
        if number is None or currency is None:
            return None
        amount = number * self._numbers.scales.get(scale_word, 1)
        if match["high"]:  # 6億9000万
            amount += float(match["high"].replace(",", "")) * self._numbers.scales.get(match["highscale"], 1)
        before = shadow[max(0, match.start() - 4) : match.start()].rstrip("約 ")
        return Quantity(
            *match.span(), Money(amount, currency, _significant(text)), before.endswith("("), bare=bool(match["n4"])
        )

    def _currency(self, match: re.Match[str]) -> str | None:
        raw = (match["symbol"] or match["word"] or "").rstrip(".")
        if raw in _SYMBOLS:
            return _SYMBOLS[raw]
        if raw in _PREFIXES:
            return _PREFIXES[raw]
        return self._numbers.currencies.get(raw) or (raw.upper() if len(raw) == 3 else None)

    def _number(self, text: str) -> float | None:
        if (written := self._numbers.words.get(text)) is not None:
            return written
        digits = text.replace("'", "").replace(" ", "")
        if len(digits) > _MAX_DIGITS:
            return None
        decimal, thousands = (",", ".") if self._numbers.decimal == "," else (".", ",")
        if thousands in digits and not re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?", digits):
            decimal, thousands = thousands, decimal  # "15,3 %" in an English text, "35.7 %" in a French one
        try:
            return float(digits.replace(thousands, "").replace(decimal, "."))
        except ValueError:
            return None


def _decimals(text: str) -> int:
    tail = _TAIL.search(text)
    return len(tail[1]) if tail else 0


def _significant(text: str) -> int:
    return max(1, len(_NO_DIGITS.sub("", text).strip("0")))

"""Dates and times as closed intervals of days, anchored to the publication date.

"mid-year", "by year-end", "in the first half" are windows; a month without a year is the one nearest to publication.
The windows are those of the labelling guide: mid-year is May to August, spring March to June, autumn September to
November, mid-month the 10th to the 20th.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from factdrift.facts.extract.lexicon import Dates, any_of, opening_of
from factdrift.model import DateSpan

_MONTHS_OF_PART: Final = {
    "mid": (5, 8),
    "early": (1, 4),
    "late": (9, 12),
    "end": (12, 12),
    "h1": (1, 6),
    "h2": (7, 12),
    "q1": (1, 3),
    "q2": (4, 6),
    "q3": (7, 9),
    "q4": (10, 12),
    "spring": (3, 6),
    "summer": (6, 9),
    "autumn": (9, 11),
    "winter": (12, 12),
}
_DAYS_OF_PART: Final = {"mid": (10, 20), "early": (1, 10), "late": (20, 31), "end": (1, 31)}
_LINK: Final = (
    r"[\s-]*(?:(?:of|the|in|de|du|del|des|dell'anno|dell'|dello|della|d'|l'|di|der|le|la|il|el|im|のうち|の)[\s-]*)*"
)


_LEAD: Final = re.compile(
    r"\b(?:in|by|of|since|until|till|last|next|this|from|before|after|late|early|mid|for|and|to)[ -]$"
)


@dataclass(frozen=True, slots=True)
class When:
    """A date at [start, end). `exact` says that a day or month was named; `bound` "max" for "by", "min" for "from"."""

    start: int
    end: int
    span: DateSpan
    exact: bool
    bound: str | None = None
    loose: bool = False  # a day or month without its year
    relative: bool = False  # a weekday or "today": the time of the report itself


class DateReader:
    """Reads the dates of a shadow. Built once per language."""

    def __init__(self, dates: Dates) -> None:
        self._dates = dates
        self._parts = {word: label for label, words in dates.parts.items() for word in words}
        month = any_of(dates.months)
        year = r"(?:19|20)\d\d"
        numbers = rf"(?:{dates.day})" if dates.day else r"(?:\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
        parts = any_of(self._parts)
        years = any_of([*dates.this_year, *dates.next_year, *dates.last_year, *dates.year_word])
        words = [*dates.months, *dates.weekdays, *self._parts, *dates.today]
        words += [*dates.this_year, *dates.next_year, *dates.last_year, *dates.year_word]
        opens = "" if dates.day else opening_of(words)  # a language's own day may begin with anything
        self._pattern = re.compile(
            rf"(?<![a-zà-ÿ0-9_.,/]){opens}(?:"
            rf"(?P<iso>{year}-\d\d-\d\d)"
            rf"|(?P<jy>{year})年度?の?(?:(?P<jm>\d{{1,2}})月(?:(?P<jd>\d{{1,2}})日|(?P<jmp>{parts}))?|(?P<jyp>{parts}))?"
            rf"|(?P<jm2>\d{{1,2}})月(?:(?P<jd2>\d{{1,2}})日|(?P<jmp2>{parts}))?|(?P<jry>{years})の?(?P<jrp>{parts})|(?P<jd3>\d{{1,2}})日"
            rf"|(?P<d1>{numbers})\s?(?:de |d')?(?P<m1>{month})\.?(?:,?\s(?:de |del )?(?P<y1>{year}))?"
            rf"|(?P<m2>{month})\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,]\d{{3}}|\s?%)(?:,?\s(?P<y2>{year}))?"
            rf"|(?P<part>{any_of(self._parts)})"
            rf"(?:{_LINK}(?:(?P<pm>{month})\.?(?:\s(?:de |del )?(?P<pmy>{year}))?|(?P<py>{year})|(?P<pw>{years})))?"
            rf"|(?P<m3>{month})\.?(?:\s?(?:of |de |del |,\s?)?(?P<y3>{year}))?(?!\w)"
            rf"|(?P<weekday>{any_of(dates.weekdays)})"
            rf"|(?P<today>{any_of(dates.today)})"
            rf"|(?P<relyear>{years})"
            rf"|(?P<year>{year})(?!\s?(?:%|[a-z]*-)|[.,]\d|\d)"
            rf")(?![a-zà-ÿ])"
        )
        self._by = re.compile(rf"(?:{any_of(dates.by)})[\s]*(?:the |la |le |el |il |den |dem )?$")

    def dates(self, shadow: str, start: int, end: int, published: date) -> list[When]:
        """The dates in [start, end), in order."""
        found = []
        for match in self._pattern.finditer(shadow, start, end):
            try:
                when = self._when(match, shadow, published)
            except ValueError:
                continue  # 31 February: not a date
            if when:
                found.append(when)
        return found

    def _when(self, match: re.Match[str], shadow: str, published: date) -> When | None:
        at = match.span()
        bound = "max" if self._by.search(shadow[max(0, at[0] - 24) : at[0]]) else None
        if shadow.startswith("まで", at[1]):
            bound = "max"
        if match["iso"]:
            day = date.fromisoformat(match["iso"])
            return When(*at, DateSpan(day, day), True, bound)
        if match["weekday"] or match["today"]:
            return self._relative(match, published)
        if match["jy"] or match["jm2"] or match["jd3"] or match["jry"]:
            return self._japanese(match, published, bound)
        if match["m1"] or match["m2"]:
            number = int(re.sub(r"\D", "", match["d1"] or match["d2"]) or 1)
            month = self._dates.months[match["m1"] or match["m2"]]
            year = match["y1"] or match["y2"]
            return When(*at, _day(year, month, number, published), True, bound, loose=not year)
        if match["part"]:
            return self._part(match, published, bound)
        if match["m3"]:
            if match["m3"] in self._dates.ambiguous and not match["y3"] and not _LEAD.search(shadow[: at[0]][-10:]):
                return None
            last = shadow[max(0, at[0] - 16) : at[0]].rstrip().endswith(tuple(self._dates.last_words) or ("\0",))
            span = _month(match["y3"], self._dates.months[match["m3"]], published)
            if last and span.date_from > published:
                span = _month(str(span.date_from.year - 1), span.date_from.month, published)
            return When(*at, span, True, bound, loose=not match["y3"])
        if match["relyear"]:
            year = self._year_of(match["relyear"], published)
            return When(*at, _year(year), False, bound) if year else None
        return When(*at, _year(int(match["year"])), False, bound)

    def _relative(self, match: re.Match[str], published: date) -> When:
        if match["today"]:
            return When(*match.span(), DateSpan(published, published), True, relative=True)
        back = (published.isoweekday() - self._dates.weekdays[match["weekday"]]) % 7
        day = published - timedelta(days=back)
        return When(*match.span(), DateSpan(day, day), True, relative=True)

    def _japanese(self, match: re.Match[str], published: date, bound: str | None) -> When:
        at = match.span()
        month, day = match["jm"] or match["jm2"], match["jd"] or match["jd2"] or match["jd3"]
        if match["jd3"]:
            near = min(
                (_safe_day(published, delta, int(day)) for delta in (-1, 0, 1)),
                key=lambda d: abs((d - published).days),
            )
            return When(*at, DateSpan(near, near), True, bound, relative=True)
        part = self._parts.get(match["jmp"] or match["jmp2"] or match["jyp"] or match["jrp"] or "")
        if not month:
            year = int(match["jy"]) if match["jy"] else self._year_of(match["jry"], published) or published.year
            if part in _MONTHS_OF_PART:
                first, last = _MONTHS_OF_PART[part]
                return When(*at, DateSpan(date(year, first, 1), _last_day(year, last)), True, bound)
            return When(*at, _year(year), False, bound)
        if not day:
            return When(*at, _part_of_month(_month(match["jy"], int(month), published), part), True, bound)
        return When(*at, _day(match["jy"], int(month), int(day), published), True, bound)

    def _part(self, match: re.Match[str], published: date, bound: str | None) -> When | None:
        part, at = self._parts[match["part"]], match.span()
        if match["pm"]:
            month = _month(match["pmy"], self._dates.months[match["pm"]], published)
            return When(*at, _part_of_month(month, part), True, bound)
        if part in _DAYS_OF_PART and not (match["py"] or match["pw"]):
            return None  # "early" or "late" alone says nothing
        year = int(match["py"]) if match["py"] else self._year_of(match["pw"], published)
        if year is None and match.group().startswith(tuple(self._dates.next_words)):
            year = _nearest_year(_MONTHS_OF_PART.get(part, (1, 12))[0], published, ahead=True)
        if year is None:
            year = _nearest_year(_MONTHS_OF_PART.get(part, (1, 12))[1], published, ahead=True)
        if part == "later":
            return When(*at, DateSpan(published, date(year, 12, 31)), True, bound)
        if part not in _MONTHS_OF_PART:
            return None
        first, last = _MONTHS_OF_PART[part]
        return When(
            *at,
            DateSpan(date(year, first, 1), _last_day(year, last)),
            True,
            bound or ("max" if part == "end" else None),
        )

    def _year_of(self, word: str | None, published: date) -> int | None:
        if not word:
            return None
        if word in self._dates.next_year:
            return published.year + 1
        return published.year - 1 if word in self._dates.last_year else published.year


def _part_of_month(month: DateSpan, part: str | None) -> DateSpan:
    if part not in _DAYS_OF_PART:
        return month
    first, last = _DAYS_OF_PART[part]
    last = min(last, month.date_to.day)
    return DateSpan(month.date_from.replace(day=first), month.date_to.replace(day=last))


def _year(year: int) -> DateSpan:
    return DateSpan(date(year, 1, 1), date(year, 12, 31))


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _month(year: str | None, month: int, published: date) -> DateSpan:
    number = int(year) if year else _nearest_year(month, published)
    return DateSpan(date(number, month, 1), _last_day(number, month))


def _day(year: str | None, month: int, day: int, published: date) -> DateSpan:
    exact = date(int(year) if year else _nearest_year(month, published), month, day)
    return DateSpan(exact, exact)


def _safe_day(published: date, delta: int, day: int) -> date:
    month = published.month - 1 + delta
    year, month = published.year + month // 12, month % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _nearest_year(month: int, published: date, *, ahead: bool = False) -> int:
    years = (published.year, published.year + 1) if ahead else (published.year, published.year - 1, published.year + 1)
    middle = {year: date(year, month, 15) for year in years}
    if ahead:
        return next(year for year in years if _last_day(year, month) >= published)
    return min(years, key=lambda year: abs((middle[year] - published).days))

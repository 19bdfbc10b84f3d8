"""Values as JSON and back. The JSON is that of the labelling guide; equality lives in `facts.values`."""

from datetime import date
from typing import Any

from factdrift.model import Count, DateSpan, Money, Name, Ordinal, Percent, Rate, State, Text, Value, Years

SCALES = {"unit": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def value_to_json(value: Value | None) -> dict[str, Any] | None:
    """A VALUE object of the labelling guide, or None."""
    match value:
        case None:
            return None
        case Percent():
            return {"percent": value.percent}
        case Money():
            scale = next(name for name, size in reversed(SCALES.items()) if abs(value.amount) >= size or size == 1)
            return {"money": _plain(value.amount / SCALES[scale]), "scale": scale, "currency": value.currency}
        case DateSpan():
            return {"date_from": value.date_from.isoformat(), "date_to": value.date_to.isoformat()}
        case State():
            return {"state": value.state}
        case Name():
            return {"name": value.name}
        case Ordinal():
            return {"ordinal": value.ordinal}
        case Years():
            if value.year_from == value.year_to:
                return {"year": value.year_from}
            return {"year_from": value.year_from, "year_to": value.year_to}
        case Count():
            return {"count": _plain(value.count), "unit": value.unit}
        case Rate():
            return {"rate": _plain(value.rate), "unit": value.unit, "period": value.period}
        case Text():
            return {"text": value.text}


def value_from_json(raw: dict[str, Any] | None) -> Value | None:
    """The inverse of `value_to_json`. Raises ValueError for an object of no known kind."""
    if not raw:
        return None
    if "percent" in raw:
        return Percent(float(raw["percent"]), _decimals(raw["percent"]))
    if "money" in raw:
        amount = float(raw["money"]) * SCALES[raw.get("scale") or "unit"]
        return Money(amount, str(raw["currency"]), _digits(raw["money"]))
    if "date_from" in raw:
        first = _day(raw["date_from"])
        return DateSpan(first, _day(raw["date_to"]) if raw.get("date_to") else first)
    if "state" in raw:
        return State(bool(raw["state"]))
    if "name" in raw:
        return Name(str(raw["name"]))
    if "ordinal" in raw:
        return Ordinal(int(raw["ordinal"]))
    if "year" in raw:
        return Years(int(raw["year"]), int(raw["year"]))
    if "year_from" in raw:
        return Years(int(raw["year_from"]), int(raw["year_to"]))
    if "count" in raw:
        return Count(float(raw["count"]), str(raw.get("unit", "")), _digits(raw["count"]))
    if "rate" in raw:
        return Rate(float(raw["rate"]), str(raw.get("unit", "")), str(raw.get("period", "")))
    if "text" in raw:
        return Text(str(raw["text"]))
    raise ValueError(f"no value kind in {raw!r}")


def _day(raw: object) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))


def _plain(number: float) -> float | int:
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _decimals(number: object) -> int:
    text = str(number)
    return len(text.split(".")[1]) if "." in text and not text.endswith(".0") else 0


def _digits(number: object) -> int:
    return max(1, len(str(number).replace(".", "").replace(",", "").strip("0")))

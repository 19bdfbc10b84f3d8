"""Values, claims, beliefs and changes as JSON and back.

The value's JSON is that of the labelling guide; `pack_*` keep all that the store must not lose (precision, offsets).
Equality lives in `facts.values`.
"""

from datetime import date, datetime
from typing import Any

from factdrift.model import (
    Attribution,
    AttributionKind,
    Belief,
    Change,
    ChangeKind,
    Claim,
    Count,
    DateSpan,
    Evidence,
    Mention,
    Money,
    Name,
    Ordinal,
    Percent,
    Rate,
    Slot,
    Stage,
    State,
    Text,
    Track,
    Value,
    Years,
)

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
        return Percent(float(raw["percent"]), int(raw.get("decimals", _decimals(raw["percent"]))))
    if "money" in raw:
        amount = float(raw["money"]) * SCALES[raw.get("scale") or "unit"]
        return Money(amount, str(raw["currency"]), int(raw.get("digits", _digits(raw["money"]))))
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
        return Count(float(raw["count"]), str(raw.get("unit", "")), int(raw.get("digits", _digits(raw["count"]))))
    if "rate" in raw:
        return Rate(float(raw["rate"]), str(raw.get("unit", "")), str(raw.get("period", "")))
    if "text" in raw:
        return Text(str(raw["text"]))
    raise ValueError(f"no value kind in {raw!r}")


def pack_value(value: Value | None) -> dict[str, Any] | None:
    """The value's JSON with the precision it was stated in."""
    packed = value_to_json(value)
    if packed is not None and isinstance(value, Percent):
        packed["decimals"] = value.decimals
    if packed is not None and isinstance(value, Money | Count):
        packed["digits"] = value.digits
    return packed


def pack_span(span: DateSpan | None) -> list[str] | None:
    """Two ISO days, or None."""
    return [span.date_from.isoformat(), span.date_to.isoformat()] if span else None


def unpack_span(raw: list[str] | None) -> DateSpan | None:
    """The inverse of `pack_span`."""
    return DateSpan(_day(raw[0]), _day(raw[1])) if raw else None


def pack_claim(claim: Claim) -> dict[str, Any]:
    """All of a claim as JSON."""
    evidence, slot, said = claim.evidence, claim.slot, claim.attribution
    return {
        "fact": claim.fact,
        "slot": [slot.relation, slot.subject, slot.object, [list(pair) for pair in slot.qualifiers]],
        "value": pack_value(claim.value),
        "stage": claim.stage.value,
        "mention": claim.mention.value,
        "evidence": [evidence.part, evidence.exact, evidence.prefix, evidence.suffix, evidence.start, evidence.end],
        "approx": claim.approx,
        "bound": claim.bound,
        "measure": claim.measure,
        "attribution": [said.kind.value, said.name, said.start, said.end] if said else None,
        "as_of": pack_span(claim.as_of),
        "due": pack_span(claim.due),
        "corefs": [list(coref) for coref in claim.corefs],
        "cue": list(claim.cue),
        "returns": claim.returns,
    }


def unpack_claim(raw: dict[str, Any]) -> Claim:
    """The inverse of `pack_claim`."""
    relation, subject, other, qualifiers = raw["slot"]
    said = raw["attribution"]
    return Claim(
        fact=raw["fact"],
        slot=Slot(relation, subject, other, tuple((key, value) for key, value in qualifiers)),
        value=value_from_json(raw["value"]),
        stage=Stage(raw["stage"]),
        mention=Mention(raw["mention"]),
        evidence=Evidence(*raw["evidence"]),
        approx=raw["approx"],
        bound=raw["bound"],
        measure=raw["measure"],
        attribution=Attribution(AttributionKind(said[0]), *said[1:]) if said else None,
        as_of=unpack_span(raw["as_of"]),
        due=unpack_span(raw["due"]),
        corefs=tuple((entity, start, end) for entity, start, end in raw["corefs"]),
        cue=(raw["cue"][0], raw["cue"][1]),
        returns=raw["returns"],
    )


def pack_belief(belief: Belief | None) -> dict[str, Any] | None:
    """All of a belief as JSON, or None."""
    if belief is None:
        return None
    return {
        "fact": belief.fact,
        "track": belief.track.value,
        "value": pack_value(belief.value),
        "stage": belief.stage.value,
        "valid_from": belief.valid_from.isoformat(),
        "valid_to": belief.valid_to.isoformat() if belief.valid_to else None,
        "claim_id": belief.claim_id,
        "due": pack_span(belief.due),
        "bound": belief.bound,
        "approx": belief.approx,
        "origins": belief.origins,
        "last_confirmed": belief.last_confirmed.isoformat() if belief.last_confirmed else None,
        "contested": belief.contested,
        "measure": belief.measure,
    }


def unpack_belief(raw: dict[str, Any] | None) -> Belief | None:
    """The inverse of `pack_belief`."""
    if raw is None:
        return None
    return Belief(
        fact=raw["fact"],
        track=Track(raw["track"]),
        value=value_from_json(raw["value"]),
        stage=Stage(raw["stage"]),
        valid_from=datetime.fromisoformat(raw["valid_from"]),
        valid_to=datetime.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
        claim_id=raw["claim_id"],
        due=unpack_span(raw["due"]),
        bound=raw["bound"],
        approx=raw["approx"],
        origins=raw["origins"],
        last_confirmed=datetime.fromisoformat(raw["last_confirmed"]) if raw["last_confirmed"] else None,
        contested=raw["contested"],
        measure=raw["measure"],
    )


def pack_change(change: Change) -> dict[str, Any]:
    """All of a change as JSON."""
    return {
        "change_id": change.change_id,
        "fact": change.fact,
        "track": change.track.value,
        "kind": change.kind.value,
        "old": pack_belief(change.old),
        "new": pack_belief(change.new),
        "claim_id": change.claim_id,
        "at": change.at.isoformat(),
        "needs_review": change.needs_review,
    }


def unpack_change(raw: dict[str, Any]) -> Change:
    """The inverse of `pack_change`."""
    return Change(
        change_id=raw["change_id"],
        fact=raw["fact"],
        track=Track(raw["track"]),
        kind=ChangeKind(raw["kind"]),
        old=unpack_belief(raw["old"]),
        new=unpack_belief(raw["new"]),
        claim_id=raw["claim_id"],
        at=datetime.fromisoformat(raw["at"]),
        needs_review=raw["needs_review"],
    )


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

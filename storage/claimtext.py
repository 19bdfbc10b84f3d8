"""A claim as JSON text, written out by hand: what `json` would write of `pack_claim`, in a quarter of the time.

Claims come by the hundred thousand, and most of their slots and values are alike. Kept apart from `codec`, which says
what a claim's JSON is.
"""

import json
from functools import lru_cache
from json.encoder import encode_basestring as _quoted

from factdrift.codec import pack_value
from factdrift.model import Attribution, Claim, DateSpan, Percent, Value

_ALIKE = 4_096  # slots and values that are remembered
_PLAIN = '{"approx": false, "as_of": null, "attribution": null, "bound": null, "corefs": [], '
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def claim_text(claim: Claim, value: str) -> str:
    """All of a claim as JSON text, its keys sorted; `value` is its value's text."""
    evidence, slot, cue = claim.evidence, claim.slot, claim.cue
    # What most claims do not have is asked for here: a call for each would take a fifth of the time.
    is_plain = not (claim.approx or claim.as_of or claim.attribution or claim.bound is not None or claim.corefs)
    return (
        f'{_PLAIN if is_plain else _head(claim)}"cue": [{cue[0]}, {cue[1]}], '
        f'"due": {_span(claim.due) if claim.due else "null"}, '
        f'"evidence": [{_quoted(evidence.part)}, {_quoted(evidence.exact)}, {_quoted(evidence.prefix)}, '
        f"{_quoted(evidence.suffix)}, {evidence.start}, {evidence.end}], "
        f'"fact": {_quoted(claim.fact) if claim.fact is not None else "null"}, '
        f'"measure": {_quoted(claim.measure) if claim.measure is not None else "null"}, '
        f'"mention": "{claim.mention._value_}", "returns": {"true" if claim.returns else "false"}, '
        f'"slot": {_slot(slot.relation, slot.subject, slot.object, slot.qualifiers)}, '
        f'"stage": "{claim.stage._value_}", "value": {value}}}'
    )


def value_text(value: Value | None) -> str:
    """A value as JSON text."""
    # Remembered by its parts where there are many: a value's hash is worked out in Python, that of its parts is not.
    return _percent(value.percent, value.decimals) if type(value) is Percent else _value(value)


@lru_cache(_ALIKE, typed=True)  # 15 is written otherwise than 15.0
def _percent(percent: float, decimals: int) -> str:
    return _ENCODER.encode(pack_value(Percent(percent, decimals)))


@lru_cache(_ALIKE)
def _value(value: Value | None) -> str:
    return _ENCODER.encode(pack_value(value))


def _head(claim: Claim) -> str:
    return (
        f'{{"approx": {"true" if claim.approx else "false"}, '
        f'"as_of": {_span(claim.as_of) if claim.as_of else "null"}, '
        f'"attribution": {_said(claim.attribution) if claim.attribution else "null"}, '
        f'"bound": {_quoted(claim.bound) if claim.bound is not None else "null"}, '
        f'"corefs": [{_corefs(claim.corefs)}], '
    )


@lru_cache(_ALIKE)  # by its parts, as above
def _slot(*parts: object) -> str:
    return _ENCODER.encode(parts)


def _said(said: Attribution) -> str:
    return f'["{said.kind._value_}", {_quoted(said.name)}, {said.start}, {said.end}]'


def _corefs(corefs: tuple[tuple[str, int, int], ...]) -> str:
    return ", ".join([f"[{_quoted(entity)}, {start}, {end}]" for entity, start, end in corefs])


def _span(span: DateSpan) -> str:
    return f'["{span.date_from}", "{span.date_to}"]'

"""A claim as JSON text, written out by hand: what `json` would write of `pack_claim`, in a quarter of the time.

Claims come by the hundred thousand, and most of their slots and values are alike. Kept apart from `codec`, which says
what a claim's JSON is.
"""

import json
from functools import lru_cache
from json.encoder import encode_basestring as _quoted

from factdrift.codec import pack_value
from factdrift.model import Attribution, Claim, DateSpan, Value

_ALIKE = 4_096  # slots and values that are remembered
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_WORD = {True: "true", False: "false"}


def claim_text(claim: Claim, value: str) -> str:
    """All of a claim as JSON text, its keys sorted; `value` is its value's text."""
    evidence, slot = claim.evidence, claim.slot
    about = _slot(slot.relation, slot.subject, slot.object, slot.qualifiers)
    corefs = ", ".join([f"[{_quoted(entity)}, {start}, {end}]" for entity, start, end in claim.corefs])
    return (
        f'{{"approx": {_WORD[claim.approx]}, "as_of": {_span(claim.as_of)}, "attribution": {_said(claim.attribution)}, '
        f'"bound": {_word(claim.bound)}, "corefs": [{corefs}], "cue": [{claim.cue[0]}, {claim.cue[1]}], '
        f'"due": {_span(claim.due)}, "evidence": [{_quoted(evidence.part)}, {_quoted(evidence.exact)}, '
        f"{_quoted(evidence.prefix)}, {_quoted(evidence.suffix)}, {evidence.start}, {evidence.end}], "
        f'"fact": {_word(claim.fact)}, "measure": {_word(claim.measure)}, "mention": "{claim.mention._value_}", '
        f'"returns": {_WORD[claim.returns]}, "slot": {about}, "stage": "{claim.stage._value_}", '
        f'"value": {value}}}'
    )


@lru_cache(_ALIKE)
def value_text(value: Value | None) -> str:
    """A value as JSON text."""
    return _ENCODER.encode(pack_value(value))


@lru_cache(_ALIKE)  # by its parts: the hash of a value is worked out in Python, that of a tuple is not
def _slot(*parts: object) -> str:
    return _ENCODER.encode(parts)


def _said(said: Attribution | None) -> str:
    if said is None:
        return "null"
    return f'["{said.kind._value_}", {_quoted(said.name)}, {said.start}, {said.end}]'


def _word(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


def _span(span: DateSpan | None) -> str:
    return f'["{span.date_from}", "{span.date_to}"]' if span else "null"

"""Which changes are told, once, and in what words. Pure: what was told before is passed in, nothing is sent here."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from factdrift.facts.identity import stable_id
from factdrift.model import Alert, Belief, Change, ChangeKind, DateSpan, Name, Percent, StoredClaim, Text, Value
from factdrift.topic import AlertPolicy
from factdrift.wording import describe_belief, describe_span, describe_value

TITLE_CHARACTERS = 160
_MOVES = frozenset({ChangeKind.ADDED, ChangeKind.VALUE_CHANGED, ChangeKind.STAGE_CHANGED})
_FALLS = frozenset({ChangeKind.CORRECTED, ChangeKind.RETRACTED})
_MAY_FALL = _MOVES | {ChangeKind.DATE_SLIPPED, ChangeKind.CONTESTED}
_TWO_SIDED = _FALLS | {ChangeKind.CONTESTED}


@dataclass(frozen=True, slots=True)
class Telling:
    """A change that is to be told, and the key of what it tells."""

    change: Change
    key: str


def to_tell(
    changes: Iterable[Change],
    policy: AlertPolicy,
    already: frozenset[str],
    before: Mapping[str, int] | None = None,
) -> tuple[Telling, ...]:
    """One telling for each thing that is now known and was not told before.

    `changes` are all changes of the facts in question in ledger order, old ones too: how often a value has come back is
    counted in them, so that a return is told again and a re-fold is not. `before` stands for old ones that are left out
    (`times_told`). What waits for review is listed for the reviewer, not told.
    """
    found: dict[str, Telling] = {}
    for change, key in keyed(changes, before, already):
        if key not in already and key not in found and should_alert(change, policy):
            found[key] = Telling(change, key)
    return tuple(found.values())


def claims_shown(tellings: Iterable[Telling]) -> set[str]:
    """The ids of the claims whose sentences these alerts show."""
    return {claim for telling in tellings for claim in _sides(telling.change)}


def in_words(
    tellings: Iterable[Telling],
    topic: str,
    created_at: datetime,
    claims: Mapping[str, StoredClaim],
    urls: Mapping[str, str],
) -> tuple[Alert, ...]:
    """The alerts. `claims` (by claim id) and `urls` (by article version) give their sentences and where these stand."""
    return tuple(
        Alert(
            alert_id=stable_id("alert", topic, telling.key),
            topic=topic,
            change_id=telling.change.change_id,
            fact=telling.change.fact,
            key=telling.key,
            title=_title(telling.change),
            body=_body(telling.change, claims, urls),
            created_at=created_at,
        )
        for telling in tellings
    )


def should_alert(change: Change, policy: AlertPolicy) -> bool:
    """True for a change of a kind the topic asks for that does not wait for review."""
    return change.kind in policy.kinds and not change.needs_review


def times_told(changes: Iterable[Change]) -> Counter[str]:
    """How often each thing came to hold, by what an alert tells."""
    return Counter(_told(change) for change in changes if not change.needs_review)


def keyed(
    changes: Iterable[Change], before: Mapping[str, int] | None = None, already: frozenset[str] = frozenset()
) -> list[tuple[Change, str]]:
    """Each change with the key of what it tells. The same value that comes back after another has a key of its own.

    The changes hold only what was not withdrawn since; each withdrawal that was told has a key in `already`. So the
    times that stand and those that were withdrawn together number the times.
    """
    times = Counter(before or {})
    result = []
    for change in changes:
        base = _told(change)
        if change.kind in _FALLS and change.old:
            base = _fallen(change.old)
            number = _times(base, already)
        else:
            falls = _times(_fallen(change.new), already) if change.kind in _MAY_FALL and change.new else 0
            number = times[base] + falls
            times[base] += not change.needs_review
        result.append((change, f"{base}#{number}"))
    return result


def clean_line(text: str) -> str:
    """The text on one line without control, formatting or line-separating characters."""
    spaced = "".join(" " if c.isspace() or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in ("Cf", "Cs")).split())


def _fallen(belief: Belief) -> str:
    parts = (belief.fact, belief.track, belief.measure or "", "fell", belief.stage)
    return "|".join((*parts, _coarse(belief.value), _coarse(belief.due)))


def _times(base: str, already: frozenset[str]) -> int:
    times = 0
    while f"{base}#{times}" in already:
        times += 1
    return times


def _told(change: Change) -> str:
    belief = change.new or change.old
    if belief is None:
        return change.change_id
    parts = [change.fact, str(change.track), belief.measure or ""]
    # A move is what it arrives at, by whatever kind of change; the other kinds tell of themselves.
    parts.append("" if change.kind in _MOVES else str(change.kind))
    parts += [_coarse(belief.value), str(belief.stage)]
    if change.kind in (ChangeKind.DATE_SLIPPED, ChangeKind.OVERDUE):
        parts.append(_coarse(belief.due))
    return "|".join(parts)


def _coarse(value: Value | None) -> str:
    """The value in so few digits that a re-fold through another outlet's rounding tells nothing new."""
    match value:
        case Percent():
            return f"{value.percent:.0f}"
        case DateSpan():
            return f"{value.date_to:%Y-%m}"
        case Name() | Text():
            return clean_line(describe_value(value)).casefold().replace("|", " ")
    return describe_value(value).replace("|", " ")


def _title(change: Change) -> str:
    text = clean_line(f"{change.fact}: {_what_happened(change)}")
    return text if len(text) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1] + "…"


def _what_happened(change: Change) -> str:
    old, new = change.old, change.new
    match change.kind:
        case ChangeKind.OVERDUE:
            return f"overdue: {describe_belief(new)}"
        case ChangeKind.DATE_SLIPPED:
            return f"{_when(old)} -> {_when(new)} (date slipped)"
        case ChangeKind.RETRACTED | ChangeKind.CORRECTED | ChangeKind.CONTESTED:
            return f"{change.kind}: {_short(old)} -> {describe_belief(new)}"
        case _:
            return f"{_short(old)} -> {describe_belief(new)}" if old else describe_belief(new)


def _short(belief: Belief | None) -> str:
    return describe_value(belief.value, belief.bound, approx=belief.approx) if belief else "nothing"


def _when(belief: Belief | None) -> str:
    return describe_span(belief.due) if belief and belief.due else _short(belief)


def _body(change: Change, claims: Mapping[str, StoredClaim], urls: Mapping[str, str]) -> str:
    lines = [f"{change.kind} on the {change.track} track, {change.at:%Y-%m-%d}", f"was: {describe_belief(change.old)}"]
    lines.append(f"now: {describe_belief(change.new)}")
    for claim_id in _sides(change):
        if stored := claims.get(claim_id):
            lines += ["", f"“{clean_line(stored.claim.evidence.exact)}”"]
            url = urls.get(stored.version_id, "")
            lines.append(clean_line(f"{stored.outlet}, {stored.published_at:%Y-%m-%d} {url}"))
    return "\n".join(lines)


def _sides(change: Change) -> list[str]:
    """The claim that made a change, and the one on the other side of a correction, a retraction or a dispute."""
    other = None
    if change.kind in _TWO_SIDED:
        other = change.old if change.kind is ChangeKind.CONTESTED else change.new
    return list(dict.fromkeys([change.claim_id, *([other.claim_id] if other else [])]))

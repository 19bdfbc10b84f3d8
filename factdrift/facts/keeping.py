"""What a fold leaves behind so that a later run may go on from it, and whether that run may. Pure.

A kept fold is no part of what is believed: the claims alone say that, and whatever does not fit is folded whole. It
holds what the rules ask of the past and not what the tables hold already, so it does not grow with the number of
claims: only with the number of different things that stood, waited or were told.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from factdrift.codec import pack_belief, pack_span, pack_value, unpack_belief, unpack_span, value_from_json
from factdrift.facts.alerting import times_told
from factdrift.facts.identity import stable_id
from factdrift.facts.order import OrderKey, order_key
from factdrift.facts.policy import Supporter, origin_of
from factdrift.facts.standing import End, Line, State, Stood, Waiting
from factdrift.model import AttributionKind, Belief, Stage, StoredClaim, Track
from factdrift.topic import AlertPolicy, FactPolicy, FactSpec

REMEMBERED = 32  # the origins and articles of so many claims are kept; an older one that comes back is folded whole


@dataclass(frozen=True, slots=True)
class Kept:
    """A fold after its last claim, before the time that has passed since."""

    state: State  # without `closed`, `changes` and `reasons`
    last: OrderKey
    claims: int  # how many were folded; as many reasons were given
    changes: int
    told: Mapping[str, int]  # how often each thing has come to hold, by what an alert would tell
    heard: tuple[tuple[str, str], ...]  # origin and article of the last claims, oldest first


def stamp_of(rules: str, spec: FactSpec, policy: FactPolicy, alerts: AlertPolicy, verdicts: Mapping[str, str]) -> str:
    """What a fold depends on beside its claims: another stamp, another fold. `rules` names the program's own rules."""
    asked = (spec.model_dump_json(), policy.model_dump_json(), alerts.model_dump_json())
    return stable_id("fold", rules, *asked, json.dumps(sorted(verdicts.items())))


def may_go_on(
    kept: Kept,
    ordered: Sequence[StoredClaim],
    claims: int,
    met_origins: frozenset[str],
    met_articles: frozenset[str],
) -> bool:
    """True where going on from here gives what folding all claims would.

    So it is where as many claims are stored as were folded, the new ones sort last, and none of their origins and
    articles that were met before was heard so long ago that it is not known any more whom it supported.
    """
    if claims != kept.claims or (ordered and order_key(ordered[0]) <= kept.last):
        return False
    origins, articles = _words(kept.heard)
    forgotten = (met_origins - origins, met_articles - articles)
    return not any(origin_of(c) in forgotten[0] or c.article_id in forgotten[1] for c in ordered)


def keep(before: Kept | None, state: State, ordered: Sequence[StoredClaim]) -> Kept | None:
    """The fold to be kept once `ordered` was folded after `before`; None where nothing was ever folded."""
    if not ordered:
        return before
    heard = (*(before.heard if before else ()), *((origin_of(c), c.article_id) for c in ordered))[-REMEMBERED:]
    told = Counter(before.told if before else {})
    told.update(times_told(state.changes))
    return Kept(
        _narrowed(state, *_words(heard)),
        order_key(ordered[-1]),
        (before.claims if before else 0) + len(ordered),
        (before.changes if before else 0) + len(state.changes),
        dict(told),
        heard,
    )


def pack_kept(kept: Kept) -> str:
    """A kept fold as JSON."""
    state, heard = kept.state, kept.heard
    origins = {origin: place for place, (origin, _) in enumerate(heard)}
    articles = {article: place for place, (_, article) in enumerate(heard)}
    return json.dumps(
        {
            "seeded_at": _pack_time(state.seeded_at),
            "lines": [_pack_line(line, origins, articles) for line in state.lines],
            "stood": [[*_pack_position(s), sorted(origins[o] for o in s.origins)] for s in state.stood],
            "waiting": [
                [*_pack_position(w), [_pack_supporter(s) for s in w.supporters], w.told] for w in state.waiting
            ],
            "ends": [[e.track, e.measure, _pack_time(e.at)] for e in state.ends],
            "last": [kept.last[0], _pack_time(kept.last[1]), _pack_time(kept.last[2]), *kept.last[3:]],
            "claims": kept.claims,
            "changes": kept.changes,
            "told": dict(kept.told),
            "heard": heard,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def unpack_kept(text: str) -> Kept:
    """The inverse of `pack_kept`. Only for what this version of the program packed: see `stamp_of`."""
    raw = json.loads(text)
    heard = tuple((origin, article) for origin, article in raw["heard"])
    state = State(
        seeded_at=_time(raw["seeded_at"]),
        lines=tuple(_line(line, heard) for line in raw["lines"]),
        stood=tuple(_stood(past, heard) for past in raw["stood"]),
        waiting=tuple(_waiting(waiting) for waiting in raw["waiting"]),
        ends=tuple(End(Track(track), measure, _moment(at)) for track, measure, at in raw["ends"]),
    )
    first, reference, published, holds, claim_id = raw["last"]
    last = (first, _moment(reference), _moment(published), holds, claim_id)
    return Kept(state, last, raw["claims"], raw["changes"], raw["told"], heard)


def _words(heard: Iterable[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    pairs = list(heard)
    return frozenset(origin for origin, _ in pairs), frozenset(article for _, article in pairs)


def _narrowed(state: State, origins: frozenset[str], articles: frozenset[str]) -> State:
    lines = tuple(
        replace(line, origins=line.origins & origins, articles=line.articles & articles) for line in state.lines
    )
    stood = tuple(replace(past, origins=past.origins & origins) for past in state.stood)
    return replace(state, lines=lines, stood=stood, closed=(), changes=(), reasons=())


def _pack_line(line: Line, origins: Mapping[str, int], articles: Mapping[str, int]) -> list[Any]:
    return [
        pack_belief(line.belief),
        sorted(origins[origin] for origin in line.origins),
        sorted(articles[article] for article in line.articles),
        line.confirmed,
        line.first_hand,
        pack_span(line.overdue),
        [pack_value(rival) for rival in line.rivals],
    ]


def _line(raw: list[Any], heard: tuple[tuple[str, str], ...]) -> Line:
    belief, origins, articles, confirmed, first_hand, overdue, rivals = raw
    unpacked = unpack_belief(belief)
    assert isinstance(unpacked, Belief)
    return Line(
        unpacked,
        frozenset(heard[place][0] for place in origins),
        frozenset(heard[place][1] for place in articles),
        confirmed,
        first_hand,
        unpack_span(overdue),
        tuple(value_from_json(rival) for rival in rivals),
    )


def _pack_position(at: Stood | Waiting) -> list[Any]:
    return [at.track, at.measure, pack_value(at.value), at.stage, pack_span(at.due)]


def _stood(raw: list[Any], heard: tuple[tuple[str, str], ...]) -> Stood:
    track, measure, value, stage, due, origins = raw
    said_so = frozenset(heard[place][0] for place in origins)
    return Stood(Track(track), measure, value_from_json(value), Stage(stage), unpack_span(due), said_so)


def _waiting(raw: list[Any]) -> Waiting:
    track, measure, value, stage, due, supporters, told = raw
    heard = tuple(_supporter(who) for who in supporters)
    return Waiting(Track(track), measure, value_from_json(value), Stage(stage), unpack_span(due), heard, told)


def _pack_supporter(who: Supporter) -> list[Any]:
    return [who.origin, who.article, _pack_time(who.reference), who.tier, who.kind, who.accepted]


def _supporter(raw: list[Any]) -> Supporter:
    origin, article, reference, tier, kind, accepted = raw
    return Supporter(origin, article, _moment(reference), tier, AttributionKind(kind), accepted)


def _pack_time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

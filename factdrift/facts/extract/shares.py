"""Shares in percent: holdings, the part in trust, floors, and blocks sold. Each number goes into one slot, or none.

A share counts only next to a word of holding, keeping, parking or selling, or where it is said to be "of" a company;
growth, margins and price moves never do.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from factdrift.facts.extract.amounts import is_source, is_target
from factdrift.facts.extract.apiece import read_apiece
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.resales import read_equals, read_resold, read_wholes
from factdrift.facts.extract.roles import UNKNOWN, Roles, choose_rules, roles_at
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.sharedrafts import draft_of, is_bought, is_possession
from factdrift.facts.extract.sharekinds import bare, classify, gapped, of_pair, split_of
from factdrift.facts.extract.splits import read_split
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.strangers import is_of_unknown
from factdrift.facts.extract.transfers import read_acquired, read_handed, read_steps
from factdrift.facts.extract.weights import is_gapped
from factdrift.model import Stage

_LEAST: Final = {"holding": 3, "trust": 2, "block": 3}  # how sure the roles must be
_TOLD: Final = ("sell", "buy", "buyback", "take_stake", "park", "lower", "whole")  # what may be told without a number
_OWNED: Final = 3  # characters between a possessor and the share
_MAY: Final = 20  # characters between "may" and what is allowed
_REST: Final = 16  # characters of "the remaining "
_BEHIND: Final = 10  # characters of " of the " between a share and what it is of
_PERMIT: Final = 80  # characters between a threshold and the approval that it takes
_A_NEW: Final = 16  # characters of "an activist " before somebody new
_OF: Final = 30  # characters between a share and what it is of
_AHEAD: Final = (Stage.PLANNED, Stage.RUMOURED, Stage.AGREED)
_HELD: Final = (Stage.CURRENT, Stage.COMPLETED)
_SHORT_LOCK: Final = 6  # letters: "can cut" is no duty to keep


def read_shares(sentence: Sentence, rules: Sequence[Rule], context: tuple[str, ...], last: Rule | None) -> list[Draft]:
    """Drafts for every share in the sentence. `last` is the slot spoken of last, for "the stake is now 15 %"."""
    if not sentence.percents and sentence.labels.isdisjoint(_TOLD):
        return []
    by_class: dict[str, list[Rule]] = {}
    for rule in rules:
        by_class.setdefault(rule.relation.share_class, []).append(rule)
    found: list[Draft] = []
    kinds = [""]  # of the numbers so far
    before: Rule | None = None  # the slot of the share before, in this sentence
    split, shared_out = read_split(sentence, by_class.get("holding", []), context)
    for index, quantity in enumerate(sentence.percents):
        if quantity.start in shared_out:
            continue
        if (apiece := read_apiece(sentence, quantity, by_class.get("holding", []), context)) is not None:
            found += apiece
            kinds.append("holding")
            before = next((r for r in rules if apiece and r.fact is apiece[0].fact), before)
            continue
        kind, cue = _kind_of(sentence, index, quantity, kinds[-1], by_class)
        kinds.append(kind)
        if before and kind in ("", "trust") and (part := split_of(sentence, quantity)):
            kind, cue = "holding", part
        if not cue and (cue := gapped(sentence, quantity) or bare(sentence, quantity)):
            kind = "holding"
        if (
            kind == "block"
            and cue
            and cue.label != "sell"
            and not any(cue.label in r.relation.evoked_by for r in by_class.get("block", ()))
        ):
            kind = "holding"  # nobody tracks such a sale: the share that is taken counts
        if (bought := read_acquired(sentence, quantity, by_class.get("holding", []), context)) is not None:
            found += bought
        elif cue and kind in by_class and not (kind == "floor" and _needs_permit(sentence, cue)):
            options = _gapping(sentence, quantity, by_class[kind], before)
            filled = _fill(sentence, quantity, kind, cue, options, context, last)
            if not filled and kind == "block" and is_possession(sentence, quantity):
                options = _of_the_next(sentence, quantity, by_class.get("holding", []))
                filled = _fill(sentence, quantity, "holding", cue, options, context, last)
            if not filled and before and kind == "holding":
                filled = _by_the_last(sentence, quantity, cue, by_class[kind], before, context)
            if filled := _listed(sentence, quantity, filled, found):
                before = next((r for r in rules if r.fact is filled[0].fact), before)
                found += filled
            if before and before.relation.share_class != "floor":  # "the stakes may fall to 10 %, today they are 15 %"
                last = before
    return _with_others(sentence, by_class, context, found + split + _moved(sentence, found))


def _with_others(
    sentence: Sentence, by_class: dict[str, list[Rule]], context: tuple[str, ...], found: list[Draft]
) -> list[Draft]:
    """The drafts of the numbers, with what is told from the other side, in words or without a number."""
    if resold := read_resold(sentence, by_class.get("block", []), found):
        parts = {draft.cue for draft in resold}
        found = [draft for draft in found if draft.cue not in parts] + resold
    found += _locked(sentence, by_class.get("floor", []), found)
    equals = read_equals(sentence, by_class.get("holding", []))
    found = [draft for draft in found if all(draft.fact is not equal.fact for equal in equals)] + equals
    found += read_handed(sentence, by_class.get("holding", []), context, found)
    found += read_wholes(sentence, by_class.get("holding", []), context, found)
    return found + read_steps(sentence, by_class, context, found)


def _kind_of(
    sentence: Sentence, index: int, quantity: Quantity, last: str, by_class: dict[str, list[Rule]]
) -> tuple[str, Tag | None]:
    """What kind of share the number is, beside the kind of the one before, and the word that says so."""
    kind, cue = classify(sentence, index, quantity)
    if index and (paired := of_pair(sentence, index)):
        kind, cue = paired
    if kind == "holding" and cue and "floor" in by_class and _is_leave(sentence, cue):
        kind = "floor"
    if index and last == "floor" and kind == "holding" and is_source(sentence, quantity):
        kind = "floor"  # "the floor falls to 10 %, against 15 % now"
    return kind, cue


def _moved(sentence: Sentence, found: list[Draft]) -> list[Draft]:
    """Shares that are cut to a level the sentence does not say ("is to cut its 43 %"): claims without a value."""
    drafts = []
    for draft in found:
        low, high = sentence.clause(draft.cue[0])
        verbs = sentence.within((max(low, draft.cue[0] - _MAY), draft.cue[0]), "lower")
        moves = [t for t in verbs if t.aspect in ("base", "done") and t.label == "lower"]
        levels = [q for q in sentence.percents if draft.cue[0] < q.start < high]
        owned = any(m.poss and 0 <= draft.cue[0] - m.end <= _OWNED for m in sentence.mentions)
        if moves and owned and not levels and draft.stage is Stage.CURRENT and draft.value is not None:
            stage = stage_of(sentence, moves[-1], draft.cue[0])
            drafts.append(Draft(draft.fact, sentence, None, stage, (moves[-1].start, moves[-1].end)))
    return drafts


def _listed(sentence: Sentence, quantity: Quantity, filled: list[Draft], found: list[Draft]) -> list[Draft]:
    """What a colon lists comes as far as the sum before it ("will own 36 %: 17 % directly, 19 % in trust")."""
    sums = [d for d in found if sentence.shadow.find(":", d.cue[1], quantity.start) >= 0 and d.stage in _AHEAD]
    if not sums or any(t.start > sums[-1].cue[1] for t in sentence.tagged("future", "agree", "intend")):
        return filled
    return [replace(d, stage=sums[-1].stage) if d.stage in _HELD else d for d in filled]


def _locked(sentence: Sentence, rules: list[Rule], found: list[Draft]) -> list[Draft]:
    """The floor in "each holds 15 % of the other, with a duty to keep it": the number is said of both."""
    locks = [t for t in sentence.tagged("floor") if t.end - t.start > _SHORT_LOCK]
    if not locks:
        return []
    mutual = [d for d in found if d.value is not None and any(o.cue == d.cue and o is not d for o in found)]
    if not mutual or any(d.fact is r.fact for d in found for r in rules):
        return []
    if any(q.start > mutual[0].cue[1] for q in sentence.percents if q.start < locks[0].start):
        return []  # another number stands nearer
    holding = mutual[0]
    return [Draft(r.fact, sentence, holding.value, holding.stage, holding.cue) for r in rules]


def _is_leave(sentence: Sentence, cue: Tag) -> bool:
    """Whether each is given leave to lower its share of the other ("both may in future go down to 10 %")."""
    may = sentence.within((cue.start - _MAY, cue.start), "may")
    mutual = sentence.tagged("each", "other")
    return cue.label == "lower" and bool(may) and bool(mutual) and "unnamed" not in sentence.labels


def _of_the_next(sentence: Sentence, quantity: Quantity, rules: list[Rule]) -> list[Rule]:
    """The slots of what the number is said to be of: the first name behind it, where there is one."""
    behind = [m.id for m in sentence.mentions if m.marker == "of" and 0 < m.start - quantity.end <= _OF][:1]
    return [r for r in rules if not behind or r.fact.object in behind]


def _by_the_last(
    sentence: Sentence, quantity: Quantity, cue: Tag, rules: list[Rule], before: Rule, context: tuple[str, ...]
) -> list[Draft]:
    """What the share before says of one that names too little: its slot turned round, its thing, its next level."""
    filled = _mirrored(sentence, quantity, cue, rules, before, context)
    filled = filled or _parallel(sentence, quantity, cue, rules, before, context)
    return filled or (_continued(sentence, quantity, cue, before, context) if is_target(sentence, quantity) else [])


def _parallel(
    sentence: Sentence, quantity: Quantity, cue: Tag, rules: list[Rule], before: Rule, context: tuple[str, ...]
) -> list[Draft]:
    """In "X holds 70 % of Z; Y keeps 10 %" the second holder's share is one of Z too, if it is said of nothing else."""
    roles = roles_at(sentence, quantity.start, quantity.end, context)
    holder = max(roles.holder, key=lambda e: roles.holder[e], default="")
    others = [e for e, weight in roles.held.items() if weight >= 4 and e != before.fact.object]
    if roles.holder.get(holder, 0) < 3 or others or cue.aspect != "state" or holder == before.fact.subject:
        return []
    fitting = [r for r in rules if (r.fact.subject, r.fact.object) == (holder, before.fact.object)]
    return [d for rule in fitting if (d := draft_of(sentence, quantity, "holding", cue, rule))]


def _mirrored(
    sentence: Sentence, quantity: Quantity, cue: Tag, rules: list[Rule], before: Rule, context: tuple[str, ...]
) -> list[Draft]:
    """In "X has 43 % of Y; Y owns 15 %" the second share is one of X: the slot turned round."""
    roles = roles_at(sentence, quantity.start, quantity.end, context)
    holder = max(roles.holder, key=lambda e: roles.holder[e], default="")
    strangers = [e for e, weight in roles.held.items() if weight >= 4 and e != before.fact.subject]
    if holder != before.fact.object or roles.holder[holder] < 3 or strangers:
        return []
    turned = [r for r in rules if (r.fact.subject, r.fact.object) == (holder, before.fact.subject)]
    return [d for rule in turned if (d := draft_of(sentence, quantity, "holding", cue, rule))]


def _continued(sentence: Sentence, quantity: Quantity, cue: Tag, before: Rule, context: tuple[str, ...]) -> list[Draft]:
    """In "the 43 % held by X is to fall to 15 %" the second number is the level that the first one moves to."""
    roles = roles_at(sentence, quantity.start, quantity.end, context)
    parties = {before.fact.subject, before.fact.object}
    span = sentence.clause(quantity.start)
    here = {m.id for m in sentence.mentions if span[0] <= m.start < span[1]}
    others = [e for e, weight in roles.held.items() if weight >= 4 and e != before.fact.object and e in here - parties]
    draft = draft_of(sentence, quantity, "holding", cue, before)
    return [draft] if draft and not others else []


def _gapping(sentence: Sentence, quantity: Quantity, rules: list[Rule], before: Rule | None) -> list[Rule]:
    """In "X will own 49% of Z and Y 51%" the second share is one of Z too: other slots are out."""
    edge = quantity.start
    held = before.fact.object if before else _held_before(sentence, edge)
    rest = sentence.within((edge - _REST, edge), "other", "rest")
    if rest and not sentence.shadow[rest[-1].end : edge].strip() and (held or rest[-1].label == "other"):
        return [rule for rule in rules if held and rule.fact.object == held]  # "the other 49 %" is of the same thing
    behind = any(0 <= m.start - quantity.end <= _BEHIND and m.marker == "of" for m in sentence.mentions)
    if not held and any(is_of_unknown(sentence, q.end) for q in sentence.percents if q.end <= edge):
        held = UNKNOWN  # "51 % of the local firm and Y 49 %"
    if held is None or behind or not any(is_gapped(sentence, m, edge) for m in sentence.mentions):
        return rules
    return [rule for rule in rules if rule.fact.object == held]


def _held_before(sentence: Sentence, edge: int) -> str | None:
    """What the share before an offset is said to be of, right behind it."""
    ends = [q.end for q in sentence.percents if q.end <= edge]
    held = [m.id for e in ends[-1:] for m in sentence.mentions if m.marker == "of" and 0 < m.start - e <= _BEHIND]
    return held[0] if held else None


def _fill(
    sentence: Sentence,
    quantity: Quantity,
    kind: str,
    cue: Tag,
    rules: list[Rule],
    context: tuple[str, ...],
    last: Rule | None,
) -> list[Draft]:
    roles = roles_at(sentence, quantity.start, quantity.end, context)
    rules = [rule for rule in rules if kind != "block" or cue.label in rule.relation.evoked_by]
    taken = cue.label in ("take_stake", "buy", "invest", "commit") or is_bought(sentence, quantity)
    if kind == "holding" and taken and not roles.both_ways and not is_target(sentence, quantity):
        # What is bought must be named beside the number: "it bought the other 51%" may be of anything.
        sure = _only_other(sentence, roles)
        rules = [r for r in rules if roles.held.get(r.fact.object or "", 0) >= (2 if r.fact.object == sure else 3)]
        last = None
    chosen = choose_rules(rules, roles, context, _LEAST.get(kind, 4))
    if not chosen and last and _speaks_of(last, roles, sentence):
        chosen = [r for r in rules if (r.fact.subject, r.fact.object) == (last.fact.subject, last.fact.object)]
    if not chosen:
        return []
    drafts = []
    for rule in chosen:
        draft = draft_of(sentence, quantity, kind, cue, rule)
        if draft:
            drafts.append(draft)
    return drafts


def _only_other(sentence: Sentence, roles: Roles) -> str:
    """What is bought where the clause before names just two firms ("X saves Y, taking 37 percent")."""
    named = {m.id for m in sentence.mentions if m.type in ("company", "venture")}
    buyers = {entity for entity in named if roles.holder.get(entity, 0) >= 3}
    others = named - buyers
    return others.pop() if len(named) == 2 and len(others) == 1 else ""


def _needs_permit(sentence: Sentence, floor: Tag) -> bool:
    """Whether a threshold is one behind which an authority must agree ("above the 10 % threshold, approval is due")."""
    return any(t.aspect == "noun" and abs(t.start - floor.start) <= _PERMIT for t in sentence.tagged("approve"))


def _speaks_of(last: Rule, roles: Roles, sentence: Sentence) -> bool:
    """Whether nothing in the sentence points away from the slot spoken of last; what was named earlier does not."""
    here = {m.id for m in sentence.mentions}
    others = sentence.tagged("outsider", "shareholder")
    if any(sentence.within((t.start - _A_NEW, t.start), "indefinite") for t in others):
        return False  # "a fund has surfaced with 2.5 %", "a shareholder that crosses 30 %"
    if not here and "votes" in sentence.labels:
        return False  # "the meeting agreed with 99.9 % of the votes"
    told = {e for e, w in (*roles.holder.items(), *roles.held.items()) if w > 1 or (w and e in here)}
    return roles.score(last.fact.subject, last.fact.object or "") >= 0 and told <= {
        last.fact.subject,
        last.fact.object,
    }

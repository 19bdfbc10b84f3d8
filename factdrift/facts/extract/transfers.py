"""Shares that change hands without a level: a partner's part is bought, all is owned, the rest goes to a trust."""

from typing import Final

from factdrift.facts.extract.amounts import is_rest, is_target, markers_of
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.roles import choose_rules, roles_at
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import is_conditional, stage_of
from factdrift.facts.extract.weights import is_relative_owner
from factdrift.model import Percent, Stage

_ALL: Final = 100  # percent
_HELD: Final = 8  # characters of " of the " and " by the "
_GIVEN: Final = 5  # characters of " the " between a verb and its number
_ONE: Final = 3  # pieces of " to "
_BEHIND: Final = 4  # letters of a preposition
_BESIDE: Final = 70  # characters from the verb of buying to what is bought


def read_steps(
    sentence: Sentence, by_class: dict[str, list[Rule]], context: tuple[str, ...], found: list[Draft]
) -> list[Draft]:
    """Steps told without a number: the rest goes to a trust, shares may be sold, a partner's part is bought."""
    if sentence.labels.isdisjoint(("park", "sell", "lower")):
        return []
    done = {d.fact.name for d in found}
    drafts: list[Draft] = []
    for kind, label in (("trust", "park"), ("block", "sell"), ("holding", "lower")):
        # "X's shares would fall" speaks of their price.
        near = sentence.tagged({"trust": "trust", "holding": "holding_noun"}.get(kind, "stake"))
        if not near or kind not in by_class:
            continue
        if kind == "holding" and (sentence.percents or sentence.tagged("growth")):
            continue  # "the value of the stake has halved"
        for tag in sentence.tagged(label):
            if tag.aspect == "noun" and (kind == "holding" or not _is_told(sentence, tag)):
                continue
            if kind == "holding" and any(t.start == tag.start for t in sentence.tagged("park")):
                continue  # "since the shares went to the trust": they did not fall
            if is_conditional(sentence, tag):
                continue  # "if X sold shares, the price would drop": nobody says that it does
            span = sentence.clause(tag.start)
            if kind == "block" and any(
                is_target(sentence, q) for q in sentence.percents if span[0] <= q.start < span[1]
            ):
                continue  # "sell down its stake to 15 %": the level says it
            nouns = [n for n in near if span[0] <= n.start < span[1] and distance(sentence, n.start, tag.start) <= 60]
            if not nouns or (kind == "trust" and not sentence.within(span, "rest")):
                continue
            if kind == "block" and _is_price_move(sentence, nouns[0], tag):
                continue
            roles = roles_at(sentence, nouns[0].start, nouns[0].end, context)
            for rule in choose_rules(by_class[kind], roles, context, 4):
                if rule.fact.name not in done:
                    done.add(rule.fact.name)
                    stage = stage_of(sentence, tag, tag.start)
                    drafts.append(Draft(rule.fact, sentence, None, stage, (tag.start, tag.end)))
    return drafts


def _is_price_move(sentence: Sentence, shares: Tag, verb: Tag) -> bool:
    """Whether the shares themselves give up a part of their price ("le azioni X hanno ceduto il 3,4 %")."""
    if shares.end > verb.start or verb.aspect == "noun":
        return False
    return any(0 <= q.start - verb.end <= _GIVEN for q in sentence.percents)


def _is_told(sentence: Sentence, noun: Tag) -> bool:
    """Whether a noun ("the sale") is what the clause tells of, and not a time to count from ("after the sale")."""
    span = sentence.clause(noun.start)
    return bool(sentence.within(span, "intend", "future", "rumour", "agree", "hard_done", "cancel", "deny"))


def _genitive_sellers(sentence: Sentence, quantity: Quantity) -> list[str]:
    """X in "les 51 % de X à Y": what is held follows right behind the seller."""
    found = []
    for seller in sentence.mentions:
        if seller.marker in ("of", "by") and seller.type == "company" and 0 <= seller.start - quantity.end <= 8:
            behind = [m for m in sentence.mentions if 0 < m.start - seller.end <= 14 and m.type == "venture"]
            found += [seller.id] if behind else []
    return found


def _is_giver(sentence: Sentence, verb: Tag, mention: Mention) -> bool:
    words = sentence.shadow[verb.end : mention.start].split(" ")
    follows = verb.label in ("buy", "take_stake") and verb.end < mention.start
    return follows and len(words) == _ONE and 0 < len(words[1]) <= _BEHIND


def _is_owner_ahead(sentence: Sentence, quantity: Quantity, mention: Mention) -> bool:
    """Whether this is X in Xが持つZの株式51%, where verbs stand before what they rule."""
    owns = sentence.within((mention.end, mention.end + 3), "own")
    gap = sentence.shadow[mention.end : quantity.start]
    return (
        not sentence.capital_names
        and mention.marker == "by"
        and bool(owns)
        and len(gap) <= _BESIDE // 2
        and "、" not in gap
    )


def _is_owner_behind(sentence: Sentence, quantity: Quantity, mention: Mention) -> bool:
    """Whether this is X in "the 51 % held by X", "the 51 % of Z held by X"."""
    things = [m.end for m in sentence.mentions if m.marker == "of" and 0 < m.start - quantity.end <= _HELD]
    owns = [t for e in (quantity.end, *things) for t in sentence.within((e, e + 3), "own", "own_after")]
    named = mention.marker == "by" or any(t.label == "own_after" for t in owns)
    return named and any(0 <= mention.start - t.end <= _HELD for t in owns)


def read_acquired(
    sentence: Sentence, quantity: Quantity, rules: list[Rule], context: tuple[str, ...]
) -> list[Draft] | None:
    """A partner's part that is bought: the buyer's share changes, to a level that the sentence does not say.

    None where nobody's part is bought here.
    """
    if any(tag.label in ("to", "from") for tag in markers_of(sentence, quantity)):
        return None  # a level that something moves to, not a part that changes hands
    if is_more(sentence, quantity):
        return None
    span = sentence.clause(quantity.start)
    verbs = sentence.within(span, "take_stake", "buy", "park", "lower")
    verbs = [
        v for v in verbs if v.aspect in ("base", "done", "noun") and distance(sentence, v.start, quantity.start) <= 70
    ]
    if not verbs:
        return None
    sellers = [m.id for m in sentence.mentions if m.poss and 0 <= quantity.start - m.end <= 12]
    owners = {m.id for m in sentence.mentions if m.poss and 0 <= quantity.start - m.end <= 3}
    owners = set() if is_rest(sentence, quantity) else owners
    sellers += [m.id for m in sentence.mentions if m.marker == "from"]
    # "compra a X", "acquista da X": whoever stands right behind the verb gives it.
    sellers += [
        m.id for v in verbs for m in sentence.mentions if m.marker in ("to", "by") and _is_giver(sentence, v, m)
    ]
    certain = bool(sellers)
    sellers += _genitive_sellers(sentence, quantity)
    sellers += [m.id for m in sentence.mentions if m.start > quantity.end and is_relative_owner(sentence, m)]
    sellers += [m.id for m in sentence.mentions if _is_owner_behind(sentence, quantity, m)]
    sellers += [m.id for m in sentence.mentions if _is_owner_ahead(sentence, quantity, m)]
    if not sellers:
        return None
    verb = min(verbs, key=lambda v: (distance(sentence, v.start, quantity.start), v.start))
    here = [m.id for m in sentence.mentions]
    buyer = next((m.id for m in reversed(sentence.mentions) if m.end <= verb.start and not (m.marker or m.poss)), None)
    drafts = []
    for rule in rules:
        parties = (rule.fact.subject, rule.fact.object)
        if parties[1] == buyer or parties[0] in sellers or parties[1] in sellers or parties[1] not in here:
            continue
        given = any(m.id == parties[0] and m.marker == "to" for m in sentence.mentions)
        if verb.label in ("park", "lower") and not given:
            continue  # "X would cut its 43 %": nobody takes it
        if parties[0] in here or parties[0] in context:
            value = Percent(100.0) if is_rest(sentence, quantity) else None
            drafts.append(
                Draft(rule.fact, sentence, value, stage_of(sentence, verb, verb.start), (quantity.start, quantity.end))
            )
    span = (quantity.start, quantity.end)
    behind = [m.id for m in sentence.mentions if m.marker == "of" and 0 < m.start - quantity.end <= _BESIDE // 2][:1]
    had = [r for r in rules if r.fact.subject in owners and r.fact.object in behind]  # "buys X's 36 % of Y": X has them
    drafts += [Draft(r.fact, sentence, quantity.value, Stage.CURRENT, span) for r in had]
    return drafts if drafts or (certain and verb.label in ("take_stake", "buy")) else None


def is_more(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether only some of the share changed hands ("a 9 % stake in Y, half of it bought from X")."""
    return bool(sentence.within((quantity.end, sentence.end), "some_of"))


def read_handed(sentence: Sentence, rules: list[Rule], context: tuple[str, ...], found: list[Draft]) -> list[Draft]:
    """A partner's part that it sells to the holder ("Y sells its part of Z to X"), or that X buys without a number."""
    told = {d.fact.name for d in found}
    drafts: list[Draft] = []
    for verb in sentence.tagged("sell", "buy", "take_stake"):
        if "stake" not in sentence.labels and not sentence.percents and not sentence.tagged("from"):
            continue
        span = sentence.clause(verb.start)
        here = [m for m in sentence.mentions if span[0] <= m.start < span[1]]
        for rule in rules:
            held = [m for m in here if m.id == rule.fact.object and m.type == "venture" and _is_thing(verb, m)]
            if rule.fact.name in told or not held or not _changes_hands(sentence, verb, rule, here, context):
                continue
            told.add(rule.fact.name)
            whole = any(is_rest(sentence, q) for q in sentence.percents) or "rest" in sentence.labels
            whole = whole or _makes_up_whole(sentence)
            value = Percent(100.0) if whole else None
            drafts.append(
                Draft(rule.fact, sentence, value, stage_of(sentence, verb, verb.start), (verb.start, verb.end))
            )
    return drafts


def _makes_up_whole(sentence: Sentence) -> bool:
    """Whether two parts are told that make up all of it ("hands its 51 % to X, which owns the other 49 %")."""
    parts = [q.value.percent for q in sentence.percents if isinstance(q.value, Percent)]
    return len(parts) == 2 and abs(sum(parts) - _ALL) < 1


def _is_thing(verb: Tag, mention: Mention) -> bool:
    """Whether the mention is what the verb is about: "his part of X", or X right behind it."""
    return mention.marker == "of" or (verb.label != "sell" and 0 < mention.start - verb.end <= _ONE)


def _changes_hands(sentence: Sentence, verb: Tag, rule: Rule, here: list[Mention], context: tuple[str, ...]) -> bool:
    """Whether somebody else's part goes to the rule's subject: sold to it, or bought by it from a named owner."""
    holder = rule.fact.subject
    others = [m for m in here if m.type == "company" and m.id != holder]
    if verb.label == "sell":
        sellers = [m for m in others if m.end <= verb.start and m.marker not in ("of", "to")]
        takers = [m for m in here if m.id == holder and (m.start > verb.end or m.marker == "to")]
        things = [m for m in here if m.id == rule.fact.object]
        # "an Z an X": a language may write "in" and "to" alike; who comes last takes it.
        last = [m for m in takers if m.marker == "of" and any(t.marker == "of" and t.start < m.start for t in things)]
        return bool(sellers) and any(m.marker == "to" or m in last for m in takers)
    left = [m for m in others if m.marker == "from" and m.start > verb.end]
    if left and any(m.id == holder and m.end <= verb.start and not m.marker for m in here):
        return True  # "X takes over the plant from Y"
    owned = [t for m in others if m.poss for t in sentence.tagged("stake") if 0 <= t.start - m.end <= 12]
    buyers = [m for m in here if m.id == holder and (m.end <= verb.start or m.marker == "by")]
    return (
        bool(owned)
        and (bool(buyers) or holder in context[:2])
        and distance(sentence, verb.start, owned[0].start) < _BESIDE
    )

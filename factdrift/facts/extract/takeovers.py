"""Takeovers and what is paid for them: whose verb it is, what it takes over, and which sum is the price."""

import re
from collections.abc import Iterable
from typing import Final

from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.parties import acting_subject
from factdrift.facts.extract.permits import AUTHORITIES
from factdrift.facts.extract.scan import Tag
from factdrift.model import Money, Percent, Stage
from factdrift.topic import Entity

TAKEOVER: Final = "buy"  # a relation that it evokes is about who takes over whom
TAKING: Final = ("buy", "merge", "nationalise")
_OBJECT: Final = 30  # characters from a verb to what it takes over
_OFFICE: Final = 40  # characters from "took over" to "as chief executive"
_RECIPIENT: Final = 90  # characters from a sale to the buyer
_NOUN: Final = 34  # characters between a sum and the purchase it names ("$69 billion all-cash purchase")
_HEAD: Final = 24  # characters between a noun and the takeover that it is about
_JUST_NAMED: Final = 3  # who was spoken of last, of all that the context knows
_HIS: Final = 4  # characters of "'s " between a holder and its shares
_NEXT: Final = 6  # characters of "the " between a verb and what it takes over
_MODAL: Final = 2  # characters from a noun to its modal
_STEP: Final = 30  # and from that to the verb
_HAPPENS: Final = (
    "settle",
    "hard_done",
    "done",
    "cancel",
    "deny",
    "shelve",
    "delay",
    "found",
    "ending",
    "approve",
    "list",
)
_PARTY: Final = 8  # characters of " of the " between a noun and a party
_ASIDE: Final = 3  # characters between a noun and its relative clause
_VAGUE: Final = 14  # characters of "about" between "for" and the sum
_PAID: Final = 24  # characters from a verb of paying to its sum
_PAYING: Final = ("price", "invest", "fundraising")
_HALF: Final = 50  # percent: who takes less takes nothing over
_A_SHARE: Final = 1000  # a bare sum below this is the price of one share
_NAME: Final = re.compile(r"\s[A-ZÀ-Ý][\w&-]+")


def takes_over(sentence: Sentence, tag: Tag, rule: Rule) -> bool:
    """Whether the word can tell of the object: it takes over no office and nobody else, and sells to the subject."""
    if tag.label == "sell":
        return _is_sold_to(sentence, tag, rule)
    if tag.label not in TAKING:
        return True
    if any(t.start <= tag.start and tag.end < t.end for t in sentence.tagged("price")):
        return False  # 買収額: the price of it
    if tag.label == TAKEOVER and any(_is_part(q) and _is_near(sentence, tag, q) for q in sentence.percents):
        return False  # "takes over 30 percent of X", "a 9 percent stake, half of it bought from Y"
    if tag.label == TAKEOVER and any(m.id != rule.fact.object for m in _takes_shares_of(sentence, tag)):
        return False  # "buys Y's shares in X": perhaps a part only
    offices = sentence.within((tag.end, min(tag.end + _OFFICE, sentence.clause(tag.start)[1])), "chief", "office")
    ours = [m for m in sentence.mentions if m.id == rule.fact.object]
    if any(not any(tag.end <= m.start < t.start for m in ours) for t in offices):
        return False
    return bool(ours) or tag.aspect == "noun" or not _takes_other(sentence, tag, rule)


def governs(
    sentence: Sentence, tag: Tag, rule: Rule, entities: dict[str, Entity], context: tuple[str, ...] = ()
) -> bool:
    """Whether the fact's subject does what the word says: a sale that tells of a takeover is somebody else's.

    `context`: what was spoken of before may be sold too, where only shares are named.
    """
    if is_sale(tag, rule):
        return _is_sold_to(sentence, tag, rule, context) or is_told_by_seller(sentence, rule, context)
    if tag.label == "receive":
        return is_told_by_seller(sentence, rule, context)
    return acting_subject(sentence, tag, rule, entities)


def is_sale(tag: Tag, rule: Rule) -> bool:
    """Whether the word tells of a takeover from the side of whoever sells."""
    return tag.label == "sell" and TAKEOVER in rule.relation.evoked_by


def _is_sold_to(sentence: Sentence, tag: Tag, rule: Rule, context: tuple[str, ...] = ()) -> bool:
    """Whether somebody sells the object, that is named here or whose shares are sold, to the subject."""
    low, high = tag.start, sentence.clause(tag.start)[1]
    shares = rule.fact.object in context and sentence.within((low, high), "stake")
    if not shares and all(m.id != rule.fact.object for m in sentence.mentions):
        return False
    return any(
        m.id == rule.fact.subject and m.marker == "to" and low < m.start < min(high, low + _RECIPIENT)
        for m in sentence.mentions
    )


def is_told_by_seller(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> bool:
    """Whether somebody else tells what its shares bring ("X gets 480 million for its stake"): the parties were named.

    It says nothing of who pays and for shares in what: both must have been spoken of just before.
    """
    parties = {rule.fact.subject, rule.fact.object}
    sellers = {m.id for m in sentence.mentions if m.type in AUTHORITIES or m.type == "company"}
    if len(sellers) != 1 or sellers & parties or not parties <= set(context[:_JUST_NAMED]):
        return False
    return any(_is_for_shares(sentence, tag) for tag in sentence.tagged("receive", "sell"))


def _is_for_shares(sentence: Sentence, tag: Tag) -> bool:
    """Whether shares are what is given: right behind a verb of selling, or behind "for" with one of receiving."""
    span = sentence.clause(tag.start)
    shares = [t for t in sentence.within(span, "stake") if t.start >= tag.end or not sentence.capital_names]
    if tag.label == "sell":
        return bool(shares)
    given = sentence.within(span, "at_price")
    return any(0 < t.start - f.end <= _OBJECT for t in shares for f in given)


def is_noun(sentence: Sentence, tag: Tag) -> bool:
    """Whether the word is a noun here, or may be one ("purchase")."""
    return tag.label == "merge" or any(t.aspect == "noun" for t in sentence.within((tag.start, tag.end), tag.label))


def is_only_spoken_of(sentence: Sentence, tag: Tag, stage: Stage) -> bool:
    """Whether the noun of a takeover only says what something else is about: a deadline, a lawsuit, what came after."""
    if not is_noun(sentence, tag):
        return False
    span = sentence.clause(tag.start)
    heads = [
        t
        for t in sentence.within((span[0], tag.start), "schedule", "occasion", "against")
        if 0 <= tag.start - t.end <= _HEAD
    ]
    if heads and "," not in sentence.shadow[heads[-1].end : tag.start]:
        return True
    if _does_another_thing(sentence, tag):
        return True
    if stage is not Stage.COMPLETED or is_done_aside(sentence, tag):
        return False
    over = [w for w in sentence.dates if span[0] <= w.start < span[1] and w.exact and not w.relative]
    return not over and not sentence.within(span, "hard_done")  # "have put off their merger"


def _does_another_thing(sentence: Sentence, tag: Tag) -> bool:
    """Whether the takeover is the subject of a verb that is no step of it ("the takeover could lead to higher prices").

    What it may do is told by a modal; the verb behind that must be one of settling or falling.
    """
    edge = _behind_parties(sentence, tag)
    modal = sentence.within((edge, edge + _MODAL), "future", "rumour", "may")
    modal = [t for t in modal if not sentence.shadow[edge : t.start].strip()]
    if not modal or not sentence.capital_names:
        return False
    verb = sentence.within((modal[-1].end, modal[-1].end + _STEP), *_HAPPENS)
    return not verb


def _behind_parties(sentence: Sentence, noun: Tag) -> int:
    """Where a noun ends with the parties that it names ("the takeover of X by Y")."""
    edge = noun.end
    for mention in sentence.mentions:
        if mention.marker in ("of", "by") and 0 < mention.start - edge <= _PARTY:
            edge = mention.end
    return edge


def is_done_aside(sentence: Sentence, tag: Tag) -> bool:
    """Whether a relative clause right behind the noun says that it is done ("the takeover, which closed in May")."""
    edge = _behind_parties(sentence, tag)
    asides = [span for span in sentence.asides if 0 <= span[0] - edge <= _ASIDE]
    return any(sentence.within(span, "hard_done") for span in asides)


def is_price(sentence: Sentence, tag: Tag, quantity: Quantity, rule: Rule, context: tuple[str, ...]) -> bool:
    """Whether the sum is what is paid for the object, and no price of one share and nothing else that is paid."""
    value = quantity.value
    if isinstance(value, Money) and value.amount < _A_SHARE:
        return False
    if _is_with_debt(sentence, quantity):
        return False
    if tag.label == "price":
        parties = {rule.fact.subject, rule.fact.object}
        firms = {m.id for m in sentence.mentions if m.type == "company" or m.type in AUTHORITIES}
        if firms and not firms & parties:
            return False  # "the watchdog fined a retailer 3 million"
        here = [m for m in sentence.mentions if m.id == rule.fact.subject and m.end <= tag.start]
        named = any(m.id == rule.fact.object for m in sentence.mentions) or (rule.fact.object in context and here)
        return bool(named) or tag.aspect == "noun" or bool(sentence.tagged("buy", "merge", "deal"))
    if tag.label == "receive":
        return _is_for_shares(sentence, tag)
    if (
        tag.label in TAKING
        and tag.aspect != "noun"
        and not _takes_shares_of(sentence, tag)
        and _takes_other(sentence, tag, rule)
    ):
        return False
    if is_noun(sentence, tag) and 0 <= tag.start - quantity.end <= _NOUN:
        return "," not in sentence.shadow[quantity.end : tag.start]
    ahead = tag.start < quantity.start or tag.aspect == "done" or not sentence.capital_names  # the verb may stand last
    return ahead and _is_paid(sentence, quantity)


def names_shares_of(sentence: Sentence, mention: Mention) -> bool:
    """Whether the shares that somebody holds are spoken of ("buys X's shares"), and not X itself."""
    return mention.poss and bool(sentence.within((mention.end, mention.end + _HIS), "stake"))


def _takes_shares_of(sentence: Sentence, tag: Tag) -> list[Mention]:
    """Whoever holds the shares that the verb is about."""
    return [m for m in sentence.mentions if 0 < m.start - tag.end <= _NEXT and names_shares_of(sentence, m)]


def _is_with_debt(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the sum is what a thing is worth with its debts ("4.7bn, or 8.3bn including debt"), not what is paid."""
    return any(_nearest_to(tag, sentence.moneys) is quantity for tag in sentence.tagged("with_debt"))


def _nearest_to(tag: Tag, moneys: Iterable[Quantity]) -> Quantity:
    return min(moneys, key=lambda quantity: _gap(tag, quantity))


def is_anothers(sentence: Sentence, tag: Tag, quantity: Quantity, rule: Rule) -> bool:
    """Whether the sum is that of a nearer word: one by which another fact is known, or another verb of paying."""
    own = f"fact:{rule.fact.name}"
    reach = _gap(tag, quantity)
    if reach > _OBJECT and tag.end > quantity.end:
        verbs = sentence.within((quantity.start - _PAID, quantity.start), *_PAYING)
        if any(t.aspect in ("base", "done") and t.label not in rule.evoking for t in verbs):
            return True  # "is to spend 30 billion on X after Y raised its subsidies to 9.9 billion"
    if "buy" not in rule.evoking and tag.end < quantity.start and _is_paid(sentence, quantity):
        bought = sentence.within((tag.end, quantity.start), "buy")
        if any(t.aspect in ("base", "done") for t in bought):
            return True  # "will inject 8 billion and buy X's shares for 0.5 billion"
    others = [t for t in sentence.tags if t.label.startswith("fact:") and t.label != own]
    return tag.label != own and any(_gap(t, quantity) < reach for t in others)


def _is_part(share: Quantity) -> bool:
    return isinstance(share.value, Percent) and share.value.percent <= _HALF


def _is_near(sentence: Sentence, tag: Tag, share: Quantity) -> bool:
    return _gap(tag, share) <= _OBJECT or sentence.clause(tag.start) == sentence.clause(share.start)


def _gap(tag: Tag, quantity: Quantity) -> int:
    return max(tag.start - quantity.end, quantity.start - tag.end)


def _is_paid(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether "for" stands before the sum, or its particle behind it."""
    if sentence.within((quantity.end, quantity.end + 2), "at_price_after"):
        return True
    before = sentence.within((quantity.start - _VAGUE, quantity.start), "at_price")
    if not before:
        return False
    vague = sentence.within((before[-1].end, quantity.start), "around", "at_most", "at_least")
    edge = vague[-1].end if vague else before[-1].end
    return len(sentence.shadow[edge : quantity.start].split()) <= 1


def _takes_other(sentence: Sentence, tag: Tag, rule: Rule) -> bool:
    """Whether something else stands right behind the verb ("X, which bought Y last year, ...", "buys a rival")."""
    if _takes_new(sentence, tag, rule):
        return True
    if any(m.id == rule.fact.object and 0 < m.start - tag.end <= _NEXT for m in sentence.mentions):
        return False
    behind = [m for m in sentence.mentions if 0 <= m.start - tag.end <= _OBJECT and _is_object(sentence, tag, m)]
    if behind:
        return behind[0].id not in (rule.fact.object, rule.fact.subject)
    if not sentence.capital_names or sentence.index == 0:
        return False
    name = _NAME.match(sentence.text, tag.end, sentence.end)
    return name is not None and not any(w.start <= name.end() and name.start() < w.end for w in sentence.dates)


def _takes_new(sentence: Sentence, tag: Tag, rule: Rule) -> bool:
    """Whether something new is bought, and the object is not named; where verbs stand last, it stands before them."""
    if tag.aspect == "noun" or any(m.id == rule.fact.object for m in sentence.mentions):
        return False
    span = (tag.end, tag.end + _NEXT) if sentence.capital_names else (sentence.clause(tag.start)[0], tag.end + _NEXT)
    new = sentence.within(span, "indefinite")
    return any(not any(0 < m.start - t.end <= _OBJECT for m in sentence.mentions) for t in new)


def _is_object(sentence: Sentence, tag: Tag, mention: Mention) -> bool:
    if mention.marker or mention.type not in ("company", "venture", "product"):
        return False
    return "," not in sentence.shadow[tag.end : mention.start]

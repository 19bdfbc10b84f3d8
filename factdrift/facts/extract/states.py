"""Facts of state and money: a trigger, its parties, and what the clause says of it."""

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.permits import AUTHORITIES, is_author, is_permitted, permit
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Money, Stage, State
from factdrift.topic import Entity

_PLACES = tuple(f"concept:{place}" for place in ("europe", "asia", "india", "north_america", "latin_america"))
_AT_ONCE = 16  # characters between a word and the place it is about
_LIST = 18  # characters between places that are listed side by side
_BY = 8  # characters of " by the " between a verb and who acts
_JOINED = 14  # characters between companies that act together
_WITH = 32  # characters of "deal on supplies with"
_MEASURED = 8  # characters of " of the "
_STRANGER = 24  # characters of "a smaller partner, X"
_AUXILIARY = 6  # characters of " will "
_NEARER = 30  # characters by which the other place must be nearer


def _nearest(sentence: Sentence, tag: Tag, places: list[Tag]) -> int:
    return min((distance(sentence, tag.start, place.start) for place in places), default=10_000)


def _gap(one: Tag, other: Tag) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _is_set_in(sentence: Sentence, rule: Rule, here: list[str]) -> bool:
    """Whether the title says where, and the sentence names a party and no place."""
    if sentence.setting.isdisjoint(here) or sentence.tagged(*_PLACES):
        return False
    return bool({m.id for m in sentence.mentions} & {rule.fact.subject, rule.fact.object})


def _is_beside(tag: Tag, place: Tag, follows: bool) -> bool:
    return 0 <= (place.start - tag.end if follows else tag.start - place.end) < _AT_ONCE


def _is_elsewhere(sentence: Sentence, tag: Tag, here: list[Tag], elsewhere: list[Tag]) -> bool:
    """Whether the word is about another place: one right beside it, or much nearer."""
    elsewhere = [p for p in elsewhere if all(_gap(p, place) > _LIST for place in here)]  # not listed side by side
    for follows in (True, False):
        there, ours = (any(_is_beside(tag, p, follows) for p in places) for places in (elsewhere, here))
        if there != ours:
            return there
    return _nearest(sentence, tag, here) > _nearest(sentence, tag, elsewhere) + _NEARER


def triggers(sentence: Sentence, rule: Rule) -> list[Tag]:
    """The words that evoke a rule's relation here, those of the fact's own included."""
    tags = sentence.tagged(*rule.evoking)
    where = rule.fact.where
    if rule.fact.where and tags:
        here = [f"concept:{place}" for place in rule.fact.where]
        elsewhere = [place for place in sentence.tagged(*_PLACES) if place.label not in here]
        if elsewhere:
            tags = [t for t in tags if not _is_elsewhere(sentence, t, sentence.tagged(*here), elsewhere)]
        where = () if _is_set_in(sentence, rule, here) else where
    for concepts in (rule.fact.about, where):
        if concepts and tags:
            places = sentence.tagged(*(f"concept:{c}" for c in concepts))
            tags = [t for t in tags if any(distance(sentence, t.start, p.start) <= 110 for p in places)]
    return tags


def parties_present(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> bool:
    """Whether the subject and the object are there: named or described here, or spoken of just before."""
    here = {m.id for m in sentence.mentions}
    wanted = [rule.fact.subject, *([rule.fact.object] if rule.fact.object else [])]
    if rule.relation.by_concept and rule.fact.words:
        return rule.fact.subject in here or rule.fact.subject in context  # its own words stand for the object
    if rule.relation.joint:
        together = (
            bool(here & set(wanted))
            or "both" in sentence.labels
            or (not here and (not rule.relation.granted or "each" in sentence.labels))
        )
        return together and set(wanted) <= here | set(context)
    if rule.owner in here and rule.fact.subject in context and not rule.fact.object:
        return True  # "the owner is thinking of a listing"
    missing = [entity for entity in wanted if entity not in here]
    nobody = all(m.type == "person" for m in sentence.mentions)
    return not missing or (len(missing) < len(wanted) + nobody and all(e in context for e in missing))


def acting_subject(sentence: Sentence, trigger: Tag, rule: Rule, entities: dict[str, Entity]) -> bool:
    """Whether the fact's subject, and not another company of the sentence, governs the trigger."""
    if rule.relation.both_ways or rule.relation.joint:
        return True
    owner = entities[rule.fact.object].unit_of if rule.fact.object else None
    if entities[rule.fact.subject].type in AUTHORITIES and owner != rule.fact.subject:
        return is_author(sentence, trigger, rule.fact.subject, rule.fact.object)
    companies = [m for m in sentence.mentions if entities[m.id].type == "company" and m.id != rule.fact.object]
    if _acts_itself(sentence, trigger, rule):
        return False
    if not companies or entities[rule.fact.subject].type != "company":
        return True
    if any(m.marker == "by" and 0 < m.start - trigger.end <= _BY and m.id != rule.fact.subject for m in companies):
        return False  # "is funded by Y"
    companies = [m for m in companies if not sentence.is_aside(m.start, trigger.start)]
    before = [m for m in companies if m.end <= trigger.start and not (m.id == owner and (m.poss or m.marker == "of"))]
    before = [m for m in before if m.id != owner or len({x.id for x in before}) == 1]
    free = [m for m in before if m.marker not in ("of", "from", "by")]
    before = free or before
    if not before:
        return any(m.id == rule.fact.subject for m in companies) or all(
            m.id != rule.fact.subject for m in sentence.mentions
        )
    nearest = before[-1]
    group = _coordinated(sentence, before, nearest)
    return rule.fact.subject in group


def _acts_itself(sentence: Sentence, trigger: Tag, rule: Rule) -> bool:
    """Whether the object is the verb's subject, and the fact's subject not in the sentence ("Z invested in plants")."""
    here = {m.id for m in sentence.mentions}
    if rule.fact.object is None or rule.fact.subject in here or trigger.aspect not in ("base", "done"):
        return False
    near = [m for m in sentence.mentions if m.id == rule.fact.object and not m.marker and not m.poss]
    return any(0 < trigger.start - m.end <= _AUXILIARY for m in near)


def _is_measure(sentence: Sentence, votes: Tag) -> bool:
    """Whether the votes only measure a share ("3 % of the votes"), which is not said of both."""
    if sentence.tagged("each", "both"):
        return False
    near = [q.end for q in sentence.percents if 0 < votes.start - q.end <= _MEASURED]
    return bool(near) and bool(sentence.within((near[-1], votes.start), "of"))


def is_with_stranger(sentence: Sentence, noun: Tag) -> bool:
    """Whether what is agreed is agreed with somebody the topic does not know ("a deal with a battery maker")."""
    near = sentence.within((noun.end, noun.end + _WITH), "together")
    if not near or "," in sentence.shadow[noun.end : near[0].start]:
        return False
    edge = near[0].end
    words = sentence.within((edge, edge + 3), "indefinite")
    return bool(words) and not any(0 < m.start - edge <= _STRANGER for m in sentence.mentions)


def _coordinated(sentence: Sentence, before: list[Mention], nearest: Mention) -> set[str]:
    group = {nearest.id}
    last = nearest
    for mention in reversed(before[:-1]):
        gap = sentence.shadow[mention.end : last.start]
        beside = sentence.within((mention.end, last.start), "partner_ref")  # "X and its partner Y"
        if len(gap) > (2 * _JOINED if beside else _JOINED):
            break
        group.add(mention.id)
        last = mention
    return group


def read_state(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """One draft of a state fact, from the trigger that stands nearest to the parties."""
    tags = triggers(sentence, rule)
    if rule.relation.granted:  # "3 % of the votes" measures a share
        tags = [t for t in tags if not _is_measure(sentence, t)]
    if rule.relation.both_ways:
        tags = [t for t in tags if not is_with_stranger(sentence, t)]
    if not tags or sentence.tagged(*rule.relation.blocked_by) or not parties_present(sentence, rule, context):
        return []
    tags = [tag for tag in tags if acting_subject(sentence, tag, rule, entities)]
    if not tags:
        return []
    tag = min(tags, key=lambda t: (_party_distance(sentence, t, rule), t.start))
    if "approve" in rule.relation.evoked_by:
        return permit(sentence, rule, tag)
    if tag.label in ("buy", "merge") and is_permitted(sentence, tag):
        return []
    stage = stage_of(
        sentence,
        tag,
        tag.start,
        lasting=rule.relation.lasting,
        granted=rule.relation.granted,
        ending=tag.label == "vote_cap",  # "neither may exercise more than 15 % of the votes": a limit denies nothing
    )
    delayed = "shelve" in rule.relation.evoked_by and sentence.within(sentence.clause(tag.start), "delay")
    if delayed and stage is Stage.COMPLETED:
        stage = Stage.PLANNED  # "has put off two models": they are still to come
    if rule.relation.lasting and _is_ended(sentence, tag):
        stage = Stage.CANCELLED
    if tag.label == "commit" and stage is Stage.COMPLETED:
        stage = Stage.AGREED  # a word that was given is kept later
    if tag.label == "nonvoting" and stage is not Stage.RUMOURED:
        stage = Stage.DENIED
    if (
        rule.relation.granted
        and stage is Stage.DENIED
        and not _is_ahead(sentence, tag)
        and "trust" not in sentence.labels
    ):
        return [Draft(rule.fact, sentence, State(False), Stage.CURRENT, (tag.start, tag.end))]  # "without votes"
    return [Draft(rule.fact, sentence, State(True), stage, (tag.start, tag.end))]


def _is_ahead(sentence: Sentence, tag: Tag) -> bool:
    """Whether the clause speaks of a time to come, or of a refusal to go there."""
    return bool(sentence.within(sentence.clause(tag.start), "future", "intend", "said"))


_OBJECT, _NEGATED = 10, 20  # characters between a verb and its object, and a denial and its verb


def _is_ended(sentence: Sentence, tag: Tag) -> bool:
    """Whether a verb of ending stands beside the state ("the strike will end", "stop joint purchasing")."""
    ends = [t for t in sentence.within((tag.end, tag.end + 14), "ending") if t.aspect in ("base", "done")]
    if ends and "," not in sentence.shadow[tag.end : ends[0].start]:
        return True
    ends = [t for t in sentence.within((tag.start - 24, tag.start), "ending") if t.aspect in ("base", "done")]
    if not ends or "," in sentence.shadow[ends[-1].end : tag.start] or tag.start - ends[-1].end > _OBJECT:
        return False
    return not sentence.within((ends[-1].start - _NEGATED, ends[-1].start), "neg", "deny")


def _party_distance(sentence: Sentence, tag: Tag, rule: Rule) -> int:
    wanted = rule.fact.object or rule.fact.subject
    return min((distance(sentence, m.start, tag.start) for m in sentence.mentions if m.id == wanted), default=500)


def read_money(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """An amount for each sum that the subject (and nobody else) puts in."""
    tags = triggers(sentence, rule)
    if not tags or not parties_present(sentence, rule, context) or not sentence.moneys:
        return []
    drafts = []
    subjects = [m for m in sentence.mentions if entities[m.id].type == "company"]
    for quantity in sentence.moneys:
        tag = min(tags, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))
        if distance(sentence, tag.start, quantity.start) > 110 or not acting_subject(sentence, tag, rule, entities):
            continue
        if not _is_payer(sentence, quantity.start, rule, subjects) or _is_of_other(
            sentence, quantity.start, rule, entities
        ):
            continue
        before = sentence.within(
            (max(sentence.start, quantity.start - 18), quantity.start), "at_most", "at_least", "around"
        )
        labels = {t.label for t in before}
        tag = _promise(sentence, tags, tag)
        bound = "max" if "at_most" in labels else "min" if "at_least" in labels else None
        stage = stage_of(sentence, tag, quantity.start)
        if tag.label == "commit" and stage is Stage.COMPLETED:
            stage = Stage.AGREED
        drafts.append(
            Draft(rule.fact, sentence, quantity.value, stage, (quantity.start, quantity.end), bound, "around" in labels)
        )
    return drafts


def _promise(sentence: Sentence, tags: list[Tag], verb: Tag) -> Tag:
    """The word of promising that governs the verb, where there is one ("had committed itself to putting in ...")."""
    low, _ = sentence.clause(verb.start)
    ahead = [t for t in tags if t.label == "commit" and low <= t.start and t.end <= verb.start]
    return ahead[-1] if ahead and verb.aspect == "base" else verb


def _is_of_other(sentence: Sentence, at: int, rule: Rule, entities: dict[str, Entity]) -> bool:
    """Whether the sum stands nearer to another thing of the object's kind ("X by 15bn a month, and Y ...")."""
    if rule.fact.object is None:
        return False
    kind = entities[rule.fact.object].type
    things = [m for m in sentence.mentions if entities[m.id].type == kind and kind in ("product", "plan")]
    ahead = [m for m in things if m.end <= at] or things
    return bool(ahead) and min(ahead, key=lambda m: distance(sentence, m.start, at)).id != rule.fact.object


_FROM = 8  # characters of "600 million from X"


def _end_of(sentence: Sentence, at: int) -> int:
    return next(q.end for q in sentence.moneys if q.start == at)


def _is_total(sentence: Sentence, at: int) -> bool:
    """Whether the sum is that of the others in the sentence ("800 million: 600 from X and 200 from Y")."""
    sums = {q.start: q.value.amount for q in sentence.moneys if isinstance(q.value, Money)}
    rest = [amount for start, amount in sums.items() if start != at]
    return len(rest) > 1 and abs(sum(rest) - sums.get(at, 0)) < 1


def _is_payer(sentence: Sentence, at: int, rule: Rule, companies: list[Mention]) -> bool:
    """In "X and Y up to 600 and 200 million" the sums go to the companies in order; a joint sum goes to none."""
    others = [m for m in companies if m.id != rule.fact.object]
    own = [m.id for m in others if 0 < m.start - _end_of(sentence, at) <= _FROM and m.marker in ("from", "by")]
    if own or _is_total(sentence, at):
        return own == [rule.fact.subject]
    sums = [q for q in sentence.moneys if isinstance(q.value, Money)]
    position = next(i for i, q in enumerate(sums) if q.start == at)
    ahead = list(dict.fromkeys(m.id for m in others if m.end <= sums[0].start))
    behind = list(dict.fromkeys(m.id for m in others if m.start >= sums[-1].end))
    names = list(dict.fromkeys(m.id for m in others))
    for listed in (ahead, behind):
        if len(sums) == len(listed) > 1:
            return listed[position] == rule.fact.subject
    if rule.fact.subject not in names and sentence.tagged("both"):
        return False
    before = [m for m in others if m.end <= sums[0].start and m.marker not in ("of", "from")]
    if before and len(sums) == 1 and len(_coordinated(sentence, before, before[-1])) > 1:
        return False  # "X and Y together invest 800 million": the sum is of both
    free = [m for m in others if m.end <= at and not sentence.is_aside(m.start, at)]
    return not free or rule.fact.subject in {m.id for m in free}

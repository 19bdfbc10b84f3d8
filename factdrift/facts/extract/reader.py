"""The reader of articles: text in, typed claims with evidence out. Knows the topic's slots, no seed values.

The same article always gives the same claims, whatever the order of the topic's facts.
"""

import re
from collections import Counter
from datetime import date
from typing import Final

from factdrift.errors import ConfigError
from factdrift.facts.extract.candidates import Candidates
from factdrift.facts.extract.clauses import mark_breaks
from factdrift.facts.extract.dates import DateReader
from factdrift.facts.extract.discourse import Discourse, name_years
from factdrift.facts.extract.document import Document, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.families import iter_all
from factdrift.facts.extract.levels import read_levels
from factdrift.facts.extract.lexicon import (
    Lexicon,
    lexicon_languages,
    load_lexicon,
    load_relations,
)
from factdrift.facts.extract.mentions import attribution_of, mention_of
from factdrift.facts.extract.numbers import NumberReader
from factdrift.facts.extract.openreading import CANDIDATE, may_be_candidate, read_candidates, read_share_candidates
from factdrift.facts.extract.phrases import name_phrases, other_phrases
from factdrift.facts.extract.repeats import unique_claims
from factdrift.facts.extract.rules import holdings_of, rules_of
from factdrift.facts.extract.scan import Scanner, tags_between
from factdrift.facts.extract.sentences import sentences
from factdrift.facts.extract.shadow import shadow_of
from factdrift.facts.extract.shares import read_shares
from factdrift.facts.extract.sites import plants_of
from factdrift.facts.extract.verbs import with_past_forms, without_false_verbs
from factdrift.facts.extract.vetting import problems_of, with_heads
from factdrift.model import TRACK_OF_STAGE, Article, Claim, Evidence, Mention, Slot, Stage, State, Track
from factdrift.topic import Topic

VERSION: Final = "rules-1"
_EARLIEST: Final = date(1900, 1, 1)  # before it a date is an error, and arithmetic fails
_LATEST: Final = date(2200, 12, 31)  # and behind this
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_STANDING: Final = ("name", "ordinal", "year")  # kinds of value whose mere mention is no news
_LEAD_SENTENCES: Final = 3  # the title and what a story begins with
_LEAD: Final = 600  # characters in which most articles name what they are about
_LONGEST_NAME: Final = 80
_THEMES: Final = 4  # how many of the things an article names most it can be about, and how many of those who act
_BODIES: Final = ("company", "body", "state", "venture")
_OWNED: Final = 3  # characters between a possessor and the share
_SIDE_BY_SIDE: Final = 6  # characters between two names that only stand side by side
_CONTEXT: Final = 40  # characters of prefix and suffix kept with a quote


class Reader:
    """Reads articles for the claims of one topic. Built once, reused; stateless between articles."""

    version = VERSION

    def __init__(self, topic: Topic) -> None:
        """Raises ConfigError with every fact that the relation library or the lexicons cannot serve."""
        if problems := problems_of(topic):
            raise ConfigError(tuple(f"{topic.topic}: {problem}" for problem in problems))
        self.topic = topic
        self.languages = lexicon_languages()
        self._tongues: dict[str, _Tongue] = {}

    def read(self, article: Article) -> tuple[Claim, ...]:
        """The claims of an article, in order of the text; none for a language without a lexicon (see `languages`)."""
        lexicon = load_lexicon(article.lang)
        if lexicon is None:
            return ()
        if article.lang not in self._tongues:
            self._tongues[article.lang] = _Tongue(self.topic, lexicon)
        return self._tongues[article.lang].read(article)


class _Tongue:
    """Everything compiled for one topic in one language."""

    def __init__(self, topic: Topic, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._entities = dict(topic.entities)
        self._names = Scanner(name_phrases(topic))  # the fast way to see that an article is about something else
        self._scanner = Scanner([*name_phrases(topic), *other_phrases(topic, lexicon)])
        self._numbers = NumberReader(lexicon.numbers)
        self._dates = DateReader(lexicon.dates)
        self._relations = relations = load_relations()
        # By name: the order in which a topic lists its facts must not matter.
        offices = frozenset(label for label in lexicon.words if label.startswith("office:"))
        facts = sorted((with_heads(f, topic, relations[f.relation]) for f in topic.facts), key=lambda f: f.name)
        self._rules = rules_of(facts, self._entities, offices)
        self._candidates = Candidates(self._rules)
        self._holdings = holdings_of(self._rules)
        self._circles = {i: dict.fromkeys((i, *e.members)) for i, e in self._entities.items()}
        self._owners = {i: e.unit_of for i, e in self._entities.items() if e.unit_of}
        self._plants = plants_of(self._entities)
        self._years = {int(n): i for i, e in self._entities.items() for n in e.names if _YEAR.fullmatch(n)}
        self._by_name = {r.fact.name: r for r in self._rules}
        self._by_slot = {(r.fact.relation, r.fact.subject, r.fact.object): r.fact for r in self._rules}
        self._tracked = frozenset((r.fact.relation, r.fact.subject, r.fact.object or "") for r in self._rules)
        self._articles = tuple(f" {word} " for word in lexicon.articles)
        self._auxiliaries = frozenset(lexicon.auxiliaries)
        self._past_alike = frozenset(lexicon.past_alike)
        self._organisations = frozenset(i for i, e in topic.entities.items() if e.type != "person")

    def read(self, article: Article) -> tuple[Claim, ...]:
        shadows = {"title": shadow_of(article.title), "text": shadow_of(article.text)}
        if not self._is_named(shadows["title"]) and not self._is_named(shadows["text"]):
            return ()
        published = min(max((article.published_at or article.fetched_at).date(), _EARLIEST), _LATEST)
        document = self._document(article, shadows, published)
        drafts = self._drafts(document)
        return unique_claims(self._claim(article, draft) for draft in drafts)

    def _is_named(self, shadow: str) -> bool:
        """Whether any of the topic's names occurs; most articles that have one have it at the beginning."""
        return bool(self._names.scan(shadow[:_LEAD]) or self._names.scan(shadow[_LEAD - _LONGEST_NAME :]))

    def _document(self, article: Article, shadows: dict[str, str], published: date) -> Document:
        found: list[Sentence] = []
        named: Counter[str] = Counter()
        for part, text in (("title", article.title), ("text", article.text)):
            tags = self._scanner.scan(shadows[part])
            named.update(tag.ids[0] for tag in tags if tag.label == "entity" and tag.sure and len(tag.ids) == 1)
            spans = [(0, len(text))] if part == "title" else sentences(text)
            for start, end in spans:
                own = without_false_verbs(
                    tags_between(tags, start, end), shadows[part], self._articles, self._auxiliaries
                )
                own = with_past_forms(own, shadows[part], self._past_alike)
                found.append(
                    Sentence(
                        part, start, end, len(found), shadows[part], text, own, published, self._numbers, self._dates
                    )
                )
        closing = any("hard_done" in sentence.labels for sentence in found[:_LEAD_SENTENCES])
        for sentence in found:
            sentence.capital_names = self._lexicon.possessive in ("suffix", "none")
            sentence.setting = found[0].labels
            sentence.closing = closing
            sentence.participle = self._lexicon.participle
            sentence.subject_first = self._lexicon.subject_first
        discourse = Discourse(self._entities, named, self._lexicon.possessive == "particle", self._plants)
        for sentence in found:
            if sentence.tags:
                discourse.resolve(sentence)
                if self._years and sentence.percents:
                    name_years(sentence, self._years)
        bodies = Counter({i: n for i, n in named.items() if self._entities[i].type in _BODIES})
        most = [i for counter in (named, bodies) for i, _ in counter.most_common(_THEMES)]
        return Document(found, dict.fromkeys([*(m.id for m in found[0].mentions), *most]))

    def _drafts(self, document: Document) -> list[Draft]:
        drafts: list[Draft] = []
        last = self._slot_of_title(document)
        for sentence in document.sentences:
            if not sentence.tags:
                continue
            context = self._context(document, sentence)
            labels = {*sentence.labels, "stake"} if _is_bare_share(sentence) else sentence.labels
            rules = self._candidates.among(labels, {m.id for m in sentence.mentions}, context)
            if not rules and not may_be_candidate(sentence):
                continue
            mark_breaks(sentence)
            share_rules = [r for r in rules if r.relation.reader in ("share", "block")]
            fresh = last if last and _is_still_spoken_of(last, document.before(sentence)) else None
            shares = read_shares(sentence, share_rules, context, fresh) if share_rules else []
            if shares:
                named = {d.fact.name for d in shares}
                last = next((r for r in share_rules if r.fact.name in named and r.fact.object), last)
            levels = read_levels(sentence, [r for r in rules if r.relation.reader == "level"], context, self._entities)
            found = shares + levels + iter_all(sentence, rules, context, self._entities, self._lexicon)
            if not found:
                found = read_candidates(sentence, self._relations, self._tracked, self._entities)
                found += read_share_candidates(sentence, self._tracked, self._entities)
            if found and sentence.index and _is_question(sentence):
                # A question asserts nothing but what it takes for granted.
                found = [draft for draft in found if draft.stage is Stage.CURRENT]
            if found:
                drafts += found + self._implied(found)
        return drafts

    def _slot_of_title(self, document: Document) -> Rule | None:
        """The holding that the two companies of the title suggest, the first of them as the holder."""
        title = document.sentences[0]
        named = list(dict.fromkeys(m.id for m in title.mentions))
        if len(named) != 2:
            return None
        first, second = title.mentions[0], next(m for m in title.mentions if m.id == named[1])
        gap = title.shadow[first.end : second.start]
        if len(gap) <= _SIDE_BY_SIDE and ":" not in gap:
            return None  # "X and Y", "X-Y": neither comes first
        fitting = self._holdings.get((named[0], named[1]), [])
        return fitting[0] if len(fitting) == 1 else None

    def _implied(self, found: list[Draft]) -> list[Draft]:
        """What a claim says beside its own slot: who takes a share or commits a sum also invests."""
        told = {d.fact.name for d in found}
        drafts = []
        for draft in found:
            if (rule := self._by_name.get(draft.fact.name)) is None:
                continue
            target = self._by_slot.get((rule.relation.implies, draft.fact.subject, draft.fact.object))
            if target and target.name not in told and TRACK_OF_STAGE[draft.stage] is Track.EXPECTED:
                told.add(target.name)
                drafts.append(Draft(target, draft.sentence, State(True), draft.stage, draft.cue))
        return drafts

    def _context(self, document: Document, sentence: Sentence) -> tuple[str, ...]:
        """The entities spoken of just before, newest first, with those that belong to them."""
        before = document.before(sentence)
        spoken = dict.fromkeys([m.id for m in reversed(before.mentions)] if before else ())
        spoken.update(document.themes)
        found: dict[str, None] = {}
        for entity in spoken:
            found.update(self._circles[entity])
        plants = self._plants.of_place
        found.update(dict.fromkeys([plants[m.id] for m in (before.mentions if before else ()) if m.id in plants]))
        found.update(dict.fromkeys([self._owners[i] for i in spoken if i in self._owners]))
        if not sentence.mentions and "each" in sentence.labels:  # "each partner": the other one need not be named
            partners = [self._entities[i].partner_of for i in spoken]
            found.update(dict.fromkeys([known[0] for known in partners if len(known) == 1]))
        return tuple(found)

    def _claim(self, article: Article, draft: Draft) -> Claim:
        sentence = draft.sentence
        text = article.title if sentence.part == "title" else article.text
        mention, as_of = mention_of(sentence, draft.stage, draft.cue)
        if draft.background is not None:
            mention = Mention.BACKGROUND if draft.background else Mention.NEWS
        fact = draft.fact
        if draft.stage is Stage.CURRENT and fact.value in _STANDING:
            mention = Mention.BACKGROUND  # "chief executive X said": nobody was appointed
        return Claim(
            fact=None if fact.name == CANDIDATE else fact.name,
            slot=Slot(fact.relation, fact.subject, fact.object or ""),
            value=draft.value,
            stage=draft.stage,
            mention=mention,
            evidence=Evidence(
                part=sentence.part,
                exact=text[sentence.start : sentence.end],
                prefix=text[max(0, sentence.start - _CONTEXT) : sentence.start],
                suffix=text[sentence.end : sentence.end + _CONTEXT],
                start=sentence.start,
                end=sentence.end,
            ),
            approx=draft.approx,
            bound=draft.bound,
            measure=draft.measure,
            attribution=attribution_of(sentence, self._organisations),
            as_of=as_of,
            due=draft.due,
            corefs=tuple((m.id, m.start, m.end) for m in sentence.mentions if not m.sure),
            cue=draft.cue,
            returns="again" in sentence.labels and bool(sentence.within(sentence.clause(draft.cue[0]), "again")),
        )


def _is_still_spoken_of(last: Rule, before: Sentence | None) -> bool:
    """Whether the sentence before names no other firm than those of the slot spoken of last."""
    firms = {m.id for m in before.mentions if m.type in ("company", "venture")} if before else set()
    return firms <= {last.fact.subject, last.fact.object}


def _is_question(sentence: Sentence) -> bool:
    said = sentence.shadow[sentence.start : sentence.end].rstrip(" \"'»”’)」。")
    return said.endswith("?") or any(t.end - sentence.start >= len(said) for t in sentence.tagged("asks"))


def _is_bare_share(sentence: Sentence) -> bool:
    """Whether a percentage belongs to somebody without any word of shares ("with its 36 percent of X")."""
    owned = [m.end for m in sentence.mentions if m.poss]
    return bool(owned) and any(0 <= q.start - end <= _OWNED for q in sentence.percents for end in owned)

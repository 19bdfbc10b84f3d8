"""Which words that look like verbs are some: told by the articles, auxiliaries and longer words around them."""

from typing import Final

from factdrift.facts.extract.scan import Tag

_RULED: Final = 40  # characters between "will" and the verb that it rules
_ACTING: Final = frozenset(("take_stake", "buy", "invest", "join", "sell"))


def without_false_verbs(
    tags: list[Tag], shadow: str, articles: tuple[str, ...], auxiliaries: frozenset[str]
) -> list[Tag]:
    """The tags without those that look like verbs and are none.

    A verb's open form right behind an article is a noun ("the list", "its take"), and where the article may be a
    pronoun as well ("la baisse", "la vend"), if it is written like one; a word of having right before a participle is
    an auxiliary ("had been discussed"); a part of a longer word for a share is none by itself (出資 in 出資比率).
    """
    tags = _without_ends(_without_parts(tags))
    if articles:
        tags = [t for t in tags if t.aspect != "base" or not shadow[max(0, t.start - 9) : t.start].endswith(articles)]
    defined = {t.end + 1 for t in tags if t.label == "definite"}
    if nouns := {(t.label, t.start) for t in tags if t.aspect == "noun" and t.start in defined}:
        tags = [t for t in tags if t.aspect != "base" or (t.label, t.start) not in nouns]
    false = [
        index
        for index, tag in enumerate(tags)
        if tag.label == "own" and shadow[tag.start : tag.end] in auxiliaries and _is_auxiliary(shadow, tag, tags, index)
    ]
    return [tag for index, tag in enumerate(tags) if index not in false] if false else tags


def _without_parts(tags: list[Tag]) -> list[Tag]:
    """The tags without the nouns of acting with which a longer word for a share begins."""
    ends: dict[int, int] = {}
    for tag in tags:
        if tag.label == "stake":
            ends[tag.start] = max(tag.end, ends.get(tag.start, 0))
    if not ends:
        return tags
    return [t for t in tags if t.aspect != "noun" or t.label not in _ACTING or t.end >= ends.get(t.start, 0)]


def _without_ends(tags: list[Tag]) -> list[Tag]:
    """The tags without the nouns with which a longer verb of the same kind ends ("gave the deal the green light")."""
    verbs = {(t.label, t.end): t.start for t in reversed(tags) if t.aspect in ("base", "done")}  # the longest stays
    return [t for t in tags if t.aspect != "noun" or verbs.get((t.label, t.end), t.start) >= t.start]


def with_past_forms(tags: list[Tag], shadow: str, alike: frozenset[str]) -> list[Tag]:
    """The tags with a verb's open form as its past where both are written alike and a subject stands right before it.

    "X cut its stake" tells of the past; "will X cut its stake", "to see X cut it" do not.
    """
    if not alike or all(shadow[t.start : t.end].split(" ", 1)[0] not in alike for t in tags if t.aspect == "base"):
        return tags
    return [tag.told_as("done") if tag.aspect == "base" and _is_past(tag, tags, shadow, alike) else tag for tag in tags]


def _is_past(verb: Tag, tags: list[Tag], shadow: str, alike: frozenset[str]) -> bool:
    if shadow[verb.start : verb.end].split(" ", 1)[0] not in alike:
        return False
    subjects = [t for t in tags if t.label in ("entity", "pronoun", "both") and t.aspect in ("", "base")]
    subjects = [t for t in subjects if t.end == verb.start - 1]
    ruled = ("future", "intend", "rumour", "condition", "to", "may")
    return bool(subjects) and not any(
        t.label in ruled and 0 <= verb.start - t.end <= _RULED for t in tags if t.end <= subjects[0].start
    )


def _is_auxiliary(shadow: str, tag: Tag, tags: list[Tag], index: int) -> bool:
    for behind in tags[index + 1 : index + 8]:
        gap = shadow[tag.end : behind.start]
        if len(gap) > 10 or "," in gap or any(c.isdigit() for c in gap):
            return False
        if (
            gap
            and behind.label != "own"
            and (behind.aspect == "done" or behind.label in ("done", "rumour", "agree", "move"))
        ):
            return True
    return False

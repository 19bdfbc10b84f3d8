"""What stands around a referring word: an apposition, another firm's name, who gives what it is about."""

from typing import Final

from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.scan import Tag

_ARTICLE: Final = 9  # characters of an article
_BESIDE: Final = 10  # characters between a name and its apposition
_SHARED: Final = 4  # characters of a blank and an article
_TAKER: Final = 12  # characters of "to" between a verb of selling and whoever takes what is sold


def is_apposed(sentence: Sentence, mention: Mention, pronoun: Tag) -> bool:
    """Whether the pronoun opens an apposition to the mention and so means another ("X, its owner")."""
    owners = sentence.within((pronoun.end, pronoun.end + 16), "shareholder", "partner")
    return sentence.shadow[mention.end : pronoun.start].strip() == "," and bool(owners)


def is_taker(sentence: Sentence, mention: Mention) -> bool:
    """Whether the mention is whom a verb of selling right before it names."""
    return any(0 < mention.start - t.end <= _TAKER for t in sentence.tagged("sell"))


def giver_before(sentence: Sentence, pronoun: Tag) -> Mention | None:
    """Whoever gives what the pronoun right behind is about ("compra da X il suo 51 %", "rachète à X ses 51 %")."""
    last = sentence.mentions[-1] if sentence.mentions else None
    if last is None or last.marker not in ("from", "by", "to") or not 0 < pronoun.start - last.end <= _SHARED:
        return None
    verbs = [t for t in sentence.tagged("buy", "take_stake", "buyback") if t.end <= last.start]
    return last if verbs and last.start - verbs[-1].end <= _TAKER else None


def _is_other_firm(sentence: Sentence, tag: Tag) -> bool:
    """Whether a capitalised word that makes another firm or place of a name follows it."""
    follows = "other_firm" in sentence.labels and sentence.within((tag.end + 1, tag.end + 2), "other_firm")
    return bool(follows) and sentence.text[tag.end + 1].isupper() and sentence.index > 0


def _is_any(sentence: Sentence, tag: Tag) -> bool:
    """Whether an indefinite article stands before a description, and no name beside it."""
    if not any(t.end + 1 == tag.start for t in sentence.within((tag.start - _ARTICLE, tag.start), "indefinite")):
        return False
    return not any(
        n.sure and (0 < tag.start - n.end <= _BESIDE or 0 < n.start - tag.end <= 1) for n in sentence.tagged("entity")
    )


def _runs_into(sentence: Sentence, tag: Tag) -> bool:
    """Whether a longer description begins inside this one ("della banca" in "della banca tedesca")."""
    return any(tag.start < n.start < tag.end < n.end for n in sentence.within((tag.start, tag.end), "entity"))


def is_part(sentence: Sentence, tag: Tag) -> bool:
    """Whether the word is only part of a phrase, or of a name."""
    if tag.label == "entity" and not tag.sure and _runs_into(sentence, tag):
        return True
    if tag.label == "entity":  # "X Business Park" is not X, "a Chinese firm" is nobody known
        return _is_other_firm(sentence, tag) or (not tag.sure and _is_any(sentence, tag))
    if tag.label == "partner_ref":
        return any(n.start == tag.end + 1 for n in sentence.tagged("entity"))  # "its partner X"
    if tag.label == "pronoun":
        phrases = sentence.tagged("partner_ref", "own", "bodies")
        if any(p.start <= tag.start < p.end for p in phrases):
            return True  # "its" in "its ally" or "in its own hands" is part of the phrase
    if tag.label == "venture_ref" or (tag.label == "pronoun" and tag.aspect == "noun"):
        # Where a name covers a general word the topic says which one is meant.
        return any(n.start < tag.end and tag.start < n.end for n in sentence.tagged("entity"))
    return False


def is_beside(sentence: Sentence, before: Mention, tag: Tag) -> bool:
    """Whether at most one word stands between, of small letters."""
    words = sentence.text[before.end : tag.start].split()
    return len(words) <= 1 and all(w.isalpha() and w.islower() for w in words)

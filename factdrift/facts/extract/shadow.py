"""A shadow of a text: same length, lower case, one form for each quote, space, hyphen and digit.

Everything is searched in the shadow and cut out of the original, so offsets are always those of the original. Only
one-to-one replacements happen here; zero-width characters and look-alike letters stay, and so never match a name.
"""

import re
import unicodedata
from typing import Final

_ONE_TO_ONE: Final = {
    **{0xFF01 + i: 0x21 + i for i in range(94)},  # full-width ASCII
    **dict.fromkeys(map(ord, "’‘ʼ´`"), ord("'")),
    **dict.fromkeys(map(ord, "“”„‟«»"), ord('"')),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u3000\t"), ord(" ")),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), ord("-")),
}

_DECIMAL: Final = re.compile("(?<=[0-9\uff10-\uff19])・(?=[0-9\uff10-\uff19])")  # 2・0%: a point, as some papers set it
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
_REPLACED: Final = re.compile(f"[{re.escape(''.join(map(chr, _ONE_TO_ONE)))}]")


def shadow_of(text: str) -> str:
    """The shadow of a text; `len(shadow_of(text)) == len(text)` for every text."""
    text = _SURROGATES.sub("\ufffd", text)  # half a character: no automaton takes it
    text = _DECIMAL.sub(".", text)
    text = _REPLACED.sub(_one_to_one, text)  # ten times as fast as `translate`: most characters stay
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(map(_lower_one, text))


def continues_word(char: str) -> bool:
    """Whether a character next to a match means that the match is only part of a longer (or disguised) word."""
    code = ord(char)
    if code < 128:
        return char.isalnum()
    if 0x2E80 <= code <= 0xFFEF and code not in (0xFEFF, 0xFE0F):
        return False  # CJK: words stand side by side
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Me", "Cf")


class _Continuing(dict[str, bool]):
    def __missing__(self, char: str) -> bool:
        self[char] = known = continues_word(char)
        return known


CONTINUES_WORD: Final = _Continuing()  # what `continues_word` has answered, by character


def is_spaced(text: str) -> bool:
    """Whether a word is of a script that separates words (so that its neighbours must be checked)."""
    return not any(0x3040 <= ord(char) <= 0x9FFF for char in text)


def _one_to_one(match: re.Match[str]) -> str:
    return chr(_ONE_TO_ONE[ord(match[0])])


def _lower_one(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char

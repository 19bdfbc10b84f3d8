"""A shadow of a text: same length, lower case, one form for each quote, space, hyphen and digit.

Everything is searched in the shadow and cut out of the original, so offsets are always those of the original. Only
one-to-one replacements happen here; zero-width characters and look-alike letters stay, and so never match a name.
"""

import re
import unicodedata

_ONE_TO_ONE = {
    **{0xFF01 + i: 0x21 + i for i in range(94)},  # full-width ASCII
    **dict.fromkeys(map(ord, "’‘ʼ´`"), ord("'")),
    **dict.fromkeys(map(ord, "“”„‟«»"), ord('"')),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u3000\t"), ord(" ")),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), ord("-")),
}

_SURROGATES = re.compile("[\ud800-\udfff]")


def shadow_of(text: str) -> str:
    """The shadow of a text; `len(shadow_of(text)) == len(text)` for every text."""
    text = _SURROGATES.sub("\ufffd", text)  # half a character: no automaton takes it
    lowered = text.translate(_ONE_TO_ONE).lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(_lower_one(char) for char in text.translate(_ONE_TO_ONE))


def continues_word(char: str) -> bool:
    """Whether a character next to a match means that the match is only part of a longer (or disguised) word."""
    code = ord(char)
    if code < 128:
        return char.isalnum()
    if 0x2E80 <= code <= 0xFFEF and code not in (0xFEFF, 0xFE0F):
        return False  # CJK: words stand side by side
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Me", "Cf")


class _Flags(dict[int, str]):
    def __missing__(self, code: int) -> str:
        flag = self[code] = "w" if continues_word(chr(code)) else " "
        return flag


_FLAGS = _Flags()


def word_flags(shadow: str) -> str:
    """A "w" for every character that continues a word, a blank for the others."""
    return shadow.translate(_FLAGS)


def is_spaced(text: str) -> bool:
    """Whether a word is of a script that separates words (so that its neighbours must be checked)."""
    return not any(0x3040 <= ord(char) <= 0x9FFF for char in text)


def _lower_one(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char

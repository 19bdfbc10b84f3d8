"""Which language a text is written in, by its script and its commonest words. Pure, offline.

Only tells apart what it knows; anything else is "" (unknown), never a guess.
"""

import re
from collections import Counter

SURE_LETTERS = 300  # from here on the text's own language outweighs what the page declares

_SAMPLE = 20_000
_WORDS = {
    "en": "the of and to in that for with was has said from which its will by are have been it on as at he would",
    "fr": "le les des et du une que dans pour qui sur au avec par est pas ne ce aux plus sont cette ses l d été selon",
    "de": "der die und das den von mit für auf des ist im dem ein eine nicht sich werden auch bei wird zum sind hat",
    "es": "el los las del y que en una por con para su al es lo como más ha se sus también pero sobre según este",
    "it": "il di che la e per un una con del della nel alla gli dei sono si ha non più al delle anche dal questo",
    "pt": "o os as do da e que em um uma para com não por mais dos das na no ao foi são pela também segundo à",
    "nl": "de het een van en in dat is op te voor met zijn niet aan die ook door bij naar heeft worden om als",
    "sv": "och att det som en på är av för med den till inte har om ett men var kan från vid också eller",
    "pl": "i w na z do się że nie jest o to przez od po dla oraz jak za które co jego był tym",
    "tr": "ve bir bu için ile da de olarak olan daha çok gibi sonra kadar ise göre en yeni ancak",
}
_STOP = {lang: frozenset(words.split()) for lang, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("kana", "\u3040", "\u30ff"),
    ("zh", "\u3400", "\u9fff"),
    ("ko", "\uac00", "\ud7af"),
    ("ru", "\u0400", "\u04ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("th", "\u0e00", "\u0e7f"),
)


def language_of(text: str, declared: str = "") -> str:
    """ISO 639-1: what the page declares, unless a text long enough to be sure of says otherwise; "" where unknown."""
    code = re.split(r"[-_]", declared.strip().lower())[0]
    code = code if len(code) == 2 and code.isascii() and code.isalpha() else ""
    found, letters = _detected(text[:_SAMPLE])
    return found if found and (not code or letters >= SURE_LETTERS) else code


def _detected(text: str) -> tuple[str, int]:
    # Distinct characters first: judging each of 20,000 one by one costs as much as reading the page.
    scripts: Counter[str] = Counter()
    for char, times in Counter(text).items():
        if char.isalpha():
            scripts[_script(char)] += times
    latin = scripts.pop("latin", 0)
    wide = sum(scripts.values())
    if wide * 2 > latin and wide:  # names and figures are often Latin within another script
        # Kana stand in Japanese text only; a Chinese text has none.
        lang = "ja" if scripts["kana"] * 10 > wide else scripts.most_common(1)[0][0]
        return lang.replace("kana", "ja"), int(wide * 2.5) if lang in ("ja", "zh", "kana") else wide
    return _by_words(text), latin + wide


def _script(char: str) -> str:
    return next((name for name, first, last in _SCRIPTS if first <= char <= last), "latin")


def _by_words(text: str) -> str:
    words = Counter(word.casefold() for word in _WORD.findall(text))
    hits = Counter({lang: sum(words[word] for word in stop) for lang, stop in _STOP.items()})
    (first, most), (_, next_most) = hits.most_common(2)
    total = sum(words.values())
    return first if most >= 3 and most >= 0.08 * total and most >= 1.25 * next_most else ""

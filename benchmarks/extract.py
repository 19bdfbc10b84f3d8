"""How fast articles are read for claims, on one core: about the topic and not, with 20 facts and with 10,000.

uv run python benchmarks/extract.py            # five minutes, two of them to compile the reader
uv run python benchmarks/extract.py --as-is    # half a minute: only the reader as it is installed

Each figure is the best of several rounds of processor time: what else runs on a machine only ever makes a round slower.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from factdrift.facts.extract import reader as reader_module
from factdrift.facts.extract.reader import Reader
from factdrift.model import Article
from factdrift.topic import Entity, Topic, load_topic

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl"
OTHER_PAGES = ROOT / "tests" / "corpus" / "ecb.pages.jsonl"
WORDS = 400
FACTS, MANY_FACTS = 20, 10_000
KINDS = ("about the topic", "about something else")
SECONDS = 4.0  # a figure
TURNS = 3  # of each reader, one after the other
AT = datetime(2023, 7, 26, tzinfo=UTC)
Rates = dict[str, float]  # "kind, facts" -> articles a second


def main() -> None:
    """Print articles a second for each case, then how much the long watch list costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as-is", action="store_true", help="measure the installed reader only")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)  # one turn of the whole
    asked = parser.parse_args()
    if asked.json:
        json.dump(measure(), sys.stdout)
        return
    print(f"articles of {WORDS} words, English, one core of {platform.machine()}, Python {platform.python_version()}")
    if asked.as_is:
        show({"compiled" if is_compiled() else "interpreted": measure()})
        return
    with TemporaryDirectory() as folder:
        print("compiling the reader (two minutes) ...", file=sys.stderr)
        build_compiled(Path(folder))
        readers = {"interpreted": ROOT, "compiled": Path(folder)}
        best: dict[str, Rates] = {name: {} for name in readers}
        for turn in range(TURNS):
            for name, where in readers.items():
                print(f"turn {turn + 1} of {TURNS}, {name} ...", file=sys.stderr)
                for case, rate in measured_in(where).items():
                    best[name][case] = max(rate, best[name].get(case, 0))
    show(best)


def build_compiled(folder: Path) -> None:
    """Unpack a wheel with the compiled reader into a folder."""
    command = [os.environ.get("UV", "uv"), "build", "-q", "--wheel", "--out-dir", str(folder / "dist")]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "HATCH_BUILD_HOOKS_ENABLE": "1"}, check=True)
    wheel = next((folder / "dist").glob("*.whl"))
    zipfile.ZipFile(wheel).extractall(folder)


def measured_in(folder: Path) -> Rates:
    """What a process measures that takes factdrift from a folder."""
    command = [sys.executable, __file__, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, env=environment, cwd="/", stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def is_compiled() -> bool:
    """Whether the reader that is imported is the compiled one."""
    return not str(reader_module.__file__).endswith(".py")


def measure() -> Rates:
    """Articles a second for each case."""
    topic = load_topic(ROOT / "seeds" / "nissan-renault.yaml")
    given = dict(zip(KINDS, (articles(PAGES), articles(OTHER_PAGES)), strict=True))
    rates = {}
    for count in (FACTS, MANY_FACTS):
        reader = Reader(with_facts(topic, count))
        for kind, pages in given.items():
            reader.read(pages[0])  # compiles the word lists
            rates[case(kind, count)] = rate_of(reader, pages)
    return rates


def case(kind: str, count: int) -> str:
    """The name of a case."""
    return f"{kind}, {count}"


def show(best: dict[str, Rates]) -> None:
    """Print a table with a column a reader, then the ratios."""
    print(f"{'articles/s':22s} {'facts':>6s}" + "".join(f"{name:>14s}" for name in best))
    for count in (FACTS, MANY_FACTS):
        for kind in KINDS:
            rates = [rates[case(kind, count)] for rates in best.values()]
            times = f"{rates[1] / rates[0]:10.2f}x" if len(rates) > 1 else ""
            print(f"{kind:22s} {count:6d}" + "".join(f"{rate:14.0f}" for rate in rates) + times)
    for name, rates in best.items():
        for kind in KINDS:
            times_of = rates[case(kind, FACTS)] / rates[case(kind, MANY_FACTS)]
            print(f"{kind}, {name}: {MANY_FACTS} facts take {times_of:.2f}x the time of {FACTS}")


def articles(path: Path, count: int = 120) -> list[Article]:
    """Articles of the wanted length made of whole recorded pages, one after the other."""
    texts = [
        page["text"] for page in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if is_english(page)
    ]
    turn = cycle(texts)
    return [_article(number, _of_length(turn)) for number in range(count)]


def is_english(page: dict[str, str]) -> bool:
    """Most of what is read is."""
    return page["lang"] == "en"


def with_facts(topic: Topic, count: int) -> Topic:
    """The topic with so many facts: its first ones, then stakes that other companies hold in each other."""
    facts, entities = list(topic.facts[:count]), dict(topic.entities)
    pattern = next(fact for fact in topic.facts if fact.object)
    for number in range(count - len(facts)):
        name = f"company-{number}"
        entities[name] = Entity(names=(f"Holding {_letters(number)}",), type="company")
        other = f"company-{max(0, number - 1)}"
        facts.append(pattern.model_copy(update={"name": f"stake-{number}", "subject": name, "object": other}))
    return topic.model_copy(update={"facts": tuple(facts), "entities": entities})


def rate_of(reader: Reader, given: list[Article]) -> float:
    """Articles read a second of processor time, over the best round of all articles."""
    best, ends = 0.0, time.process_time() + SECONDS
    while (started := time.process_time()) < ends:
        for article in given:
            reader.read(article)
        best = max(best, len(given) / (time.process_time() - started))
    return best


def _of_length(turn: "cycle[str]") -> str:
    words: list[str] = []
    paragraphs = []
    while len(words) < WORDS:
        text = next(turn)
        paragraphs.append(text)
        words += text.split()
    return " ".join("\n\n".join(paragraphs).split(" ")[:WORDS])


def _article(number: int, text: str) -> Article:
    return Article(
        str(number), str(number), f"https://news.example/{number}", "", "", text, "en", AT, "feed", None, AT, "s"
    )


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in f"{number:05d}").capitalize()


if __name__ == "__main__":
    main()

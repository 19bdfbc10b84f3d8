"""Scores on the labelled pages that the reader's author looked at, and on those that were only ever scored.

Every eighth page of the alliance corpus (counting from the sixth) was never looked at; the ECB pages carry their half
in `split`. Pages in languages without a lexicon are left out. Run: `uv run python benchmarks/split.py`.
"""

import json
import tempfile
from pathlib import Path

from factdrift.cli.evaluating import run_evaluation
from factdrift.facts.extract.lexicon import lexicon_languages

ROOT = Path(__file__).parent.parent
CORPORA = {
    "alliance": ("seeds/recorded/nissan-renault.pages.jsonl", "tests/corpus/alliance.gold.jsonl", "nissan-renault"),
    "ecb": ("tests/corpus/ecb.pages.jsonl", "tests/corpus/ecb.gold.jsonl", "ecb-rates"),
}


def main() -> None:
    """Print a line for each corpus and half."""
    for name, (pages_file, gold_file, topic) in CORPORA.items():
        pages = [json.loads(line) for line in (ROOT / pages_file).read_text(encoding="utf-8").splitlines()]
        gold = {raw["id"]: raw for raw in map(json.loads, (ROOT / gold_file).read_text(encoding="utf-8").splitlines())}
        for half in ("look", "score"):
            chosen = [p for i, p in enumerate(pages) if half_of(i, p) == half and p["lang"] in lexicon_languages()]
            print_scores(name, half, chosen, [gold[p["id"]] for p in chosen], topic)


def half_of(index: int, page: dict[str, str]) -> str:
    """Which half a page belongs to."""
    return page.get("split") or ("score" if index % 8 == 5 else "look")


def print_scores(name: str, half: str, pages: list[dict[str, str]], gold: list[dict[str, str]], topic: str) -> None:
    """One line: precision with the number of predictions, recall, F1."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "pages.jsonl", Path(folder) / "gold.jsonl"]
        for file, rows in zip(files, (pages, gold), strict=True):
            file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        found = run_evaluation(str(files[0]), str(files[1]), str(ROOT / "seeds" / f"{topic}.yaml"))
    track = found.level("track")
    counts = f"{track.hits} of {track.gold} labelled, {track.predicted} predicted, {len(pages)} pages"
    print(f"{name:9s} {half:6s} P {track.precision:.3f}  R {track.recall:.3f}  F1 {track.f1:.3f}   ({counts})")


if __name__ == "__main__":
    main()

"""Write the parts of README.md that are true output: the beginning of the demo, and the scores of the reader.

`uv run python benchmarks/readme.py` runs both and replaces what stands between the marks.
"""

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

from factdrift.cli.evaluating import run_evaluation
from factdrift.facts.scoring import Tally

ROOT = Path(__file__).parent.parent
LINES = 24
WIDTH = 110
CORPORA = {
    "alliance of two car makers": (
        "seeds/recorded/nissan-renault.pages.jsonl",
        "tests/corpus/alliance.gold.jsonl",
        "seeds/nissan-renault.yaml",
    ),
    "a central bank's rates": (
        "tests/corpus/ecb.pages.jsonl",
        "tests/corpus/ecb.gold.jsonl",
        "seeds/ecb-rates.yaml",
    ),
}


def main() -> None:
    """Replace both parts."""
    file = ROOT / "README.md"
    text = replaced(file.read_text(encoding="utf-8"), "demo", demo_block())
    file.write_text(replaced(text, "scores", score_table()), encoding="utf-8")


def replaced(text: str, mark: str, block: str) -> str:
    """The text with the block between the marks."""
    pattern = re.compile(rf"(<!-- {mark}: [^>]*-->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{block}{found[2]}", text)


def demo_block() -> str:
    """The first lines that the demo prints."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "factdrift", "demo", "--steps", "4"],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "HOME": folder, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
    lines = [part for line in done.stdout.splitlines()[:LINES] for part in wrapped(line)]
    return "```text\n" + "\n".join(lines) + "\n...\n```\n"


def wrapped(line: str) -> list[str]:
    """The line as a terminal of that width shows it."""
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent)


def score_table() -> str:
    """Precision, recall and F1 of each corpus and language, with the counts."""
    rows = ["| news | language | precision | recall | F1 | labelled | predicted |", "|---|---|---|---|---|---|---|"]
    for name, (pages, gold, topic) in CORPORA.items():
        scored = run_evaluation(str(ROOT / pages), str(ROOT / gold), str(ROOT / topic))
        read = {lang: tally for lang, tally in scored.by("lang").items() if tally.predicted}
        rows += [_row(name, lang, tally) for lang, tally in read.items()]
        rows.append(_row(name, "all that are read", sum(read.values(), Tally())))
    return "\n".join(rows) + "\n"


def _row(name: str, lang: str, tally: Tally) -> str:
    figures = f"{tally.precision:.2f} | {tally.recall:.2f} | {tally.f1:.2f} | {tally.gold} | {tally.predicted}"
    return f"| {name} | {lang} | {figures} |"


if __name__ == "__main__":
    main()

"""The reader does not get worse: scores per corpus and language stay above floors that only rise (`floors.json`)."""

import json
from functools import cache
from pathlib import Path

import pytest

from factdrift.cli.evaluating import run_evaluation
from factdrift.facts.scoring import Evaluation, Tally

ROOT = Path(__file__).parent.parent
FLOORS = json.loads((ROOT / "tests" / "floors.json").read_text())
CASES = [(corpus, group) for corpus, floors in FLOORS.items() for group in floors["track"]]


@cache
def scored(corpus: str) -> Evaluation:
    where = FLOORS[corpus]
    return run_evaluation(str(ROOT / where["pages"]), str(ROOT / where["gold"]), str(ROOT / where["topic"]))


def tally_of(corpus: str, group: str) -> Tally:
    return scored(corpus).level("track") if group == "all" else scored(corpus).by("lang").get(group, Tally())


def figures(tally: Tally) -> str:
    counts = f"{tally.hits} of {tally.gold} labelled, {tally.predicted} predicted"
    return f"F1 {tally.f1:.3f}, precision {tally.precision:.3f} ({counts})"


@pytest.mark.parametrize(("corpus", "group"), CASES)
def test_the_score_of_a_language_does_not_fall(corpus: str, group: str):
    reached, floor = tally_of(corpus, group), FLOORS[corpus]["track"][group]

    print(f"{corpus} {group}: {figures(reached)}; floor {floor}")
    assert reached.f1 >= floor["f1"], figures(reached)
    assert reached.precision >= floor["precision"], figures(reached)


@pytest.mark.parametrize("corpus", FLOORS)
def test_pages_that_make_no_claim_stay_silent(corpus: str):
    found = scored(corpus)

    claimed = [page.page["id"] for page in found.pages if page.is_empty and page.claims]
    print(f"{corpus}: a claim on {len(claimed)} of {found.empty_pages} pages that make none: {claimed}")
    assert len(claimed) <= FLOORS[corpus]["false_on_empty"], claimed
    assert found.empty_pages > 0

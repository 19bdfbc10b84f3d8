"""The scorer gives the figures of the labelling guide's own script, on the corpora and on anything else."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factdrift.cli.evaluating import is_left_out, report_lines, run_evaluation
from factdrift.facts.scoring import Evaluation, Tally, evaluate, pair

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus"
SCRIPT = CORPUS / "score.py"
PAGES, GOLD = ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl", CORPUS / "alliance.gold.jsonl"


def page(*claims: dict[str, Any], page_id: str = "p", lang: str = "en") -> dict[str, Any]:
    return {"id": page_id, "lang": lang, "claims": list(claims)}


def claim(fact: str = "stake", value: Any = None, stage: str = "current", **more: Any) -> dict[str, Any]:
    return {"fact": fact, "value": value, "stage": stage, "mention": "news", **more}


def test_a_hit_needs_the_same_fact_and_value():
    gold = [page(claim(value={"percent": 15}))]

    scored = evaluate(gold, {"p": [claim(value={"percent": 15.4}), claim(fact="votes", value={"percent": 15})]})

    assert scored.level("value") == Tally(hits=1, gold=1, predicted=2)


def test_the_other_side_counts_for_the_value_but_not_for_the_track():
    scored = evaluate([page(claim(stage="planned"))], {"p": [claim(stage="completed")]})

    assert (scored.level("value").hits, scored.level("track").hits, scored.level("stage").hits) == (1, 0, 0)


def test_a_stage_of_the_same_side_counts_for_the_track_only():
    scored = evaluate([page(claim(stage="planned"))], {"p": [claim(stage="agreed")]})

    assert (scored.level("track").hits, scored.level("stage").hits) == (1, 0)
    assert scored.stage_confusion() == {("planned", "agreed"): 1}


def test_a_second_reading_of_the_stage_is_right_as_well():
    scored = evaluate([page(claim(stage="planned", alt_stage=["agreed"]))], {"p": [claim(stage="agreed")]})

    assert scored.level("stage").hits == 1
    assert scored.stage_confusion() == {("agreed", "agreed"): 1}


def test_an_optional_label_is_not_demanded_and_excuses_a_prediction():
    gold = [page(claim(optional=True))]

    assert evaluate(gold, {}).level("value") == Tally(0, 0, 0)
    assert evaluate(gold, {"p": [claim()]}).level("value") == Tally(0, 0, 0)


def test_a_doubled_prediction_counts_once():
    scored = evaluate([page(claim())], {"p": [claim(), claim()]})

    assert scored.level("stage") == Tally(1, 1, 1)


def test_a_claim_on_a_page_that_makes_none_is_counted():
    scored = evaluate([page(), page(page_id="q")], {"p": [claim()]})

    assert (scored.false_on_empty, scored.empty_pages) == (1, 2)


def test_facts_left_out_count_nowhere():
    scored = evaluate([page(claim(fact="deal-other"))], {"p": [claim(fact="deal-other")]}, is_left_out)

    assert scored.level("value") == Tally()
    assert scored.empty_pages == 1


def test_groups_add_up_to_the_whole():
    gold = [page(claim(), claim(fact="votes")), page(claim(), page_id="q", lang="fr")]
    scored = evaluate(gold, {"p": [claim()], "q": [claim(fact="votes")]})

    for grouping in ("lang", "fact", "stage", "outlet"):
        assert sum(scored.by(grouping).values(), Tally()) == scored.level("track")


def test_nothing_predicted_is_zero_and_not_an_error():
    assert (Tally().precision, Tally().recall, Tally().f1) == (0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def scored_corpus() -> Evaluation:
    return run_evaluation(str(PAGES), str(GOLD), str(ROOT / "seeds" / "nissan-renault.yaml"))


@pytest.fixture(scope="module")
def predicted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = [sys.executable, "-m", "factdrift", "extract", "--topic", "nissan-renault", str(PAGES)]
    path = tmp_path_factory.mktemp("scored") / "predicted.jsonl"
    path.write_bytes(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return path


@pytest.mark.parametrize("grouping", ["lang", "fact", "stage"])
def test_the_figures_are_those_of_the_guides_script(scored_corpus: Evaluation, predicted: Path, grouping: str):
    theirs = script_lines(GOLD, predicted, grouping)

    ours = report_lines(scored_corpus, grouping)

    assert len(theirs) > 5
    assert [line for line in ours if line in theirs] == theirs


def script_lines(gold: Path, predicted: Path, grouping: str) -> list[str]:
    command = [sys.executable, str(SCRIPT), str(gold), str(predicted), "--by", grouping]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


values = st.one_of(
    st.none(),
    st.fixed_dictionaries({"percent": st.sampled_from([10, 15, 15.4, 43])}),
    st.fixed_dictionaries(
        {
            "money": st.sampled_from([0.6, 600, 610]),
            "scale": st.sampled_from(["million", "billion"]),
            "currency": st.sampled_from(["EUR", "USD"]),
        }
    ),
    st.fixed_dictionaries({"date_from": st.sampled_from(["2023-05-01", "2023-07-26"])}),
    st.fixed_dictionaries({"date_from": st.just("2023-05-01"), "date_to": st.just("2023-08-31")}),
    st.fixed_dictionaries({"name": st.sampled_from(["Geely", "Saudi Aramco", "Aramco"])}),
    st.fixed_dictionaries({"state": st.booleans()}),
    st.fixed_dictionaries({"ordinal": st.integers(1, 3)}),
    st.fixed_dictionaries({"year": st.integers(1999, 2000)}),
    st.fixed_dictionaries({"year_from": st.just(1999), "year_to": st.just(2000)}),
    st.fixed_dictionaries({"text": st.just("anything")}),
)
claims = st.fixed_dictionaries(
    {
        "fact": st.sampled_from(["stake", "votes"]),
        "value": values,
        "stage": st.sampled_from(["rumoured", "planned", "agreed", "completed", "current", "denied", "cancelled"]),
        "mention": st.sampled_from(["news", "background"]),
    },
    optional={"alt_value": st.just(True), "alt_stage": st.lists(st.sampled_from(["planned", "completed"]), max_size=1)},
)


@given(gold=st.lists(claims, max_size=5), predicted=st.lists(claims, max_size=5))
def test_any_page_is_paired_as_the_guides_script_pairs_it(
    script: ModuleType, gold: list[dict[str, Any]], predicted: list[dict[str, Any]]
):
    matches, missed, extra = pair(gold, predicted)

    pairs, their_missed, their_extra = script.pair(gold, predicted)

    assert [(m.gold, m.predicted, m.level) for m in matches] == pairs
    assert (missed, extra) == (their_missed, their_extra)


def test_an_errors_file_tells_what_was_missed_added_and_mis_staged(tmp_path: Path, factdrift: Any):
    pages = tmp_path / "pages.jsonl"
    pages.write_text(json.dumps({"id": "a", "published": "2023-05-01", "lang": "en", "text": "Nothing here."}) + "\n")
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(page(claim(fact="renault-stake-in-nissan"), page_id="a")) + "\n")

    done = factdrift("eval", "pages.jsonl", "gold.jsonl", "--topic", "nissan-renault", "--errors", "errors.jsonl")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "track F1 0.000"
    (line,) = (tmp_path / "errors.jsonl").read_text().splitlines()
    assert json.loads(line)["missed"][0]["fact"] == "renault-stake-in-nissan"


def test_an_empty_corpus_scores_nothing():
    assert report_lines(Evaluation(()))[-1] == "track F1 0.000"

"""The demo: the real flow over recorded news, in a folder of its own, and what it must find there."""

import csv
import io
import shutil
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT, Factdrift, run_factdrift

from factdrift.errors import UsageError
from factdrift.sources.archive import read_pages
from flows.demo import DAYS_A_STEP, DemoPlan, days, prepare_folder

Demo = tuple[Path, subprocess.CompletedProcess[str]]
PAGES = ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl"


def changes(folder: Path, *args: str) -> list[dict[str, str]]:
    done = run_factdrift("changes", "--demo", "--format", "csv", *args, cwd=folder)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_days_run_from_the_seed_to_the_last_page():
    pages = read_pages(PAGES)
    found = days(pages, date(2023, 4, 14), None)

    assert found == sorted(set(found))
    assert found[-1] == max(page.published for page in pages)
    assert all((b - a).days <= DAYS_A_STEP for a, b in pairwise(found))
    assert days(pages, date(2023, 4, 14), 2) == found[:2]


def test_without_a_terminal_the_demo_prints_changes_and_no_escapes(demo: Demo):
    _, done = demo

    assert done.returncode == 0, done.stderr
    assert "2023-07-26  stage changed  alliance-terms-final" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr


def test_the_demo_says_where_its_database_is_and_what_to_try_next(demo: Demo):
    folder, done = demo

    assert str(folder / "factdrift-demo" / "factdrift-demo.duckdb") in done.stdout
    for command in ("changes", "why", "sql", "facts"):
        assert f"factdrift {command} " in done.stdout


def test_the_demo_writes_nothing_but_its_folder(demo: Demo):
    folder, _ = demo

    assert [path.name for path in folder.iterdir()] == ["factdrift-demo"]


def test_the_deal_of_july_2023_is_found_with_date_sentence_and_amount(demo: Demo):
    (signed,) = [c for c in changes(demo[0], "--fact", "alliance-terms-final") if c["date"] == "2023-07-26"]
    amounts = [c for c in changes(demo[0], "--fact", "nissan-ampere-amount") if "600 million" in c["new"]]

    assert signed["kind"] == "stage_changed"
    assert signed["sentence"]
    assert any(c["date"] == "2023-07-26" and "600" in c["sentence"] for c in amounts)


def test_the_completed_stake_cut_of_november_2023_is_found(demo: Demo):
    found = [c for c in changes(demo[0], "--fact", "renault-stake-in-nissan") if "15 % (completed" in c["new"]]

    assert any(c["date"].startswith("2023-11") and "43 %" in c["old"] for c in found)


def test_the_same_news_again_adds_nothing(demo: Demo, tmp_path: Path):
    shutil.copytree(demo[0] / "factdrift-demo", tmp_path / "factdrift-demo")
    config = tmp_path / "factdrift-demo" / "config.yaml"
    config.write_text(config.read_text().replace(str(demo[0]), str(tmp_path)))
    before = changes(tmp_path)

    done = run_factdrift("demo", "--keep", "--steps", "4", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "\n0 changes" in done.stdout
    assert changes(tmp_path) == before


def test_a_folder_with_a_configuration_of_the_users_is_left_alone(tmp_path: Path):
    (tmp_path / "config.yaml").write_text("mine: true\n")

    with pytest.raises(UsageError, match="nothing was touched"):
        prepare_folder(DemoPlan(tmp_path), keep=False)

    assert (tmp_path / "config.yaml").read_text() == "mine: true\n"


def test_starting_afresh_removes_the_demos_own_files_only(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "factdrift-demo.duckdb").write_text("old")

    prepare_folder(DemoPlan(tmp_path), keep=False)

    assert (tmp_path / "notes.txt").exists()
    assert not (tmp_path / "factdrift-demo.duckdb").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("facts", "--as-of", "2023-09-01"),
        ("facts", "--as-of", "2023-12-01", "--known-on", "2023-12-31", "--format", "json"),
        ("changes", "--since", "2023-07-01", "--format", "csv"),
        ("why", "renault-stake-in-nissan"),
        ("why", "renault-stake-in-nissan", "--format", "json"),
        ("status",),
        ("candidates",),
        ("review",),
        ("sql", "SELECT count(*) FROM change_feed"),
        ("reread",),
    ],
)
def test_every_question_answers_on_the_demos_database(demo: Demo, factdrift: Factdrift, args: tuple[str, ...]):
    command, *rest = args

    done = factdrift(command, "--demo", *rest, cwd=demo[0])

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_an_unknown_fact_gets_a_near_one_proposed(demo: Demo, factdrift: Factdrift):
    done = factdrift("why", "--demo", "renault-stake-nissan", cwd=demo[0])

    assert done.returncode == 2
    assert "renault-stake-in-nissan" in done.stderr


def test_what_was_not_known_yet_is_not_shown(demo: Demo, factdrift: Factdrift):
    """The demo's runs know the July deal from the run of 12 August 2023 on."""
    args = ("facts", "--demo", "--as-of", "2023-08-01", "--known-on")

    early = factdrift(*args, "2023-07-01", cwd=demo[0]).stdout
    late = factdrift(*args, "2023-08-31", cwd=demo[0]).stdout

    assert "26 Jul 2023" not in early
    assert "26 Jul 2023" in late


def test_a_rebuilt_ledger_is_the_same(demo: Demo, factdrift: Factdrift, tmp_path: Path):
    done = factdrift("rebuild", "--demo", str(tmp_path / "new.duckdb"), cwd=demo[0])

    assert done.returncode == 0, done.stderr
    assert ", 0 differ" in done.stdout


def test_the_demos_store_proves_itself(demo: Demo, factdrift: Factdrift):
    done = factdrift("verify", "--demo", cwd=demo[0])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "whole" in done.stdout


@pytest.mark.slow
def test_the_whole_demo_finds_what_happened_and_is_fast_enough(tmp_path: Path):
    done = run_factdrift("demo", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    found = changes(tmp_path)
    assert any(c["fact"] == "shared-parts-procurement" and "cancelled" in c["new"] for c in found)
    assert any(
        c["fact"] == "nissan-invests-in-ampere" and "cancelled" in c["new"] and c["date"].startswith("2025-03")
        for c in found
    )
    assert any(c["fact"] == "cross-shareholding-floor" and c["new"].startswith("10 %") for c in found)
    stakes = {c["new"] for c in found if c["fact"] == "renault-stake-in-nissan"}
    assert not [new for new in stakes if new.startswith(("100 %", "51 %", "28", "2.5"))]

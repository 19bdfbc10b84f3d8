"""Reviews, rebuilds and readings anew: what folds outside a run, by the command line and on a real store."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from topic_cases import FACT, TOPIC, at, ran, small_job, told

from factdrift.cli.main import cli
from factdrift.errors import UsageError
from factdrift.facts.extract.reader import Reader
from factdrift.log import setup_logging
from factdrift.model import ChangeKind, Stage
from flows import refolding, rereading
from flows.job import Job
from flows.refolding import folding
from flows.rereading import apply_reading, compare_readings, foresee
from storage.verify import verify

SENTENCE = "Acme now holds 15% of Beta."
MISREAD = [("actual", "43 %", "current"), ("expected", "15 %", "planned")]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """43 % from the seed; 15 % from a page that nobody knows, which waits for a reviewer."""
    job = small_job(tmp_path)
    ran(job, [], 0)
    ran(job, [told("unknown-page", 15, 1, tier=3)], 1)
    return job


def asked(job: Job, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(job.snapshot), read_only=True) as shown:
        return shown.execute(sql).fetchall()


def standing(job: Job) -> list[tuple[Any, ...]]:
    return asked(job, "SELECT track, value_text, stage FROM fact_now ORDER BY ALL")


def waiting(job: Job) -> str:
    ((claim,),) = asked(job, "SELECT claim_id FROM evidence_chain WHERE did = 'needs_review'")
    return str(claim)


def typed(job: Job, *words: str) -> Result:
    """`factdrift WORDS` with the job's configuration."""
    return CliRunner().invoke(cli, [*words, "--config", str(job.topic_file.with_name("config.yaml"))])


def whole(job: Job) -> None:
    assert verify(job.database, folding(job, job.database)).problems == ()


def test_what_waits_is_listed_with_its_sentence(job: Job) -> None:
    listed = typed(job, "review")

    assert SENTENCE in listed.output
    assert waiting(job) in listed.output
    assert standing(job) == [("actual", "43 %", "current")]


def test_an_accepted_claim_moves_its_fact_from_the_day_it_was_reported(job: Job) -> None:
    claim = waiting(job)

    done = typed(job, "review", "accept", claim, "--who", "kim", "--note", "seen the filing")

    assert done.exit_code == 0, done.output
    assert "1 change on the ledger" in done.output
    assert standing(job) == [("actual", "15 %", "completed")]
    assert asked(job, "SELECT since FROM fact_now") == [(at(1),)]
    assert "nothing waits" in typed(job, "review").output
    ((who, note, decided),) = asked(job, "SELECT who, note, decided_at FROM review_log")
    assert (who, note) == ("kim", "seen the filing")
    assert abs((datetime.now(UTC) - decided).total_seconds()) < 60
    whole(job)


def test_a_rejected_claim_moves_nothing_and_waits_no_more(job: Job) -> None:
    claim = waiting(job)

    done = typed(job, "review", "reject", claim, "--who", "kim")

    assert done.exit_code == 0, done.output
    assert standing(job) == [("actual", "43 %", "current")]
    assert asked(job, f"SELECT did FROM evidence_chain WHERE claim_id = '{claim}'") == [("rejected",)]
    assert "nothing waits" in typed(job, "review").output
    whole(job)


def test_a_note_decides_nothing(job: Job) -> None:
    claim = waiting(job)

    done = typed(job, "review", "note", claim, "--who", "kim", "--note", "asked the desk")

    assert done.exit_code == 0, done.output
    assert waiting(job) == claim
    assert claim in typed(job, "review").output
    assert asked(job, "SELECT verdict, note FROM review_log") == [("note", "asked the desk")]
    whole(job)


def test_a_note_without_words_is_refused(job: Job) -> None:
    refused = typed(job, "review", "note", waiting(job))

    assert isinstance(refused.exception, UsageError)
    assert asked(job, "SELECT count(*) FROM reviews") == [(0,)]


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_undo_restores_what_stood_and_keeps_the_record(job: Job, verdict: str) -> None:
    claim = waiting(job)
    before = asked(job, "SELECT fact, track, body, valid_from FROM beliefs WHERE system_to IS NULL")
    typed(job, "review", verdict, claim, "--who", "kim")

    done = typed(job, "review", "undo", claim, "--who", "ann")

    assert f"took back {verdict} by kim" in done.output
    assert asked(job, "SELECT fact, track, body, valid_from FROM beliefs WHERE system_to IS NULL") == before
    assert waiting(job) == claim
    assert claim in typed(job, "review").output
    assert asked(job, "SELECT verdict, who, undone_by FROM review_log") == [(verdict, "kim", "ann")]
    whole(job)


def test_undo_takes_back_the_last_of_two_decisions(job: Job) -> None:
    claim = waiting(job)
    refolding.review(job, claim, "accept", "kim", at(2))
    refolding.review(job, claim, "reject", "ann", at(3))
    rejected = standing(job)

    last, changes = refolding.undo(job, claim, "ann", at(4))

    assert (last.verdict, last.who) == ("reject", "ann")
    assert rejected == [("actual", "43 %", "current")]
    assert standing(job) == [("actual", "15 %", "completed")]
    assert [change.kind for change in changes] == [ChangeKind.VALUE_CHANGED]


def test_a_review_uses_the_clock_it_is_given(job: Job) -> None:
    refolding.review(job, waiting(job), "accept", "kim", at(2))

    assert asked(job, "SELECT decided_at FROM reviews") == [(at(2),)]
    assert asked(job, "SELECT max(finished_at) FROM runs") == [(at(2),)]
    assert asked(job, "SELECT system_from FROM beliefs WHERE system_to IS NULL AND percent = 15") == [(at(2),)]


@pytest.mark.parametrize("words", [("accept", "no-such-claim"), ("undo", "no-such-claim"), ("accept",)])
def test_a_review_of_nothing_is_refused_and_leaves_no_trace(job: Job, words: tuple[str, ...]) -> None:
    runs = asked(job, "SELECT count(*) FROM runs")

    refused = typed(job, "review", *words)

    assert isinstance(refused.exception, UsageError)
    assert asked(job, "SELECT count(*) FROM reviews") == [(0,)]
    assert asked(job, "SELECT count(*) FROM runs") == runs


def test_what_is_undone_already_cannot_be_undone_again(job: Job) -> None:
    claim = waiting(job)
    refolding.review(job, claim, "accept", "kim", at(2))
    refolding.undo(job, claim, "kim", at(3))

    with pytest.raises(UsageError, match="no review of claim"):
        refolding.undo(job, claim, "kim", at(4))


def test_an_accepted_change_is_told_and_its_run_goes_on_from_there(job: Job) -> None:
    refolding.review(job, waiting(job), "accept", "kim", at(2))

    later = ran(job, [told("known-page", 10, 20)], 20)

    assert [title for (title,) in asked(job, "SELECT title FROM alerts ORDER BY created_at")] == [
        f"{FACT}: 43 % -> 15 % (completed)",
        f"{FACT}: 15 % -> 10 % (completed)",
    ]
    assert [change.kind for change in later.changes] == [ChangeKind.VALUE_CHANGED]
    whole(job)


def test_what_was_told_and_is_rejected_is_retracted_and_comes_back_when_that_is_undone(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    ran(job, [told("known-page", 15, 1)], 2)
    ((claim,),) = asked(job, "SELECT claim_id FROM change_feed WHERE kind = 'value_changed'")

    rejected = typed(job, "review", "reject", claim, "--who", "kim")
    fallen = standing(job)
    undone = typed(job, "review", "undo", claim, "--who", "ann")

    assert "retracted" in rejected.output
    assert "1 change on the ledger" in rejected.output
    assert "value changed" in undone.output
    assert (fallen, standing(job)) == ([("actual", "43 %", "current")], [("actual", "15 %", "completed")])
    assert asked(job, "SELECT title FROM alerts ORDER BY created_at") == [
        (f"{FACT}: 43 % -> 15 % (completed)",),
        (f"{FACT}: retracted: 15 % -> 43 % (current)",),
        (f"{FACT}: 43 % -> 15 % (completed)",),
    ]
    whole(job)


def test_undoing_what_was_accepted_retracts_what_followed_from_it(job: Job) -> None:
    claim = waiting(job)
    refolding.review(job, claim, "accept", "kim", at(2))

    _, changes = refolding.undo(job, claim, "kim", at(3))

    assert [change.kind for change in changes if not change.needs_review] == [ChangeKind.RETRACTED]
    assert standing(job) == [("actual", "43 %", "current")]
    whole(job)


def test_the_share_of_accepted_claims_counts_the_last_decision_on_each(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    ran(job, [told(f"page-{n}", 10 + n, n, tier=3) for n in range(1, 5)], 5)
    claims = [c for (c,) in asked(job, "SELECT claim_id FROM claims WHERE tier = 3 ORDER BY published_at")]
    for day, (number, verdict) in enumerate(
        [(0, "reject"), (0, "accept"), (1, "accept"), (2, "reject"), (3, "reject"), (3, "note")], start=6
    ):
        refolding.review(job, claims[number], verdict, "kim", at(day), "why")
    refolding.undo(job, claims[2], "kim", at(20))

    counted = asked(job, "SELECT topic, fact, source, accepted, rejected, accepted_share FROM review_precision")

    assert counted == [(TOPIC, FACT, "example", 2, 1, pytest.approx(2 / 3))]


def test_decisions_of_the_same_moment_count_as_the_fold_counts_them(job: Job) -> None:
    claim = waiting(job)
    for verdict in ("accept", "reject", "accept"):
        refolding.review(job, claim, verdict, "kim", at(2))

    accepted = asked(job, "SELECT accepted FROM review_precision")
    moved = standing(job) == [("actual", "15 %", "completed")]

    assert accepted == [(1 if moved else 0,)]


def test_readers_have_what_compact_left(job: Job) -> None:
    ran(job, [told("old", 15, 2, text="Nothing is said of it here.")], 2)

    done = typed(job, "compact", "--drop-text-older-than", "1")

    assert "text of 1 articles without claims dropped" in done.output
    assert asked(job, "SELECT count(*) FROM articles WHERE text = ''") == [(1,)]
    whole(job)


def test_a_rebuild_with_reviews_comes_out_the_same(job: Job, tmp_path: Path) -> None:
    refolding.review(job, waiting(job), "accept", "kim", at(2))

    done = refolding.rebuild(job, tmp_path / "rebuilt.duckdb", at(3))

    assert (done.facts, done.differing) == (1, ())


@pytest.fixture
def misread(tmp_path: Path) -> Job:
    """A store whose older reader took for a plan what is done."""
    job = small_job(tmp_path)
    ran(job, [], 0)
    right = told("deal", 15, 1, text=f"The deal is done. {SENTENCE} It said so on Thursday.")
    wrong = replace(right.claims[0], stage=Stage.PLANNED)
    ran(job, [replace(right, claims=(wrong,))], 1)
    return job


def test_a_reading_anew_shows_what_would_change_and_writes_nothing(misread: Job) -> None:
    before = misread.database.read_bytes()

    shown = typed(misread, "reread")

    assert "1 articles read differently: 1 claims more, 1 fewer" in shown.output
    assert shown.output.count(SENTENCE) == 2
    assert "would make: 2 changes on the ledger" in shown.output
    assert misread.database.read_bytes() == before
    assert standing(misread) == MISREAD


def test_an_applied_reading_corrects_the_fact_and_keeps_what_was_said(misread: Job) -> None:
    done = typed(misread, "reread", "--apply")

    assert done.exit_code == 0, done.output
    assert "applied: 2 changes on the ledger" in done.output
    assert [(track, value) for track, value, _ in standing(misread)] == [("actual", "15 %")]
    said = asked(misread, "SELECT stage = 'planned', system_to IS NULL FROM claims WHERE source = 'example' ORDER BY 1")
    assert said == [(False, True), (True, False)]
    assert asked(misread, "SELECT count(*) FROM changes WHERE kind = 'corrected'") == [(1,)]
    assert asked(misread, "SELECT outcome FROM runs ORDER BY seq DESC LIMIT 1") == [("reread",)]
    whole(misread)


def test_the_changes_of_a_reading_are_foreseen_as_they_are_then_applied(misread: Job) -> None:
    found = compare_readings(misread, at(2))

    foreseen = foresee(misread, found, at(2))

    assert [change.kind for change in foreseen] == [ChangeKind.VALUE_CHANGED, ChangeKind.CORRECTED]
    assert apply_reading(misread, found, at(2)) == foreseen


def test_what_both_readers_say_of_an_article_keeps_its_review(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    ran(job, [], 0)
    page = told("deal", 15, 1, text=f"The deal is done. {SENTENCE} It said so on Thursday.")
    (right,) = Reader(job.topic).read(page.article)
    ran(job, [replace(page, claims=(right, replace(right, stage=Stage.PLANNED)))], 1)
    ((claim,),) = asked(job, "SELECT claim_id FROM claims WHERE stage = 'current' AND source = 'example'")
    refolding.review(job, claim, "reject", "kim", at(2))

    found = compare_readings(job, at(3))
    apply_reading(job, found, at(3))

    assert (len(found.gained), [stored.claim.stage for stored in found.lost]) == (0, [Stage.PLANNED])
    assert asked(job, f"SELECT did FROM evidence_chain WHERE claim_id = '{claim}'") == [("rejected",)]
    assert standing(job) == [("actual", "43 %", "current")]
    whole(job)


def test_a_page_in_a_language_that_is_read_now_is_labelled_anew(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    ran(job, [], 0)
    page = told("deal", 15, 1, text=f"The deal is done. {SENTENCE} It said so on Thursday.")
    ran(job, [replace(page, claims=(), unread="no lexicon for 'en'")], 1)

    apply_reading(job, compare_readings(job, at(2)), at(2))

    assert standing(job) == [("actual", "15 %", "current")]
    assert asked(job, "SELECT unread, system_to IS NULL FROM articles WHERE source = 'example' ORDER BY period") == [
        ("no lexicon for 'en'", False),
        ("", True),
    ]
    whole(job)


def test_an_article_that_is_withdrawn_while_it_is_read_again_does_not_come_back(misread: Job) -> None:
    found = compare_readings(misread, at(2))
    ran(misread, [told("deal", 15, 1, text="The page was taken back for a check.")], 2)

    foreseen, changes = foresee(misread, found, at(3)), apply_reading(misread, found, at(3))

    assert foreseen == changes == ()
    assert standing(misread) == [("actual", "43 %", "current")]
    assert asked(misread, "SELECT count(*) FROM claims WHERE source = 'example' AND system_to IS NULL") == [(0,)]
    whole(misread)


def test_a_reading_tells_how_far_it_is(
    misread: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rereading, "TOLD_AFTER", 1)
    setup_logging()

    compare_readings(misread, at(2))

    assert capsys.readouterr().err.endswith("INFO read again articles=1 of=1 differing=1\n")


def test_an_applied_reading_is_whole_and_reading_again_finds_nothing(misread: Job) -> None:
    apply_reading(misread, compare_readings(misread, at(2)), at(2))

    assert compare_readings(misread, at(3)).articles == ()
    assert "applied: 0 changes" in typed(misread, "reread", "--apply").output
    whole(misread)


def test_what_is_withdrawn_comes_back_and_is_withdrawn_again_is_told_each_time(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    ran(job, [], 0)
    says, silent = told("deal", 15, 1), told("deal", 15, 1, text="The page was taken back for a check.")
    for day, page in enumerate((says, silent, says, silent, says), start=1):
        ran(job, [page], day)
        whole(job)

    notices = asked(job, "SELECT change_id, known_at FROM changes WHERE kind = 'retracted' ORDER BY known_at")
    titles = [title for (title,) in asked(job, "SELECT title FROM alerts ORDER BY created_at")]

    assert [known for _, known in notices] == [at(2), at(4)]
    assert len({change for change, _ in notices}) == 2
    came, went = f"{FACT}: 43 % -> 15 % (completed)", f"{FACT}: retracted: 15 % -> 43 % (current)"
    assert titles == [came, went, came, went, came]

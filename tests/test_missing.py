"""When an article that cannot be had is asked for again, and when one that was read counts as withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from topic_cases import FACT, at, ran, small_job, told

from factdrift.cli.main import cli
from factdrift.errors import Gone, PermanentError
from factdrift.sources.feeds import FeedEntry
from flows.gathering import ReadArticle, seen_again
from flows.job import Job
from flows.missing import ASKED_FOR, LONGEST_WAIT, asked_again, is_due, is_withdrawn, missed
from flows.refolding import folding
from storage import missing as kept
from storage.database import open_store
from storage.records import Missing
from storage.verify import verify

ENTRY = FeedEntry("https://news.example/deal", "deal", at(1), "Example News", "")
NOT_THERE = Gone("https://news.example/deal: HTTP 404 Not Found")
FORBIDDEN = PermanentError("https://news.example/deal: HTTP 403 Forbidden")


def looked(*looks: tuple[float, PermanentError]) -> Missing:
    """What is remembered after looks at these days."""
    found = None
    for day, error in looks:
        found = missed("example", ENTRY, found, error, at(day))
    assert found is not None
    return found


def test_each_look_doubles_the_wait_up_to_a_week() -> None:
    found, day, waits = looked((1, NOT_THERE)), 1.0, []
    for _ in range(12):
        waits.append((found.next_at - at(day)) / timedelta(hours=1))
        day += waits[-1] / 24
        found = missed("example", ENTRY, found, NOT_THERE, at(day))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168, 168, 168]
    assert not is_due(found, found.next_at - timedelta(seconds=1))
    assert is_due(found, found.next_at)


@pytest.mark.parametrize(
    ("looks", "is_gone"),
    [
        ([(1, NOT_THERE)], False),
        ([(1, NOT_THERE), (1.05, NOT_THERE)], False),  # an hour later: may be a hiccup
        ([(1, NOT_THERE), (1.49, NOT_THERE)], False),
        ([(1, NOT_THERE), (1.5, NOT_THERE)], True),
        ([(1, FORBIDDEN), (2, FORBIDDEN), (3, FORBIDDEN)], False),  # a wall is no withdrawal
        ([(1, NOT_THERE), (1.3, FORBIDDEN), (1.6, NOT_THERE)], False),  # and starts the count anew
        ([(1, FORBIDDEN), (2, NOT_THERE), (3, NOT_THERE)], True),
    ],
)
def test_only_what_is_not_there_for_long_is_withdrawn(looks: Sequence[tuple[float, PermanentError]], is_gone: bool):
    assert is_withdrawn(looked(*looks)) is is_gone


def test_what_is_missing_is_asked_for_without_its_feed_for_a_month() -> None:
    found = looked((1, NOT_THERE))

    assert asked_again(found, at(1.01)) is None
    assert asked_again(found, at(2)) == ENTRY
    assert asked_again(replace(found, next_at=at(1)), at(1) + ASKED_FOR + timedelta(hours=1)) is None


@pytest.mark.parametrize(("gate", "error"), [("not_found", Gone), ("consent_wall", PermanentError)])
def test_a_wall_in_the_place_of_an_article_is_no_new_version_of_it(gate: str, error: type[PermanentError]) -> None:
    with pytest.raises(PermanentError, match=gate) as caught:
        seen_again(ReadArticle(told("deal", 15, 1).article, (), gate, gate), ENTRY)

    assert type(caught.value) is error


def test_an_article_in_a_language_without_a_lexicon_may_be_seen_again() -> None:
    unread = ReadArticle(told("deal", 15, 1).article, (), "no lexicon for fi")

    assert seen_again(unread, ENTRY) is unread


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """43 % from the seed, 15 % from an article that one source published."""
    job = small_job(tmp_path)
    ran(job, [told("deal", 15, 1)], 1)
    return job


def asked(job: Job, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(job.snapshot), read_only=True) as shown:
        return shown.execute(sql).fetchall()


def test_a_withdrawn_article_takes_its_claims_along_and_is_told_with_its_sentence(job: Job) -> None:
    first, second = looked((2, NOT_THERE)), looked((2, NOT_THERE), (2.6, NOT_THERE))

    early = ran(job, [], 2, missing=(first,))
    stood = asked(job, "SELECT value_text FROM fact_now")
    late = ran(job, [], 2.6, missing=(second,))

    assert (early.changes, stood) == ((), [("15 %",)])
    (change,) = late.changes
    assert (change.kind, change.fact) == ("retracted", FACT)
    assert late.sentences[change.claim_id] == (
        "Acme now holds 15% of Beta.",
        "Example News",
        "https://news.example/deal",
    )
    assert asked(job, "SELECT value_text FROM fact_now") == [("43 %",)]
    assert asked(job, "SELECT system_to FROM articles WHERE source = 'example'") == [(at(2.6),)]
    ((title, body),) = asked(job, "SELECT title, body FROM alerts ORDER BY created_at DESC LIMIT 1")
    assert title == f"{FACT}: retracted: 15 % -> 43 % (current)"
    assert "“Acme now holds 15% of Beta.”" in body
    assert "https://news.example/deal" in body
    assert verify(job.database, folding(job, job.database)).problems == ()


def test_a_withdrawn_article_is_withdrawn_once(job: Job) -> None:
    gone = looked((2, NOT_THERE), (2.6, NOT_THERE))
    ran(job, [], 2.6, missing=(gone,))

    again = ran(job, [], 4, missing=(missed("example", ENTRY, gone, NOT_THERE, at(4)),))

    assert again.changes == ()
    assert asked(job, "SELECT looks FROM missing") == [(3,)]


def test_an_article_that_is_back_is_missing_no_more_and_believed_again(job: Job) -> None:
    ran(job, [], 2.6, missing=(looked((2, NOT_THERE), (2.6, NOT_THERE)),))

    back = ran(job, [told("deal", 15, 1)], 5)

    assert [change.kind for change in back.changes] == ["value_changed"]
    assert asked(job, "SELECT count(*) FROM missing") == [(0,)]
    assert asked(job, "SELECT value_text FROM fact_now") == [("15 %",)]
    assert verify(job.database, folding(job, job.database)).problems == ()


def test_what_another_article_says_as_well_stands(job: Job) -> None:
    ran(job, [told("other-outlet-says-so", 15, 2, text="A word of our own. Acme now holds 15% of Beta. Ends.")], 2)

    late = ran(job, [], 2.6, missing=(looked((2, NOT_THERE), (2.6, NOT_THERE)),))

    assert [change.kind for change in late.changes] == ["value_changed"]  # a day later, on the other's word
    assert asked(job, "SELECT value_text FROM fact_now") == [("15 %",)]
    assert asked(job, "SELECT count(*) FROM alerts") == [(1,)]


def test_an_article_that_moved_to_another_address_is_not_withdrawn(job: Job) -> None:
    here = told("deal", 15, 1)
    there = replace(
        here,
        article=replace(here.article, article_id="moved", url="https://news.example/2024/deal", fetched_at=at(2.2)),
    )
    ran(job, [], 2, missing=(looked((2, NOT_THERE)),))

    moved = ran(job, [there], 2.2)
    late = ran(job, [], 2.6, missing=(looked((2, NOT_THERE), (2.6, NOT_THERE)),))

    assert (moved.changes, late.changes) == ((), ())
    assert asked(job, "SELECT value_text FROM fact_now") == [("15 %",)]
    standing = "SELECT url FROM articles WHERE source = 'example' AND system_to IS NULL"
    assert asked(job, standing) == [("https://news.example/2024/deal",)]
    assert verify(job.database, folding(job, job.database)).problems == ()


def test_an_article_that_moves_in_the_run_that_would_withdraw_it_is_not_withdrawn(job: Job) -> None:
    here = told("deal", 15, 1)
    there = replace(here, article=replace(here.article, article_id="moved", url="https://news.example/2024/deal"))

    late = ran(job, [there], 2.6, missing=(looked((2, NOT_THERE), (2.6, NOT_THERE)),))

    assert late.changes == ()
    assert asked(job, "SELECT value_text FROM fact_now") == [("15 %",)]


def test_an_article_that_was_never_read_may_be_missing_for_ever(job: Job) -> None:
    entry = replace(ENTRY, url="https://news.example/never")
    gone = missed("example", entry, missed("example", entry, None, NOT_THERE, at(2)), NOT_THERE, at(3))

    assert ran(job, [], 3, missing=(gone,)).changes == ()
    with open_store(job.database, now=at(3)) as store:
        assert store.missing(job.topic.topic) == {gone.article_id: gone}
        assert store.missing("another") == {}


def test_the_status_says_what_cannot_be_had(job: Job) -> None:
    forbidden = missed("example", replace(ENTRY, url="https://news.example/wall"), None, FORBIDDEN, at(2))
    ran(job, [], 2.6, missing=(looked((2, NOT_THERE), (2.6, NOT_THERE)), forbidden))

    shown = CliRunner().invoke(cli, ["status", "--config", str(job.topic_file.with_name("config.yaml"))])

    assert "source\tarticles\tnot_there\tsince\tnext_look_at\nexample\t2\t1\t2024-01-12 12:00" in shown.output


def test_what_is_missing_is_bounded_in_number_and_time(job: Job) -> None:
    urls = [f"https://n.example/{n:05}" for n in range(kept.MOST + 3)]
    lines = [missed("example", replace(ENTRY, url=url), None, NOT_THERE, at(n / 1000)) for n, url in enumerate(urls)]

    ran(job, [], 9, missing=tuple(lines))
    few = asked(job, "SELECT count(*), min(url) FROM missing")
    ran(job, [], 60 + (len(urls) - 2) / 1000)

    assert few == [(kept.MOST, urls[3])]
    assert asked(job, "SELECT url FROM missing ORDER BY url") == [(url,) for url in urls[-2:]]
    assert LONGEST_WAIT < kept.FORGOTTEN

"""A run that goes on from kept folds writes what a run that folds everything writes, and trusts nothing that is off."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ledger_cases import POLICY, claim, seed, spec
from test_ledger_properties import SPECS, VALUES, claims_of

from factdrift.codec import pack_claim, unpack_claim
from factdrift.facts.deciding import decide
from factdrift.facts.keeping import REMEMBERED, keep, may_go_on, pack_kept, unpack_kept
from factdrift.facts.ledger import advance, fold, start
from factdrift.facts.order import in_order
from factdrift.model import Article, AttributionKind, Mention, Percent, Stage, StoredClaim
from factdrift.topic import AlertPolicy, FactPolicy, FactSpec, Topic
from flows.recalling import alerts_of, recall, to_keep
from storage.database import Store
from storage.migrations import open_migrated
from storage.records import Batch, StoredArticle

FIRST = datetime(2023, 8, 1, tzinfo=UTC)
SHOWN = {
    "beliefs": "fact, body, system_from, system_to",
    "changes": "change_id, body, seq, known_at, system_from, system_to",
    "reasons": "claim_id, reason, detail, seq, system_from, system_to",
    "alerts": "key, title, body, change_id, created_at",
}


def topic_of(*facts: FactSpec, **alerts: FactPolicy) -> Topic:
    return Topic(topic="t", title="T", seed_article="s", entities={}, facts=facts, alerts=AlertPolicy(**alerts))


def open_memory() -> Store:
    return Store(open_migrated(Path(":memory:"), FIRST), Path("memory"))


def run(store: Store, topic: Topic, number: int, new: list[StoredClaim], gone: tuple[str, ...] = ()) -> set[str]:
    """One run that brings claims and takes article versions away; returns the facts that went on."""
    now = FIRST + timedelta(days=number)
    standing = store.open_ids("t", {c.claim_id for c in new})
    fresh = tuple(
        replace(c, claim=unpack_claim(pack_claim(c.claim)), system_from=now) for c in new if c.claim_id not in standing
    )
    withdrawn = store.claims_of_versions(gone)
    facts = {c.claim.fact for c in fresh if c.claim.fact} | set(withdrawn.values()) | store.facts_due("t", now)
    recalled = recall(store, topic, facts, fresh, withdrawn)
    decision = decide(topic, recalled.known, fresh, frozenset(withdrawn), {}, now)
    at_hand = (*fresh, *recalled.known.all_claims)
    store.commit(
        Batch(
            "t",
            f"r{number}",
            now,
            now,
            "ok",
            articles=tuple(articles_of(fresh).values()),
            claims=fresh,
            ended_versions=gone,
            ledgers=decision.ledgers,
            notices=decision.notices,
            alerts=alerts_of(store, "t", decision.tellings, at_hand, {}, now),
            kept=to_keep(decision.kept, recalled.stamps),
        )
    )
    return set(recalled.known.kept)


def articles_of(claims: Iterable[StoredClaim]) -> dict[str, StoredArticle]:
    return {
        c.version_id: StoredArticle(
            Article(
                article_id=c.article_id,
                version_id=c.version_id,
                url=f"https://news.example/{c.article_id}",
                outlet=c.outlet,
                title="",
                text="It says so.",
                lang="en",
                published_at=c.published_at,
                published_from="meta",
                modified_at=None,
                fetched_at=c.published_at,
                source=c.source,
                origin=c.origin,
            )
        )
        for c in claims
    }


def forget(store: Store) -> None:
    store._db.execute("DELETE FROM kept_folds")


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(store._db.execute(f"SELECT {c} FROM {table}").fetchall(), key=str) for table, c in SHOWN.items()
    }


@st.composite
def histories(draw):
    """Runs of claims, most of them in the order in which they are folded, as news comes."""
    kind = draw(st.sampled_from(sorted(SPECS)))
    claims = in_order(draw(st.lists(claims_of(kind), min_size=4, max_size=20)))
    for _ in range(draw(st.integers(0, 2))):
        late = claims.pop(draw(st.integers(0, len(claims) - 1)))
        claims.insert(draw(st.integers(0, len(claims))), late)
    first = [seed(draw(VALUES[kind]), Stage.CURRENT, 0), seed(draw(VALUES[kind]), Stage.PLANNED, 1)]
    runs = [first[: draw(st.integers(0, 2))]]
    while claims:
        size = draw(st.integers(1, 5))
        runs.append(claims[:size])
        claims = claims[size:]
    gone = draw(st.one_of(st.none(), st.none(), st.integers(1, len(runs) - 1)))
    return kind, runs, gone


@settings(phases=[Phase.generate], max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(histories())
def test_runs_that_go_on_write_what_runs_that_fold_everything_write(history):
    kind, runs, gone = history
    topic = topic_of(SPECS[kind])
    going_on, whole = open_memory(), open_memory()

    for number, new in enumerate(runs):
        ended = (runs[gone][0].version_id,) if gone is not None and number == gone + 1 else ()
        run(going_on, topic, number * 20, new, ended)
        forget(whole)
        assert run(whole, topic, number * 20, new, ended) == set()

    one, other = content(going_on), content(whole)
    for table in SHOWN:
        assert [r for r in one[table] if r not in other[table]] == [r for r in other[table] if r not in one[table]]
    now = FIRST + timedelta(days=(len(runs) - 1) * 20)
    claims = going_on.claims_of("t", ["stake"])["stake"]
    folded = fold(SPECS[kind], claims, POLICY, now)
    stood = going_on.standing("t").get("stake")
    kept_for_ever = {"corrected", "retracted"}
    if stood and claims and not going_on.facts_due("t", now):
        assert stood.beliefs == folded.beliefs
        assert tuple(c for c in stood.changes if c.kind not in kept_for_ever) == folded.changes
        assert stood.reasons == folded.reasons


@settings(max_examples=100, deadline=None)
@given(histories())
def test_a_kept_fold_is_read_back_as_it_was(history):
    kind, runs, _ = history
    ordered = in_order([c for new in runs for c in new])
    kept = keep(None, advance(SPECS[kind], start(SPECS[kind]), ordered, POLICY, {}), ordered)

    assert kept is not None
    assert unpack_kept(pack_kept(kept)) == kept


def news(day: int, value: float = 43, **said: object) -> StoredClaim:
    return claim(value, day=day, **said)


@pytest.fixture
def store() -> Store:
    """A store that has seen two runs on one fact."""
    store = open_memory()
    run(store, topic_of(spec()), 0, [seed(43), news(1), news(2, 15)])
    return store


def test_a_run_of_later_news_goes_on(store):
    assert run(store, topic_of(spec()), 30, [news(20)]) == {"stake"}
    assert run(store, topic_of(spec()), 31, [news(21)]) == {"stake"}


def test_a_run_of_older_news_folds_everything_and_the_next_goes_on(store):
    assert run(store, topic_of(spec()), 30, [news(1, 44)]) == set()
    assert run(store, topic_of(spec()), 31, [news(21)]) == {"stake"}


@pytest.mark.parametrize(
    "changed",
    [topic_of(spec(), default=FactPolicy(min_origins=2)), topic_of(spec(cardinality="many"))],
    ids=["policy", "fact"],
)
def test_another_policy_or_fact_folds_everything(store, changed):
    assert run(store, changed, 30, [news(20)]) == set()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE kept_folds SET body = body || '\\x00'::BLOB",
        "UPDATE kept_folds SET stamp = 'x'",
        "UPDATE kept_folds SET checksum = 'x'",
        "DELETE FROM claims WHERE value LIKE '%15%'",
        "UPDATE claims SET system_to = system_from WHERE value LIKE '%15%'",
    ],
)
def test_a_kept_fold_that_does_not_fit_is_not_used(store, harm):
    store._db.execute(harm)

    assert run(store, topic_of(spec()), 30, [news(20)]) == set()


def test_a_withdrawn_article_drops_what_was_kept(store):
    gone = news(2, 15).version_id

    assert run(store, topic_of(spec()), 30, [], (gone,)) == set()
    assert [(b.value, b.valid_to) for b in store.standing("t")["stake"].beliefs] == [(Percent(43.0), None)]
    assert run(store, topic_of(spec()), 31, [news(20)]) == {"stake"}


def test_where_the_clock_went_back_nothing_is_kept(store):
    run(store, topic_of(spec()), -1, [news(20)])

    assert store.kept_folds("t", ["stake"]) == {}


def test_claims_without_a_fold_drop_what_was_kept(store):
    now = FIRST + timedelta(days=30)
    store.commit(Batch("t", "other", now, now, "ok", claims=(news(20),)))

    assert store.kept_folds("t", ["stake"]) == {}


def test_what_is_kept_does_not_grow_with_the_number_of_claims():
    def size(count: int) -> int:
        store = open_memory()
        for number in range(2):
            new = [news(number * 100 + n % 90, 43, name=f"c{number}-{n:04}", hour=n % 24) for n in range(count)]
            run(store, topic_of(spec()), 300 + number, new)
        return len(store.kept_folds("t", ["stake"])["stake"].body)

    assert size(300) < 1.02 * size(100)


def test_an_origin_that_was_heard_too_long_ago_folds_everything():
    ordered = in_order([news(n % 90, name=f"c{n:04}", origin=f"o{n}", article=f"a{n}") for n in range(REMEMBERED + 1)])
    kept = keep(None, advance(spec(), start(spec()), ordered, POLICY, {}), ordered)
    assert kept is not None
    forgotten, known, late = ordered[0], ordered[-1], news(100, origin="new", article="new")
    met = (len(ordered), frozenset({forgotten.origin, known.origin}), frozenset({forgotten.article_id}))

    assert may_go_on(kept, [late], *met)
    assert may_go_on(kept, [replace(late, origin=known.origin)], *met)
    assert not may_go_on(kept, [replace(late, origin=forgotten.origin)], *met)
    assert not may_go_on(kept, [replace(late, article_id=forgotten.article_id)], *met)


def test_a_text_that_comes_back_after_its_reprint_folds_everything():
    store, topic = open_memory(), topic_of(spec())
    first, reprint = news(1, name="first"), news(2, name="reprint", origin="first")
    run(store, topic, 30, [first, reprint, *(news(3, hour=n % 24, name=f"c{n}") for n in range(REMEMBERED))])
    run(store, topic, 31, [], (first.version_id,))

    assert run(store, topic, 32, [news(20, name="new")]) == {"stake"}
    assert run(store, topic, 33, [news(21, name="again", article="first", origin="first")]) == set()


def test_an_alert_on_a_fact_that_goes_on_shows_both_sentences(store):
    rival = news(3, 36, by=AttributionKind.OUTLET, mention=Mention.NEWS)

    assert run(store, topic_of(spec()), 30, [rival]) == {"stake"}

    body = next(alert.body for alert in store.pending_alerts("t") if "contested" in alert.title)
    assert body.count("It says so.") == 2

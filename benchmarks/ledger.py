"""What the store costs: as-of questions, runs on a long history, bulk rates, the snapshot. Prints, keeps nothing.

uv run python benchmarks/ledger.py                 # the full sizes: 10 million beliefs, 1 million claims
uv run python benchmarks/ledger.py --scale 0.1     # a tenth of them
"""

import argparse
import json
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from storage_cases import TOPIC, article, batch, claim

from factdrift.codec import pack_claim
from factdrift.facts.deciding import decide
from factdrift.facts.identity import stable_id
from factdrift.facts.ledger import fold
from factdrift.model import Article, Ledger, StoredClaim
from factdrift.topic import FactSpec, Topic
from flows.rebuilding import fold_all
from flows.recalling import alerts_of, recall, to_keep
from storage import rows
from storage.database import open_store
from storage.engine import connect
from storage.records import Batch, StoredArticle
from storage.rows import NEVER
from storage.snapshot import publish_snapshot
from storage.verify import verify
from storage.verify_folds import Problem, check_folds
from storage.writing import TOGETHER

START = datetime(2000, 1, 1, tzinfo=UTC)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes")
    parser.add_argument("--only", choices=["as_of", "runs", "rates", "snapshot"], help="one part")
    given = parser.parse_args()
    print(f"{machine()}\nscale {given.scale:g}\n")
    parts = {"as_of": measure_as_of, "runs": measure_runs, "rates": measure_rates, "snapshot": measure_snapshot}
    for name, part in parts.items():
        if given.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="factdrift-bench-") as folder:
                part(Path(folder), given.scale)


def machine() -> str:
    """What these figures were taken on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = Path("/proc/meminfo").read_text(encoding="utf-8").split()[1] if Path("/proc/meminfo").exists() else "0"
    return (
        f"{models[0] if models else platform.processor()}, {len(models)} cores, {int(memory) // 2**20} GB, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


def measure_as_of(folder: Path, scale: float) -> None:
    """As-of questions on many beliefs, through the macro and views that users get."""
    facts, per_fact = max(1, int(100_000 * scale)), 100
    path = folder / "facts.duckdb"
    with open_store(path, now=NOW):
        pass
    with connect(path) as db:
        fill_beliefs(db, facts, per_fact)
        fill_changes(db, facts * per_fact // 10)
    size = path.stat().st_size / 2**30
    print(f"{facts * per_fact:,} belief rows on {facts:,} facts, {facts * per_fact // 10:,} changes, {size:.2f} GB")
    with connect(path, read_only=True) as db:
        moment = "TIMESTAMPTZ '2012-06-01', TIMESTAMPTZ '2013-01-01'"
        one = f"SELECT * FROM facts_as_of({moment}) WHERE fact = '{fact_name(facts // 2)}'"
        every = f"SELECT count(*), sum(percent) FROM facts_as_of({moment})"
        whole = f"SELECT fact, track, percent, stage FROM facts_as_of({moment})"
        day = "SELECT * FROM change_feed WHERE known_at >= '2012-06-01' AND known_at < '2012-06-02'"
        print(f"  as of, one fact          {milliseconds(db, one):8.1f} ms   (wanted: 8)")
        print(f"  as of, all facts (count) {milliseconds(db, every):8.1f} ms   (wanted: 50)")
        print(f"  as of, all facts (rows)  {milliseconds(db, whole, arrow=True):8.1f} ms")
        print(f"  the changes of a day     {milliseconds(db, day):8.1f} ms   (wanted: 25)\n")


def measure_runs(folder: Path, scale: float) -> None:
    """Runs on the same facts with a short history and with one ten times as long, stored in the order of arrival."""
    facts = max(100, int(10_000 * scale))
    topic = stakes(facts)
    news, late = [], []
    for per_fact in (10, 100):
        path = folder / f"{per_fact}.duckdb"
        with open_store(path, now=NOW):
            pass
        with connect(path) as db:
            fill_claims(db, facts, per_fact)
        print(f"{facts * per_fact:,} claims on {facts:,} facts")
        print(f"  all folded and written            {fold_whole(path, topic):6.1f} s   (wanted: 120)")
        print(f"  all folded again and compared     {compare_whole(path, topic):6.1f} s")
        news.append(time_of_runs(path, topic, late=0))
        late.append(time_of_runs(path, topic, late=10))
        print(f"  a run of 1,000 claims on 100 facts{news[-1]:6.2f} s   (wanted: 2)")
        print(f"  the same, 10 of the facts late    {late[-1]:6.2f} s")
        print(f"  database                          {path.stat().st_size / 2**20:6.0f} MB")
    print(f"  ten times the history costs {news[1] / news[0]:.2f} times as much (wanted: 1.3)")
    print(f"  with late claims            {late[1] / late[0]:.2f} times\n")


def stakes(facts: int) -> Topic:
    """A topic that tracks so many shares of one company in another."""
    first = FactSpec(name="none", meaning="m", relation="holds_stake", subject="acme", object="beta", value="percent")
    return Topic(
        topic=TOPIC,
        title="Bench",
        seed_article="none",
        entities={},
        facts=tuple(first.model_copy(update={"name": fact_name(number)}) for number in range(facts)),
    )


def fold_whole(path: Path, topic: Topic) -> float:
    """Seconds to read and fold every claim and to write what follows, on disk and checkpointed."""
    began = time.perf_counter()
    with open_store(path, now=NOW) as store:
        started = NOW - timedelta(days=1)
        store.commit(
            Batch(topic.topic, "all", started, started, "ok"), fold_all(store, topic, started, lambda *_: None)
        )
    return time.perf_counter() - began


def compare_whole(path: Path, topic: Topic) -> float:
    """Seconds of that part of `verify` that folds every claim and compares."""

    def again(_: str, fact: str, claims: list[StoredClaim], at: datetime) -> Ledger:
        return fold(topic.fact_by_name[fact], claims, topic.policy_of(fact), at, ())

    problems: list[Problem] = []
    with connect(path, read_only=True) as db:
        taken = seconds(lambda: check_folds(db, again, problems))
    assert not problems, problems[:3]
    return taken


def time_of_runs(path: Path, topic: Topic, late: int) -> float:
    """The median of seven runs that read, decide and commit; opening and closing the database included."""
    facts = [fact.name for fact in topic.facts]
    names = random.Random(1).sample(facts, 100)
    costs = []
    for number in range(8):
        day = 1 + number + 100 * (late > 0)
        articles, claims = made_news(names, day, late)
        began = time.perf_counter()
        one_run(path, topic, articles, claims, NOW + timedelta(days=30 * day))
        costs.append(time.perf_counter() - began)
    return statistics.median(costs[1:])


def made_news(names: list[str], day: int, late: int) -> tuple[list[StoredArticle], list[StoredClaim]]:
    """Ten claims on each fact, one of which moves it; on some facts one of them tells what was so a year ago."""
    articles, claims = [], []
    for place in range(1_000):
        fact, number = place % 100, place // 100
        percent = 10 + (day * 7 + fact) % 80
        told = NOW + timedelta(days=30 * day - 1, minutes=place)
        told -= timedelta(days=366 if number == 0 and fact < late else 0)
        source = replace(article(day * 1_000 + place, percent=percent), published_at=told, fetched_at=told)
        # Names as a run makes them: any others are outside the range of what is stored, and nobody would look for them.
        article_id, version_id, claim_id = (stable_id(kind, str(day), str(place)) for kind in ("a", "v", "c"))
        source = replace(source, article_id=article_id, version_id=version_id, origin=version_id)
        articles.append(StoredArticle(source))
        claims.append(replace(claim(source, percent=percent, fact=names[fact]), claim_id=claim_id))
    return articles, claims


def one_run(path: Path, topic: Topic, articles: list[StoredArticle], claims: list[StoredClaim], now: datetime) -> None:
    """What the watch flow does with what it gathered."""
    with open_store(path, now=now) as store:
        standing = store.versions_had(topic.topic, (stored.version_id for stored in claims))
        fresh = tuple(replace(stored, system_from=now) for stored in claims if stored.version_id not in standing)
        facts = {stored.claim.fact for stored in fresh if stored.claim.fact} | store.facts_due(topic.topic, now)
        store.versions_of(topic.topic, (stored.article.article_id for stored in articles))
        store.recent_fingerprints(topic.topic, now - timedelta(days=14))
        recalled = recall(store, topic, facts, fresh, {})
        decision = decide(topic, recalled.known, fresh, frozenset(), {}, now)
        at_hand = (*fresh, *recalled.known.all_claims)
        urls = {stored.article.version_id: stored.article.url for stored in articles}
        store.commit(
            Batch(
                topic.topic,
                f"bench-{now}",
                now,
                now,
                "ok",
                articles=tuple(articles),
                claims=fresh,
                ledgers=decision.ledgers,
                alerts=alerts_of(store, topic.topic, decision.tellings, at_hand, urls, now),
                kept=to_keep(decision.kept, recalled.stamps),
            )
        )


def measure_rates(folder: Path, scale: float) -> None:
    """Articles and claims stored by a commit, beside bare Arrow inserts of the same rows: medians, in alternation.

    A commit is handed records. A bare insert is counted from finished Arrow tables, and again with making them.
    """
    words = random.Random(5)
    articles = [StoredArticle(long_article(n, words)) for n in range(int(100_000 * scale))]
    claims = [claim(stored.article) for stored in articles]
    claims = [numbered(stored, n) for n in range(3) for stored in claims]
    records = {"articles": tuple(articles), "claims": tuple(claims)}
    for wanted in (("articles",), ("claims",), ("articles", "claims")):
        some = {name: records[name] for name in wanted}
        count = sum(map(len, some.values()))
        costs = [(*bare(folder / f"bare{n}", some), commit(folder / f"ours{n}", **some)) for n in range(6)][1:]
        for file in folder.iterdir():
            file.unlink()
        made, insert, ours = (count / statistics.median(taken) for taken in zip(*costs, strict=True))
        print(f"{count:,} {' and '.join(wanted)}: commit {ours:,.0f}/s")
        print(f"  bare insert of finished Arrow tables {insert:9,.0f}/s, {share(costs, 1):.2f} of it (wanted: 0.7)")
        print(f"  the same, with making the tables     {made:9,.0f}/s, {share(costs, 0):.2f} of it")
    print()


def share(costs: list[tuple[float, float, float]], of: int) -> float:
    """The median of how many times as fast as the bare insert we were."""
    return statistics.median(cost[of] / cost[-1] for cost in costs)


def long_article(number: int, words: random.Random) -> Article:
    """An article of 2 kB whose words do not repeat."""
    source = article(number)
    return replace(source, text=source.text + words.randbytes(950).hex())


def numbered(stored: StoredClaim, number: int) -> StoredClaim:
    """The same claim under another id."""
    return replace(stored, claim_id=f"{stored.claim_id}-{number}")


def bare(path: Path, records: dict[str, tuple[Any, ...]]) -> tuple[float, float]:
    """Seconds for bare inserts of Arrow tables in one transaction, no digests: with making the tables, and without."""
    makers: dict[str, Callable[..., pa.Table]] = {"articles": rows.articles_table, "claims": rows.claims_table}
    with open_store(path, now=NOW):
        pass
    with connect(path) as db:
        began = time.perf_counter()
        tables = {name: in_parts(makers[name], some) for name, some in records.items()}
        made = time.perf_counter()
        db.execute("BEGIN")
        for name, table in tables.items():
            db.register("arrow", table)
            db.execute(f"INSERT INTO {name} BY NAME SELECT *, 0 AS period, '' AS digest FROM arrow")
        db.execute("COMMIT")
        ended = time.perf_counter()
        return ended - began, ended - made


def in_parts(table_of: Callable[[rows.Stamp, list[Any]], pa.Table], records: tuple[Any, ...]) -> pa.Table:
    """The rows of some records, made as many at once as a commit does: at all once they take half as long again."""
    parts = [list(records[first : first + TOGETHER]) for first in range(0, len(records), TOGETHER)]
    return pa.concat_tables([table_of(rows.Stamp(TOPIC, "r", NOW), part) for part in parts])


def commit(path: Path, **parts: object) -> float:
    """Seconds of a whole commit from domain objects."""
    with open_store(path, now=NOW) as store:
        return seconds(lambda: store.commit(batch("r1", **parts)))


def measure_snapshot(folder: Path, scale: float) -> None:
    """Copying a database of a gigabyte for readers, and verifying it."""
    path = folder / "facts.duckdb"
    with open_store(path, now=NOW):
        pass
    with connect(path) as db:
        db.execute("SELECT setseed(0.5)")
        db.execute(
            f"""INSERT INTO articles BY NAME
                SELECT 'v' || n AS version_id, 'a' || n AS article_id, 'bench' AS topic, 'u' || n AS url, 'o' AS outlet,
                       't' AS title, string_agg(md5(random()::VARCHAR), '') AS text, 'en' AS lang,
                       TIMESTAMPTZ '{START}' AS published_at, 'meta' AS published_from,
                       TIMESTAMPTZ '{START}' AS fetched_at, 's' AS source, 'o' || n AS origin, 2 AS tier, '' AS unread,
                       [n, n + 1] AS hashes, 'r' AS run_id, TIMESTAMPTZ '{START}' AS system_from
                FROM range({int(1_000_000 * scale)}) rows(n), range(64) parts GROUP BY n"""
        )
    publish_snapshot(path, folder / "snapshot.duckdb")
    began = time.perf_counter()
    publish_snapshot(path, folder / "snapshot.duckdb")
    taken = time.perf_counter() - began
    size = path.stat().st_size / 2**30
    print(f"snapshot of {size:.2f} GB: {taken:.2f} s, {taken / size:.2f} s a GB (wanted: 5)")
    began = time.perf_counter()
    verify(folder / "snapshot.duckdb")
    print(f"verify of it: {time.perf_counter() - began:.1f} s\n")


def fact_name(number: int) -> str:
    """Names that sort by number, and differ in their first eight characters, which DuckDB keeps for skipping."""
    return f"{number:07d}-f"


def fill_beliefs(db: duckdb.DuckDBPyConnection, facts: int, per_fact: int) -> None:
    """Rows in the order in which `compact` leaves them; every belief was known some days after it was true."""
    db.execute(
        f"""INSERT INTO beliefs BY NAME
            SELECT md5(f || '-' || p)[:20] AS belief_id, '{TOPIC}' AS topic, lpad(f::VARCHAR, 7, '0') || '-f' AS fact,
                   'actual' AS track, '{{"percent": 15}}' AS value, (p % 100)::DOUBLE AS percent, '15 %' AS shown,
                   'completed' AS stage, TIMESTAMPTZ '{START}' + INTERVAL (p * 90 + f % 90) DAY AS valid_from,
                   CASE WHEN p < {per_fact - 1} THEN TIMESTAMPTZ '{START}' + INTERVAL ((p + 1) * 90 + f % 90) DAY END
                       AS valid_to,
                   coalesce(valid_to, TIMESTAMPTZ '{NEVER}') AS valid_end,
                   'c' || p AS claim_id, 1 AS origins, false AS contested, '{{}}' AS body, 'r' AS run_id,
                   TIMESTAMPTZ '{START}' + INTERVAL (p * 90 + f % 90 + f % 7) DAY AS system_from
            FROM range({facts}) a(f), range({per_fact}) b(p) ORDER BY f, p"""
    )


def fill_changes(db: duckdb.DuckDBPyConnection, count: int) -> None:
    """Changes over 25 years, in the order in which they became known."""
    db.execute(
        f"""INSERT INTO changes BY NAME
            SELECT 'ch' || n AS change_id, '{TOPIC}' AS topic, lpad((n % 1000)::VARCHAR, 7, '0') || '-f' AS fact,
                   'actual' AS track, 'value_changed' AS kind, '43 %' AS old_shown, '15 %' AS new_shown,
                   'c' || n AS claim_id, moment AS happened_at, false AS needs_review, 0 AS seq, '{{}}' AS body,
                   'r' AS run_id, moment AS system_from, moment AS known_at
            FROM (
                SELECT n, TIMESTAMPTZ '{START}' + to_seconds(n * 788400000 // {count}) AS moment
                FROM range({count}) r(n)
            )
            ORDER BY n"""
    )


def fill_claims(db: duckdb.DuckDBPyConnection, facts: int, per_fact: int) -> None:
    """Claims over 25 years in the order in which news comes: every tenth moves its fact, every tenth is a reprint."""
    body = json.dumps(pack_claim(claim(article(1), fact="FACT").claim), sort_keys=True).replace("'", "''")
    db.execute(
        f"""INSERT INTO claims BY NAME
            SELECT md5('c' || f || '-' || p)[:20] AS claim_id, md5('v' || f || '-' || p)[:20] AS version_id,
                   md5('a' || f || '-' || p)[:20] AS article_id, '{TOPIC}' AS topic, fact, 'holds_stake' AS relation,
                   'acme' AS subject, 'beta' AS object, '{{"percent": ' || n || '}}' AS value, n AS percent,
                   'completed' AS stage, 'news' AS mention,
                   'Acme now holds ' || n || ' % of Beta, it said.' AS sentence,
                   'Example News' AS outlet, 'example' AS source, 2 AS tier,
                   md5('o' || f || '-' || if(p % 10 = 5, p - 1, p))[:20] AS origin, moment AS published_at,
                   'r1' AS extractor,
                   replace(replace(replace('{body}', 'FACT', fact), '15 %', n || ' %'), '15.0', n || '.0') AS body,
                   'r' AS run_id, moment AS system_from
            FROM (
                SELECT f, p, lpad(f::VARCHAR, 7, '0') || '-f' AS fact, 10 + (p // 10 * 7 + f) % 80 AS n,
                       TIMESTAMPTZ '{START}' + INTERVAL (p * {9000 // per_fact}) DAY + INTERVAL (f) SECOND AS moment
                FROM range({facts}) a(f), range({per_fact}) b(p)
            )
            ORDER BY moment, md5(claim_id)"""
    )
    db.execute(
        f"""INSERT INTO articles BY NAME
            SELECT version_id, article_id, topic, 'https://news.example/' || article_id AS url, outlet, '' AS title,
                   sentence AS text, 'en' AS lang, published_at, 'meta' AS published_from, published_at AS fetched_at,
                   source, origin, tier, '' AS unread, [] AS hashes, run_id, system_from
            FROM claims WHERE topic = '{TOPIC}'"""
    )


def milliseconds(db: duckdb.DuckDBPyConnection, sql: str, *, arrow: bool = False) -> float:
    """The median of eleven answers."""

    def answer() -> object:
        cursor = db.execute(sql)
        return cursor.to_arrow_table() if arrow else cursor.fetchall()

    return statistics.median(seconds(answer) for _ in range(11)) * 1000


def seconds(action: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

"""What the store costs: as-of questions, runs on a long history, bulk rates, the snapshot. Prints, keeps nothing.

uv run python benchmarks/ledger.py                 # the full sizes: 10 million beliefs, 1 million claims
uv run python benchmarks/ledger.py --scale 0.1     # a tenth of them
"""

import argparse
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from storage_cases import TOPIC, article, batch, claim, fold

from factdrift.model import Article, ClaimReason, Ledger, Reason, StoredClaim
from storage import rows
from storage.backup import compact
from storage.database import Store, open_store
from storage.engine import connect
from storage.records import StoredArticle
from storage.snapshot import publish_snapshot
from storage.verify import verify

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
    """A run that adds 1,000 claims to 100 facts, on a short history and on one ten times as long."""
    costs = []
    for facts in (max(100, int(1_000 * scale)), max(1_000, int(10_000 * scale))):
        path = folder / f"{facts}.duckdb"
        with open_store(path, now=NOW):
            pass
        with connect(path) as db:
            fill_claims(db, facts, per_fact=100)
        compact(path, NOW)
        costs.append(time_of_runs(path, facts))
        print(
            f"{facts * 100:,} claims on {facts:,} facts: a run that adds 1,000 claims takes {costs[-1]:.2f} s "
            "(wanted: 2)"
        )
    print(f"  ten times the history costs {costs[1] / costs[0]:.2f} times as much (wanted: 1.3)\n")


def time_of_runs(path: Path, facts: int) -> float:
    """The median of five runs: read the claims and the ledger of 100 facts, fold simply, commit."""
    names = [fact_name(n) for n in random.Random(1).sample(range(facts), 100)]
    costs = []
    with open_store(path, now=NOW) as store:
        for number in range(6):
            began = time.perf_counter()
            one_run(store, number, names)
            costs.append(time.perf_counter() - began)
    return statistics.median(costs[1:])


def one_run(store: Store, number: int, names: list[str]) -> None:
    """Add ten claims to each of these facts."""
    new: dict[str, list[StoredClaim]] = {name: [] for name in names}
    articles = []
    for place in range(1_000):
        key = 10_000_000 + number * 1_000 + place
        source = article(key, percent=10 + key % 80, day=place % 300)
        articles.append(StoredArticle(source))
        new[names[place % 100]].append(claim(source, percent=10 + key % 80, fact=names[place % 100]))
    had = store.claims_of(TOPIC, names)
    store.standing(TOPIC, names)
    ledgers = {name: simple_ledger([*had[name], *new[name]]) for name in names}
    claims = tuple(stored for each in new.values() for stored in each)
    store.commit(
        batch(
            f"bench-{number}",
            articles=tuple(articles),
            claims=claims,
            ledgers=ledgers,
            now=NOW + timedelta(days=number),
        )
    )


def simple_ledger(claims: list[StoredClaim]) -> Ledger:
    """Every tenth claim moves the belief, the others say the same: what news is like."""
    ordered = sorted(claims, key=lambda stored: (stored.published_at, stored.claim_id))
    moved = fold(ordered[::10])
    made = {change.claim_id for change in moved.changes}
    rest = [ClaimReason(c.claim_id, c.claim.fact or "", Reason.SAME_VALUE) for c in ordered if c.claim_id not in made]
    return Ledger(moved.beliefs, moved.changes, (*moved.reasons, *rest))


def measure_rates(folder: Path, scale: float) -> None:
    """Articles and claims stored by a commit, beside a bare Arrow insert of the same rows."""
    words = random.Random(5)
    articles = [long_article(n, words) for n in range(int(100_000 * scale))]
    claims = [claim(source) for source in articles for _ in range(1)]
    claims = [numbered(stored, n) for n in range(3) for stored in claims]
    with rates("articles of 2 kB", len(articles)) as bare_and_ours:
        table = [rows.article_row(StoredArticle(a), TOPIC, "r", NOW) for a in articles]
        bare_and_ours.append(bare(folder / "bare1", "articles", table))
        bare_and_ours.append(commit(folder / "ours1", articles=tuple(StoredArticle(a) for a in articles)))
    with rates("claims", len(claims)) as bare_and_ours:
        table = [rows.claim_row(stored, TOPIC, "r", NOW) for stored in claims]
        bare_and_ours.append(bare(folder / "bare2", "claims", table))
        bare_and_ours.append(commit(folder / "ours2", claims=tuple(claims)))
    print()


def long_article(number: int, words: random.Random) -> Article:
    """An article of 2 kB whose words do not repeat."""
    source = article(number)
    return replace(source, text=source.text + words.randbytes(950).hex())


def numbered(stored: StoredClaim, number: int) -> StoredClaim:
    """The same claim under another id."""
    return replace(stored, claim_id=f"{stored.claim_id}-{number}")


def bare(path: Path, table: str, table_rows: list[rows.Row]) -> tuple[float, float]:
    """Seconds for a bare insert of an Arrow table, without and with making it from Python values."""
    with open_store(path, now=NOW):
        pass
    began = time.perf_counter()
    arrow = pa.table(
        {name: pa.array([row[name] for row in table_rows], rows.TYPES.get(name, pa.string())) for name in table_rows[0]}
    )
    made = time.perf_counter() - began
    with connect(path) as db:
        began = time.perf_counter()
        db.register("arrow", arrow)
        db.execute("BEGIN")
        extra = ", 0 AS period, '' AS digest"
        db.execute(f"INSERT INTO {table} BY NAME SELECT *{extra} FROM arrow")
        db.execute("COMMIT")
        taken = time.perf_counter() - began
    return taken, taken + made


def commit(path: Path, **parts: object) -> tuple[float, float]:
    """Seconds of the insert within a commit, and of the whole commit from domain objects."""
    with open_store(path, now=NOW) as store:
        began = time.perf_counter()
        store.commit(batch("r1", **parts))
        whole = time.perf_counter() - began
    return whole, whole


@contextmanager
def rates(what: str, count: int) -> Iterator[list[tuple[float, float]]]:
    """Print rows per second for the two that the block measures."""
    found: list[tuple[float, float]] = []
    yield found
    (insert, with_making), (ours, _) = found
    print(
        f"{count:,} {what}: bare Arrow insert {count / insert:,.0f}/s, from Python rows {count / with_making:,.0f}/s, "
        f"commit from claims and articles {count / ours:,.0f}/s ({insert / ours:.2f} of bare, "
        f"{with_making / ours:.2f} of bare from Python rows)"
    )


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
                FROM range({int(450_000 * scale)}) rows(n), range(64) parts GROUP BY n"""
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
    """Claims that differ in their ids only, as a history of years would leave them."""
    row = rows.claim_row(claim(article(1), fact="FACT"), TOPIC, "r", START)
    body = str(row["body"]).replace("'", "''")
    db.execute(
        f"""INSERT INTO claims BY NAME
            SELECT md5('c' || f || '-' || p)[:20] AS claim_id, md5('v' || f || '-' || p)[:20] AS version_id,
                   md5('a' || f || '-' || p)[:20] AS article_id, '{TOPIC}' AS topic, fact, 'holds_stake' AS relation,
                   'acme' AS subject, 'beta' AS object, '{{"percent": 15}}' AS value, 15 AS percent,
                   'completed' AS stage, 'news' AS mention, 'Acme now holds 15 % of Beta, it said.' AS sentence,
                   'Example News' AS outlet, 'example' AS source, 2 AS tier, 'o' || p AS origin,
                   TIMESTAMPTZ '{START}' + INTERVAL (p * 90) DAY AS published_at, 'r1' AS extractor,
                   replace('{body}', 'FACT', fact) AS body, 'r' AS run_id, TIMESTAMPTZ '{START}' AS system_from
            FROM (
                SELECT f, p, lpad(f::VARCHAR, 7, '0') || '-f' AS fact FROM range({facts}) a(f), range({per_fact}) b(p)
            )"""
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

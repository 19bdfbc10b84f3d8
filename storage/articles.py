"""The stored article versions, for a newer reader, and the reviews of any file. Reads only; knows no language."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from factdrift.errors import StoreUnavailable
from factdrift.model import Article, Review, StoredClaim
from storage import reviewing
from storage.claims import open_claims
from storage.engine import connect, store_errors
from storage.records import StoredArticle

_COLUMNS = (
    "article_id, version_id, url, outlet, title, text, lang, published_at, published_from, modified_at, fetched_at, "
    "source, origin, tier"
)
_STANDING = "topic = $topic AND system_to IS NULL AND text <> '' AND source <> 'seed'"

ARTICLES_AT_ONCE = 500


def count_articles(snapshot: Path, topic: str) -> int:
    """How many `standing_articles` will give."""
    with _reading(snapshot) as connection:
        return int(
            connection.execute(f"SELECT count(*) FROM articles WHERE {_STANDING}", {"topic": topic}).fetchall()[0][0]
        )


def standing_articles(snapshot: Path, topic: str) -> Iterator[tuple[StoredArticle, list[StoredClaim]]]:
    """The article versions that stand and still have their text, seeds left out, oldest first, with their open claims.

    The file stays open meanwhile, so it is to be one that no run writes. Raises StoreUnavailable where there is none.
    """
    with _reading(snapshot) as connection:
        articles = connection.cursor().execute(
            f"SELECT {_COLUMNS}, unread, hashes FROM articles WHERE {_STANDING} "
            "ORDER BY coalesce(published_at, fetched_at), article_id",
            {"topic": topic},
        )
        while part := articles.fetchmany(ARTICLES_AT_ONCE):
            read = [StoredArticle(Article(*row[:-2]), row[-2], tuple(row[-1])) for row in part]
            claims: dict[str, list[StoredClaim]] = {kept.article.version_id: [] for kept in read}
            for stored in open_claims(connection, topic, "version_id", claims):
                claims[stored.version_id].append(stored)
            yield from ((kept, claims[kept.article.version_id]) for kept in read)


def reviews_in(path: Path, topic: str) -> list[Review]:
    """The topic's reviews in a database, snapshot or backup. Raises StoreUnavailable where there is none."""
    with _reading(path) as connection:
        return reviewing.read(connection, topic)


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = path.expanduser().absolute()
    if not path.is_file():
        raise StoreUnavailable(f"{path}: no such file", "run `factdrift run` (or `factdrift demo`) first")
    with store_errors(path), closing(connect(path, read_only=True)) as connection:
        yield connection

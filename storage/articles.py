"""The stored article versions, for a newer reader, and the reviews of any file. Reads only; knows no language."""

from pathlib import Path

from factdrift.errors import StoreUnavailable
from factdrift.model import Article, Review
from storage import reviewing
from storage.engine import connect, store_errors
from storage.records import StoredArticle

_COLUMNS = (
    "article_id, version_id, url, outlet, title, text, lang, published_at, published_from, modified_at, fetched_at, "
    "source, origin, tier"
)


def standing_articles(database: Path, topic: str) -> list[StoredArticle]:
    """The article versions that stand and still have their text, seeds left out, oldest first."""
    database = database.expanduser().absolute()
    if not database.is_file():
        raise StoreUnavailable(f"{database}: no such file", "run `factdrift run` (or `factdrift demo`) first")
    with store_errors(database):
        connection = connect(database, read_only=True)
        try:
            found = connection.execute(
                f"SELECT {_COLUMNS}, unread, hashes FROM articles WHERE topic = $topic AND system_to IS NULL "
                "AND text <> '' AND source <> 'seed' ORDER BY coalesce(published_at, fetched_at), article_id",
                {"topic": topic},
            ).fetchall()
        finally:
            connection.close()
    return [StoredArticle(Article(*row[:-2]), row[-2], tuple(row[-1])) for row in found]


def reviews_in(path: Path, topic: str) -> list[Review]:
    """The topic's reviews in a database, snapshot or backup. Raises StoreUnavailable where there is none."""
    path = path.expanduser().absolute()
    if not path.is_file():
        raise StoreUnavailable(f"{path}: no such file", "name a database, a snapshot or a backup")
    with store_errors(path):
        connection = connect(path, read_only=True)
        try:
            return reviewing.read(connection, topic)
        finally:
            connection.close()

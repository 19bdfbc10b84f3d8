"""The reader inside a worker process: built once per topic file and kept."""

from functools import cache
from pathlib import Path

from factdrift.facts.extract.lexicon import lexicon_languages
from factdrift.facts.extract.reader import VERSION, Reader
from factdrift.model import Article, Claim
from factdrift.topic import load_topic

EXTRACTOR = VERSION


def read_article(topic_file: str, article: Article) -> tuple[Claim, ...]:
    """The claims of an article for the topic of that file."""
    return _reader(topic_file).read(article)


def reader_languages() -> frozenset[str]:
    """The languages that can be read."""
    return lexicon_languages()


@cache
def _reader(topic_file: str) -> Reader:
    return Reader(load_topic(Path(topic_file)))

"""Every claim folded anew, some facts at a time, so that a history of any length needs no more room than one part."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from factdrift.facts.deciding import folded
from factdrift.facts.order import in_order
from factdrift.facts.reviews import verdicts
from factdrift.memory import uncollected
from factdrift.model import Ledger
from factdrift.topic import Topic
from flows.recalling import stamps_of, to_keep
from storage.database import Store
from storage.records import Part

FACTS_AT_ONCE = 500


def fold_all(
    store: Store, topic: Topic, now: datetime, seen: Callable[[int, dict[str, Ledger]], None]
) -> Iterator[Part]:
    """The ledgers of all tracked facts, a part at a time; `seen` is told how many are done, and what they came to."""
    names, done = iter(sorted(topic.fact_by_name)), 0
    reviews = store.reviews(topic.topic)
    decided = verdicts(reviews)
    while part := list(islice(names, FACTS_AT_ONCE)):
        with uncollected():
            claims = store.claims_of(topic.topic, part)
            folds = {
                fact: folded(topic, topic.fact_by_name[fact], None, in_order(claims.pop(fact)), decided, now)
                for fact in part
            }
        ledgers = {fact: ledger for fact, (ledger, _) in folds.items()}
        kept = {fact: after for fact, (_, after) in folds.items() if after}
        done += len(part)
        seen(done, ledgers)
        yield Part(ledgers, to_keep(kept, stamps_of(store, topic, part, reviews)))

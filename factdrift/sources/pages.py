"""Pages that list articles but offer no feed: their links by a CSS selector.

Knows nothing of HTTP or of articles. Run it in a worker process, as every parser of foreign markup.
"""

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from factdrift.errors import PermanentError
from factdrift.sources.feeds import MOST_ENTRIES, FeedEntry, web_address


def parse_links(body: bytes, url: str, selector: str) -> tuple[FeedEntry, ...]:
    """What `selector` finds on the page at `url`, in page order, each link once; an element that is no link gives
    the first link inside it.

    Raises PermanentError where the selector is malformed or finds no link: then the page was redesigned.
    """
    soup = BeautifulSoup(body, "lxml")
    try:
        chosen = soup.select(selector, limit=4 * MOST_ENTRIES)
    except (SelectorSyntaxError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise PermanentError(f"{url}: the selector {selector!r} is malformed: {reason}") from error
    kept: dict[str, FeedEntry] = {}
    for element in chosen:
        entry = _entry(element, _base(soup, url))
        if entry is not None:
            # A picture and a headline often link the same article: the one with words is the title.
            held = kept.get(entry.url)
            kept[entry.url] = held if held is not None and held.title else entry
    if not kept:
        raise PermanentError(f"{url}: the selector {selector!r} finds no link", "Has the page been redesigned?")
    return tuple(kept.values())[:MOST_ENTRIES]


def _base(soup: BeautifulSoup, url: str) -> str:
    declared = soup.find("base", href=True)
    return web_address(str(declared["href"]), url) or url if isinstance(declared, Tag) else url


def _entry(element: Tag, base: str) -> FeedEntry | None:
    link = element if element.name == "a" else element.find("a", href=True) or element.find_parent("a", href=True)
    if not isinstance(link, Tag):
        return None
    address = web_address(str(link.get("href") or ""), base)
    if not address or not str(link.get("href")).strip().strip("#"):
        return None
    title = " ".join(link.get_text(" ").split()) or str(link.get("title") or link.get("aria-label") or "")
    return FeedEntry(url=address, title=title, published_at=None, outlet="", summary="")

"""Polite, guarded HTTP: one document per call, within limits of time, size and place.

Knows nothing of feeds or articles. Every address is checked when the connection is made, on every hop, so that a
name that changes its answer between check and use gains nothing (decision 0011).
"""

import asyncio
import hashlib
import re
import socket
import ssl
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from factdrift.errors import Gone, PermanentError, TransientError
from factdrift.sources.addresses import literal_of, refusal_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429})
_NOT_THERE = frozenset({404, 410})
_CHUNK = 65_536
_LONGEST_WAIT = 86_400.0
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_ACCEPT = "application/rss+xml, application/atom+xml, text/html, application/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost. At one host at most `per_host_concurrency` fetches are under way at a time,
    begun at least `min_delay_seconds` apart."""

    timeout_seconds: float = 20.0
    max_body_bytes: int = 5_000_000
    max_redirects: int = 5
    per_host_concurrency: int = 2
    min_delay_seconds: float = 0.0
    user_agent: str = "factdrift/0.1 (news reader; one user)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as received, decompressed. `body_hash` is the sha256 of `body` in hex."""

    url: str
    final_url: str
    status: int
    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    body_hash: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said that what we hold is still current."""

    url: str


class Fetcher:
    """Fetches documents; an async context manager. `allow` holds "host:port" pairs exempt from the address check."""

    def __init__(self, limits: FetchLimits, allow: frozenset[str] = frozenset()) -> None:
        self._limits = limits
        self._allow = allow
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_host_concurrency)
        )
        self._next_start: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # No DNS cache: every new connection resolves, and so is checked, anew.
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._allow),
            use_dns_cache=False,
            limit_per_host=self._limits.per_host_concurrency,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._limits.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched | NotModified:
        """The document at `url`, or NotModified where the validators still hold.

        Raises TransientError (timeout, 5xx, 429, dropped connection, temporary DNS failure), Gone (404, 410) or
        PermanentError (other 4xx, refused address, too big, too many redirects, no http address, TLS).
        """
        target = _checked_url(url)
        # The wait for a free slot is ours, not the server's: the deadline starts after it.
        async with self._slots[target.host or ""]:
            await self._turn(target.host or "")
            with _mapped_errors(target, self._limits.timeout_seconds):
                async with asyncio.timeout(self._limits.timeout_seconds):
                    return await self._follow(url, target, _validators(etag, last_modified))

    async def _turn(self, host: str) -> None:
        """Returns when this host may be asked again; each caller books the next free moment before it waits."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_start.get(host, now))
        self._next_start[host] = start + self._limits.min_delay_seconds
        await asyncio.sleep(start - now)

    async def _follow(self, url: str, target: URL, headers: dict[str, str]) -> Fetched | NotModified:
        assert self._session is not None, "Fetcher is used inside `async with`"
        for _ in range(self._limits.max_redirects + 1):
            _check_host(target, self._allow)
            async with self._session.get(target, headers=headers, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._received(url, response, conditional=bool(headers))
                target = _next_hop(target, response)
        raise PermanentError(f"{_shown(target)}: more than {self._limits.max_redirects} redirects")

    async def _received(
        self, url: str, response: aiohttp.ClientResponse, *, conditional: bool
    ) -> Fetched | NotModified:
        if response.status == 304 and conditional:
            return NotModified(url)
        _raise_for_status(response)
        body = await _read_body(response, self._limits.max_body_bytes)
        return Fetched(
            url=url,
            final_url=str(response.url),
            status=response.status,
            body=body,
            content_type=response.headers.get("Content-Type", ""),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            body_hash=hashlib.sha256(body).hexdigest(),
        )


class _GuardedResolver(AbstractResolver):
    """Resolves names and leaves out every address that must not be connected to."""

    def __init__(self, allow: frozenset[str]) -> None:
        self._allow = allow
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if f"{host}:{port}" in self._allow:
            return found
        kept = [one for one in found if refusal_of(one["host"]) is None]
        if found and not kept:
            why = refusal_of(found[0]["host"])
            raise PermanentError(f"{host}: its address {found[0]['host']} is refused ({why})", _ALLOW_HINT)
        return kept

    async def close(self) -> None:
        await self._inner.close()


_ALLOW_HINT = "Only public addresses are fetched; add host:port to the allow list if this one is meant."


def _checked_url(url: str) -> URL:
    try:
        parsed = URL(url.strip())
    except ValueError as error:
        raise PermanentError(f"{url[:200]!r} is no address: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise PermanentError(f"{url[:200]!r} is no http or https address")
    if parsed.user is not None or parsed.password is not None:
        raise PermanentError(f"{_shown(parsed)}: a user name or password in an address is refused")
    return parsed


def _check_host(target: URL, allow: frozenset[str]) -> None:
    """Refuses spelled-out addresses; aiohttp connects to those without asking the resolver."""
    host = target.host or ""
    if f"{host}:{target.port}" in allow:
        return
    literal = literal_of(host)
    if literal is not None:
        why = refusal_of(literal)
        if why:
            raise PermanentError(f"{_shown(target)}: the address is refused ({why})", _ALLOW_HINT)
    elif _NUMERIC_HOST.fullmatch(host):
        raise PermanentError(f"{_shown(target)}: the address is refused (a number in disguise)")


def _next_hop(target: URL, response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location", "")
    if not location:
        raise PermanentError(f"{_shown(target)}: redirect {response.status} without a target")
    try:
        return _checked_url(str(target.join(URL(location))))
    except ValueError as error:
        raise PermanentError(f"{_shown(target)}: redirect to {location[:200]!r}, which is no address") from error


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Conditional headers, byte for byte as the server gave them; one that cannot be sent back is left out."""
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value and value.isprintable()}


def _raise_for_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    what = f"{_shown(response.url)}: HTTP {status} {response.reason or ''}".rstrip()
    if status >= 500 or status in _PASSING:
        raise TransientError(what, retry_after_seconds=_retry_after(response))
    raise Gone(what) if status in _NOT_THERE else PermanentError(what)


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds until the server wants us back; a date is measured against the server's own clock."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT)


async def _read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decompressed body; what counts is its decoded size, so that a small bomb is stopped as well."""
    too_big = PermanentError(f"{_shown(response.url)}: bigger than {limit} bytes")
    if response.content_length is not None and response.content_length > limit:
        raise too_big
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise too_big
    return bytes(body)


@contextmanager
def _mapped_errors(target: URL, timeout_seconds: float) -> Iterator[None]:
    """Whatever aiohttp and the operating system raise leaves as TransientError or PermanentError."""
    try:
        yield
    except TimeoutError as error:
        raise TransientError(f"{_shown(target)}: no answer in {timeout_seconds:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _mapped(error, target) from error


def _mapped(error: Exception, target: URL) -> TransientError | PermanentError:
    what = f"{_shown(target)}: {error or type(error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return TransientError(what) if _is_temporary(error.os_error) else PermanentError(what)
    lasting = (aiohttp.ClientSSLError, ssl.SSLError, aiohttp.InvalidURL, aiohttp.ClientResponseError, ValueError)
    return PermanentError(what) if isinstance(error, lasting) else TransientError(what)


def _is_temporary(error: OSError) -> bool:
    return not (isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME)


def _shown(url: URL) -> str:
    """The address for a message: without user name and password, not endless."""
    return str(url.with_user(None))[:200]

"""The fetcher against a real server on the loopback interface."""

import asyncio
import gzip
import hashlib
import socket
import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import RequestInfo, web
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from factdrift.errors import Gone, PermanentError, TransientError
from factdrift.sources.http import Fetched, Fetcher, FetchLimits, NotModified, _mapped_errors


class Site:
    """A small web site that can misbehave; counts what reached it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.headers: dict[str, str] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.port = 0

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def page(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        if request.headers.get("If-None-Match") == 'W/"a b"':
            return web.Response(status=304)
        return web.Response(body=b"hello", content_type="text/html", headers={"ETag": 'W/"a b"', "Last-Modified": "x"})

    async def status(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["code"]), headers={"Retry-After": "120"})

    async def dated(self, request: web.Request) -> web.Response:
        dates = {"Date": "Wed, 01 Jan 2025 00:00:00 GMT", "Retry-After": "Wed, 01 Jan 2025 00:01:30 GMT"}
        return web.Response(status=503, headers=dates)

    async def redirect(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    async def loop(self, request: web.Request) -> web.Response:
        self.seen.append("loop")
        return web.Response(status=301, headers={"Location": "/loop"})

    async def slow(self, request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async def trickle(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.05)
        return response

    async def bomb(self, request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(bytes(3_000_000)), headers={"Content-Encoding": "gzip"})

    async def endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(bytes(100_000))
        return response

    async def drop(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def short(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"x")
        assert request.transport is not None
        request.transport.close()
        return response

    async def busy(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.05)
        self.at_once -= 1
        return web.Response(text="ok")


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/status/{code}", site.status)
    for name in ("page", "dated", "redirect", "loop", "slow", "trickle", "bomb", "endless", "drop", "short", "busy"):
        app.router.add_get(f"/{name}", getattr(site, name))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    site.port = listener.getsockname()[1]
    await web.SockSite(runner, listener).start()
    yield site
    await runner.cleanup()


@pytest_asyncio.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    limits = FetchLimits(timeout_seconds=0.5, max_body_bytes=1_000_000, max_redirects=3)
    async with Fetcher(limits, frozenset({f"127.0.0.1:{site.port}", f"localhost:{site.port}"})) as fetcher:
        yield fetcher


async def test_a_document_comes_with_its_validators_and_hash(site: Site, fetcher: Fetcher) -> None:
    got = await fetcher.fetch(f"{site.root}/page")

    assert isinstance(got, Fetched)
    assert (got.body, got.status, got.etag, got.last_modified) == (b"hello", 200, 'W/"a b"', "x")
    assert got.body_hash == hashlib.sha256(b"hello").hexdigest()
    assert got.content_type.startswith("text/html")


async def test_validators_are_sent_back_byte_for_byte(site: Site, fetcher: Fetcher) -> None:
    got = await fetcher.fetch(f"{site.root}/page", etag='W/"a b"', last_modified="not a date")

    assert got == NotModified(f"{site.root}/page")
    assert site.headers["If-None-Match"] == 'W/"a b"'
    assert site.headers["If-Modified-Since"] == "not a date"


async def test_a_validator_with_a_line_break_is_not_sent(site: Site, fetcher: Fetcher) -> None:
    await fetcher.fetch(f"{site.root}/page", etag='"a"\r\nX-Evil: 1')

    assert "If-None-Match" not in site.headers
    assert "X-Evil" not in site.headers


@pytest.mark.parametrize("code", [500, 502, 503, 429, 408])
async def test_a_failing_server_is_transient_and_says_when_to_come_back(
    site: Site, fetcher: Fetcher, code: int
) -> None:
    with pytest.raises(TransientError) as caught:
        await fetcher.fetch(f"{site.root}/status/{code}")

    assert caught.value.retry_after_seconds == 120


async def test_a_date_to_come_back_is_measured_by_the_servers_clock(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(TransientError) as caught:
        await fetcher.fetch(f"{site.root}/dated")

    assert caught.value.retry_after_seconds == 90


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451, 304])
async def test_a_refusal_is_permanent(site: Site, fetcher: Fetcher, code: int) -> None:
    with pytest.raises(PermanentError, match=str(code)) as caught:
        await fetcher.fetch(f"{site.root}/status/{code}")

    assert isinstance(caught.value, Gone) is (code in (404, 410))


@pytest.mark.parametrize("path", ["slow", "trickle"])
async def test_the_deadline_is_for_the_whole_fetch(site: Site, fetcher: Fetcher, path: str) -> None:
    with pytest.raises(TransientError, match=r"0\.5 s"):
        await fetcher.fetch(f"{site.root}/{path}")


@pytest.mark.parametrize("path", ["bomb", "endless"])
async def test_decoded_bytes_are_counted(site: Site, fetcher: Fetcher, path: str) -> None:
    with pytest.raises(PermanentError, match="bigger than"):
        await fetcher.fetch(f"{site.root}/{path}")


@pytest.mark.parametrize("path", ["drop", "short"])
async def test_a_dropped_connection_is_transient(site: Site, fetcher: Fetcher, path: str) -> None:
    with pytest.raises(TransientError):
        await fetcher.fetch(f"{site.root}/{path}")


async def test_a_closed_port_is_transient(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with Fetcher(FetchLimits(), frozenset({f"127.0.0.1:{port}"})) as fetcher:
            with pytest.raises(TransientError):
                await fetcher.fetch(f"http://127.0.0.1:{port}/")


async def test_a_redirect_is_followed_to_its_end(site: Site, fetcher: Fetcher) -> None:
    got = await fetcher.fetch(f"{site.root}/redirect?to=/page")

    assert isinstance(got, Fetched)
    assert got.url == f"{site.root}/redirect?to=/page"
    assert got.final_url == f"{site.root}/page"


async def test_too_many_redirects_are_permanent(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(PermanentError, match="redirects"):
        await fetcher.fetch(f"{site.root}/loop")

    assert len(site.seen) == 4


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "http://2130706433/",
     "http://0x7f.1/", "file:///etc/passwd", "ftp://example.org/", "http://localhost:1/", "http://[bad/"],
)  # fmt: skip
async def test_a_redirect_to_a_refused_place_is_permanent(site: Site, fetcher: Fetcher, to: str) -> None:
    with pytest.raises(PermanentError):
        await fetcher.fetch(f"{site.root}/redirect?to={to}")


@pytest.mark.parametrize("url", ["", "example.org", "file:///etc/passwd", "http://", "http://exa mple/", "http://a:x/"])
async def test_what_is_no_web_address_is_permanent(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(PermanentError):
        await fetcher.fetch(url)


async def test_a_name_is_checked_by_the_address_it_resolves_to(site: Site) -> None:
    async with Fetcher(FetchLimits(), frozenset()) as fetcher:
        with pytest.raises(PermanentError, match="refused"):
            await fetcher.fetch(f"http://localhost:{site.port}/page")


async def test_an_allowed_name_is_fetched(site: Site, fetcher: Fetcher) -> None:
    got = await fetcher.fetch(f"http://localhost:{site.port}/page")

    assert isinstance(got, Fetched)


async def test_a_plain_server_behind_https_is_permanent(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(PermanentError):
        await fetcher.fetch(f"https://127.0.0.1:{site.port}/page")


async def test_no_more_than_per_host_fetches_run_at_once(site: Site, fetcher: Fetcher) -> None:
    await asyncio.gather(*(fetcher.fetch(f"{site.root}/busy") for _ in range(8)))

    assert site.most_at_once == 2


async def test_a_user_name_in_an_address_is_refused_before_anything_is_sent(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(PermanentError, match="user name") as caught:
        await fetcher.fetch(f"http://me:hidden@127.0.0.1:{site.port}/page")

    assert site.headers == {}
    assert "hidden" not in str(caught.value)


async def test_fetches_at_one_host_begin_apart(site: Site) -> None:
    limits = FetchLimits(min_delay_seconds=0.1, per_host_concurrency=3)
    started = asyncio.get_running_loop().time()

    async with Fetcher(limits, frozenset({f"127.0.0.1:{site.port}"})) as fetcher:
        await asyncio.gather(*(fetcher.fetch(f"{site.root}/page") for _ in range(3)))

    assert asyncio.get_running_loop().time() - started >= 0.2


_KEY = ConnectionKey("example.org", 443, True, True, None, None, None)
_REQUEST = RequestInfo(URL("http://example.org/"), "GET", CIMultiDictProxy(CIMultiDict()), URL("http://example.org/"))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), TransientError),
        (aiohttp.ServerTimeoutError(), TransientError),
        (aiohttp.ServerDisconnectedError(), TransientError),
        (aiohttp.ClientPayloadError(), TransientError),
        (aiohttp.ClientOSError(104, "reset"), TransientError),
        (aiohttp.ClientConnectorError(_KEY, ConnectionRefusedError(111, "refused")), TransientError),
        (aiohttp.ClientConnectorDNSError(_KEY, socket.gaierror(socket.EAI_AGAIN, "again")), TransientError),
        (aiohttp.ClientConnectorDNSError(_KEY, socket.gaierror(socket.EAI_NONAME, "unknown")), PermanentError),
        (aiohttp.ClientConnectorSSLError(_KEY, ssl.SSLError(1, "handshake")), PermanentError),
        (aiohttp.ClientConnectorCertificateError(_KEY, ssl.CertificateError("expired")), PermanentError),
        (aiohttp.InvalidURL("x"), PermanentError),
        (aiohttp.ClientResponseError(_REQUEST, (), message="bad line"), PermanentError),
        (ConnectionResetError(104, "reset"), TransientError),
        (OSError(101, "network is unreachable"), TransientError),
        (ValueError("bad header"), PermanentError),
    ],
)
def test_every_foreign_error_is_mapped(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught, _mapped_errors(URL("http://example.org/"), 3.0):
        raise error

    assert "http://example.org/" in str(caught.value)
    assert caught.value.__cause__ is error

"""Delivery of alerts: the console, a real json:// receiver on loopback, and every way a channel can fail."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from factdrift.config import ChannelConfig
from factdrift.model import Alert
from factdrift.notify.channels import clean_title, deliver

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
CONSOLE = ChannelConfig()
HOOK = ChannelConfig(kind="apprise", url_env="HOOK_URL")


@dataclass
class Receiver:
    """What a webhook was sent; `status` is what it answers."""

    port: int = 0
    status: int = 200
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"json://someone:s3cret-w0rd@127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    got = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.paths.append(self.path)
            if self.path.startswith("/hook"):
                got.bodies.append(json.loads(body))
            self.send_response(got.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    got.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield got
    server.shutdown()
    server.server_close()


def alert(alert_id: str = "a1", *, title: str = "Stake cut to 15 %", attempts: int = 0, age: int = 0) -> Alert:
    body = "was 43 %\nis 15 %"
    created = NOW - timedelta(minutes=age)
    return Alert(alert_id, "cars", "c1", "stake", f"key-{alert_id}", title, body, created, None, attempts)


def send(*alerts: Alert, channels: tuple[ChannelConfig, ...], **environment: str) -> tuple[dict[str, str], str]:
    """What became of each alert, and what was written to the console."""
    written: list[str] = []
    outcomes = deliver(alerts, channels, environment, written.append, NOW)
    return {outcome.alert_id: outcome.error for outcome in outcomes}, "".join(written)


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_the_console_shows_title_and_indented_body():
    outcome, written = send(alert(), channels=(CONSOLE,))

    assert outcome == {"a1": ""}
    assert written == "Stake cut to 15 %\n  was 43 %\n  is 15 %\n"


def test_what_the_console_has_shown_is_not_shown_at_the_next_try(receiver: Receiver):
    outcome, written = send(alert(attempts=1, age=60), channels=(CONSOLE, HOOK), HOOK_URL=receiver.url)

    assert outcome == {"a1": ""}
    assert written == ""
    assert len(receiver.bodies) == 1


def test_a_channel_that_had_the_alert_does_not_get_it_again_because_another_failed(receiver: Receiver):
    mail = ChannelConfig(kind="apprise", url_env="MAIL_HOOK_URL")  # in which the other's name stands as well
    channels = (HOOK, mail)
    first, _ = send(alert(), channels=channels, HOOK_URL=receiver.url)
    again = replace(alert(attempts=1, age=60), last_error=first["a1"])

    second, _ = send(again, channels=channels, HOOK_URL=receiver.url)
    third, _ = send(again, channels=channels, HOOK_URL=receiver.url, MAIL_HOOK_URL=receiver.url)

    assert first == second == {"a1": "MAIL_HOOK_URL: this environment variable is not set"}
    assert third == {"a1": ""}
    assert len(receiver.bodies) == 2


def test_where_the_channel_that_failed_is_gone_the_others_are_tried(receiver: Receiver):
    failed = replace(alert(attempts=1, age=60), last_error="MAIL_URL: this environment variable is not set")

    outcome, _ = send(failed, channels=(HOOK,), HOOK_URL=receiver.url)

    assert outcome == {"a1": ""}
    assert len(receiver.bodies) == 1


def test_each_outcome_is_known_before_the_next_alert_is_sent(receiver: Receiver):
    outcomes = deliver([alert("a1"), alert("a2")], [HOOK], {"HOOK_URL": receiver.url}, print, NOW)

    assert next(outcomes).alert_id == "a1"
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize(
    ("attempts", "age", "is_due"),
    [(0, 0, True), (1, 1, False), (1, 2, True), (5, 31, False), (5, 32, True), (40, 1439, False), (40, 1440, True)],
)
def test_each_try_waits_twice_as_long_up_to_a_day(attempts: int, age: int, is_due: bool):
    outcome, _ = send(alert(attempts=attempts, age=age), channels=(CONSOLE,))

    assert bool(outcome) is is_due


def test_a_webhook_receives_title_and_body(receiver: Receiver):
    outcome, _ = send(alert(), channels=(HOOK,), HOOK_URL=receiver.url)

    assert outcome == {"a1": ""}
    assert receiver.bodies[0]["title"] == "Stake cut to 15 %"
    assert receiver.bodies[0]["message"] == "was 43 %\nis 15 %"


def test_every_alert_is_sent_once_through_every_channel(receiver: Receiver):
    outcome, written = send(alert("a1"), alert("a2"), channels=(CONSOLE, HOOK), HOOK_URL=receiver.url)

    assert outcome == {"a1": "", "a2": ""}
    assert len(receiver.bodies) == 2
    assert written.count("Stake cut") == 2


def test_a_redirect_is_not_followed(receiver: Receiver):
    receiver.status = 307

    outcome, _ = send(alert(), channels=(HOOK,), HOOK_URL=receiver.url)

    assert "not delivered" in outcome["a1"]
    assert not [path for path in receiver.paths if path.startswith("/elsewhere")]


def test_an_environment_variable_that_is_not_set_is_named():
    outcome, _ = send(alert(), channels=(HOOK,))

    assert outcome == {"a1": "HOOK_URL: this environment variable is not set"}


def test_an_address_that_is_none_is_an_error_without_the_address():
    outcome, _ = send(alert(), channels=(HOOK,), HOOK_URL="nonsense-s3cret-w0rd")

    assert outcome["a1"].startswith("HOOK_URL: not an address")
    assert "s3cret" not in outcome["a1"]


@pytest.mark.parametrize("title", ["Deal\r\nBcc: x@y.z", "Deal\n\nBcc: x@y.z", "Deal\x00\x85\u2028Bcc: x@y.z"])
def test_control_characters_and_line_breaks_leave_the_title(title: str, receiver: Receiver):
    _, written = send(alert(title=title), channels=(CONSOLE, HOOK), HOOK_URL=receiver.url)

    assert receiver.bodies[0]["title"] == "Deal Bcc: x@y.z"
    assert written.splitlines()[0] == "Deal Bcc: x@y.z"


def test_a_title_of_any_length_is_at_most_200_characters():
    assert len(clean_title("ab " * 500)) <= 200


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_a_refusing_channel_is_an_error_without_the_secret(
    status: int, receiver: Receiver, capfd: pytest.CaptureFixture[str]
):
    receiver.status = status

    outcome, _ = send(alert(), channels=(HOOK,), HOOK_URL=receiver.url)

    assert outcome["a1"].startswith("HOOK_URL: ")
    shown = capfd.readouterr()
    assert "s3cret" not in outcome["a1"] + shown.out + shown.err


def test_an_unreachable_channel_is_an_error_without_the_secret_and_the_others_work():
    url = f"json://someone:s3cret-w0rd@127.0.0.1:{closed_port()}/hook"

    outcome, written = send(alert("a1"), alert("a2"), channels=(HOOK, CONSOLE), HOOK_URL=url)

    assert set(outcome) == {"a1", "a2"}
    assert all(error.startswith("HOOK_URL: ") and "s3cret" not in error for error in outcome.values())
    assert written.count("Stake cut") == 2


def test_the_errors_of_several_channels_are_all_told():
    other = ChannelConfig(kind="apprise", url_env="MAIL_URL")

    outcome, _ = send(alert(), channels=(HOOK, other))

    assert "HOOK_URL" in outcome["a1"]
    assert "MAIL_URL" in outcome["a1"]

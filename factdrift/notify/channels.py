"""Delivery of alerts: to the console, or through Apprise (mail, chat, webhook). Keeps nothing; the outbox does.

Addresses come from environment variables whose names the configuration holds. Titles are one clean line, redirects are
not followed, a failure is a value: the outbox tries again at the next run.
"""

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from factdrift.config import ChannelConfig
from factdrift.model import Alert


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one alert: `error` is empty where every channel took it."""

    alert_id: str
    error: str


def deliver(
    alerts: Iterable[Alert],
    channels: Iterable[ChannelConfig],
    environment: Mapping[str, str],
    write: Callable[[str], None],
    now: datetime,
) -> Iterator[Delivery]:
    """Send each alert through each channel that has not had it; never raises for a channel that fails.

    Each outcome is given before the next alert is sent: kept at once, a crash repeats one alert at most.
    """
    listed = list(channels)
    for alert in alerts:
        if _is_due(alert, now):
            errors = (_send(alert, channel, environment, write) for channel in _untold(alert, listed))
            yield Delivery(alert.alert_id, "; ".join(filter(None, errors)))


def _untold(alert: Alert, channels: list[ChannelConfig]) -> list[ChannelConfig]:
    """The channels that failed at the last try, by the names in its error; all where none of them is left."""
    names = {error.split(": ")[0] for error in alert.last_error.split("; ")}
    return [channel for channel in channels if channel.url_env in names] or channels


def _is_due(alert: Alert, now: datetime) -> bool:
    """Whether it is time for the next try: each one waits twice as long, up to a day."""
    if not alert.attempts:
        return True
    return now - alert.created_at >= min(timedelta(minutes=2**alert.attempts), timedelta(days=1))


def clean_title(title: str) -> str:
    """One line without control characters: a CR LF in a title breaks mail headers."""
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())[:200]


def _send(alert: Alert, channel: ChannelConfig, environment: Mapping[str, str], write: Callable[[str], None]) -> str:
    if channel.kind == "console":
        if alert.attempts:
            return ""  # it was shown when another channel failed
        body = "\n".join(f"  {line}" for line in alert.body.splitlines())
        write(f"{clean_title(alert.title)}\n{body}\n")
        return ""
    name = channel.url_env or ""
    if not (url := environment.get(name)):
        return f"{name}: this environment variable is not set"
    return _send_by_apprise(alert, url, name)


def _send_by_apprise(alert: Alert, url: str, name: str) -> str:
    import apprise  # 0.4 s to import, and most runs send nothing

    log = io.StringIO()
    with contextlib.redirect_stderr(log):
        target = apprise.Apprise()
        if not target.add(url + ("&" if "?" in url else "?") + "redirect=no"):
            return f"{name}: not an address that Apprise knows"
        try:
            sent = target.notify(title=clean_title(alert.title), body=alert.body)
        except Exception as exc:  # a plug-in may raise anything; the outbox must hear of it
            return f"{name}: {type(exc).__name__}: {exc}"
    return "" if sent else f"{name}: not delivered, will be tried again"

"""Stable ids: the same thing gets the same id on every machine and in every run. Pure; knows no storage."""

import hashlib
import json
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from factdrift.codec import value_to_json
from factdrift.model import Belief, ChangeKind, Claim, DateSpan, Track

ID_LENGTH = 20
TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "hsa_", "mtm_", "at_campaign", "at_medium", "at_custom", "guce_")
TRACKING_NAMES = frozenset(
    {"fbclid", "gclid", "dclid", "msclkid", "igshid", "yclid", "twclid", "cmpid", "ocid", "ncid", "smid", "xtor"}
    | {"ref_src", "taid", "guccounter"}
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def stable_id(*parts: str) -> str:
    """20 hex characters of a SHA-256 over the parts; no two lists of parts are written alike."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()[:ID_LENGTH]


def article_id(url: str) -> str:
    """The id of the article at a URL, whatever tracking parameters were hung on it."""
    return stable_id("article", canonical_url(url))


def version_id(title: str, text: str) -> str:
    """The id of one wording of an article."""
    return stable_id("version", title, text)


def claim_id(version_id: str, claim: Claim, extractor: str) -> str:
    """The id of what one reader took from one article version: the same claim read again has the same id."""
    evidence, slot = claim.evidence, claim.slot
    return stable_id(
        "claim",
        version_id,
        extractor,
        claim.fact or "",
        json.dumps([slot.relation, slot.subject, slot.object, slot.qualifiers]),
        _value_text(claim.value),
        claim.stage,
        claim.mention,
        claim.bound or "",
        claim.measure or "",
        _span_text(claim.due),
        _span_text(claim.as_of),
        evidence.part,
        str(evidence.start),
        str(evidence.end),
        str(claim.cue[0]),
    )


def change_id(fact: str, track: Track, kind: ChangeKind, old: Belief | None, new: Belief | None, claim: str) -> str:
    """The id of a change: what became what, on whose word."""
    return stable_id("change", fact, track, kind, *_belief_texts(old), *_belief_texts(new), claim)


def canonical_url(url: str) -> str:
    """The URL with host lower-cased, default port, fragment and tracking parameters gone, and its query sorted.

    A string that is no URL with a host is returned stripped, so that it still has an id.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    if ":" in host:
        host = f"[{host}]"
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(parts.path, safe="/%~:@!$&'()*+,;=-._") or "/"
    query = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0]))
    return urlunsplit((parts.scheme, host, path.rstrip("/") or "/", urlencode(query), ""))


def _is_tracking(name: str) -> bool:
    folded = name.casefold()
    return folded in TRACKING_NAMES or folded.startswith(TRACKING_PREFIXES)


def _belief_texts(belief: Belief | None) -> tuple[str, ...]:
    if belief is None:
        return ("", "", "", "")
    return (_value_text(belief.value), belief.stage, _span_text(belief.due), belief.measure or "")


def _value_text(value: object) -> str:
    return json.dumps(value_to_json(value), sort_keys=True)  # type: ignore[arg-type]


def _span_text(span: DateSpan | None) -> str:
    return f"{span.date_from}/{span.date_to}" if span else ""

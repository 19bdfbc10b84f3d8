"""Bytes as text: byte order mark, then the header, then what the page declares, then UTF-8. Pure; never fails."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_IN_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
# What browsers read where a page names the smaller set.
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030"}


def decoded(body: bytes, content_type: str = "") -> str:
    """`body` as text; bytes that fit no charset become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    head = body[:4096]
    for declared in (_IN_HEADER.search(content_type), _IN_PAGE.search(head), _IN_XML.search(head)):
        if declared and (charset := _charset(declared.group(1))):
            return _with(body, charset)
    return _with(body, "cp1252")


def _with(body: bytes, charset: str) -> str:
    """UTF-8 where the bytes are valid UTF-8, whatever is declared: text of another charset hardly ever is."""
    try:
        return body.decode(charset if charset.startswith(("utf-16", "utf-32", "iso2022")) else "utf-8")
    except UnicodeDecodeError:
        return body.decode(charset, "replace")


def _charset(name: str | bytes) -> str | None:
    try:
        found = codecs.lookup(name.decode("ascii") if isinstance(name, bytes) else name)
    except (LookupError, UnicodeError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return _WIDER.get(found.name, found.name) if is_text and found.name not in ("idna", "punycode") else None

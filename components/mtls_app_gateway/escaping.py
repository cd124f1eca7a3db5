"""Text on its way out: to terminals, XML, HTML and JSON, with nothing in it that acts there. Pure.

Documents, servers and certificates hold any text. Here control characters become visible escapes, so that none colours
a terminal, forges a line or breaks a file; passwords in addresses and long tokens are left out.
"""

import html
import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2, Char)."""

_WORD = re.compile(r"\S+")
_TOKEN = re.compile(r"[A-Za-z0-9+]{32,}=*")
_LEFT_OUT = "[left out]"


def printable(text: str, length: int | None = None) -> str:
    r"""One line of text for a terminal or a log: what cannot be printed is written as its escape, ESC as `\x1b`.

    Line ends are escaped too, and so are the marks that turn the direction of writing. A longer text than `length` is
    cut short.
    """
    shown = text if length is None or len(text) <= length else f"{text[: length - 1]}…"
    return shown if shown.isprintable() else "".join(map(_character, shown))


def without_secrets(text: str) -> str:
    """The text without what stands before the @ of an address (RFC 3986 section 3.2.1), and without long tokens."""
    return _TOKEN.sub(_without_token, _WORD.sub(_without_userinfo, text) if "@" in text else text)


def quoted(text: str, length: int = 60) -> str:
    """A value of the user's in quotes, its secrets left out before it is cut short."""
    return repr(without_secrets(text)[:length])


def xml_text(text: str) -> str:
    """A text that XML is able to hold; its markup is the writer's to escape."""
    return _NOT_XML.sub(lambda found: _character(found[0]), text)


def html_text(text: object) -> str:
    """A text for an HTML page, in an attribute too."""
    return html.escape("".join(c if c == "\n" else _character(c) for c in str(text)))


def json_text(data: Any) -> str:
    """Data as indented ASCII JSON. A lone surrogate, at which other readers stop, becomes U+FFFD."""
    text = json.dumps(data, ensure_ascii=False)
    return json.dumps(json.loads(_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)), indent=2)


def _without_userinfo(word: re.Match[str]) -> str:
    # Both are linear: a long text must not take long to report.
    address, at, host = word[0].rpartition("@")
    before, scheme, userinfo = address.rpartition("://")
    if not at or ":" not in userinfo:
        return word[0]
    return f"{before}{scheme}{_LEFT_OUT}@{host}"


def _without_token(token: re.Match[str]) -> str:
    kinds = (str.isdigit, str.islower, str.isupper)
    return _LEFT_OUT if all(any(map(kind, token[0])) for kind in kinds) else token[0]


def _character(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")

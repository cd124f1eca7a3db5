"""The gateway's own pages.

Source of the layout and of the two certificate texts: answers of live v2 gateways, which are nginx's pages with another
name at the bottom.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .syntax import Directive, block, directive, literal

SERVER = "Microsoft-Azure-Application-Gateway/v2"
_SET_HEADERS = "more_set_headers"

NO_CERTIFICATE = "No required SSL certificate was sent"
CERTIFICATE_ERROR = "The SSL certificate error"
PLAIN_HTTP = "The plain HTTP request was sent to HTTPS port"

_PAGES = {
    495: ("@certificate-error", 400, "Bad Request", CERTIFICATE_ERROR),
    496: ("@no-certificate", 400, "Bad Request", NO_CERTIFICATE),
    497: ("@plain-http", 400, "Bad Request", PLAIN_HTTP),
    502: ("@bad-gateway", 502, "Bad Gateway", None),
    504: ("@gateway-timeout", 504, "Gateway Time-out", None),
}
"""By nginx's code: the location, the status that a client gets, its phrase, and the text under it."""


def page(status: int, phrase: str, reason: str | None = None) -> str:
    """A page in the layout of the gateway's own."""
    lines = [
        "<html>",
        f"<head><title>{status} {reason or phrase}</title></head>",
        "<body>",
        f"<center><h1>{status} {phrase}</h1></center>",
        *([f"<center>{reason}</center>"] if reason else []),
        f"<hr><center>{SERVER}</center>",
        "</body>",
        "</html>",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def answer(status: int, phrase: str, reason: str | None = None) -> Iterator[Directive]:
    """The directives of a location that answers with such a page."""
    yield directive(_SET_HEADERS, f"Server: {SERVER}")
    yield directive("default_type", "text/html")
    yield directive("return", status, literal(page(status, phrase, reason)))


def without_server(tree: Iterable[Directive]) -> Iterator[Directive]:
    """The directives for an nginx without the module headers-more: only with it can the `Server` of a page be set."""
    for each in tree:
        if each.name != _SET_HEADERS:
            yield each if each.block is None else replace(each, block=tuple(without_server(each.block)))


def page_directives(codes: tuple[int, ...]) -> Iterator[Directive]:
    """The pages for these codes of nginx's in a server block."""
    for code in codes:
        location, status, phrase, reason = _PAGES[code]
        yield directive("error_page", code, "=", location)
        yield block("location", location, inner=answer(status, phrase, reason))

"""The rules of error pages of one's own: for which status, from where, and for which listener.

Source: Microsoft, Create Application Gateway custom error pages.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

from ..document.gateway import ErrorPage, Gateway, Listener
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each, repeated

_SOURCE = "https://learn.microsoft.com/azure/application-gateway/custom-error"
_NOT_SHOWN = "HttpStatus404"
"""Azure's schema has it, and the service does not support it."""
_OF_REFUSALS = "HttpStatus400"

_URL = re.compile(r"https?://(?P<host>\[[0-9a-f:.]+\]|[^/?#@:\[\]\s]+)(:\d{1,5})?(?P<rest>[/?#][!-~]*)?", re.IGNORECASE)


def _lists(gateway: Gateway) -> Iterator[tuple[ErrorPage, ...]]:
    """The pages of the gateway, then those of each listener that has its own."""
    yield gateway.error_pages
    yield from (each.error_pages for each in gateway.listeners if each.error_pages is not gateway.error_pages)


def _pages(gateway: Gateway) -> Iterator[ErrorPage]:
    for pages in _lists(gateway):
        yield from pages


@for_each(_pages)
def _status(_gateway: Gateway, page: ErrorPage) -> Iterator[Finding]:
    if page.status == _NOT_SHOWN:
        yield Finding(f"{page.place}.statusCode", "Azure's schema has this status, but the service no page for it")


@for_each(_lists)
def _repeated(_gateway: Gateway, pages: tuple[ErrorPage, ...]) -> Iterator[Finding]:
    for index, status in repeated(page.status for page in pages):
        yield Finding(f"{pages[index].place}.statusCode", f"{quoted(status)} has a page already")


@for_each(_pages)
def _url(_gateway: Gateway, page: ErrorPage) -> Iterator[Finding]:
    saw = _wrong_url(page.url) if page.url is not None else None
    if saw is not None:
        yield Finding(f"{page.place}.customErrorPageUrl", saw)


def _wrong_url(url: str) -> str | None:
    """What is wrong with a URL, which is not shown: it may hold a password or a key."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return "it is no absolute URL of http or https without a user name"
    if _is_private(parts["host"]):
        return f"{quoted(parts['host'])} is not reached from the internet"
    if not (parts["rest"] or "").lower().endswith((".htm", ".html")):
        return "it ends in neither .htm nor .html"
    return None


def _is_private(host: str) -> bool:
    with suppress(ValueError):
        return not ip_address(host.strip("[]")).is_global
    return "." not in host


@for_each(lambda gateway: gateway.listeners)
def _replaced(gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    own = {page.status for page in listener.error_pages}
    lost = [page.status.removeprefix("HttpStatus") for page in gateway.error_pages if page.status not in own]
    if lost:
        saw = f"{quoted(listener.name)} has pages of its own, and so not the gateway's for {', '.join(lost)}"
        yield Finding(f"{listener.place}.properties.customErrorConfigurations", saw)


def _without_egress(gateway: Gateway) -> Iterator[Finding]:
    if gateway.frontends and all(frontend.is_private for frontend in gateway.frontends):
        for page in _pages(gateway):
            saw = "the gateway has a private address alone, and without a way out it cannot fetch the page"
            yield Finding(f"{page.place}.customErrorPageUrl", saw)


@for_each(lambda gateway: gateway.listeners)
def _of_refusals(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    if listener.mode is not None:
        for page in listener.error_pages:
            if page.status == _OF_REFUSALS:
                saw = "whether clients whose certificate the gateway refuses see this page is not documented"
                yield Finding(page.place, saw)


ERROR_PAGE_RULES = (
    Rule(
        code="error-page-status",
        demands="An error page is for a status that the gateway shows pages for.",
        source=_SOURCE,
        remedy="Take it out; the pages are for 400, 403, 405, 408, 500, 502, 503 and 504.",
        check=_status,
    ),
    Rule(
        code="error-page-repeated",
        demands="A status has one error page.",
        source="this product's own decision: which of two pages is shown cannot be known",
        remedy="Take one of them out.",
        check=_repeated,
    ),
    Rule(
        code="error-page-url",
        demands="An error page is a public URL that ends in .htm or .html.",
        source=_SOURCE,
        remedy="Write a URL like https://www.example.com/502.html; it answers 200, with less than 1 MB.",
        check=_url,
    ),
    Rule(
        code="error-pages-replaced",
        demands="A listener with error pages of its own has one for each status that the gateway has one for.",
        source=_SOURCE,
        remedy="Give the listener those pages too, if it is to show them: one of its own replaces all the gateway's.",
        severity=Severity.WARNING,
        check=_replaced,
    ),
    Rule(
        code="error-page-egress",
        demands="The gateway can fetch its error pages.",
        source=f"{_SOURCE}; inferred for a gateway without a public address",
        remedy="Give its subnet a way out, such as a NAT gateway.",
        severity=Severity.NOTE,
        check=_without_egress,
    ),
    Rule(
        code="error-page-of-refusals",
        demands="A page for 400 has no hints for clients without a valid certificate.",
        source=f"{_SOURCE}; certificates are not mentioned there",
        remedy="Say nothing in it that such a client should not know.",
        severity=Severity.NOTE,
        check=_of_refusals,
    ),
)

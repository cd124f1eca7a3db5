"""Request headers that HTTP, a proxy or the gateway uses for itself, so that none of them can carry an identity.

The gateway overwrites an identity header on one route and deletes it on another: with `Authorization` it would take the
client's own credentials away, with `Content-Length` the request's end. `Client-Cert` and `Client-Cert-Chain` (RFC 9440)
are made for this purpose and are free.
"""

from collections.abc import Mapping

RESERVED_HEADERS: Mapping[str, str] = {
    name: source
    for source, names in {
        "RFC 9110": """
            accept accept-charset accept-encoding accept-language accept-ranges allow authentication-info authorization
            connection content-encoding content-language content-length content-location content-range content-type
            date etag expect from host if-match if-modified-since if-none-match if-range if-unmodified-since
            last-modified location max-forwards proxy-authenticate proxy-authentication-info proxy-authorization range
            referer retry-after server te trailer upgrade user-agent vary via www-authenticate
        """,
        "RFC 9111": "age cache-control expires pragma warning",
        "RFC 9112": "close mime-version transfer-encoding",
        "RFC 9113": "http2-settings keep-alive proxy-connection",
        "RFC 6265": "cookie cookie2 set-cookie set-cookie2",
        "RFC 6454": "origin",
        "RFC 7239": "forwarded",
        "RFC 8470": "early-data",
        "RFC 9218": "priority",
        "RFC 9530": "content-digest repr-digest want-content-digest want-repr-digest",
        "WHATWG Fetch": "dnt upgrade-insecure-requests",
        "usage of proxies": "client-ip true-client-ip x-client-ip x-cluster-client-ip x-real-ip x-http-method-override",
    }.items()
    for name in names.split()
}
"""Each reserved name in lower case, and who uses it."""

RESERVED_PREFIXES: Mapping[str, str] = {
    "access-control-": "WHATWG Fetch",
    "proxy-": "WHATWG Fetch",
    "sec-": "WHATWG Fetch",
    "x-appgw-": "Application Gateway",
    "x-azure-": "Azure Front Door",
    "x-forwarded-": "Application Gateway",
    "x-original-": "Application Gateway",
}
"""Beginnings of names, in lower case; the gateway's: Microsoft, How an application gateway works."""


def reserved_by(name: str) -> str | None:
    """Who uses a header of this name for something else; None where it is free."""
    lower = name.lower()
    by_prefix = (source for prefix, source in RESERVED_PREFIXES.items() if lower.startswith(prefix))
    return RESERVED_HEADERS.get(lower) or next(by_prefix, None)

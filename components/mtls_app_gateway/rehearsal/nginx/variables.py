"""Application Gateway's server variables and patterns as nginx text.

Sources: Microsoft, Rewrite HTTP headers and URL with Application Gateway, for the variables; captures of live gateways
for the formats, which are nginx's own.
"""

import re
from collections.abc import Mapping
from itertools import count

from ...document.re2 import LIST_OF_CHARACTERS

_VARIABLES = {
    "add_x_forwarded_for_proxy": "proxy_add_x_forwarded_for",
    "ciphers_supported": "ssl_ciphers",
    "ciphers_used": "ssl_cipher",
    "client_certificate": "ssl_client_escaped_cert",
    "client_certificate_end_date": "ssl_client_v_end",
    "client_certificate_fingerprint": "ssl_client_fingerprint",
    "client_certificate_issuer": "ssl_client_i_dn",
    "client_certificate_serial": "ssl_client_serial",
    "client_certificate_start_date": "ssl_client_v_start",
    "client_certificate_subject": "ssl_client_s_dn",
    "client_ip": "remote_addr",
    "client_port": "remote_port",
    "client_tcp_rtt": "tcpinfo_rtt",
    "client_user": "remote_user",
    "host": "host",
    "http_method": "request_method",
    "http_status": "status",
    "http_version": "server_protocol",
    "query_string": "args",
    "received_bytes": "request_length",
    "request_query": "args",
    "request_scheme": "scheme",
    "request_uri": "request_uri",
    "sent_bytes": "bytes_sent",
    "ssl_connection_protocol": "ssl_protocol",
    "ssl_enabled": "tls_enabled",
    "uri_path": "request_path",
}
VERIFICATION = "client_certificate_verification"
"""The one variable whose value depends on the mode of the listener."""

_SUBJECT = re.compile(r"(?P<kind>var|http_req|http_resp)_(?P<name>[A-Za-z0-9_\-]+)")
_GROUP = re.compile(rf"\\.|{LIST_OF_CHARACTERS}|\((?!\?)|\(\?P?<(?![=!])\w+>", re.DOTALL)


def variable(subject: str, *, literals: Mapping[str, str]) -> str | None:
    """The nginx text for `var_<name>`, `http_req_<Header>` or `http_resp_<Header>`; None if there is no such variable.

    `literals` are the variables with a value of the listener.
    """
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        return None
    name = match["name"]
    if match["kind"] != "var":
        prefix = "http" if match["kind"] == "http_req" else "upstream_http"
        return f"${{{prefix}_{name.lower().replace('-', '_')}}}"
    if name in literals:
        return literals[name]
    if name.startswith("cookie_"):
        return f"${{{name}}}"
    return f"${{{_VARIABLES[name]}}}" if name in _VARIABLES else None


_PART = re.compile(
    rf"(?P<atom>\\.|{LIST_OF_CHARACTERS})|(?P<sign>\(\?(?:#[^)]*|[A-Za-z-]+)\))|(?P<open>\((?:\?(?:P?<\w+>|[A-Za-z-]*:))?)|(?P<close>\))"
    r"|(?P<either>\|)|(?P<repeat>(?:[*+?]|\{(?P<least>\d+)(?:,\d*)?\})[?+]?)|(?P<other>.)",
    re.DOTALL,
)
_WIDTHLESS = {"^", "$", r"\A", r"\B", r"\z", r"\Z"}
"""What matches before and after nothing."""


def matches_nothing(pattern: str) -> bool:
    """Whether a pattern that Azure accepts matches the empty text.

    Read from the pattern in one pass: matching it against the empty text can take for ever, as with `(|){60}b`.
    """
    outer: list[tuple[bool, bool]] = []
    before, matches, other = True, True, False  # Before the last part, up to here, in an earlier alternative.
    for part in _PART.finditer(pattern):
        kind = part.lastgroup if part.lastgroup != "least" else "repeat"
        if kind == "open":
            outer.append((matches, other))
            matches, other = True, False
        elif kind == "either":
            matches, other = True, other or matches
        elif kind == "close" and outer:
            inner = matches or other
            before, other = outer.pop()
            matches = before and inner
        elif kind == "repeat":
            matches = before if part["repeat"][0] in "*?" or part["least"] == "0" else matches
        elif kind != "sign":
            before, matches = matches, matches and part[0] in _WIDTHLESS
    return matches or other


def with_named_groups(pattern: str, prefix: str) -> str:
    """The pattern with its capturing groups named `<prefix>1`, `<prefix>2` and so on, in the order they open."""
    numbers = count(1)

    def named(match: re.Match[str]) -> str:
        return f"(?<{prefix}{next(numbers)}>" if match[0].startswith("(") else match[0]

    return _GROUP.sub(named, pattern)

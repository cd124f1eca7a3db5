"""What Application Gateway's rewrites can read, and the headers that they leave alone.

Source: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

import re
from collections.abc import Iterator, Mapping

CLIENT_VARIABLES = frozenset(
    f"client_certificate{fact}"
    for fact in ("", "_end_date", "_fingerprint", "_issuer", "_serial", "_start_date", "_subject", "_verification")
)
"""The server variables about the client's certificate."""
SERVER_VARIABLES = CLIENT_VARIABLES | {
    "add_x_forwarded_for_proxy",
    "ciphers_supported",
    "ciphers_used",
    "client_ip",
    "client_port",
    "client_tcp_rtt",
    "client_user",
    "host",
    "http_method",
    "http_status",
    "http_version",
    "query_string",
    "received_bytes",
    "request_query",
    "request_scheme",
    "request_uri",
    "sent_bytes",
    "server_port",
    "ssl_connection_protocol",
    "ssl_enabled",
    "uri_path",
}
"""Every server variable that has one name; a cookie's is `cookie_` and its name."""

NEVER_REWRITTEN: Mapping[str, frozenset[str]] = {
    "request": frozenset({"connection", "upgrade", "x-original-host"}),
    "response": frozenset({"connection", "upgrade"}),
}
"""The headers that no rewrite changes, in lower case."""

_READ = re.compile(r"\{([^{}]*)\}")
_VARIABLE = re.compile(r"(?P<kind>var|http_req|http_resp)_(?P<name>[A-Za-z0-9_-]+)")
_CAPTURE = re.compile(r"(?P<variable>.+)_(?P<number>\d+)")


def variables_in(value: str) -> Iterator[str]:
    """What a value reads, without the braces: `var_client_ip`, `http_req_Host`, `var_uri_path_1` for a capture."""
    yield from _READ.findall(value)


def without_capture(variable: str) -> str:
    """The variable of which a capture takes a part; the variable itself where it is none.

    >>> without_capture("var_uri_path_1"), without_capture("var_uri_path")
    ('var_uri_path', 'var_uri_path')
    """
    found = _CAPTURE.fullmatch(variable)
    return found["variable"] if found else variable


def is_variable(variable: str) -> bool:
    """Whether Application Gateway has a variable of this name, the kind before it."""
    found = _VARIABLE.fullmatch(variable)
    if found is None:
        return False
    return found["kind"] != "var" or found["name"] in SERVER_VARIABLES or found["name"].startswith("cookie_")


def is_client_fact(variable: str) -> bool:
    """Whether a variable, or the one of which it is a capture, is about the client's certificate."""
    names = _names(variable)
    return any(name.removeprefix("var_") in CLIENT_VARIABLES for name in names if name.startswith("var_"))


def request_header(variable: str) -> frozenset[str]:
    """The request headers, in lower case, that a variable may read: a name may end in what looks like a capture."""
    names = (name.removeprefix("http_req_") for name in _names(variable) if name.startswith("http_req_"))
    return frozenset(spelling for name in names for spelling in (name, name.replace("_", "-")))


def _names(variable: str) -> set[str]:
    """What a variable may name. Whether Azure reads it in any case and with blanks is not documented."""
    given = variable.strip().lower()
    return {given, without_capture(given)}

"""Parses the address of a real application: `8000`, `:8000` or `HOST:PORT`. Pure."""

import re

from ..problems import GatewayError, Problem

_WRITTEN = re.compile(r"(?:(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?:)?(?P<port>[0-9]{1,5})")


def backend_address(text: str) -> str:
    """`host:port`; a port alone is on this machine.

    Raises:
        GatewayError: the text is not an address.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65_536:
        saw, fix = "this is no host with a port", "Write PORT or HOST:PORT, as in 8000 or 127.0.0.1:8000."
        raise GatewayError([Problem("backend-malformed", repr(text[:80]), saw, fix)])
    return f"{found['host'] or '127.0.0.1'}:{int(found['port'])}"

"""Parses the address of a real application: `8000`, `:8000`, `HOST:PORT`, or one of these after `https://`. Pure."""

import re

from .problem_rows import BACKEND_MALFORMED

HTTPS = "https://"
"""Before the address of an application that speaks HTTPS."""

_WRITTEN = re.compile(r"(?P<https>https://)?(?:(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])?:)?(?P<port>[0-9]{1,5})")


def backend_address(text: str) -> str:
    """`host:port`, after `https://` where that is given; a port alone is on this machine.

    Raises:
        GatewayError: the text is not an address.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise BACKEND_MALFORMED.error(repr(text[:80]), "this is not a port, nor a host with a port")
    return f"{found['https'] or ''}{found['host'] or '127.0.0.1'}:{int(found['port'])}"

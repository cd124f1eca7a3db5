"""The names in a server certificate of a rehearsal, for host names that may have wildcards. Pure."""

import re
from collections.abc import Iterable

from .nginx.placement import ADDRESS

_NAME = re.compile(r"[A-Za-z0-9_.:*-]{1,253}|\[[0-9A-Fa-f:.]+\]")


def server_names(host_names: Iterable[str]) -> list[str]:
    """This machine's own names, and those that fit the host names of a listener."""
    return ["localhost", ADDRESS, *map(_as_certificate_name, host_names)]


def is_certificate_name(text: str) -> bool:
    """Whether a certificate can bear this text as a name."""
    return _NAME.fullmatch(text) is not None


def _as_certificate_name(host_name: str) -> str:
    # The only wildcard in a certificate is a whole first label.
    first, dot, rest = host_name.partition(".")
    is_plain = not set("*?") & set(rest)
    if first != "*" and set("*?") & set(first):
        first = "*"
    return f"{first}{dot}{rest}" if is_plain else "localhost"

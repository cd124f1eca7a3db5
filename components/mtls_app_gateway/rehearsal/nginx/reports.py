"""What nginx sent on to a backend that does not echo, told to the rehearsal's own callers in headers of the answer.

Only a request with the token of the rehearsal is told; the token itself goes to no backend.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ...document.gateway import Gateway
from .syntax import Directive, block, directive

TOKEN_HEADER = "X-Rehearsal-Token"  # noqa: S105 - a name, not a token
REPORT_HEADER = "X-Rehearsal-Sent"

_ASKED = "$report_is_asked"
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")


def reported_names(gateway: Gateway) -> Iterator[str]:
    """The request headers that any rewrite of the gateway sets or deletes, each once."""
    rules = (rule for rewrite in gateway.rewrite_sets for rule in rewrite.rules)
    names: dict[str, str] = {}
    for action in (action for rule in rules for action in rule.request_headers):
        if _HEADER_NAME.fullmatch(action.name):
            names.setdefault(action.name.lower(), action.name)
    yield from names.values()


def report_maps(token: str | None) -> Iterator[Directive]:
    """Who is told."""
    if token is not None:
        source = f"$http_{_variable(TOKEN_HEADER)}"
        yield block("map", source, _ASKED, inner=[directive("default", ""), directive(token, "1")])


def report(
    sent: Mapping[str, tuple[str, str]], names: Sequence[str], *, prefix: str
) -> tuple[list[Directive], list[Directive]]:
    """Maps, and what a location holds that tells these headers; `sent` has names and values by name in lower case."""
    maps: list[Directive] = []
    told = [
        directive("proxy_set_header", TOKEN_HEADER, ""),
        directive("add_header", REPORT_HEADER, _ASKED, "always"),
    ]
    for number, name in enumerate(names):
        # What no rewrite of this route touches is sent on as the client wrote it.
        _, value = sent.get(name.lower(), (name, f"$http_{_variable(name)}"))
        variable = f"${prefix}_sent_{number}"
        maps.append(block("map", _ASKED, variable, inner=[directive("default", ""), directive("1", value)]))
        told.append(directive("add_header", f"{REPORT_HEADER}-{name}", variable, "always"))
    return maps, told


def _variable(header: str) -> str:
    return header.lower().replace("-", "_")

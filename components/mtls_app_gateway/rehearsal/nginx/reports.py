"""Reports what nginx sent to a backend that does not echo, in headers of the answer to the rehearsal's own callers.

Only a request with the rehearsal's token gets them; the token itself is sent to no backend.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ...document.gateway import Gateway
from .syntax import Directive, block, directive

TOKEN_HEADER = "X-Rehearsal-Token"  # noqa: S105 - a name, not a token
REPORT_HEADER = "X-Rehearsal-Sent"

_IS_REQUESTED = "$report_is_requested"
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
    """The map that recognizes the token."""
    if token is not None:
        source = f"$http_{_variable(TOKEN_HEADER)}"
        yield block("map", source, _IS_REQUESTED, inner=[directive("default", ""), directive(token, "1")])


def report(
    sent: Mapping[str, tuple[str, str]], names: Sequence[str], *, prefix: str
) -> tuple[list[Directive], list[Directive]]:
    """Maps and location directives that report these headers; `sent` has names and values by name in lower case."""
    maps: list[Directive] = []
    directives = [
        directive("proxy_set_header", TOKEN_HEADER, ""),
        directive("add_header", REPORT_HEADER, _IS_REQUESTED, "always"),
    ]
    for number, name in enumerate(names):
        # A header that no rewrite of this route changes is sent as the client sent it.
        _, value = sent.get(name.lower(), (name, f"$http_{_variable(name)}"))
        variable = f"${prefix}_sent_{number}"
        maps.append(block("map", _IS_REQUESTED, variable, inner=[directive("default", ""), directive("1", value)]))
        directives.append(directive("add_header", f"{REPORT_HEADER}-{name}", variable, "always"))
    return maps, directives


def _variable(header: str) -> str:
    return header.lower().replace("-", "_")

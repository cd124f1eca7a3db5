"""What a command does with a gateway document, and what is wrong with the document for that.

The checks are the same for every command; how serious a finding is depends on what the command does with the document.
A template must be exact, and a rehearsal shows what a deployment would do. A deployed gateway that has properties newer
than the type table can still be verified and compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from ..problems import Problem, Severity
from .placeholder import is_placeholder
from .problem_rows import LISTENER_WITHOUT_RULE, NO_LISTENER, SKU_WITHOUT_CLIENT_AUTHENTICATION
from .references import check_references, iter_parts, iter_references


class Purpose(StrEnum):
    """What a command does with a document."""

    WRITE = "write"
    """It writes the document again, for a deployment."""
    REHEARSE = "rehearse"
    """It runs the gateway on this machine, as a deployment would make it."""
    READ = "read"
    """It judges or compares a gateway that is deployed."""


_ERRORS: Mapping[str, frozenset[Purpose]] = {
    # Azure refuses both, so no deployed gateway has them.
    "dangling-reference": frozenset(Purpose),
    "duplicate-name": frozenset(Purpose),
    "no-listener": frozenset({Purpose.REHEARSE, Purpose.READ}),
    "sku-without-client-authentication": frozenset({Purpose.WRITE, Purpose.REHEARSE}),
}
"""The purposes for which a finding is an error; for the others it is a warning."""


_LISTENERS = "httpListeners"
_ABLE = frozenset({"standard_v2", "waf_v2"})


def problems_for(document: Mapping[str, Any], purpose: Purpose) -> tuple[Problem, ...]:
    """What is wrong with the references, names, listeners and SKU of a canonical document.

    It does not report names that Azure does not know: a canonical document has none, `read` reports them.
    """
    problems = (*check_references(document), *_listeners(document), *_sku(document))
    return tuple(replace(problem, severity=_severity(problem.rule, purpose)) for problem in problems)


def _severity(rule: str, purpose: Purpose) -> Severity:
    return Severity.ERROR if purpose in _ERRORS.get(rule, frozenset()) else Severity.WARNING


def _listeners(document: Mapping[str, Any]) -> Iterator[Problem]:
    listeners = {
        part.name.casefold(): (path, part.name)
        for path, part, _ in iter_parts(document)
        if part.collection == _LISTENERS
    }
    pointers = (pointer for pointer in iter_references(document) if pointer.owner.collection == "requestRoutingRules")
    used = {
        pointer.reference.name.casefold() for pointer in pointers if pointer.reference and pointer.key == "httpListener"
    }
    for folded, (path, name) in listeners.items():
        if folded not in used:
            saw = f"no request routing rule uses the listener {name!r}, so it answers no client"
            yield LISTENER_WITHOUT_RULE.problem(path, saw)
    if used.isdisjoint(listeners):
        saw = "the gateway has no HTTP or HTTPS listener with a request routing rule"
        yield NO_LISTENER.problem(f"properties.{_LISTENERS}", saw)


def _sku(document: Mapping[str, Any]) -> Iterator[Problem]:
    sku = document.get("properties", {}).get("sku") or {}
    for key in ("name", "tier"):
        word = sku.get(key)
        if word is None or is_placeholder(word) or str(word).casefold() in _ABLE:
            continue
        # Microsoft, overview of Application Gateway v2, and the FAQ about the retirement of V1.
        kind = "has" if str(word).casefold() == "basic" else "is a V1 size, retired on 28 April 2026, which has"
        saw = f"{word!r} {kind} no client certificate authentication"
        yield SKU_WITHOUT_CLIENT_AUTHENTICATION.problem(f"properties.sku.{key}", saw)

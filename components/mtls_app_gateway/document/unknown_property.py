"""Reports a property name that Azure does not know: what it may have meant, and how serious it is.

Azure drops such a name in silence. It may also be newer than the type table, as in what a live gateway answers.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from ..escaping import quoted
from ..problems import Problem, Severity
from .arm_types import ObjectType, object_type
from .azure import API
from .problem_rows import UNKNOWN_PROPERTY
from .purpose import Purpose

_SIMILARITY = 0.75
"""`verifyClientCertMode` is this close to a name of client authentication; `sslPolicies` is not."""

_LONGEST_NAME = 100
"""No name of Azure's is half as long. Comparing a longer one takes its time, and finds nothing."""
_HINTS = 100
"""For so many problems a close name is looked for."""


def unknown_property(name: str, kind: ObjectType, where: str, purpose: Purpose, earlier: int = 0) -> Problem:
    """The problem with a name that the object type `kind` does not have, where there are so many problems earlier."""
    close = _close_names(name, kind) if earlier < _HINTS else []
    return UNKNOWN_PROPERTY.problem(
        where=where,
        saw=f"{kind.name} has no property {quoted(name)} at {API.version}, and Azure drops what it does not know",
        fix=_fix(name, close),
        severity=_severity(name, close, purpose),
    )


def _severity(name: str, close: Sequence[str], purpose: Purpose) -> Severity:
    is_left_out_of_a_template = purpose is Purpose.WRITE
    is_misspelt = purpose is Purpose.REHEARSE and bool(close)
    is_error = is_left_out_of_a_template or is_misspelt or _is_about_clients(name, close)
    return Severity.ERROR if is_error else Severity.WARNING


def _is_about_clients(name: str, close: Sequence[str]) -> bool:
    """Whether the name is close to one of client authentication; without that the gateway would be another one."""
    if len(name) > _LONGEST_NAME:
        return False
    names = _client_authentication()
    return any(known in names for known in close) or bool(
        get_close_matches(name.casefold(), [known.casefold() for known in names], n=1, cutoff=_SIMILARITY)
    )


@cache
def _client_authentication() -> tuple[str, ...]:
    """The names that decide which clients are asked for a certificate, and what it must fulfil."""
    checks = object_type("ApplicationGatewayClientAuthConfiguration").properties
    return (*checks, "clientAuthConfiguration", "sslProfile", "sslProfiles", "trustedClientCertificates")


def _close_names(name: str, kind: ObjectType) -> list[str]:
    if len(name) > _LONGEST_NAME:
        return []
    names = [known for owner in (kind, kind.bag) if owner for known, found in owner.properties.items() if not found.bag]
    return get_close_matches(name, names, n=1)


def _fix(name: str, close: Sequence[str]) -> str:
    if close:
        return f"Did you mean {close[0]!r}?"
    if elsewhere := next((known for known in _client_authentication() if known.casefold() == name.casefold()), None):
        return f"Move {elsewhere!r} to the object that it belongs to."
    return "Take it out, or name the property that was meant."

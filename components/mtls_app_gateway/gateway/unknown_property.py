"""Reports a property name that Azure does not know: what it may have meant, and how serious it is.

Azure drops such a name in silence. It may also be newer than the type table, as in what a live gateway answers.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from ..errors import Problem, Severity
from .arm_types import ObjectType, api_version, object_type
from .document_check import Purpose

_SIMILARITY = 0.75
"""`verifyClientCertMode` is this close to a name of client authentication; `sslPolicies` is not."""


def unknown_property(name: str, kind: ObjectType, where: str, purpose: Purpose) -> Problem:
    """The problem with a name that the object type `kind` does not have."""
    close = _close_names(name, kind)
    return Problem(
        rule="unknown-property",
        where=where,
        saw=f"{kind.name} has no property {name!r} at {api_version()}, and Azure drops what it does not know",
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
    names = [known for owner in (kind, kind.bag) if owner for known, found in owner.properties.items() if not found.bag]
    return get_close_matches(name, names, n=1)


def _fix(name: str, close: Sequence[str]) -> str:
    if close:
        return f"Did you mean {close[0]!r}?"
    if elsewhere := next((known for known in _client_authentication() if known.casefold() == name.casefold()), None):
        return f"Move {elsewhere!r} to the object that it belongs to."
    return "Take it out, or name the property that was meant."

"""The rules of the one front door: a backend behind a Strict listener is reached through client authentication alone.

A backend that takes "it came through the gateway" for "the client is authenticated" is open to everyone if a plain HTTP
listener, or one that asks no client for a certificate, leads to it too. Two backends are the same if they share a pool
or a pool member, whatever the port. A member that is known only later is compared when it is.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from ..document.azure import Mode
from ..document.gateway import Gateway, Listener, Pool
from ..document.withholding import UnknownError
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each


@dataclass(frozen=True, slots=True)
class _Bypass:
    """A Strict listener, and what another listener that is not Strict reaches behind it too."""

    strict: Listener
    shared: str
    """In words: a backend, or two that have a pool member in common."""


def _bypass(gateway: Gateway, listener: Listener) -> _Bypass | None:
    """The first Strict listener whose backend this listener reaches too; None for a Strict one."""
    if _is(listener, Mode.STRICT) or (listener.is_tls and listener.profile and listener.profile.mode is None):
        return None
    for strict in gateway.listeners:
        with suppress(UnknownError):
            if _is(strict, Mode.STRICT) and (shared := _shared(listener, strict)):
                return _Bypass(strict, shared)
    return None


def _is(listener: Listener, mode: Mode) -> bool:
    return listener.is_tls and listener.profile is not None and listener.profile.mode is mode


def _shared(one: Listener, other: Listener) -> str | None:
    for pool in _pools(one):
        for behind in _pools(other):
            if pool is behind:
                return f"the backend {quoted(pool.name)}"
            if _members(pool) & _members(behind):
                # The member is not named: one that is known only later may be a secret.
                return f"a pool member of {quoted(pool.name)} that is one of {quoted(behind.name)} too"
    return None


def _pools(listener: Listener) -> Iterator[Pool]:
    for route in listener.routes:
        with suppress(UnknownError):
            if route.backend is not None:
                yield route.backend.pool


def _members(pool: Pool) -> frozenset[str]:
    """The pool members that are known, each in one spelling."""
    return frozenset(map(_spelled, pool.known_members))


def _spelled(member: str) -> str:
    try:
        return str(ip_address(member))
    except ValueError:
        return member.lower().removesuffix(".")


@for_each(lambda gateway: gateway.listeners)
def _strict_bypassed(gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    found = _bypass(gateway, listener)
    if found and not _is(listener, Mode.PASSTHROUGH):
        yield Finding(
            f"{listener.place}.properties.{'sslProfile' if listener.is_tls else 'protocol'}",
            f"{quoted(listener.name)} asks no client for a certificate and reaches {found.shared}, which "
            f"{quoted(found.strict.name)} protects in Strict",
        )


@for_each(lambda gateway: gateway.listeners)
def _strict_bypassed_passthrough(gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    found = _bypass(gateway, listener)
    if found and _is(listener, Mode.PASSTHROUGH):
        yield Finding(
            f"{listener.place}.properties.sslProfile",
            f"{quoted(listener.name)} is Passthrough and reaches {found.shared}, which {quoted(found.strict.name)} "
            "protects in Strict",
        )


FRONT_DOOR_RULES = (
    Rule(
        code="strict-bypassed",
        demands="No listener without client authentication reaches the backend of a Strict listener.",
        source="Microsoft, Overview of mutual authentication: each listener authenticates by its own profile",
        remedy="Route it to a backend of its own, or take it away.",
        check=_strict_bypassed,
    ),
    Rule(
        code="strict-bypassed-passthrough",
        demands="No Passthrough listener reaches the backend of a Strict listener.",
        source="Microsoft, Overview of mutual authentication: in Passthrough the backend verifies the certificate",
        remedy="The backend must verify the client certificate of each request itself, or have one listener only.",
        severity=Severity.WARNING,
        check=_strict_bypassed_passthrough,
    ),
)

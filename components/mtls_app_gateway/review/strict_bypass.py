"""The rules of the one front door: a backend behind a Strict listener is reached through client authentication alone.

A backend that takes "it came through the gateway" for "the client is authenticated" is open to everyone if a plain HTTP
listener, or one that asks no client for a certificate, leads to it too. Two backends are the same if they share a pool
or a pool member, whatever the port. A member that is known only later is compared when it is.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from ..document.azure import Mode
from ..document.backend_view import Pool
from ..document.gateway import Gateway, Listener
from ..document.withholding import UnknownError
from ..escaping import quoted
from ..problems import Finding, Rule, Severity


@dataclass(frozen=True, slots=True)
class _Bypass:
    """A listener that is not Strict, and a Strict listener whose backend it reaches too."""

    listener: Listener
    strict: Listener
    shared: str
    """What both reach, in words: a backend, or two that have a pool member in common."""

    @property
    def is_passthrough(self) -> bool:
        """Whether clients are asked for a certificate at least."""
        return _is(self.listener, Mode.PASSTHROUGH)


def _bypasses(gateway: Gateway) -> Iterator[_Bypass]:
    """Each listener that reaches the backend of a Strict listener and is not Strict itself, once."""
    behind_strict = BackendsOf(listener for listener in gateway.listeners if _holds(listener, Mode.STRICT))
    for listener in gateway.listeners:
        with suppress(UnknownError):
            found = None if _is(listener, Mode.STRICT) else behind_strict.shared_by(listener)
            if found is not None:
                yield _Bypass(listener, *found)


def _holds(listener: Listener, mode: Mode) -> bool:
    with suppress(UnknownError):
        return _is(listener, mode)
    return False


def _is(listener: Listener, mode: Mode) -> bool:
    return listener.is_tls and listener.profile is not None and listener.profile.mode is mode


def _pools(listener: Listener) -> Iterator[Pool]:
    for route in listener.routes:
        with suppress(UnknownError):
            if route.backend is not None:
                yield route.backend.pool
        with suppress(UnknownError):
            yield from route.spread_over


class BackendsOf:
    """The pools of some listeners, and the members of these pools."""

    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._pools: dict[str, tuple[Listener, Pool]] = {}
        self._members: dict[str, tuple[Listener, Pool]] = {}
        for listener in listeners:
            with suppress(UnknownError):
                for pool in _pools(listener):
                    self._pools.setdefault(pool.place, (listener, pool))
                    for member in pool.known_members:
                        self._members.setdefault(_spelled(member), (listener, pool))

    def shared_by(self, listener: Listener) -> tuple[Listener, str] | None:
        """The listener with which this one shares a pool, or a member of one, and what they share."""
        for pool in _pools(listener):
            if pool.place in self._pools:
                return self._pools[pool.place][0], f"the backend {quoted(pool.name)}"
            for member in map(_spelled, pool.known_members):
                if member in self._members:
                    other, behind = self._members[member]
                    # The member is not named: one that is known only later may be a secret.
                    return other, f"a pool member of {quoted(pool.name)} that is one of {quoted(behind.name)} too"
        return None


def _spelled(member: str) -> str:
    """A pool member in the one spelling in which it is compared."""
    # An address of IPv4 has one spelling only.
    if ":" in member:
        with suppress(ValueError):
            return str(ip_address(member))
    return member.lower().removesuffix(".")


def _strict_bypassed(gateway: Gateway) -> Iterator[Finding]:
    for found in _bypasses(gateway):
        if not found.is_passthrough:
            yield Finding(
                f"{found.listener.place}.properties.{'sslProfile' if found.listener.is_tls else 'protocol'}",
                f"{quoted(found.listener.name)} asks no client for a certificate and reaches {found.shared}, which "
                f"{quoted(found.strict.name)} protects in Strict",
            )


def _strict_bypassed_passthrough(gateway: Gateway) -> Iterator[Finding]:
    for found in _bypasses(gateway):
        if found.is_passthrough:
            yield Finding(
                f"{found.listener.place}.properties.sslProfile",
                f"{quoted(found.listener.name)} is Passthrough and reaches {found.shared}, which "
                f"{quoted(found.strict.name)} protects in Strict",
            )


STRICT_BYPASS_RULES = (
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

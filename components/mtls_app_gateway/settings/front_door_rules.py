"""The rules of the one front door: a backend behind a Strict listener is reached through client authentication alone.

A backend that takes "it came through the gateway" for "the client is authenticated" is open to everybody if a plain
HTTP listener, or one that asks no client for a certificate, leads to it too. Two backends are the same if they have the
same name or share a pool member, whatever the port. A member that is known only later is compared when it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from ..document.azure import Mode
from ..document.placeholder import is_placeholder
from ..problems import Problem, Severity
from .implied import profile_of, profiles_of, routes_of
from .rule import Finding, Rule
from .settings import Backend, GatewaySettings, Listener, Protocol


@dataclass(frozen=True, slots=True)
class Bypass:
    """A listener that is not Strict, and the Strict listener whose backend it reaches too."""

    listener: Listener
    position: int
    strict: Listener
    shared: str
    """What both reach, in words: a backend, or two that have a pool member in common."""
    authenticates: bool
    """Whether clients are asked for a certificate at least."""

    @property
    def where(self) -> str:
        """The key that makes the listener what it is."""
        return f"listeners[{self.position}].{'protocol' if self.listener.protocol is Protocol.HTTP else 'profile'}"


def bypasses(settings: GatewaySettings) -> Iterator[Bypass]:
    """Each listener that reaches the backend of a Strict listener and is not Strict itself, once."""
    backends = {backend.name: backend for backend in settings.backends}
    modes = {profile.name: profile.mode for profile in profiles_of(settings)}
    served = {route.listener: backends[route.backend] for route in routes_of(settings) if route.backend in backends}
    strict = [listener for listener in settings.listeners if modes.get(profile_of(listener) or "") == Mode.STRICT]
    for position, listener in enumerate(settings.listeners):
        profile = profile_of(listener)
        if listener.name not in served or (profile is not None and modes.get(profile) != Mode.PASSTHROUGH):
            continue
        for guard in strict:
            shared = _shared(served[listener.name], served.get(guard.name))
            if shared is not None:
                yield Bypass(listener, position, guard, shared, authenticates=profile is not None)
                break


def late_bypasses(settings: GatewaySettings, members: Mapping[str, str]) -> tuple[Problem, ...]:
    """What these rules find once late pool members are known, by their placeholders, and did not find before."""
    before = {problem for rule in FRONT_DOOR_RULES for problem in rule.problems(settings)}
    backends = tuple(
        backend.model_copy(
            update={
                "fqdns": tuple(members.get(name, name) for name in backend.fqdns),
                "ip_addresses": tuple(members.get(address, address) for address in backend.ip_addresses),
            }
        )
        for backend in settings.backends
    )
    known = settings.model_copy(update={"backends": backends})
    return tuple(problem for rule in FRONT_DOOR_RULES for problem in rule.problems(known) if problem not in before)


def _shared(one: Backend, other: Backend | None) -> str | None:
    if other is None:
        return None
    if one.name == other.name:
        return f"the backend {one.name!r}"
    # The member is not named: one that is known only later may be a secret.
    return (
        f"a pool member of {one.name!r} that is one of {other.name!r} too" if _members(one) & _members(other) else None
    )


def _members(backend: Backend) -> frozenset[str]:
    """The pool members, each in one spelling."""
    given = (*backend.fqdns, *backend.ip_addresses)
    return frozenset(_spelled(member) for member in given if not is_placeholder(member))


def _spelled(member: str) -> str:
    try:
        return str(ip_address(member))
    except ValueError:
        return member.lower().removesuffix(".")


def _strict_bypassed(settings: GatewaySettings) -> Iterator[Finding]:
    for found in bypasses(settings):
        if not found.authenticates and not found.listener.unsafe_bypasses_strict:
            yield Finding(
                found.where,
                f"{found.listener.name!r} asks no client for a certificate and reaches {found.shared}, "
                f"which {found.strict.name!r} protects in Strict",
                "Route it to a backend of its own, or take it away; if everybody may reach that backend, say "
                f"listeners[{found.position}].unsafeBypassesStrict: true.",
            )


def _strict_bypassed_unsafe(settings: GatewaySettings) -> Iterator[Finding]:
    for found in bypasses(settings):
        if not found.authenticates and found.listener.unsafe_bypasses_strict:
            yield Finding(
                f"listeners[{found.position}].unsafeBypassesStrict",
                f"{found.listener.name!r} lets everybody reach {found.shared}, which {found.strict.name!r} protects "
                "in Strict",
                "The backend must not take a request for authenticated because it came through the gateway.",
            )


def _strict_bypassed_passthrough(settings: GatewaySettings) -> Iterator[Finding]:
    for found in bypasses(settings):
        if found.authenticates:
            yield Finding(
                found.where,
                f"{found.listener.name!r} is Passthrough and reaches {found.shared}, which {found.strict.name!r} "
                "protects in Strict",
                "The backend must verify the client certificate of each request itself, or have one listener only.",
            )


_READS = ("mode", "strict", "profiles", "listeners", "backends", "routes")
FRONT_DOOR_RULES = (
    Rule(
        "strict-bypassed",
        "No listener without client authentication reaches the backend of a Strict listener.",
        _READS,
        _strict_bypassed,
    ),
    Rule(
        "strict-bypassed-unsafe",
        "A backend that Strict protects and that everybody may reach is a known risk.",
        _READS,
        _strict_bypassed_unsafe,
        severity=Severity.WARNING,
    ),
    Rule(
        "strict-bypassed-passthrough",
        "No Passthrough listener reaches the backend of a Strict listener.",
        _READS,
        _strict_bypassed_passthrough,
        severity=Severity.WARNING,
    ),
)

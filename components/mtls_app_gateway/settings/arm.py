"""Merges `arm` into the document that the other settings write: entries by name, and nothing twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..document.arm_fragment import read_fragment
from ..document.place import below
from ..document.placeholder import is_placeholder
from ..document.problem_rows import LISTENER_WITHOUT_RULE
from ..document.reading import point_at_parts
from ..document.view import view
from ..escaping import quoted
from ..problems import Problem
from .http_redirects import ports_of
from .identity_header_sets import header_names
from .origins import Origins, is_arm
from .parsing import ARM
from .problem_rows import ARM_CLASH, ARM_PORT_CLOSED
from .profile_rules import MODE_MISSING
from .settings import GatewaySettings

Document = dict[str, Any]

_ENVELOPE = {
    "name": "The setting is gatewayName.",
    "location": "The setting is location.",
    "type": "It is always the same.",
    "apiVersion": "It is always the same.",
}
_WHOLE = frozenset({"sslPolicy", "clientAuthConfiguration"})
"""Objects that a setting decides as a whole: a property more would change what those beside it say."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A document with what `arm` adds, what is wrong with that, and the names of the rewrite rule sets in it."""

    document: Document
    problems: tuple[Problem, ...] = ()
    rewrites: frozenset[str] = frozenset()


def with_arm(document: Document, origins: Origins, settings: GatewaySettings) -> Merged:
    """The document with what `arm` adds, which is recorded in the origins."""
    if not settings.arm:
        return Merged(document)
    problems = [
        ARM_CLASH.problem(below(ARM, key), "it is no part of `arm`", fix)
        for key, fix in _ENVELOPE.items()
        if key in settings.arm
    ]
    given = {key: value for key, value in settings.arm.items() if key not in _ENVELOPE}
    fragment, found = read_fragment(given, ARM)
    merge = _Merge(origins)
    merged = merge.object(document, fragment, "", ARM)
    point_at_parts(merged)
    problems += [*found, *merge.problems, *_identity_headers(fragment, settings), *_judged(merged, origins, settings)]
    rewrites = frozenset(each.name.casefold() for each in view(fragment).rewrite_sets)
    return Merged(merged, tuple(problems), rewrites)


class _Merge:
    """One pass over what the settings wrote and what `arm` adds, and the clashes of both."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.problems: list[Problem] = []

    def object(self, ours: Mapping[str, Any], added: Mapping[str, Any], place: str, source: str) -> Document:
        made = dict(ours)
        for key, value in added.items():
            here, there = below(place, key), below(source, key)
            if key not in ours:
                made[key] = self._new(value, here, there)
            elif key in _WHOLE:
                self._clash(here, there)
            else:
                made[key] = self._both(ours[key], value, here, there)
        return made

    def _both(self, ours: Any, added: Any, place: str, source: str) -> Any:
        if isinstance(ours, Mapping) and isinstance(added, Mapping):
            return self.object(ours, added, place, source)
        if isinstance(ours, list) and isinstance(added, list) and all(map(_name, (*ours, *added))):
            return self._entries(ours, added, place, source)
        # A collection of which a setting could not be read is a placeholder as a whole: that is reported by itself.
        if not (is_placeholder(ours) and isinstance(added, Mapping | list)):
            self._clash(place, source)
        return ours

    def _entries(self, ours: list[Any], added: list[Any], place: str, source: str) -> list[Any]:
        """The entries of a collection; those of one name are one entry. Names are compared as ARM compares them."""
        made = list(ours)
        for index, entry in enumerate(added):
            there = f"{source}[{index}]"
            known = next((at for at, each in enumerate(made) if _name(each) == _name(entry)), None)
            if known is None:
                made.append(self._new(entry, f"{place}[{len(made)}]", there))
            else:
                rest = {key: value for key, value in entry.items() if key != "name"}
                made[known] = self.object(made[known], rest, f"{place}[{known}]", there)
        return made

    def _new(self, value: Any, place: str, source: str) -> Any:
        self.origins.record(place, source)
        return value

    def _clash(self, place: str, source: str) -> None:
        setting = self.origins.setting(place)
        self.problems.append(ARM_CLASH.problem(setting, f"{source} gives it too"))


def _name(entry: Any) -> str:
    """The name of an entry in the case in which names are compared; empty where it has none."""
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return name.casefold() if isinstance(name, str) else ""


def _identity_headers(fragment: Document, settings: GatewaySettings) -> Iterator[Problem]:
    """The actions on an identity header, which is the gateway's alone."""
    facts = {name.lower(): fact for fact, name in header_names(settings.identity_headers).items()}
    for rewrite in view(fragment).rewrite_sets:
        for action in (each for rule in rewrite.rules for each in rule.request_headers):
            fact = facts.get(action.name.lower())
            if fact is not None:
                saw = f"{ARM}.{action.place} names {quoted(action.name)}, which only the gateway sets or deletes"
                yield ARM_CLASH.problem(f"identityHeaders.{fact}", saw)


def _judged(document: Document, origins: Origins, settings: GatewaySettings) -> Iterator[Problem]:
    """What the settings decide of each part, and `arm` must say of the parts that it adds."""
    gateway = view(document)
    for profile in gateway.profiles:
        where = origins.setting(profile.place)
        if is_arm(where) and profile.mode_as_written is None:
            yield MODE_MISSING.problem(where, f"the profile {quoted(profile.name)} has no verifyClientAuthMode", _MODE)
    for listener in gateway.listeners:
        where = origins.setting(listener.place)
        if is_arm(where) and listener.knows("rules") and not listener.rules:
            yield LISTENER_WITHOUT_RULE.problem(where, f"no rule uses {quoted(listener.name)}, so it answers no client")
    if settings.network.subnet_id is None and settings.network.security_group_id is None:
        for listener in gateway.listeners:
            where = origins.setting(listener.place)
            if is_arm(where) and listener.port is not None and listener.port not in ports_of(settings):
                yield ARM_PORT_CLOSED.problem(where, f"the security group lets no client in at port {listener.port}")


_MODE = "Give clientAuthConfiguration.verifyClientAuthMode, Passthrough or Strict."

"""Keep values that arrive later, and secrets, apart from the settings; put them back where they belong.

A value that pure code must not see, an output or a secret, is replaced by an input slot (`$input/<path>`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pydantic.alias_generators import to_camel

from ..errors import Problem
from ..gateway.parsing import Path, spell
from ..gateway.settings import SLOT_PREFIX

_SECRETS = {"pfx", "password"}
_MAY_COME_LATER = {
    "resourceGroupName",
    "location",
    "gatewayName",
    "data",
    "pfx",
    "password",
    "keyVaultSecretId",
    "hostName",
    "fqdns",
    "ipAddresses",
    "subnetId",
    "wafPolicyId",
    "identityId",
    "name",
    "securityGroupName",
    "domainNameLabel",
}
_FREE_KEYS = {"tags"}


@dataclass(frozen=True, slots=True)
class Taken:
    """Settings as plain data in camelCase, the values their slots stand for, and outputs that cannot wait."""

    given: dict[str, Any]
    values: dict[str, pulumi.Input[str]]
    problems: tuple[Problem, ...]


def take(args: Mapping[str, Any]) -> Taken:
    """Take a component's arguments apart; keys may be spelled in snake_case or camelCase."""
    values: dict[str, pulumi.Input[str]] = {}
    problems: list[Problem] = []

    def visit(value: Any, path: Path) -> Any:
        if isinstance(value, pulumi.Output) or (path and path[-1] in _SECRETS and isinstance(value, str)):
            if not _may_come_later(path):
                problems.append(
                    Problem(
                        "not-known-yet",
                        spell(path),
                        "an output stands where the shape of the gateway is decided",
                        "Give a plain value here.",
                    )
                )
                return None
            slot = SLOT_PREFIX + spell(path)
            values[slot] = value
            return slot
        if isinstance(value, Mapping):
            free = bool(path) and path[-1] in _FREE_KEYS
            named = ((str(key) if free else to_camel(str(key)), item) for key, item in value.items())
            return {key: found for key, item in named if (found := visit(item, (*path, key))) is not None}
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [visit(item, (*path, at)) for at, item in enumerate(value)]
        return value

    given = visit(args, ())
    return Taken(given, values, tuple(problems))


def _may_come_later(path: Path) -> bool:
    words = [step for step in path if isinstance(step, str)]
    if words[-1] == "name":
        # Names of Azure resources may; names of the gateway's parts shape the document.
        return words[0] in {"network", "publicIp"} and len(words) == 2
    return words[-1] in _MAY_COME_LATER or words[0] in _FREE_KEYS


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """The same data with every slot that has a value replaced by it."""
    if isinstance(value, str):
        return values.get(value, value) if value.startswith(SLOT_PREFIX) else value
    if isinstance(value, Mapping):
        return {fill(key, values): fill(item, values) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [fill(item, values) for item in value]
    return value


def slots_in(value: Any) -> Iterator[str]:
    """Every slot that stands in some data."""
    if isinstance(value, str):
        if value.startswith(SLOT_PREFIX):
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from slots_in(key)
            yield from slots_in(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from slots_in(item)

"""Separates outputs and secrets from the settings, and puts them back in their places.

Pure code must not see them: each is represented by a placeholder that has its path.
"""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NotRequired, get_args, get_origin, is_typeddict

import pulumi
from pydantic.alias_generators import to_camel

from ..document.placeholder import Placeholder, is_placeholder
from ..problems import Problem
from ..settings.deployment_rows import KEY_REPEATED, NOT_KNOWN_YET
from ..settings.parsing import ARM, FREE_KEYS, SECRET_KEYS, Path, spell
from ..settings.problem_rows import WRONG_VALUE
from .arguments import MtlsAppGatewayArgs

CHECKED_WHEN_KNOWN = frozenset({*SECRET_KEYS, "data"})
"""The keys of texts that are checked as soon as they are known, and never shown."""
KNOWN_LATER_IN_ARM = frozenset({"id", "keyVaultSecretId", "customErrorPageUrl", "tenantId", "clientId"})
"""The properties below `arm` that only pass through: ids and addresses of what is made beside the gateway."""
_ANY = "*"
"""Any item of a list, any key of an object."""


@dataclass(frozen=True, slots=True)
class SeparatedArguments:
    """A component's arguments as plain data in camelCase with placeholders, and the values of these.

    The problems are outputs where a value must be known now, and secrets that are not a text.
    """

    settings: dict[str, Any]
    values: dict[str, pulumi.Input[str]]
    problems: tuple[Problem, ...]


def separate(args: Mapping[str, Any]) -> SeparatedArguments:
    """Separate outputs and secrets from a component's arguments; keys may be in snake_case or camelCase."""
    separation = _Separation()
    settings = separation.object(args, ())
    return SeparatedArguments(settings, separation.values, tuple(separation.problems))


class _Separation:
    """One walk over the arguments."""

    def __init__(self) -> None:
        self.values: dict[str, pulumi.Input[str]] = {}
        self.problems: list[Problem] = []

    def object(self, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        is_free = bool(path) and (path[-1] in FREE_KEYS or path[0] == ARM)
        settings: dict[str, Any] = {}
        for spelled, value in given.items():
            key = str(spelled) if is_free else to_camel(str(spelled))
            if value is None:
                continue
            if key in settings:
                self.problems.append(_repeated((*path, key)))
            elif (plain := self.any(value, (*path, key))) is not None:
                settings[key] = plain
        return settings

    def any(self, value: Any, path: Path) -> Any:
        is_secret = path[-1] in SECRET_KEYS and path[0] != ARM and FREE_KEYS.isdisjoint(path[:-1])
        if isinstance(value, pulumi.Output) or is_secret:
            return self.placeholder(value, path)
        if isinstance(value, Mapping):
            return self.object(value, path)
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self.any(item, (*path, index)) for index, item in enumerate(value)]
        return value

    def placeholder(self, value: Any, path: Path) -> Placeholder | None:
        if not isinstance(value, pulumi.Output | str):
            self.problems.append(_secret_not_text(path))
        elif isinstance(value, pulumi.Output) and not may_be_known_later(path):
            self.problems.append(_not_known_yet(path))
        else:
            placeholder = Placeholder(spell(path))
            self.values[placeholder] = value
            return placeholder
        return None


def _not_known_yet(path: Path) -> Problem:
    saw = "an output stands where the shape of the gateway is decided"
    return NOT_KNOWN_YET.problem(spell(path), saw)


def _secret_not_text(path: Path) -> Problem:
    # What stands there may be the secret, so it is not shown.
    return WRONG_VALUE.problem(spell(path), "this is not a text", "Give a text; of a PFX, its base64.")


def _repeated(path: Path) -> Problem:
    return KEY_REPEATED.problem(spell(path), "the key is given in two spellings")


def may_be_known_later(path: Path) -> bool:
    """Whether an output may be given at a path of the arguments."""
    if path[0] == ARM:
        return path[-1] in KNOWN_LATER_IN_ARM
    pattern = tuple(_ANY if isinstance(step, int) else step for step in path)
    return (pattern if pattern[0] not in FREE_KEYS else (pattern[0], _ANY)) in paths_known_later()


@cache
def paths_known_later() -> frozenset[Path]:
    """The paths that the arguments' types declare an `Input`, with `*` for positions and free keys."""
    return frozenset(_inputs_in(MtlsAppGatewayArgs, ()))


def _inputs_in(annotation: Any, path: Path) -> Iterator[Path]:
    if get_origin(annotation) is NotRequired:
        (annotation,) = get_args(annotation)
    if is_typeddict(annotation):
        for key, inner in annotation.__annotations__.items():
            yield from _inputs_in(inner, (*path, to_camel(key)))
    elif get_origin(annotation) in (list, dict):
        yield from _inputs_in(get_args(annotation)[-1], (*path, _ANY))
    elif any(get_origin(part) is Awaitable for part in get_args(annotation)):
        # `pulumi.Input[T]` is T, an awaitable of it, or an output.
        yield path


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """The same data with the value of every placeholder that has one."""
    if is_placeholder(value):
        return values.get(value, value)
    if isinstance(value, Mapping):
        return {fill(key, values): fill(item, values) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [fill(item, values) for item in value]
    return value


def placeholders_in(value: Any) -> Iterator[Placeholder]:
    """Every placeholder in some data."""
    if isinstance(value, Placeholder):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from placeholders_in(key)
            yield from placeholders_in(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from placeholders_in(item)

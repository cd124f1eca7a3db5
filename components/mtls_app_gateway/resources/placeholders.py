"""Keep values that arrive later, and secrets, apart from the settings; put them back where they belong.

A value that pure code must not see, an output or a secret, is replaced by an input slot (`$input/<path>`).
"""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NotRequired, get_args, get_origin, is_typeddict

import pulumi
from pydantic.alias_generators import to_camel

from ..document.placeholder import PLACEHOLDER_PREFIX, is_placeholder
from ..problems import Problem
from ..settings.parsing import Path, spell
from ..settings.problem_rows import WRONG_VALUE
from .arguments import MtlsAppGatewayArgs
from .problem_rows import KEY_REPEATED, NOT_KNOWN_YET

_SECRETS = {"pfx", "password"}
JUDGED_ON_ARRIVAL = _SECRETS | {"data"}
"""What is looked into as soon as it is known, and never told."""
_FREE_KEYS = {"tags"}
_ANY = "*"
"""Any item of a list, any key of an object."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Settings as plain data in camelCase, the values their slots stand for, and outputs that cannot wait."""

    given: dict[str, Any]
    values: dict[str, pulumi.Input[str]]
    problems: tuple[Problem, ...]


def take(args: Mapping[str, Any]) -> Taken:
    """Take a component's arguments apart; keys may be spelled in snake_case or camelCase."""
    taking = _Taking()
    given = taking.keys(args, ())
    return Taken(given, taking.values, tuple(taking.problems))


class _Taking:
    """One walk over the arguments."""

    def __init__(self) -> None:
        self.values: dict[str, pulumi.Input[str]] = {}
        self.problems: list[Problem] = []

    def keys(self, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        is_free = bool(path) and path[-1] in _FREE_KEYS
        found: dict[str, Any] = {}
        for spelled, value in given.items():
            key = str(spelled) if is_free else to_camel(str(spelled))
            here = (*path, key)
            if value is None:
                continue
            if key in found:
                self.problems.append(_repeated(here))
            elif is_placeholder(key):
                self.problems.append(_slot_given(here))
            elif (taken := self.any(value, here)) is not None:
                found[key] = taken
        return found

    def any(self, value: Any, path: Path) -> Any:
        if isinstance(value, pulumi.Output) or (path[-1] in _SECRETS and path[0] not in _FREE_KEYS):
            return self.slot(value, path)
        if isinstance(value, Mapping):
            return self.keys(value, path)
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self.any(item, (*path, at)) for at, item in enumerate(value)]
        if is_placeholder(value):
            self.problems.append(_slot_given(path))
            return None
        return value

    def slot(self, value: Any, path: Path) -> str | None:
        if not isinstance(value, pulumi.Output | str):
            self.problems.append(_secret_not_text(path))
        elif isinstance(value, pulumi.Output) and not _may_come_later(path):
            self.problems.append(_not_known_yet(path))
        else:
            slot = PLACEHOLDER_PREFIX + spell(path)
            self.values[slot] = value
            return slot
        return None


def _not_known_yet(path: Path) -> Problem:
    saw = "an output stands where the shape of the gateway is decided"
    return NOT_KNOWN_YET.problem(spell(path), saw)


def _secret_not_text(path: Path) -> Problem:
    # What stands there may be the secret, so it is not told.
    return WRONG_VALUE.problem(spell(path), "this is not a text", "Give a text; of a PFX, its base64.")


def _slot_given(path: Path) -> Problem:
    saw = f"a text that begins with {PLACEHOLDER_PREFIX}, as only this component's own placeholders do"
    return WRONG_VALUE.problem(spell(path), saw, "Give another text.")


def _repeated(path: Path) -> Problem:
    return KEY_REPEATED.problem(spell(path), "the key is given in two spellings")


def _may_come_later(path: Path) -> bool:
    pattern = tuple(_ANY if isinstance(step, int) else step for step in path)
    return (pattern if pattern[0] not in _FREE_KEYS else (pattern[0], _ANY)) in _passed_through()


@cache
def _passed_through() -> frozenset[Path]:
    """The paths of everything that the arguments' types declare an `Input`."""
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
    """The same data with every slot that has a value replaced by it."""
    if isinstance(value, str):
        return values.get(value, value) if value.startswith(PLACEHOLDER_PREFIX) else value
    if isinstance(value, Mapping):
        return {fill(key, values): fill(item, values) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [fill(item, values) for item in value]
    return value


def slots_in(value: Any) -> Iterator[str]:
    """Every slot that stands in some data."""
    if isinstance(value, str):
        if value.startswith(PLACEHOLDER_PREFIX):
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from slots_in(key)
            yield from slots_in(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from slots_in(item)

"""Parses settings from the plain data of config files and programs, and names every mistake at once.

The mistakes named here are of shape: unknown keys, missing keys, values of the wrong type. What can be
read is kept and handed on, so that a typing error does not hide the broken rules behind it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..document.azure import Mode
from ..document.control_characters import control_characters
from ..document.problem_rows import MODE_UNKNOWN
from ..escaping import quoted
from ..problems import Problem, Row
from .problem_rows import (
    LOCK_UNKNOWN,
    MISSING_KEY,
    REVOCATION_UNKNOWN,
    TLS_POLICY_UNKNOWN,
    UNKNOWN_KEY,
    UNKNOWN_WORD,
    WRONG_VALUE,
)
from .settings import GatewaySettings
from .shapes import Model

Path = tuple[str | int, ...]

_LONGEST_ECHO = 40
SECRET_KEYS = ("pfx", "password")
"""The keys of a listener certificate whose values are secrets."""
FREE_KEYS = frozenset({"tags", "requestHeaders", "responseHeaders"})
"""The keys under which a user may choose the names."""
ARM = "arm"
"""The key under which everything is spelled as Azure spells it."""
_SECRETS_AND_CHAINS = frozenset({"data", *SECRET_KEYS})
"""Keys whose texts other rules look into."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The settings as far as they could be read, what was wrong, and the top-level keys read only in part."""

    settings: GatewaySettings
    problems: tuple[Problem, ...]
    unread: frozenset[str]


def spell(path: Iterable[str | int]) -> str:
    """A path as people write it: `profiles[0].mode`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def top_level_key(where: str) -> str:
    """The first key of a path that `spell` wrote."""
    return re.split(r"[.[]", where, maxsplit=1)[0]


def parse_settings(given: Mapping[str, Any]) -> Parsed:
    """Parse settings in camelCase.

    Args:
        given: the settings as plain data.

    Returns:
        the settings, a problem for each value that is not valid, and the keys whose values were left out for that.
    """
    problems = list(control_characters(given, unread=_SECRETS_AND_CHAINS))
    unread = {top_level_key(problem.where) for problem in problems}
    remaining: Any = given
    left_out: frozenset[Path] = frozenset()
    while True:
        try:
            return Parsed(GatewaySettings.model_validate(remaining), tuple(problems), frozenset(unread))
        except ValidationError as error:
            details = error.errors(include_url=False)
            # A key whose value was left out is given, though the next pass misses it.
            problems += [_problem(each) for each in details if each["type"] != "missing" or each["loc"] not in left_out]
            left_out |= {detail["loc"] for detail in details}
            unread |= {str(detail["loc"][0]) for detail in details if detail["type"] != "extra_forbidden"}
            remaining = _without(remaining, frozenset(_leave_out(detail["loc"], detail["type"]) for detail in details))


def _leave_out(path: Path, kind: str) -> Path:
    # A part that lacks a required key cannot be read at all, and a list without one of its items would
    # give every later item a wrong number.
    if kind == "missing":
        path = path[:-1]
    if kind != "extra_forbidden" and path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _without(value: Any, paths: frozenset[Path], here: Path = ()) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(item, paths, (*here, key)) for key, item in value.items() if (*here, key) not in paths}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [
            _without(item, paths, (*here, index)) for index, item in enumerate(value) if (*here, index) not in paths
        ]
    return value


def _problem(detail: ErrorDetails) -> Problem:
    path, kind = detail["loc"], detail["type"]
    where = spell(path)
    if kind == "extra_forbidden":
        known = _keys_at(path[:-1])
        return UNKNOWN_KEY.problem(where, "no such key", did_you_mean(str(path[-1]), known))
    if kind == "missing":
        return MISSING_KEY.problem(where, "not given")
    if kind in {"enum", "literal_error"}:
        if path[-1] in _WORDS:
            return _unknown_word(where, detail["input"], *_WORDS[path[-1]])
        expected = str(detail.get("ctx", {}).get("expected", ""))
        return UNKNOWN_WORD.problem(where, _seen(detail["input"]), f"Write {expected}.")
    return WRONG_VALUE.problem(where, _seen(detail["input"]), f"{_expectation(detail)}.")


_WORDS: Mapping[str | int, tuple[Row, str, str]] = {
    "mode": (MODE_UNKNOWN, "no mode", ""),
    "revocation": (REVOCATION_UNKNOWN, "no way to check revocation", ""),
    "lock": (LOCK_UNKNOWN, "no lock that a gateway can have", ""),
    "policyName": (TLS_POLICY_UNKNOWN, "no predefined policy", ""),
    "minProtocolVersion": (
        TLS_POLICY_UNKNOWN,
        "no version that may be the lowest",
        "Write TLSv1_2 or TLSv1_3; 1.0 and 1.1 were retired in August 2025.",
    ),
}
"""By key: the row of a word that is not allowed, what the word is not, and a fix that is better than the row's."""


def _unknown_word(where: str, value: Any, row: Row, missed: str, fix: str) -> Problem:
    near = get_close_matches(value.title(), Mode, n=1) if row is MODE_UNKNOWN and isinstance(value, str) else ()
    return row.problem(where, f"{_shown(value)} is {missed}", f"Did you mean {near[0]}?" if near else fix)


def _expectation(detail: ErrorDetails) -> str:
    wording = _EXPECTATIONS.get(detail["type"])
    return wording.format(**detail.get("ctx", {})) if wording else detail["msg"].removesuffix(".")


_EXPECTATIONS = {
    "string_pattern_mismatch": "Write a text of the form {pattern}",
    "string_too_short": "Write a text that is not empty",
    "greater_than_equal": "Give at least {ge}",
    "less_than_equal": "Give at most {le}",
    **dict.fromkeys(
        ("value_error", "int_type", "int_parsing", "int_from_float", "finite_number"), "Give a whole number"
    ),
    "bool_type": "Give true or false",
    "string_type": "Give a text",
    "tuple_type": "Give a list",
    **dict.fromkeys(("model_type", "dict_type"), "Give an object"),
}


def _seen(value: Any) -> str:
    return f"the value is {_shown(value)}"


def _shown(value: Any) -> str:
    """A value as problems show it: a secret that was put in the wrong place is not shown."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # As it was written: numbers reach a plugin as floats.
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, str):
        if len(value) <= _LONGEST_ECHO and "PRIVATE" not in value:
            return quoted(value)
        return f"a text of {len(value)} characters"
    return _KINDS.get(type(value), "something else")


_KINDS: Mapping[type[Any], str] = {dict: "an object", list: "a list", tuple: "a list", bytes: "bytes"}


def _keys_at(path: Path) -> tuple[str, ...]:
    """The keys that a setting may have."""
    model: type[Model] = GatewaySettings
    for step in path:
        if isinstance(step, str):
            field = next(f for n, f in model.model_fields.items() if step in {n, f.alias})
            model = _model_in(field.annotation) or model
    return tuple(str(field.alias) for field in model.model_fields.values())


def _model_in(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    found = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The hint for a word that is not known: the nearest known one, or all of them."""
    near = get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"The keys here are {', '.join(sorted(known))}."

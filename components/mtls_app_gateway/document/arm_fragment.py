"""Reads a fragment of a gateway: ARM that a person writes to be merged into a document, checked by the type table.

Names may be in any case and `properties` may be left out, as in every document that is read. But nothing is left out in
silence: what only Azure writes, what holds a secret and what the type table does not know is an error here.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..certificates import holds_private_key
from ..problems import Problem, errors_of
from .arm_types import GATEWAY_TYPE, Kind, ObjectType, Property, Shape, object_type
from .document_rules import check_document
from .placeholder import is_placeholder
from .problem_rows import NOT_UNDERSTOOD, READ_ONLY_PROPERTY, SECRET_GIVEN, WRONG_FORM
from .purpose import Purpose
from .schema_walk import SECRETS, Walk, names_itself, points_back

_EXPRESSION = re.compile(r"\[\s*[A-Za-z][A-Za-z.]*\s*\(.*\)[^)]*\]", re.DOTALL)
"""What a template works out: `[resourceId('Microsoft.Network/virtualNetworks', 'edge')]`."""


def read_fragment(given: Mapping[str, Any], where: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The fragment in canonical form, and everything wrong with it.

    Args:
        given: some properties of a gateway, as in a template.
        where: what to call the fragment in problems.
    """
    walk = _FragmentWalk()
    read = walk.object(given, object_type(GATEWAY_TYPE), where)
    if not errors_of(walk.problems):
        found = check_document(read)
        walk.problems.extend(replace(problem, where=f"{where}.{problem.where}") for problem in found)
    return _in_order(read), tuple(walk.problems)


def _in_order(value: Any) -> Any:
    """The same value with its keys in one order: those of an object reach a plugin in any."""
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value)}
    return [_in_order(each) for each in value] if isinstance(value, list) else value


class _FragmentWalk(Walk):
    """A pass that refuses what the reader of whole documents leaves out or leaves to Azure."""

    def __init__(self) -> None:
        super().__init__(lambda value: value, Purpose.WRITE)

    def _property(self, value: Any, known: Property, owner: ObjectType, where: str) -> Any:
        if value is None:
            return None
        if known.name in SECRETS.get(owner.name, ()):
            saw = f"{known.name!r} holds a private key or its password"
            self.problems.append(SECRET_GIVEN.problem(where, saw))
        elif known.read_only:
            self.problems.append(READ_ONLY_PROPERTY.problem(where, f"{known.name!r} is read-only in {owner.name}"))
        elif names_itself(known, owner):
            fix = "Remove it: a part is known by its name."
            self.problems.append(READ_ONLY_PROPERTY.problem(where, "Azure makes the id of a part", fix))
        elif points_back(known):
            saw = f"Azure lists in {known.name!r} what points here"
            self.problems.append(READ_ONLY_PROPERTY.problem(where, saw, "Remove it, and give the reference there."))
        else:
            return super()._property(value, known, owner, where)
        return None

    def _comes_later(self, value: Any, shape: Shape) -> bool:
        return is_placeholder(value) and shape.kind is Kind.STRING and not shape.enum

    def _scalar(self, value: Any, shape: Shape, where: str) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # Numbers reach a plugin as floats.
        if isinstance(value, str) and holds_private_key(value):
            self.problems.append(SECRET_GIVEN.problem(where, "the text holds a private key"))
        elif isinstance(value, str) and _EXPRESSION.fullmatch(value):
            self._not_understood("an expression of a template is not worked out here", where)
        elif shape.kind is Kind.STRING and isinstance(value, bool):
            self._wrong_form(value, shape, where)
        else:
            read = super()._scalar(value, shape, where)
            if read is None or (wrong := _wrong_value(read, shape)) is None:
                return read
            # The value itself stays out of the text: it may be a secret in the wrong place.
            self.problems.append(WRONG_FORM.problem(where, wrong[0], wrong[1]))
        return None

    def _not_understood(self, saw: str, where: str) -> None:
        self.problems.append(NOT_UNDERSTOOD.problem(where, saw, "Write the value out."))


def _wrong_value(value: Any, shape: Shape) -> tuple[str, str] | None:
    """What is wrong with a value of the right type, and what to give in its place."""
    if shape.enum and value not in shape.enum:
        return "none of the words that Azure has here", f"Write {', '.join(shape.enum[:-1])} or {shape.enum[-1]}."
    if shape.minimum is not None and value < shape.minimum:
        return f"less than {shape.minimum}", f"Give at least {shape.minimum}."
    if shape.maximum is not None and value > shape.maximum:
        return f"more than {shape.maximum}", f"Give at most {shape.maximum}."
    return None

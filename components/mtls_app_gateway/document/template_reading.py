"""ARM deployment templates: the gateway inside one, and the template expressions that gateway templates use.

Deliberately small: `parameters`, `variables`, `concat`, `resourceId`, `format`, `resourceGroup` and `uniqueString`.
Everything else is reported as not understood; nothing is guessed. What only a deployment knows (subscription, resource
group, location) gets a fixed value.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..escaping import quoted

RESOURCE_GROUP = {
    "id": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/resource-group",
    "name": "resource-group",
    "location": "resource-group-location",
}
"""Takes the place of the resource group that a template will be deployed to."""

MAX_WORK = 8_000_000
"""Characters and values that a template's expressions may make, roughly: a gateway needs a hundredth of it."""
MAX_DEPTH = 50
"""Functions inside functions, variables of variables, lists in lists."""
_VALUE = 16
"""What a value counts beside its characters."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d{1,18})|(?P<name>[A-Za-z_]\w*)|(?P<mark>[()\[\],.]))"
)


class NotUnderstoodError(Exception):
    """An expression, or a part of a template, that this reader does not know. Its text never holds a value."""


@dataclass(slots=True)
class _Work:
    """How much was worked out, and how deep the work is: a template of a few lines can ask for gigabytes."""

    spent: int = 0
    depth: int = 0

    def spend(self, amount: int) -> None:
        self.spent += amount
        if self.spent > MAX_WORK:
            raise NotUnderstoodError(f"its expressions make more than {MAX_WORK:,} characters, and are not worked out")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        if self.depth == MAX_DEPTH:
            raise NotUnderstoodError(f"its expressions are more than {MAX_DEPTH} deep, and are not worked out")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@dataclass(frozen=True, slots=True)
class Template:
    """A deployment template with its parameters: what `resolve` needs to give the value of an expression."""

    parameters: Mapping[str, Mapping[str, Any]]
    variables: Mapping[str, Any]
    given: Mapping[str, Any]
    _open: set[str] = field(default_factory=set, repr=False)
    """The names being resolved, so that one which needs itself is noticed."""
    _known: dict[str, tuple[Any, int]] = field(default_factory=dict, repr=False)
    """The names that were resolved, and how much work each stands for."""
    _work: _Work = field(default_factory=_Work, repr=False)

    def resolve(self, value: Any) -> Any:
        """The value with every expression in it replaced by what it gives.

        Raises:
            NotUnderstoodError: for a function, a syntax or a name that is not known here, and for more than is worked
                out here.
        """
        if isinstance(value, str):
            return self._text(value)
        self._work.spend(_VALUE)
        with self._work.deeper():
            if isinstance(value, Mapping):
                return {key: self.resolve(inner) for key, inner in value.items()}
            return [self.resolve(each) for each in value] if isinstance(value, list) else value

    def spend(self, characters: int) -> None:
        """Raises NotUnderstoodError where a text of so many characters is more than is worked out here."""
        self._work.spend(characters)

    def deeper(self) -> AbstractContextManager[None]:
        """One function more around the work; raises NotUnderstoodError where these are too many."""
        return self._work.deeper()

    def _text(self, text: str) -> Any:
        self._work.spend(len(text) + _VALUE)
        if text.startswith("[[") or not (text.startswith("[") and text.endswith("]")):
            return text.removeprefix("[") if text.startswith("[[") else text
        # To read an expression is several times the work of copying it.
        self._work.spend(4 * len(text))
        return _Expression(text[1:-1], self).value()

    def parameter(self, name: str) -> Any:
        """The value of a parameter: the one given, else its default."""
        if name.casefold() in self.given:
            found = self.given[name.casefold()]
            if isinstance(found, Mapping) and "reference" in found and "value" not in found:
                raise NotUnderstoodError(f"the parameter {quoted(name)} lies in a key vault, which is not asked")
            value = found["value"] if isinstance(found, Mapping) and "value" in found else found
            return self._once(f"given {name.casefold()}", value, lambda given: given)
        declared = self.parameters.get(name.casefold())
        if not isinstance(declared, Mapping) or "defaultValue" not in declared:
            raise NotUnderstoodError(f"the parameter {quoted(name)} has no value: give a parameter file that holds it")
        return self._once(f"parameter {name.casefold()}", declared["defaultValue"], self.resolve)

    def variable(self, name: str) -> Any:
        """The value of a variable."""
        if name.casefold() not in self.variables:
            raise NotUnderstoodError(f"there is no variable {quoted(name)}")
        return self._once(f"variable {name.casefold()}", self.variables[name.casefold()], self.resolve)

    def _once(self, name: str, value: Any, work: Callable[[Any], Any]) -> Any:
        """A named value, worked out once; what it stands for counts each time, for whoever reads on reads it again."""
        if name in self._open:
            raise NotUnderstoodError(f"the {name} needs itself")
        if name in self._known:
            found, cost = self._known[name]
            self._work.spend(cost)
            return found
        self._open.add(name)
        try:
            with self._work.deeper():
                found = work(value)
        finally:
            self._open.remove(name)
        before = self._work.spent
        self._count(found)
        self._known[name] = found, self._work.spent - before
        return found

    def _count(self, value: Any) -> None:
        """Spend what a value is in full, written out: its parts may be one and the same many times over."""
        waiting = [value]
        while waiting:
            each = waiting.pop()
            self._work.spend(_VALUE + (len(each) if isinstance(each, str) else 0))
            waiting += each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()


def open_template(data: Mapping[str, Any], parameters: Mapping[str, Any] | None) -> Template:
    """A template from its JSON and that of its parameter file; a plain map of names and values will do too."""
    given = parameters if isinstance(parameters, Mapping) else {}
    inner = given.get("parameters", given)
    return Template(
        parameters=_folded(data.get("parameters")),
        variables=_folded(data.get("variables")),
        given=_folded(inner),
    )


def iter_resources(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The template's resources with their paths: a list, or, in the newer language, an object by symbolic name."""
    resources = data.get("resources", [])
    if isinstance(resources, Mapping):
        yield from ((f"resources.{name}", each) for name, each in resources.items() if isinstance(each, Mapping))
    elif isinstance(resources, list):
        yield from ((f"resources[{at}]", each) for at, each in enumerate(resources) if isinstance(each, Mapping))


def _folded(given: Any) -> dict[str, Any]:
    # Azure Resource Manager takes the names of parameters and variables in any case.
    return {name.casefold(): value for name, value in given.items()} if isinstance(given, Mapping) else {}


class _Expression:
    """One expression, read and evaluated from left to right."""

    def __init__(self, text: str, template: Template) -> None:
        self.template = template
        self.tokens = list(_tokens(text))
        self.at = 0

    def value(self) -> Any:
        value = self._term()
        if self.at < len(self.tokens):
            raise NotUnderstoodError("the expression goes on where it should end")
        return value

    def _term(self) -> Any:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return int(token)
        if kind != "name":
            raise NotUnderstoodError(f"the expression has {quoted(token)} where a value should stand")
        return self._members(self._call(token))

    def _call(self, name: str) -> Any:
        function = _FUNCTIONS.get(name.casefold())
        if function is None or not self._take("("):
            raise NotUnderstoodError(f"the function {quoted(name)} is not known to this reader")
        arguments: list[Any] = []
        while not self._take(")"):
            if arguments and not self._take(","):
                raise NotUnderstoodError(f"the arguments of {quoted(name)} are not separated by commas")
            with self.template.deeper():
                arguments.append(self._term())
        try:
            value = function(self.template, *arguments)
        except (TypeError, ValueError, IndexError, AttributeError, StopIteration):
            raise NotUnderstoodError(f"the arguments of {quoted(name)} are not what it takes") from None
        self.template.spend(
            _VALUE * len(value) if isinstance(value, list) else len(value) if isinstance(value, str) else _VALUE
        )
        return value

    def _members(self, value: Any) -> Any:
        while self.at < len(self.tokens) and self.tokens[self.at][1] in {".", "["}:
            _, mark = self._next()
            with self.template.deeper():
                key = self._next()[1] if mark == "." else self._term()
            if mark == "[" and not self._take("]"):
                raise NotUnderstoodError("a '[' is not closed")
            value = _member(value, key)
        return value

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise NotUnderstoodError("the expression ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, mark: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("mark", mark):
            self.at += 1
            return True
        return False


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    index, text = 0, text.rstrip()
    while index < len(text):
        match = _TOKEN.match(text, index)
        if match is None or match.lastgroup is None:
            raise NotUnderstoodError("the expression cannot be read")
        yield match.lastgroup, match[match.lastgroup]
        index = match.end()


def _member(value: Any, key: Any) -> Any:
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    folded = _folded(value)
    if not isinstance(key, str) or key.casefold() not in folded:
        raise NotUnderstoodError(f"there is no member {_named(key)} in what stands before it")
    return folded[key.casefold()]


def _named(key: Any) -> str:
    return quoted(key) if isinstance(key, str) else str(key)


def _concat(_: Template, *parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return [each for part in parts for each in part]
    if not parts:
        raise ValueError("concat takes texts or lists")
    return "".join(map(_spell, parts))


def _format(template: Template, pattern: str, *values: Any) -> str:
    plain = pattern.replace("{{", "").replace("}}", "")
    if re.search(r"\{(?!\d+\})|(?<!\d)\}", plain):
        raise ValueError("only plain placeholders are known")
    texts = [_spell(value) for value in values]
    # Counted before it is made: of all functions this one alone makes much more than it is given.
    template.spend(sum(len(texts[int(number)]) for number in re.findall(r"\{(\d+)\}", plain)))
    return pattern.format(*texts)


def _resource_id(_: Template, *given: str) -> str:
    at = next(index for index, part in enumerate(given) if "/" in part)
    scope, kind, names = given[:at], given[at], given[at + 1 :]
    provider, *types = kind.removesuffix("/").split("/")
    steps = "/".join(f"{one}/{name}" for one, name in zip(types, names, strict=True))
    return f"{_scope(*scope)}/providers/{provider}/{steps}"


def _scope(*given: str) -> str:
    _, _, subscription, _, group = RESOURCE_GROUP["id"].split("/")
    match given:
        case ():
            return RESOURCE_GROUP["id"]
        case (group,):
            pass
        case (subscription, group):
            pass
        case _:
            raise ValueError("a scope is a subscription and a resource group")
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def _unique_string(_: Template, *parts: Any) -> str:
    # Azure's own hash is not published: 13 letters and digits as there, always the same ones, and not Azure's.
    digest = hashlib.sha256("\0".join(map(_spell, parts)).encode()).digest()
    return b32encode(digest).decode("ascii").lower()[:13]


def _spell(value: Any) -> str:
    if value is None or isinstance(value, list | Mapping):
        raise ValueError("this is no text")
    return str(value) if not isinstance(value, bool) else str(value).capitalize()


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "parameters": Template.parameter,
    "variables": Template.variable,
    "concat": _concat,
    "format": _format,
    "resourceid": _resource_id,
    "resourcegroup": lambda _: RESOURCE_GROUP,
    "uniquestring": _unique_string,
}

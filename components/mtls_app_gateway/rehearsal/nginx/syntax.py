"""nginx's configuration language as a tree of directives, and the one place that quotes.

Pure text: this module does not know what the directives do.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_BARE = re.compile(r"[A-Za-z0-9_.:/@=,+*()\-]*(?:\$[a-z0-9_]+)?")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r", "\n": "\\n"})

DOLLAR = "${dollar}"
"""A variable that the configuration defines as a dollar sign: nginx has no way to write one in a value."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive: its name, its arguments, and its block if it has one."""

    name: str
    arguments: tuple[str, ...] = ()
    block: tuple["Directive", ...] | None = None


def directive(name: str, *arguments: str | int) -> Directive:
    """A directive that ends with a semicolon."""
    return Directive(name, tuple(map(str, arguments)))


def block(name: str, *arguments: str, inner: Iterable[Directive]) -> Directive:
    """A directive with a block."""
    return Directive(name, arguments, tuple(inner))


def build(tree: Iterable[Directive]) -> str:
    """The text of a configuration file."""
    return "".join(f"{line}\n" for each in tree for line in _lines(each, 0))


def _lines(one: Directive, depth: int) -> Iterator[str]:
    head = " " * (4 * depth) + " ".join(map(quote, (one.name, *one.arguments)))
    if one.block is None:
        yield f"{head};"
        return
    yield f"{head} {{"
    for inner in one.block:
        yield from _lines(inner, depth + 1)
    yield " " * (4 * depth) + "}"


def quote(argument: str) -> str:
    """An argument quoted so that nginx reads exactly this text, apart from variables in it."""
    if argument and _BARE.fullmatch(argument):
        return argument
    # Inside quotes nginx removes a backslash before a backslash or a quote, reads \\t, \\r and \\n as control
    # characters, and keeps all other backslashes: with each one doubled, it reads the original text.
    return f'"{argument.translate(_ESCAPES)}"'


def literal(text: str) -> str:
    """A text escaped so that nginx finds no variables in it."""
    return text.replace("$", DOLLAR)


def exactly(text: str) -> str:
    """A pattern for `map` and `server_name` that matches this text and no other, case included."""
    # nginx ignores the case of plain keys of a map, which would make two names one.
    return r"~^" + re.sub(r"([^A-Za-z0-9])", r"\\\1", text) + r"\z"

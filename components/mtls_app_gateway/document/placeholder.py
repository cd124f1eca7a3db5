"""What represents a value in a document until it is known."""

from collections.abc import Iterable, Mapping
from typing import Any


class Placeholder(str):
    """Represents the value of a setting, or of something else that is known only later, in a document.

    Its text says which: `$input/<path of the setting>`. It is a type and not a form of text: what somebody wrote in
    that form is a text like any other.
    """

    __slots__ = ()

    def __new__(cls, path: str) -> "Placeholder":
        """A placeholder for the value at a path, such as `network.subnetId`."""
        return super().__new__(cls, f"$input/{path}")

    @property
    def path(self) -> str:
        """What it represents."""
        return self.removeprefix("$input/")

    def __str__(self) -> str:
        """Itself: a placeholder that became a plain text would be sent to Azure as one."""
        return self

    def __getnewargs__(self) -> tuple[str]:
        """A copy is made of the path too."""
        return (self.path,)


def is_placeholder(value: object) -> bool:
    """Whether this represents a value that is known only later."""
    return isinstance(value, Placeholder)


def with_placeholder(document: Mapping[str, Any], names: Iterable[str], placeholder: Placeholder) -> dict[str, Any]:
    """The document with these properties of the gateway known only later, whether or not it has them."""
    return {**document, "properties": {**document.get("properties", {}), **dict.fromkeys(names, placeholder)}}

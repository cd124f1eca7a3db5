"""How a value of a view that is not known is withheld from whoever judges it."""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar


class UnknownError(Exception):
    """What was read cannot be known yet: of a view made by `withhold`, or of settings that could not be read."""


@dataclass(frozen=True, kw_only=True)
class Withholding:
    """Raises where an attribute was withheld; without slots of its own, so that properties can be cached."""

    unknown: frozenset[str] = frozenset()
    """The attributes whose value cannot be known from the document; they hold what is known of it."""

    if not TYPE_CHECKING:  # pragma: no branch - every attribute would be typed Any

        def __getattr__(self, name: str) -> Any:
            if name != "unknown" and name in self.unknown:
                raise UnknownError(name)
            raise AttributeError(name)


_View = TypeVar("_View", bound=Withholding)


def withhold(view: _View) -> _View:
    """The same view, in which reading what is unknown raises `UnknownError`."""
    made: dict[int, Any] = {}

    def withheld(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(withheld, value))
        if not isinstance(value, Withholding):
            return value
        if id(value) not in made:
            known = {each.name: withheld(getattr(value, each.name)) for each in fields(value)}
            made[id(value)] = replace(value, **known)
            for name in value.unknown & known.keys():
                object.__delattr__(made[id(value)], name)
        return made[id(value)]

    found: _View = withheld(view)
    return found

"""Which setting made which part of a document: recorded as it is written, read where a finding is reported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..document.place import below
from ..document.placeholder import Placeholder
from .parsing import ARM, top_level_key

_INDEXES = re.compile(r"(\[\d+\])*")
_LAST_STEP = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")


@dataclass(frozen=True, slots=True)
class From:
    """A part of a document with the path of the setting that makes it what it is; None leaves the part out."""

    setting: str
    value: Any


def part(name: str, setting: str, **properties: Any) -> From:
    """A part that a setting makes; each of its properties is made by the key of that name, unless it says otherwise."""
    bag = {
        key: value if isinstance(value, From) else From(f"{setting}.{key}", value) for key, value in properties.items()
    }
    return From(setting, {"name": name, "properties": bag})


class Origins:
    """The setting behind each place of one document."""

    def __init__(self) -> None:
        self._settings: dict[str, str] = {}

    def settle(self, written: Any, unread: frozenset[str] = frozenset(), place: str = "") -> Any:
        """The plain data of what was written, its origins recorded; what is None is left out.

        Args:
            written: data with `From` anywhere in it.
            unread: the top-level settings that could not be read. What they make is not known, so a placeholder
                takes its place.
            place: where the data is in the document.
        """
        if isinstance(written, From):
            self._settings[place] = written.setting
            if top_level_key(written.setting) in unread:
                return Placeholder(written.setting)
            return self.settle(written.value, unread, place)
        if isinstance(written, Mapping):
            settled = {key: self.settle(value, unread, below(place, key)) for key, value in written.items()}
            return {key: value for key, value in settled.items() if not (value is None or _is_empty_bag(key, value))}
        if isinstance(written, list):
            return [self.settle(value, unread, f"{place}[{index}]") for index, value in enumerate(written)]
        return written

    def setting(self, place: str) -> str:
        """The path of the setting that made this place, or the part around it; the place itself where none did.

        >>> origins = Origins()
        >>> _ = origins.settle({"hostNames": From("listeners[0].hostNames", ["a", "b"])})
        >>> origins.setting("hostNames[1]")
        'listeners[0].hostNames[1]'
        """
        known = place
        while known and known not in self._settings:
            known = _LAST_STEP.sub("", known) if _LAST_STEP.search(known) else ""
        if not known:
            return place
        setting, rest = self._settings[known], place[len(known) :]
        inside = _INDEXES.match(rest)
        return setting + (rest if is_arm(setting) else inside[0] if inside else "")

    def record(self, place: str, setting: str) -> None:
        """Say which setting made a place that was written otherwise."""
        self._settings[place] = setting


def _is_empty_bag(key: str, value: Any) -> bool:
    return key == "properties" and value == {}


def is_arm(where: str) -> bool:
    """Whether a path of the settings is `arm` or one below it, where places are those of the document."""
    return top_level_key(where) == ARM


def whole(made: From) -> From:
    """A part that one setting makes as a whole."""
    return From(made.setting, Origins().settle(made))

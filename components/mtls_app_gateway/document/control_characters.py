"""Control characters and lone surrogates in what is read: they act on terminals, and end lines of requests."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ..problems import Problem
from .problem_rows import CONTROL_CHARACTER

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def control_characters(
    value: Any, where: str = "", *, name: str = "", lines_in: Set[str] = frozenset(), unread: Set[str] = frozenset()
) -> Iterator[Problem]:
    """A problem for each text, and each name of one, that holds such a character.

    The properties named in `lines_in` may have line ends and tabs: certificates come as PEM. Those in `unread` are
    looked into elsewhere.
    """
    if name in unread:
        return
    if isinstance(value, str):
        text = re.sub(r"[\t\r\n]", "", value) if name in lines_in else value
        if found := _CONTROL.search(text):
            saw = f"the text has U+{ord(found[0]):04X}, a control character or a lone surrogate"
            yield CONTROL_CHARACTER.problem(where, saw)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{where}.{key}" if where else str(key)
            yield from control_characters(key, f"{place}, its name", lines_in=lines_in)
            yield from control_characters(inner, place, name=str(key), lines_in=lines_in, unread=unread)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for position, inner in enumerate(value):
            place = f"{where}[{position}]"
            yield from control_characters(inner, place, name=name, lines_in=lines_in, unread=unread)

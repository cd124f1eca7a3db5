"""Prints tables and trees: every text in them is escaped, and none is read as markup.

Commands use `Text` and `console` from here in place of rich's own. `printing` prints lines, and imports faster.
"""

from typing import Any

import rich.console
import rich.text
from rich.style import StyleType

from ..escaping import printable

_LOG_WIDTH = 160
"""The width of a report that is not printed on a terminal."""


class Text(rich.text.Text):
    """rich's text, kept on one line: control characters are escaped."""

    def __init__(self, text: str = "", style: StyleType = "", **options: Any) -> None:
        super().__init__(printable(text), style, **options)

    def append(self, text: "rich.text.Text | str", style: StyleType | None = None) -> "Text":
        """Append a text; a line end in it is escaped too."""
        super().append(printable(text) if isinstance(text, str) else text, style)
        return self


class _Console(rich.console.Console):
    """rich's console, which never reads a plain text as markup."""

    def render_str(self, text: str, **options: Any) -> rich.text.Text:
        """A plain text, such as a table's cell, escaped and without markup."""
        return super().render_str(printable(text), **options | {"markup": False, "emoji": False, "highlight": False})


def console(*, err: bool = False, width: int | None = None) -> rich.console.Console:
    """A console for tables and trees, in colour on a terminal only."""
    return _Console(highlight=False, markup=False, emoji=False, stderr=err, width=width)


def wide_console() -> rich.console.Console:
    """A console for a report: as wide as the terminal; without one, wide enough for its rows."""
    screen = console()
    return screen if screen.is_terminal else console(width=_LOG_WIDTH)

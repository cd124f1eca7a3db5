"""Where a command prints tables and trees: each text in them is escaped, and none is taken for markup.

The other modules of the commands take `Text` and `console` from here, in place of rich's own. Lines are printed by
`printing`, which starts faster.
"""

from typing import Any

import rich.console
import rich.text
from rich.style import StyleType

from ..escaping import printable

_LOG_WIDTH = 160
"""Where there is no terminal there is no width to keep to."""


class Text(rich.text.Text):
    """rich's text, for one line: control characters of what is put into it are escaped."""

    def __init__(self, text: str = "", style: StyleType = "", **options: Any) -> None:
        super().__init__(printable(text), style, **options)

    def append(self, text: "rich.text.Text | str", style: StyleType | None = None) -> "Text":
        """Add a text; a line end in it is escaped too."""
        super().append(printable(text) if isinstance(text, str) else text, style)
        return self


class _Console(rich.console.Console):
    """rich's console, for which a plain text is never markup."""

    def render_str(self, text: str, **options: Any) -> rich.text.Text:
        """A plain text, in a table's cell for instance, as it stands; printable like all others."""
        return super().render_str(printable(text), **options | {"markup": False, "emoji": False, "highlight": False})


def console(*, err: bool = False, width: int | None = None) -> rich.console.Console:
    """For tables and trees; in colour on a terminal only."""
    return _Console(highlight=False, markup=False, emoji=False, stderr=err, width=width)


def wide_console() -> rich.console.Console:
    """For a report: on a terminal as wide as that, else wide enough for its rows."""
    screen = console()
    return screen if screen.is_terminal else console(width=_LOG_WIDTH)

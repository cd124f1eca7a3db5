"""`mtls-gateway explain`: what a problem's code stands for, who says so, and what to do."""

from collections.abc import Sequence
from difflib import get_close_matches
from textwrap import shorten, wrap

import click

from ..problems import Row
from .printing import say, say_json
from .problem_rows import CODE_UNKNOWN

_WIDTH = 80
_INDENT = 14


@click.command(epilog="Exit codes: 0 the code is explained; 2 the catalogue has no such code.")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(code: str | None, *, as_json: bool) -> None:
    """Explain the code of a problem, or an error code of Azure.

    Without CODE, list all codes.
    """
    from .catalogue import catalogue  # loads every room's rows, which --help does not need

    rows = [row for subject in catalogue().values() for row in subject]
    chosen = _named(code, rows) if code else sorted(rows, key=lambda row: row.code)
    if as_json:
        say_json([_data(row) for row in chosen])
    elif code:
        say(*[line for row in chosen for line in ("", *_lines(row))][1:])
    else:
        say(*map(_line, chosen))


def _named(code: str, rows: Sequence[Row]) -> list[Row]:
    """The row of a code, or the rows that have it as Azure's. Raises GatewayError where there is none."""
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        for name in filter(None, (row.code, row.azure_code)):
            by_code.setdefault(name.casefold(), []).append(row)
    if found := by_code.get(code.casefold()):
        return found
    close = get_close_matches(code.casefold(), by_code, n=3)
    similar = dict.fromkeys(row.code for name in close for row in by_code[name])
    fix = f"Did you mean {' or '.join(similar)}?" if similar else ""
    raise CODE_UNKNOWN.error(code[:100], "the catalogue has no such code", fix)


def _line(row: Row) -> str:
    return shorten(f"{row.code} ({row.severity}): {row.demands}", _WIDTH, placeholder=" ...")


def _lines(row: Row) -> list[str]:
    """The row, a paragraph for each part that it has; addresses stay whole, so that they can be followed."""
    parts = {
        "Asks for:": row.demands,
        "What to do:": row.remedy,
        "Source:": row.source,
        "Azure's code:": row.azure_code,
    }
    lines = [f"{row.code} ({row.severity})"]
    for label, text in parts.items():
        lines += wrap(
            text or "",
            _WIDTH,
            initial_indent=label.ljust(_INDENT),
            subsequent_indent=" " * _INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def _data(row: Row) -> dict[str, str | None]:
    """The row for programs. Names and shapes are part of the command's interface."""
    return {
        "code": row.code,
        "severity": row.severity,
        "demands": row.demands,
        "remedy": row.remedy,
        "source": row.source,
        "azureCode": row.azure_code,
    }

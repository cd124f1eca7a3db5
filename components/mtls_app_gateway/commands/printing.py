"""Prints lines, each escaped and kept on one line. `console` does the same for tables and trees."""

from collections.abc import Iterable
from typing import Any

import click

from ..escaping import json_text, printable
from ..problems import Problem


def say(*lines: str, err: bool = False) -> None:
    """Print lines; a line end inside one is escaped."""
    click.echo("\n".join(map(printable, lines)), err=err)


def say_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, one line each."""
    for problem in problems:
        say(str(problem), err=True)


def say_json(data: Any) -> None:
    """Print data as JSON."""
    click.echo(json_text(data))

"""Where a command prints lines: each is escaped, and stays one line. `console` is the same for tables and trees."""

from collections.abc import Iterable
from typing import Any

import click

from ..escaping import json_text, printable
from ..problems import Problem


def say(*lines: str, err: bool = False) -> None:
    """Print lines, each of which stays one line."""
    click.echo("\n".join(map(printable, lines)), err=err)


def say_problems(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, a line for each."""
    for problem in problems:
        say(str(problem), err=True)


def say_json(data: Any) -> None:
    """Print data for programs."""
    click.echo(json_text(data))

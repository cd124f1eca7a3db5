"""Reads a gateway document for a command: prints warnings on standard error, and raises errors."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..document.purpose import Purpose, problems_for
from ..document.reading import Document, read
from ..document.view import view
from ..problems import GatewayError, Problem, Severity, errors_of
from ..review import review
from ..review.backend_roots import review_validity
from .json_file import read_json
from .printing import say


def gateway_in_file(path: Path, parameters: Path | None, purpose: Purpose, name: str | None = None) -> Document:
    """The gateway document in a file, checked for what the command does with it.

    Args:
        path: A gateway in any published form.
        parameters: The parameter file, where `path` is a deployment template.
        purpose: What the command does with the document; how serious a finding is depends on it.
        name: The gateway's name, where `path` is the body of a PUT request.

    Raises:
        GatewayError: With every error of the document. Warnings are printed in any case.
    """
    return checked_gateway(read_json(path), read_json(parameters) if parameters else None, purpose, name)


def checked_gateway(data: Any, parameters: Any, purpose: Purpose, name: str | None = None) -> Document:
    """The gateway document in parsed JSON, checked as in `gateway_in_file`."""
    reading = read(data, parameters, purpose=purpose, name=name)
    problems = reading.problems
    if not errors_of(problems):
        problems = (*problems, *problems_for(reading.document, purpose))
    errors = errors_of(problems)
    if not errors:
        problems = (*problems, *findings(reading.document))
    print_problems(problem for problem in problems if problem not in errors)
    if errors:
        raise GatewayError(errors)
    return reading.document


def findings(document: Document) -> tuple[Problem, ...]:
    """What the review finds in a document, errors as warnings: a command does with any gateway what was asked for."""
    gateway = view(document)
    found = (*review(gateway), *review_validity(gateway, now=datetime.now(UTC)))
    return tuple(
        replace(problem, severity=Severity.WARNING) if problem.severity is Severity.ERROR else problem
        for problem in found
    )


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems on standard error, each with its severity."""
    for problem in problems:
        say(f"{problem.severity}: {problem}", err=True)

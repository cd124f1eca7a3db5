"""The problems that a person can make and fix, as data: the catalogue's rows, the rules, and the one exception.

Nothing here logs, prints or exits; of this package it imports only how text is escaped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from .escaping import printable, without_secrets


class Severity(StrEnum):
    """What a problem does to a deployment."""

    ERROR = "error"
    """Azure is documented or seen to refuse it, or no client could pass: the deployment stops."""
    WARNING = "warning"
    """It deploys, and a reviewer would want to know."""
    NOTE = "note"
    """Something was changed or left out on the way, without harm."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where it is broken, what was seen there, what to do.

    `rule` is the kebab-case name of the rule, `azure_code` the error code Azure gives for the same
    mistake, where one is known. None of the texts may hold a private key, a password or a PFX: what looks like one in
    `saw` or `fix` is left out. As text, a problem is one printable line.
    """

    rule: str
    where: str
    saw: str
    fix: str
    azure_code: str | None = None
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        object.__setattr__(self, "saw", without_secrets(self.saw))
        object.__setattr__(self, "fix", without_secrets(self.fix))

    def __str__(self) -> str:
        code = f" [{self.azure_code}]" if self.azure_code else ""
        return printable(f"{self.rule}: {self.where}: {self.saw}. {self.fix}{code}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the catalogue of problems: everything that can be said of a rule without a document at hand."""

    code: str
    """The rule's kebab-case name."""
    demands: str
    """What the rule asks for, in one sentence."""
    source: str
    """Who says so: a page of Microsoft's, a section of an RFC, an observation."""
    remedy: str
    """What to do when it is broken, as an imperative."""
    severity: Severity = Severity.ERROR
    azure_code: str | None = None
    """Azure's error code for the same mistake, where one is known."""

    def problem(self, where: str, saw: str, fix: str = "") -> Problem:
        """This rule broken in one place.

        Args:
            where: a place that a person can find: a setting's path, a file's name, a part of a document.
            saw: what was seen there.
            fix: what to do in this place, where that can be said better than in the row's remedy.
        """
        return Problem(self.code, where, saw, fix or self.remedy, self.azure_code, self.severity)


_Subject = TypeVar("_Subject")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is broken: where, what was seen, and what to do there (else the row's remedy)."""

    where: str
    saw: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Row, Generic[_Subject]):
    """A row with the check that finds where it is broken."""

    check: Callable[[_Subject], Iterable[Finding]]

    def problems(self, subject: _Subject) -> Iterator[Problem]:
        """Every place where the subject breaks the rule, in the order of the check."""
        for found in self.check(subject):
            yield self.problem(found.where, found.saw, found.fix)


class GatewayError(Exception):
    """All the problems that stop a gateway, gathered before anything was done."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("a GatewayError needs at least one problem")
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that stop a deployment, in their order."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)

"""The catalogue: its rows, the rules, the problems that are made from them, and the one exception.

Every code stands in one row, and a problem is made from a row only. Nothing here logs, prints or exits; of this package
it imports only how text is escaped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
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
    """Worth knowing, without harm: a choice, or something that was changed or left out on the way."""


_REGISTERED: "dict[str, Row]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the catalogue of problems: everything that can be said of a code without a document at hand.

    A row registers itself.

    Raises:
        ValueError: another row has the code and says something else.

    Example:
        >>> NOT_JSON = Row(code="not-json", demands="A file is JSON.", source="RFC 8259", remedy="Give a JSON file.")
        >>> str(NOT_JSON.problem("edge.json", "a text file"))
        'not-json: edge.json: a text file. Give a JSON file.'
    """

    code: str
    """The rule's kebab-case name."""
    demands: str = field(repr=False)
    """What the rule asks for, in one sentence."""
    source: str = field(repr=False)
    """Who says so: a page of Microsoft's, a section of an RFC, an observation, or this product, with its reason."""
    remedy: str = field(repr=False)
    """What to do when it is broken, as an imperative."""
    severity: Severity = Severity.ERROR
    """How serious it is, where the place does not decide."""
    azure_code: str | None = None
    """Azure's error code for the same mistake, where one is known."""

    def __post_init__(self) -> None:
        if _REGISTERED.setdefault(self.code, self)._says != self._says:
            raise ValueError(f"two rows have the code {self.code!r} and differ")

    @property
    def _says(self) -> tuple[str | None, ...]:
        return self.demands, self.source, self.remedy, self.severity, self.azure_code

    def problem(
        self, where: str, saw: str, fix: str = "", *, severity: Severity | None = None, azure_code: str | None = None
    ) -> "Problem":
        """This row broken in one place.

        Args:
            where: a place that a person can find: a setting's path, a file's name, a part of a document.
            saw: what was seen there.
            fix: what to do in this place, where that can be said better than in the row's remedy.
            severity: how serious it is in this place, where that differs from the row.
            azure_code: Azure's error code in this place, where that differs from the row.
        """
        return Problem(self, where, saw, fix, severity=severity, azure_code=azure_code)

    def error(self, where: str, saw: str, fix: str = "") -> "GatewayError":
        """The exception with this one problem, to be raised."""
        return GatewayError([self.problem(where, saw, fix)])


def registered_rows() -> tuple[Row, ...]:
    """The rows of all modules that are imported, sorted by code."""
    return tuple(row for _, row in sorted(_REGISTERED.items()))


@dataclass(frozen=True, slots=True, init=False)
class Problem:
    """A row of the catalogue that is broken: where, what was seen there, what to do.

    None of the texts may hold a private key, a password or a PFX: what looks like one in `saw` or `fix` is left out.
    As text, a problem is one printable line.
    """

    row: Row
    where: str
    saw: str
    fix: str
    severity: Severity
    azure_code: str | None

    def __init__(
        self,
        row: Row,
        where: str,
        saw: str,
        fix: str = "",
        *,
        severity: Severity | None = None,
        azure_code: str | None = None,
    ) -> None:
        """See `Row.problem`, which is how one is made."""
        values = {
            "row": row,
            "where": where,
            "saw": without_secrets(saw),
            "fix": without_secrets(fix or row.remedy),
            "severity": severity or row.severity,
            "azure_code": azure_code or row.azure_code,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def rule(self) -> str:
        """The code of its row."""
        return self.row.code

    def __str__(self) -> str:
        code = f" [{self.azure_code}]" if self.azure_code else ""
        return printable(f"{self.rule}: {self.where}: {self.saw}. {self.fix}{code}")


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


def rule_of(row: Row, check: Callable[[_Subject], Iterable[Finding]]) -> Rule[_Subject]:
    """The rule of a row that another check finds broken too, elsewhere."""
    return Rule(check=check, **{each.name: getattr(row, each.name) for each in fields(Row)})


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

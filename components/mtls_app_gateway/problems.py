"""The problems a person can make and mend, as data, and the one exception that carries them.

Nothing here logs, prints or exits; of this package it imports only how text is escaped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
    """One broken rule: where it was broken, what was seen there, how to mend it.

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

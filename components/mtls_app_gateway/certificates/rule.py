"""A rule as a row: its name, how bad it is to break it, who says so, and the check that sees it broken."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..problems import Problem, Severity
from .forms import Sighting

SHOWN_PER_RULE = 10
"""More problems of one kind in one place help nobody."""


class Judged(Protocol):
    """What rules look at: it knows what a person calls it."""

    @property
    def source(self) -> str: ...


_Subject = TypeVar("_Subject", bound=Judged)


@dataclass(frozen=True, slots=True)
class Rule(Generic[_Subject]):
    """One rule of the table."""

    code: str
    severity: Severity
    demands: str
    """What the rule asks for, one sentence."""
    fix: str
    """What to do when it is broken."""
    citation: str
    """Who says so: a page of Microsoft's, a section of an RFC, an observation."""
    check: Callable[[_Subject], Iterable[Sighting]]
    azure_code: str | None = None

    def problems(self, subject: _Subject, sightings: Sequence[Sighting]) -> Iterator[Problem]:
        """A problem for each place where the rule was seen broken; the last one counts those not shown."""
        for sighting in sightings[:SHOWN_PER_RULE]:
            yield self._problem(subject, sighting)
        if len(sightings) > SHOWN_PER_RULE:
            yield self._problem(subject, Sighting("", f"the same in {len(sightings) - SHOWN_PER_RULE} more places"))

    def _problem(self, subject: _Subject, sighting: Sighting) -> Problem:
        where = ", ".join(part for part in (subject.source, sighting.where) if part)
        return Problem(self.code, where, sighting.saw, self.fix, self.azure_code, self.severity)


def broken(rules: Iterable[Rule[_Subject]], subject: _Subject) -> tuple[Problem, ...]:
    """All the problems of a subject, in the order of the rules."""
    problems: list[Problem] = []
    for rule in rules:
        if sightings := tuple(rule.check(subject)):
            problems += rule.problems(subject, sightings)
    return tuple(problems)

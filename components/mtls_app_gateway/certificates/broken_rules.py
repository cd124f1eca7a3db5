"""The problems of one subject by a table of rules, so few of each rule that a person can read them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar

from ..problems import Finding, Problem, Rule

SHOWN_PER_RULE = 10
"""Of one rule in one bundle; the others are counted."""


class Judged(Protocol):
    """What rules look at: it knows what a person calls it."""

    @property
    def source(self) -> str: ...


_Subject = TypeVar("_Subject", bound=Judged)


def broken(rules: Iterable[Rule[_Subject]], subject: _Subject) -> tuple[Problem, ...]:
    """All the problems of a subject, in the order of the rules; each place begins with the subject's source."""
    return tuple(
        rule.problem(", ".join(filter(None, (subject.source, found.where))), found.saw, found.fix)
        for rule in rules
        for found in _first(rule.check(subject))
    )


def _first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """As many as are shown; one more says how many are not."""
    remaining = iter(findings)
    yield from islice(remaining, SHOWN_PER_RULE)
    if hidden := sum(1 for _ in remaining):
        yield Finding("", f"the same in {hidden} more places")

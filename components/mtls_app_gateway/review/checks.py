"""How a check is written: over the parts of a gateway one by one, so that what is unknown of one hides no other."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from ..document.gateway import Gateway
from ..document.withholding import UnknownError
from ..problems import Finding, Problem, Rule

Check = Callable[[Gateway], Iterator[Finding]]
_Subject = TypeVar("_Subject")
_Part = TypeVar("_Part")


def for_each(
    parts: Callable[[Gateway], Iterable[_Part]],
) -> Callable[[Callable[[Gateway, _Part], Iterable[Finding]]], Check]:
    """Make a check of one part of a gateway a check of the gateway.

    A part of which something is unknown that the check reads is not judged; the others are.

    Args:
        parts: the parts, or the pairs of parts, to be checked one after the other.
    """

    def made(check_one: Callable[[Gateway, _Part], Iterable[Finding]]) -> Check:
        def check(gateway: Gateway) -> Iterator[Finding]:
            for part in parts(gateway):
                with suppress(UnknownError):
                    yield from check_one(gateway, part)

        return check

    return made


def judge(rules: Iterable[Rule[_Subject]], subject: _Subject) -> Iterator[Problem]:
    """Everything that is wrong by these rules, in their order; a rule that reads what is unknown says no more."""
    for rule in rules:
        with suppress(UnknownError):
            yield from rule.problems(subject)


def repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The names that are given a second time, ignoring case as Azure does, with their index."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name.lower() in seen:
            yield index, name
        seen.add(name.lower())

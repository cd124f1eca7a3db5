"""What a rule over the settings is: a row with a name, a meaning, a source, and the check itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ..document.problem_rows import HEADER_NAME_MALFORMED, MODE_UNKNOWN
from ..problems import Problem, Row, Severity
from .settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is broken: the setting's path, what was seen, what to do."""

    where: str
    saw: str
    fix: str


_OF_DOCUMENTS = {row.code: row for row in (HEADER_NAME_MALFORMED, MODE_UNKNOWN)}
"""Rows that a document may break too."""

Check = Callable[[GatewaySettings], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table of rules; `demands` is what the rule asks for, in one sentence.

    `reads` names the top-level keys that the check looks at: where one of them could not be read, its
    findings would be about what is missing for that reason, so they are withheld.
    """

    code: str
    demands: str
    reads: tuple[str, ...]
    check: Check
    azure_code: str | None = None
    severity: Severity = Severity.ERROR
    row: Row = field(init=False)

    def __post_init__(self) -> None:
        # Until each of these rules is a row with its source and remedy.
        row = _OF_DOCUMENTS.get(self.code) or Row(
            code=self.code,
            demands=self.demands,
            source="the sources that the rule's module names",
            remedy="See the problem itself.",
            severity=self.severity,
            azure_code=self.azure_code,
        )
        object.__setattr__(self, "row", row)

    def problems(self, settings: GatewaySettings, unread: frozenset[str] = frozenset()) -> Iterator[Problem]:
        """Every place where these settings break the rule."""
        if unread.isdisjoint(self.reads):
            for found in self.check(settings):
                yield self.row.problem(found.where, found.saw, found.fix)


def repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The names that stand a second time, ignoring case as Azure does, with their positions."""
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name.lower() in seen:
            yield position, name
        seen.add(name.lower())

"""Groups rows that differ only in their TLS version. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..judge.expectation import Expectation, Unasked
from ..judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Group:
    """One verdict for several versions."""

    verdict: Verdict
    versions: str


def grouped(verdicts: Iterable[Verdict]) -> tuple[Group, ...]:
    """The verdicts in their order, those that differ only in the version as one."""
    found: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(_likeness(verdict), []).append(verdict)
    return tuple(Group(alike[0], _versions(alike)) for alike in found.values())


def _likeness(verdict: Verdict) -> tuple[object, ...]:
    asked = verdict.asked
    expected = (asked.expected, asked.evidence, asked.why) if isinstance(asked, Expectation) else ()
    return (asked.about, verdict.outcome, verdict.words, *expected)


def _versions(verdicts: Iterable[Verdict]) -> str:
    versions = dict.fromkeys(version_of(verdict.asked) for verdict in verdicts)
    return ", ".join(versions)


def version_of(asked: Expectation | Unasked) -> str:
    """The TLS version of a row, short enough for a table."""
    if isinstance(asked, Unasked) and asked.is_for_all:
        return "all"
    return asked.version.removeprefix("TLS ") if asked.version else "plain"

"""Problems as data, the rows that they are made from, and the exception that carries them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from mtls_app_gateway import problems
from mtls_app_gateway.problems import Finding, GatewayError, Row, Rule, Severity, errors_of, registered_rows


@pytest.fixture(autouse=True)
def _empty_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests register is in no other test's catalogue."""
    monkeypatch.setattr(problems, "_REGISTERED", {})


def row(code: str = "rule", *, severity: Severity = Severity.ERROR, azure_code: str | None = None) -> Row:
    return Row(
        code=code, demands="It holds.", source="RFC 1", remedy="Do it.", severity=severity, azure_code=azure_code
    )


def test_an_error_without_problems_is_a_mistake_of_this_program() -> None:
    """
    An exception that says nothing cannot be made.
    """
    with pytest.raises(ValueError, match="at least one problem"):
        GatewayError([])


def test_warnings_stop_nothing() -> None:
    """
    Only errors stop a deployment; they keep their order.
    """
    warning = row("a", severity=Severity.WARNING).problem("here", "seen")
    first, second = (row(code).problem("here", "seen") for code in ("b", "c"))

    assert (first, second) == errors_of([first, warning, second])


def test_a_problem_is_one_line_with_azures_code() -> None:
    """
    The code comes first, Azure's own last, and a line end is escaped.
    """
    problem = row(azure_code="AzureCode").problem("here", "a\nb")

    assert r"rule: here: a\nb. Do it. [AzureCode]" == str(problem)


def test_a_problem_is_as_its_row_unless_the_place_decides() -> None:
    """
    Code, severity, Azure's code and remedy come from the row; a place may say the last three better.
    """
    plain = row().problem("here", "seen")
    other = row().problem("here", "seen", "Wait.", severity=Severity.NOTE, azure_code="Code")

    assert ("rule", Severity.ERROR, None, "Do it.") == (plain.rule, plain.severity, plain.azure_code, plain.fix)
    assert ("rule", Severity.NOTE, "Code", "Wait.") == (other.rule, other.severity, other.azure_code, other.fix)
    assert replace(plain, severity=Severity.NOTE) == row().problem("here", "seen", severity=Severity.NOTE)


def test_one_problem_is_raised_from_its_row() -> None:
    """
    A row makes the exception too.
    """
    assert (row().problem("here", "seen"),) == row().error("here", "seen").problems


def test_rows_are_registered_and_sorted() -> None:
    """
    The catalogue has every row once, by code.
    """
    second, first = row("b"), row("a")

    assert (first, second) == registered_rows()


def test_a_code_says_one_thing() -> None:
    """
    A second row of a code that says something else cannot be made; one that says the same can.
    """
    first = row()

    assert first == row()
    with pytest.raises(ValueError, match="two rows have the code 'rule'"):
        row(severity=Severity.NOTE)
    assert (first,) == registered_rows()


def test_a_rule_is_a_row_with_a_check() -> None:
    """
    What the check finds becomes problems, in its order.
    """

    def check(subject: str) -> Iterator[Finding]:
        yield Finding(subject, "seen")
        yield Finding(subject, "seen", "Wait.")

    rule = Rule(code="rule", demands="It holds.", source="RFC 1", remedy="Do it.", check=check)

    assert ["rule: here: seen. Do it.", "rule: here: seen. Wait."] == list(map(str, rule.problems("here")))
    assert (rule,) == registered_rows()

"""Problems as data, and the exception that carries them."""

import pytest
from mtls_app_gateway.problems import GatewayError, Problem, Severity, errors_of


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
    warning = Problem("a", "here", "seen", "Do it.", severity=Severity.WARNING)
    first, second = (Problem(code, "here", "seen", "Do it.") for code in ("b", "c"))

    assert (first, second) == errors_of([first, warning, second])


def test_a_problem_is_one_line_with_azures_code() -> None:
    """
    The code comes first, Azure's own last, and a line end is escaped.
    """
    problem = Problem("rule", "here", "a\nb", "Do it.", "AzureCode")

    assert r"rule: here: a\nb. Do it. [AzureCode]" == str(problem)

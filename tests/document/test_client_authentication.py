"""The mode that an sslProfile of a document asks for."""

from typing import Any

import pytest
from mtls_app_gateway.document.azure import Mode
from mtls_app_gateway.document.client_authentication import mode_of
from mtls_app_gateway.problems import Problem


def profile(mode: object) -> dict[str, Any]:
    return {"name": "mtls", "properties": {"clientAuthConfiguration": {"verifyClientAuthMode": mode}}}


@pytest.mark.parametrize(
    ("expected", "word"),
    [(Mode.STRICT, "Strict"), (Mode.STRICT, "STRICT"), (Mode.PASSTHROUGH, "passthrough")],
)
def test_a_mode_is_read_in_any_case(expected: Mode, word: str) -> None:
    """Azure reads the words of its enumerations in any case, and so does this."""
    assert expected == mode_of(profile(word))


@pytest.mark.parametrize(
    "without",
    [{}, {"properties": None}, {"properties": {}}, {"properties": {"clientAuthConfiguration": None}}, profile(None)],
)
def test_a_profile_without_a_mode_has_none(without: dict[str, Any]) -> None:
    """No mode is made up for a profile that names none."""
    assert mode_of(without) is None


@pytest.mark.parametrize("word", ["Optional", "", 7, ["Strict"]])
def test_another_word_is_a_problem(word: object) -> None:
    """A word that Azure does not have is a problem at its place, never one of the two modes."""
    problem = mode_of(profile(word))

    assert isinstance(problem, Problem)
    assert "mode-unknown" == problem.rule
    assert "sslProfiles/mtls.properties.clientAuthConfiguration.verifyClientAuthMode" == problem.where
    assert f"Azure has no mode {str(word)!r}" == problem.saw

"""The problem with a mode of client authentication that Azure does not have."""

import pytest
from mtls_app_gateway.document.unknown_mode import unknown_mode


@pytest.mark.parametrize("word", ["Optional", "", 7, ["Strict"]])
def test_another_word_is_a_problem(word: object) -> None:
    """A word that Azure does not have is a problem at its place."""
    problem = unknown_mode("mtls", word)

    assert "mode-unknown" == problem.rule
    assert "sslProfiles/mtls.properties.clientAuthConfiguration.verifyClientAuthMode" == problem.where
    assert f"Azure has no mode {str(word)!r}" == problem.saw

"""Wildcard patterns: as a regular expression would have it, and in bounded time."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.document.wildcard import matches

LETTERS = st.text("ab?.", max_size=8)


@given(st.text("ab*?.", max_size=8), LETTERS, st.booleans())
def test_a_pattern_is_compared_as_its_expression(pattern: str, text: str, one: bool) -> None:
    """A star is any characters; a question mark is one only where it is said to be."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "." if one else r"\?")
    assert (re.fullmatch(expression, text, re.IGNORECASE) is not None) is matches(pattern, text, one=one)


@pytest.mark.parametrize("pattern", ["/" + "*a" * 20_000, "/" + "*a" * 20_000 + "b", "*?" * 20_000])
def test_many_stars_take_no_time(pattern: str) -> None:
    """A hostile pattern is compared at once with a text that nearly fits."""
    started = time.process_time()
    matches(pattern, "/" + "a" * 19_999, one=True)
    assert time.process_time() - started < 2


def test_case_counts_only_where_it_is_said_to() -> None:
    """Upper and lower case are the same unless they are told apart."""
    assert matches("/Images/*", "/iMAGES/a")
    assert not matches("/Images/*", "/iMAGES/a", ignore_case=False)
    assert matches("/Images/*", "/Images/a", ignore_case=False)
    assert not matches("/Images/*", "/image")

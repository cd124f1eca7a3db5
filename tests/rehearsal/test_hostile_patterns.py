"""Hostile patterns and paths of a document become nginx text in bounded time, or not at all."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mtls_app_gateway.document.re2 import fault
from mtls_app_gateway.rehearsal.nginx.variables import matches_nothing, with_named_groups

ATOMS = st.sampled_from(["a", "[ab]", "[^a]", r"\d", r"\[", "^", "$", r"\A", ".", "(?i:a)", "(?:)"])
REPEATS = st.sampled_from(["", "", "*", "+", "?", "{0,2}", "{2}", "*?", "{0}"])


def patterns(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Sequences, alternatives and groups of patterns."""
    group = st.builds("({}){}".format, inner, REPEATS) | st.builds("(?P<x>{})".format, inner)
    return st.builds("".join, st.lists(inner, max_size=3)) | st.builds("{}|{}".format, inner, inner) | group


@given(st.recursive(st.builds("{}{}".format, ATOMS, REPEATS), patterns, max_leaves=6))
@example("(|){60}b")
@example("a|")
@example("(a|b*)+c?")
@example("x)y")
def test_what_matches_nothing_is_read_from_the_pattern(pattern: str) -> None:
    """The answer is the regular expression engine's, wherever that can read the pattern."""
    try:
        expression = re.compile(pattern)
    except re.error:
        return
    if pattern != "(|){60}b":
        assert (expression.search("") is not None) is matches_nothing(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "[" * 40_000,
        "[" * 40_000 + "\\",
        "[a" * 20_000,
        "[[:" + "a" * 40_000,
        "(" * 5_000,
        "(" * 5_000 + ")" * 5_000,
        "(?" * 20_000,
        "(?P<" + "a" * 40_000,
        "(|){60}b",
        "((((a*)*)*)*)*" * 500 + "b",
        "{1" * 20_000,
        "\\" * 40_001,
    ],
    ids=lambda pattern: pattern[:12],
)
def test_a_hostile_pattern_is_read_once(pattern: str) -> None:
    """No pattern takes longer than in proportion to its length, and none ends in an exception."""
    started = time.process_time()
    fault(pattern)
    matches_nothing(pattern)
    with_named_groups(pattern, "g")
    assert time.process_time() - started < 2

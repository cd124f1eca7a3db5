"""Patterns are refused where RE2 refuses them. The verdicts are those of google-re2 1.1.20251105."""

import pytest
from mtls_app_gateway.document.re2 import beyond_re2, fault

REFUSED = {
    "(?=a)": "a look-around",
    "(?<!a)": "a look-around",
    "(?>a)": "an atomic group",
    "(?(1)a)": "a condition",
    r"(a)\1": "a back-reference",
    r"\8": "a back-reference",
    r"\k<n>": "a back-reference",
    "(?P=n)": "a back-reference",
    "a++": "a possessive quantifier",
    "a{2}+": "a possessive quantifier",
    "(a": "a group that is not closed",
    "(?i:a": "a group that is not closed",
    "a)": "a group that is closed and was not opened",
    "(?#c)": "a group that it does not know",
    "(?x)a": "a group that it does not know",
    "*a": "nothing that * could repeat",
    "(+a)": "nothing that + could repeat",
    "a|?": "nothing that ? could repeat",
    "(?i)*": "nothing that * could repeat",
    "{2}": "nothing that {2} could repeat",
    "a**": "a repetition of a repetition, *",
    "a{2}{3}": "a repetition of a repetition, {3}",
    "a{1001}": "a repetition out of range, {1001}",
    "a{3,2}": "a repetition out of range, {3,2}",
    "[a": "a list of characters that is not closed",
    "[]": "a list of characters that is not closed",
    "[[:alpha:]": "a list of characters that is not closed",
    "[[:letter:]]": "a list of characters that is not closed",
    "[z-a]": "a range that runs backwards, z-a",
    r"[\x{5A}-\101]": r"a range that runs backwards, \x{5A}-\101",
    r"[\n-\t]": r"a range that runs backwards, \n-\t",
    r"[a-\d]": r"a range that has no end, a-\d",
    "a\\": "an escape that it does not know",
    r"\Z": "an escape that it does not know",
    r"\q": "an escape that it does not know",
    r"\x{110000}": "an escape that it does not know",
}
ACCEPTED = [
    "",
    "^/api/(.*)$",
    "a|",
    "(?:a)(?P<n>b)(?<m>c)",
    "(?i)a(?-i)b(?s-m:c)",
    "a*?b+?c??d{2,}?",
    "a{2,3}|b{,3}|c{|}+",
    "a*(?i)*",
    "[(?=]",
    "[]a][^]a]",
    "[[:alpha:][:^digit:]-]",
    r"[\w-][\d-a][a-z-b]",
    r"\d\D\s\S\w\W\A\b\B\z\C\pN\p{Lu}\P{^Greek}",
    r"\a\f\n\r\t\v\012\12\x41\x{10FFFF}\.\_\/",
    r"\\1",
    r"\+\+",
    r"\Q(?=a)\1\E*",
    r"\Q(",
]


@pytest.mark.parametrize(("pattern", "found"), REFUSED.items())
def test_what_re2_refuses_is_named(pattern: str, found: str) -> None:
    """A pattern that RE2 refuses has a fault, in words."""
    assert found == fault(pattern)


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_what_re2_accepts_is_no_fault(pattern: str) -> None:
    """A pattern that RE2 accepts has none, so that no working condition is refused."""
    assert fault(pattern) is None


def test_what_another_dialect_has_is_told_from_a_mistake() -> None:
    """What RE2 alone lacks is beyond it; what no dialect reads is not."""
    assert "a look-around" == beyond_re2("(?=a)")
    assert beyond_re2("(a") is None

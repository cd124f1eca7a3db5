"""Whether one host name with wildcards takes all that another takes."""

import pytest
from mtls_app_gateway.document.host_patterns import covers


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("*.example.com", "app.example.com"),
        ("*.example.com", "*.api.example.com"),
        ("*.example.com", "a.b.example.com"),
        ("*.example.*", "api.example.org"),
        ("a?.example.com", "ab.example.com"),
        ("*.example.com", "a?.example.com"),
        ("?.example.com", "?.example.com"),
        ("*", "x"),
        ("APP.example.com", "app.Example.com"),
        ("*a*.com", "xaxay.com"),
        ("a*", "a"),
    ],
)
def test_a_wider_name_covers_a_narrower(wide: str, narrow: str) -> None:
    """Every host that the narrower matches is one that the wider matches."""
    assert covers(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("*.api.example.com", "*.example.com"),
        ("*.example.com", "example.com"),
        ("*.example.com", "app.example.org"),
        ("?.example.com", "*.example.com"),
        ("a?.example.com", "a.example.com"),
        ("app.example.com", "*.example.com"),
        ("*a*.com", "xyz.com"),
        ("a*b", "ac"),
    ],
)
def test_a_name_does_not_cover_what_it_may_miss(wide: str, narrow: str) -> None:
    """One host that the narrower matches and the wider does not is enough."""
    assert not covers(wide, narrow)


def test_many_wildcards_are_no_work() -> None:
    """The time grows with the product of the lengths, not with the number of ways to match."""
    assert not covers("*a" * 120 + "b", "a" * 250)

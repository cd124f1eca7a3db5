"""A backend behind Strict has one front door: which other ways to it are seen, and what is said of them."""

from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.problems import Severity
from mtls_app_gateway.review.strict_bypass import STRICT_BYPASS_RULES
from mtls_app_gateway.settings.acceptances import STRICT_BYPASSED_UNSAFE
from mtls_app_gateway.settings.parsing import Parsed, parse_settings
from mtls_app_gateway.settings.reviewing import late_bypasses
from mtls_app_gateway.settings.settings import GatewaySettings

from .settings_examples import SMALLEST, changed, judged

STRICT = changed(SMALLEST, mode="Strict", strict={"trustedCaChains": [{"data": "PEM"}]})
PLAIN = {"name": "plain", "port": 80, "protocol": "Http"}


def settings(one: dict[str, Any], other: dict[str, Any], listener: dict[str, Any] = PLAIN) -> GatewaySettings:
    """A Strict listener that goes to a backend `one`, and another listener that goes to a backend `other`."""
    parsed = parse_settings(
        changed(
            STRICT,
            listeners=[{}, listener],
            backends=[{**one, "name": "one"}, {**other, "name": "other"}],
            routes=[
                {"backend": "one", "priority": 1},
                {"name": "more", "listener": listener["name"], "backend": "other", "priority": 2},
            ],
        )
    )
    assert () == parsed.problems
    return parsed.settings


def codes(given: GatewaySettings) -> list[str]:
    problems = judged(Parsed(given, (), frozenset()))
    return [problem.rule for problem in problems if problem.rule.startswith("strict-bypassed")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"fqdns": ["app.example.com"]}, {"fqdns": ["b.example.com", "APP.example.com."], "port": 8443}, True),
        ({"ipAddresses": ["10.0.2.4"]}, {"ipAddresses": ["10.0.2.4"]}, True),
        ({"ipAddresses": ["2001:db8::1"]}, {"ipAddresses": ["2001:DB8:0::1"]}, True),
        ({"fqdns": ["app.example.com"]}, {"fqdns": ["b.example.com"], "ipAddresses": ["10.0.2.4"]}, False),
        ({"fqdns": [Placeholder("a")]}, {"fqdns": [Placeholder("a")]}, False),
    ],
    ids=["name", "address", "address spelled otherwise", "others", "later"],
)
def test_two_backends_with_a_common_member_are_one(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    """Members are compared as names and addresses are, not as texts; what is known later is not compared yet."""
    assert same == ("strict-bypassed" in codes(settings(one, other)))


def test_a_member_that_is_known_later_is_compared_then() -> None:
    """
    Two outputs that turn out to be one address are found when they are known, and the member is not named.
    """
    given = settings({"fqdns": [Placeholder("a")]}, {"ipAddresses": [Placeholder("b")], "fqdns": ["other.example.com"]})

    (found,) = late_bypasses(given, {Placeholder("a"): "10.0.2.4", Placeholder("b"): "10.0.2.4"})
    assert ("strict-bypassed", "listeners[1].protocol") == (found.rule, found.where)
    assert "10.0.2.4" not in str(found)
    assert () == late_bypasses(given, {Placeholder("a"): "app.example.com", Placeholder("b"): "10.0.2.4"})


def test_what_was_found_before_is_not_found_again() -> None:
    """
    A way that was plain from the beginning is not reported a second time when the late members are known.
    """
    given = settings(
        {"fqdns": [Placeholder("a"), "app.example.com"]},
        {"fqdns": ["app.example.com"]},
        PLAIN | {"unsafeBypassesStrict": True},
    )

    assert ["strict-bypassed-unsafe"] == codes(given)
    assert () == late_bypasses(given, {Placeholder("a"): "b.example.com"})


@pytest.mark.parametrize("mode", [None, "strct", "Strict"])
def test_a_profile_that_is_not_passthrough_is_not_called_so(mode: str | None) -> None:
    """
    A profile whose mode is missing or misspelt is not taken for Passthrough; other rules name it.
    """
    parsed = parse_settings(
        changed(
            STRICT,
            profiles=[{"name": "p", "mode": mode}],
            listeners=[{}, {"name": "p", "port": 8443, "profile": "p"}],
            routes=[{"priority": 1}, {"name": "p", "listener": "p", "priority": 2}],
        )
    )

    assert [] == codes(parsed.settings)


def test_a_listener_without_a_known_backend_leads_nowhere() -> None:
    """
    A route to a backend that does not exist, or no route at all, is another rule's.
    """
    broken = changed(STRICT, listeners=[{}, PLAIN], routes=[{"backend": "gone", "priority": 1}])
    half = changed(STRICT, listeners=[{}, PLAIN], routes=[{"listener": "plain", "priority": 1}])

    assert [] == codes(parse_settings(broken).settings) == codes(parse_settings(half).settings)


def test_each_listener_is_reported_once() -> None:
    """
    With two Strict listeners before one backend the open listener is still one mistake.
    """
    given = changed(
        STRICT,
        listeners=[{}, {"name": "second", "port": 8443}, PLAIN],
        routes=[
            {"priority": 1},
            {"name": "second", "listener": "second", "priority": 2},
            {"name": "plain", "listener": "plain", "priority": 3},
        ],
    )

    assert ["strict-bypassed"] == codes(parse_settings(given).settings)


def test_only_what_somebody_accepted_is_a_warning() -> None:
    """
    Plain HTTP and no profile stop the deployment; accepted by name, or Passthrough, they warn.
    """
    assert {
        "strict-bypassed": Severity.ERROR,
        "strict-bypassed-unsafe": Severity.WARNING,
        "strict-bypassed-passthrough": Severity.WARNING,
    } == {row.code: row.severity for row in (*STRICT_BYPASS_RULES, STRICT_BYPASSED_UNSAFE)}

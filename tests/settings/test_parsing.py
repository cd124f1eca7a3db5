"""Plain data becomes settings, and every mistake of shape is named at its place, once, with all the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.settings.parsing import parse_settings, spell
from mtls_app_gateway.settings.settings import GatewaySettings

from .settings_examples import SMALLEST, changed, judged


def named(given: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.rule, problem.where) for problem in parse_settings(given).problems]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("mode",), "mode"),
        (("strict", "trustedCaChains", 0, "data"), "strict.trustedCaChains[0].data"),
        (("profiles", 1), "profiles[1]"),
    ],
)
def test_a_path_is_spelled_as_people_write_it(path: tuple[str | int, ...], text: str) -> None:
    """Keys are joined by dots, positions stand in brackets."""
    assert text == spell(path)


def test_what_is_right_has_no_problem() -> None:
    """Settings in camelCase are read with their defaults."""
    parsed = parse_settings(SMALLEST)

    assert () == parsed.problems
    assert frozenset() == parsed.unread
    assert "rg-edge" == parsed.settings.resource_group_name
    assert [443] == [listener.port for listener in parsed.settings.listeners]


def test_numbers_of_other_languages_are_whole() -> None:
    """A plugin hands over 443 as 443.0."""
    parsed = parse_settings(changed(SMALLEST, listeners=[{"port": 443.0}], capacity=2.0))

    assert () == parsed.problems
    assert (443, 2) == (parsed.settings.listeners[0].port, parsed.settings.capacity)


@pytest.mark.parametrize(
    ("where", "given"),
    [
        ("colour", {"colour": "red"}),
        ("strict.revokation", {"strict": {"revokation": "OCSP"}}),
        ("strict.trustedCaChains[0].path", {"strict": {"trustedCaChains": [{"data": "PEM", "path": "x"}]}}),
        ("profiles[0].colour", {"profiles": [{"name": "p", "colour": "red"}]}),
        ("profiles[0].strict.colour", {"profiles": [{"name": "p", "strict": {"colour": "red"}}]}),
        ("profiles[0].tlsPolicy.colour", {"profiles": [{"name": "p", "tlsPolicy": {"colour": "red"}}]}),
        ("listenerCertificates[0].colour", {"listenerCertificates": [{"colour": "red"}]}),
        ("listeners[0].colour", {"listeners": [{"colour": "red"}]}),
        ("backends[0].colour", {"backends": [{"colour": "red"}]}),
        ("backends[0].probe.colour", {"backends": [{"probe": {"colour": "red"}}]}),
        ("routes[0].colour", {"routes": [{"priority": 1, "colour": "red"}]}),
        ("identityHeaders.colour", {"identityHeaders": {"colour": "red"}}),
        ("tlsPolicy.colour", {"tlsPolicy": {"colour": "red"}}),
        ("autoscale.colour", {"autoscale": {"colour": "red"}}),
        ("network.colour", {"network": {"colour": "red"}}),
        (
            "network.additionalSubnets[0].colour",
            {"network": {"additionalSubnets": [{"name": "b", "addressPrefix": "10.0.1.0/24", "colour": "red"}]}},
        ),
        ("publicIp.colour", {"publicIp": {"colour": "red"}}),
    ],
)
def test_an_unknown_key_is_refused_at_every_level(where: str, given: dict[str, Any]) -> None:
    """No level lets a key pass that it does not know."""
    assert [("unknown-key", where)] == named(changed(SMALLEST, **given))


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ({"listener": []}, "Did you mean listeners?"),
        ({"backends": [{"fqdn": "a"}]}, "Did you mean fqdns?"),
        ({"resource_group": "rg"}, "Did you mean resourceGroupName?"),
        ({"autoscale": {"x": 1}}, "The keys here are maxCapacity, minCapacity."),
    ],
)
def test_an_unknown_key_meets_the_nearest_known_one(given: dict[str, Any], fix: str) -> None:
    """The remedy names the key that was meant, or all of those there are."""
    (problem,) = parse_settings(changed(SMALLEST, **given)).problems

    assert fix == problem.fix


@pytest.mark.parametrize(
    ("where", "given", "rule", "fix"),
    [
        ("sku", {"sku": "Basic"}, "unknown-word", "Write 'Standard_v2' or 'WAF_v2'."),
        ("listeners[0].protocol", {"listeners": [{"protocol": "https"}]}, "unknown-word", "Write 'Https' or 'Http'."),
        ("listeners[0].port", {"listeners": [{"port": 0}]}, "wrong-value", "Give at least 1."),
        ("listeners[0].port", {"listeners": [{"port": 65200}]}, "wrong-value", "Give at most 64999."),
        (
            "backends[0].hostNameFrom",
            {"backends": [{"hostNameFrom": "Pool"}]},
            "unknown-word",
            "Write 'Backend' or 'Client'.",
        ),
        ("mode", {"mode": "passthru"}, "mode-unknown", "Did you mean Passthrough?"),
        ("mode", {"mode": "off"}, "mode-unknown", "Write Passthrough or Strict."),
        ("mode", {"mode": 7}, "mode-unknown", "Write Passthrough or Strict."),
        ("profiles[0].mode", {"profiles": [{"name": "p", "mode": "strict"}]}, "mode-unknown", "Did you mean Strict?"),
        (
            "strict.revocation",
            {"strict": {"revocation": "CRL"}},
            "revocation-unknown",
            "Write OCSP or None; Azure checks no revocation lists.",
        ),
        ("lock", {"lock": "ReadOnly"}, "lock-unknown", "Write CanNotDelete, or take lock away."),
        (
            "tlsPolicy.policyName",
            {"tlsPolicy": {"policyName": "AppGwSslPolicy2022"}},
            "tls-policy-unknown",
            "Write AppGwSslPolicy20220101S.",
        ),
        (
            "tlsPolicy.minProtocolVersion",
            {"tlsPolicy": {"minProtocolVersion": "TLSv1_1"}},
            "tls-policy-unknown",
            "Write TLSv1_2 or TLSv1_3; 1.0 and 1.1 were retired in August 2025.",
        ),
        ("listeners[0].port", {"listeners": [{"port": "443"}]}, "wrong-value", "Give a whole number."),
        ("listeners[0].port", {"listeners": [{"port": True}]}, "wrong-value", "Give a whole number."),
        ("listeners[0].port", {"listeners": [{"port": 443.5}]}, "wrong-value", "Give a whole number."),
        ("listeners[0].port", {"listeners": [{"port": []}]}, "wrong-value", "Give a whole number."),
        ("http2", {"http2": "yes"}, "wrong-value", "Give true or false."),
        ("location", {"location": 7}, "wrong-value", "Give a text."),
        ("location", {"location": ""}, "wrong-value", "Write a text that is not empty."),
        ("zones", {"zones": "1"}, "wrong-value", "Give a list."),
        ("network", {"network": []}, "wrong-value", "Give an object."),
        ("tags", {"tags": ["a"]}, "wrong-value", "Give an object."),
        ("tags.env", {"tags": {"env": 7}}, "wrong-value", "Give a text."),
        (
            "backends[0].probe.path",
            {"backends": [{"fqdns": ["a"], "probe": {"path": "health"}}]},
            "wrong-value",
            "Write a text of the form ^/.",
        ),
        (
            "routes[0].priority",
            {"routes": [{"name": "r"}]},
            "missing-key",
            "Add it; docs/settings.md describes it.",
        ),
        ("capacity", {"capacity": float("inf")}, "wrong-value", "Give a whole number."),
    ],
)
def test_a_wrong_value_is_told_with_what_is_expected(where: str, given: dict[str, Any], rule: str, fix: str) -> None:
    """Each kind of mistake names its place and says what to write there."""
    (problem,) = parse_settings(changed(SMALLEST, **given)).problems

    assert (rule, where, fix) == (problem.rule, problem.where, problem.fix)


@pytest.mark.parametrize(
    ("value", "saw"),
    [
        (7, "the value is 7"),
        (7.0, "the value is 7"),
        (7.5, "the value is 7.5"),
        (False, "the value is False"),
        ({"a": "b"}, "the value is an object"),
        (["a"], "the value is a list"),
        (("a",), "the value is a list"),
        (b"\xff", "the value is bytes"),
        (1j, "the value is something else"),
    ],
)
def test_what_stands_there_is_told(value: object, saw: str) -> None:
    """Short plain values are shown, others by their kind."""
    (problem,) = parse_settings(changed(SMALLEST, location=value)).problems

    assert saw == problem.saw


def test_an_unknown_mode_is_shown() -> None:
    """The word that was written stands in the problem."""
    (problem,) = parse_settings(changed(SMALLEST, mode="Strct")).problems

    assert "'Strct' is no mode" == problem.saw


@pytest.mark.parametrize("secret", ["S3cret" * 10, "-----BEGIN PRIVATE KEY-----"])
def test_a_long_text_or_a_key_is_not_shown(secret: str) -> None:
    """Somebody may have put a secret in the wrong place."""
    (problem,) = parse_settings(changed(SMALLEST, http2=secret)).problems

    assert f"the value is a text of {len(secret)} characters" == problem.saw
    assert secret not in str(problem)


def test_all_mistakes_are_named_together() -> None:
    """Mistakes of shape hide neither each other nor the broken rules behind them."""
    given = {"mode": "strict", "sku": "Basic", "colour": "red", "listeners": [{"port": 0, "colour": "red"}]}
    parsed = parse_settings(given)
    problems = [*parsed.problems, *judged(parsed)]

    assert {"unknown-word", "unknown-key", "wrong-value", "mode-unknown", "resource-group-missing"} <= {
        problem.rule for problem in problems
    }
    assert len(problems) == len({(problem.rule, problem.where) for problem in problems})


def test_a_rule_is_silent_about_what_could_not_be_read() -> None:
    """A list that was left out for a typing error is not reported as missing."""
    parsed = parse_settings(changed(SMALLEST, backends=[{"fqdns": "app.example.com"}]))

    assert frozenset({"backends"}) == parsed.unread
    assert [] == [problem.rule for problem in judged(parsed)]


def test_what_else_stands_in_a_list_keeps_its_number() -> None:
    """An item that cannot be read does not make the next one take its place."""
    given = changed(SMALLEST, routes=[{"name": "one"}, {"name": "two", "priority": 0}])

    assert [("missing-key", "routes[0].priority"), ("wrong-value", "routes[1].priority")] == named(given)


KEYS = [str(field.alias) for field in GatewaySettings.model_fields.values()]
INNER = ["name", "port", "priority", "data", "trustedCaChains", "mode", "probe", "fqdns", "path", "subnetId", "x"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_whatever_is_given_is_read_or_named(given: dict[str, Any]) -> None:
    """No data raises, none is dropped without a word, and rules can judge what is left."""
    parsed = parse_settings(given)

    list(judged(parsed))
    for key in parsed.unread:
        assert any(problem.where.startswith(key) for problem in parsed.problems)
    if not parsed.problems:
        assert parsed.settings == GatewaySettings.model_validate(given)


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"location": "west\x1b[31m"}, "location"),
        ({"tags": {"a\r\nb": "c"}}, "tags.a\r\nb, its name"),
        ({"listeners": [{"hostNames": ["a\x00"]}]}, "listeners[0].hostNames[0]"),
    ],
)
def test_a_control_character_is_named_with_its_place(broken: dict[str, Any], where: str) -> None:
    """No text of the settings may end a line or colour a terminal."""
    assert ("control-character", where) in named(changed(SMALLEST, **broken))


def test_what_a_chain_holds_is_not_looked_at_here() -> None:
    """A chain may be PEM, and what is wrong with it the rules for chains say."""
    assert [] == named(changed(SMALLEST, strict={"trustedCaChains": [{"data": "a\r\n\x00"}]}))


def test_a_wrong_value_is_not_missing_too() -> None:
    """A required key whose value is wrong is one problem, though its part is left out for it."""
    parsed = parse_settings({**SMALLEST, "errorPages": [{"status": 404, "url": "https://www.example.com/404.html"}]})

    assert ["errorPages[0].status"] == [problem.where for problem in parsed.problems]

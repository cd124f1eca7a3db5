"""Outputs and secrets are separated from the settings, and come back to their places."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.resources.placeholders import fill, placeholders_in, separate

LATER: pulumi.Output[str] = pulumi.Output.from_input("later")


@pytest.mark.parametrize(
    ("args", "where"),
    [
        ({"resource_group_name": LATER}, "resourceGroupName"),
        ({"location": LATER}, "location"),
        ({"gateway_name": LATER}, "gatewayName"),
        ({"waf_policy_id": LATER}, "wafPolicyId"),
        ({"identity_id": LATER}, "identityId"),
        ({"strict": {"trusted_ca_chains": [{"data": LATER}]}}, "strict.trustedCaChains[0].data"),
        (
            {"profiles": [{}, {"strict": {"trusted_ca_chains": [{"data": LATER}]}}]},
            "profiles[1].strict.trustedCaChains[0].data",
        ),
        ({"listener_certificates": [{"pfx": LATER}]}, "listenerCertificates[0].pfx"),
        ({"listener_certificates": [{"password": LATER}]}, "listenerCertificates[0].password"),
        ({"listener_certificates": [{"key_vault_secret_id": LATER}]}, "listenerCertificates[0].keyVaultSecretId"),
        ({"backends": [{"fqdns": ["plain", LATER]}]}, "backends[0].fqdns[1]"),
        ({"backends": [{"ip_addresses": [LATER]}]}, "backends[0].ipAddresses[0]"),
        ({"backends": [{"host_name": LATER}]}, "backends[0].hostName"),
        ({"backends": [{"probe": {"host_name": LATER}}]}, "backends[0].probe.hostName"),
        ({"network": {"subnet_id": LATER}}, "network.subnetId"),
        ({"network": {"name": LATER}}, "network.name"),
        ({"network": {"security_group_name": LATER}}, "network.securityGroupName"),
        ({"public_ip": {"name": LATER}}, "publicIp.name"),
        ({"public_ip": {"domain_name_label": LATER}}, "publicIp.domainNameLabel"),
        ({"tags": {"cost_centre": LATER}}, "tags.cost_centre"),
    ],
)
def test_what_may_be_known_later_leaves_a_placeholder(args: dict[str, Any], where: str) -> None:
    """Each argument that is an Input is replaced by a placeholder with its path."""
    separated = separate(args)

    assert () == separated.problems
    assert {Placeholder(where): LATER} == separated.values
    assert [Placeholder(where)] == list(placeholders_in(separated.settings))


@pytest.mark.parametrize(
    ("args", "where"),
    [
        ({"mode": LATER}, "mode"),
        ({"strict": LATER}, "strict"),
        ({"strict": {"trusted_ca_chains": [{"name": LATER}]}}, "strict.trustedCaChains[0].name"),
        ({"listeners": [{"host_names": [LATER]}]}, "listeners[0].hostNames[0]"),
        ({"network": {"additional_subnets": [{"name": LATER}]}}, "network.additionalSubnets[0].name"),
        ({"backends": [{"name": LATER}]}, "backends[0].name"),
        ({"sku": LATER}, "sku"),
        ({"rewrites": [{"request_headers": {"X-A": LATER}}]}, "rewrites[0].requestHeaders.X-A"),
        ({"rewrites": [{"response_headers": {"tags": LATER}}]}, "rewrites[0].responseHeaders.tags"),
    ],
)
def test_what_shapes_the_gateway_may_not(args: dict[str, Any], where: str) -> None:
    """An output where the shape of the gateway is decided is a problem at its path."""
    separated = separate(args)

    assert [("not-known-yet", where)] == [(problem.rule, problem.where) for problem in separated.problems]
    assert {} == separated.values


def test_secrets_in_plain_text_leave_a_placeholder_too() -> None:
    """A PFX and a password never reach the settings, not even misplaced ones."""
    separated = separate({"listener_certificates": [{"pfx": "PFX", "password": "Secret1"}], "password": "Secret2"})

    assert {
        "listenerCertificates": [
            {
                "pfx": Placeholder("listenerCertificates[0].pfx"),
                "password": Placeholder("listenerCertificates[0].password"),
            }
        ],
        "password": Placeholder("password"),
    } == separated.settings
    assert ["PFX", "Secret1", "Secret2"] == list(separated.values.values())


@pytest.mark.parametrize("secret", [4711, b"4711", ["4711"], {"value": "4711"}, True])
def test_a_secret_that_is_no_text_is_not_shown(secret: object) -> None:
    """What stands in a secret's place and is no text is refused without being shown."""
    separated = separate({"listener_certificates": [{"password": secret}]})

    (problem,) = separated.problems
    assert ("wrong-value", "listenerCertificates[0].password") == (problem.rule, problem.where)
    assert "4711" not in str(problem)
    assert {"listenerCertificates": [{}]} == separated.settings


def test_a_text_that_looks_like_a_placeholder_is_a_text() -> None:
    """What a user writes in that form stays what it is, also where a placeholder of the same text has a value."""
    args = {"gateway_name": "$input/location", "location": LATER, "tags": {"$input/location": "$input/location"}}
    separated = separate(args)

    assert () == separated.problems
    assert [Placeholder("location")] == list(placeholders_in(separated.settings))
    filled = fill(separated.settings, separated.values)
    assert {"gatewayName": "$input/location", "location": LATER, "tags": args["tags"]} == filled


def test_two_spellings_of_one_key_are_refused() -> None:
    """Neither spelling wins in silence."""
    (problem,) = separate({"identity_id": "a", "identityId": "b"}).problems

    assert ("key-repeated", "identityId") == (problem.rule, problem.where)


def test_the_names_of_headers_are_data() -> None:
    """The header `password` is a header, whatever its name says; only keys of settings are translated."""
    headers = {"password": "1", "x_a": "2", "X-B": ""}
    separated = separate({"rewrites": [{"name": "a", "request_headers": headers, "response_headers": headers}]})

    assert ({}, ()) == (separated.values, separated.problems)
    assert {"rewrites": [{"name": "a", "requestHeaders": headers, "responseHeaders": headers}]} == separated.settings


def test_keys_are_spelled_in_camel_case_and_tags_as_they_are() -> None:
    """The names of settings are translated, the names of tags are data; what is None was not given."""
    separated = separate({"ca_expiry_warning_days": 7, "tags": {"cost_centre": "42"}, "sku": None, "http2": True})

    assert {"caExpiryWarningDays": 7, "tags": {"cost_centre": "42"}, "http2": True} == separated.settings


TEXTS = st.text(max_size=8) | st.text(max_size=4).map("$input/{}".format)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN, st.dictionaries(TEXTS.map(Placeholder), TEXTS, max_size=4))
def test_data_without_placeholders_is_left_as_it_is(value: Any, values: dict[str, str]) -> None:
    """Filling changes placeholders and nothing else, texts of their form included."""
    assert value == fill(value, values)
    assert [] == list(placeholders_in(value))


CAMEL = st.sampled_from(["mode", "name", "pfx", "password", "data", "fqdns", "hostName", "tags", "strict", "x"])
LEAVES = TEXTS | st.integers() | st.booleans()
ARGUMENTS = st.dictionaries(
    CAMEL,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CAMEL, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=5,
)


@given(ARGUMENTS)
def test_filling_undoes_the_separation(args: dict[str, Any]) -> None:
    """What was separated without a problem comes back whole."""
    separated = separate(args)

    settings = {key: value for key, value in args.items() if key != "tags"}  # The names of tags are anybody's.
    assert bool(separated.problems) == _has_a_secret_that_is_no_text(settings)
    if not separated.problems:
        assert args == fill(separated.settings, separated.values)
    assert not set(separated.values) - set(placeholders_in(separated.settings))


def _has_a_secret_that_is_no_text(value: Any, key: str = "") -> bool:
    if key in ("pfx", "password"):
        return not isinstance(value, str)
    if isinstance(value, Mapping):
        return any(_has_a_secret_that_is_no_text(item, name) for name, item in value.items())
    return isinstance(value, list) and any(_has_a_secret_that_is_no_text(item) for item in value)


def test_keys_are_filled_too() -> None:
    """Where a placeholder is a key, as an identity's id is, it is replaced as well."""
    identity: dict[str, Any] = {"userAssignedIdentities": {Placeholder("identityId"): {}}}

    assert [Placeholder("identityId")] == list(placeholders_in(identity))
    assert {"userAssignedIdentities": {"/id": {}}} == fill(identity, {Placeholder("identityId"): "/id"})


def test_a_placeholder_without_a_value_stays() -> None:
    """What is not known yet can be filled in later."""
    assert [Placeholder("a"), "b"] == fill([Placeholder("a"), Placeholder("b")], {Placeholder("b"): "b"})

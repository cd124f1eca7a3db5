"""Outputs and secrets are kept apart from the settings, and come back to their places."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.resources.placeholders import fill, slots_in, take

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
def test_what_may_come_later_leaves_a_slot(args: dict[str, Any], where: str) -> None:
    """Each argument that is an Input is replaced by a slot that says its path."""
    taken = take(args)

    assert () == taken.problems
    assert {f"$input/{where}": LATER} == taken.values
    assert [f"$input/{where}"] == list(slots_in(taken.given))


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
    ],
)
def test_what_shapes_the_gateway_may_not(args: dict[str, Any], where: str) -> None:
    """An output where the shape of the gateway is decided is a problem at its path."""
    taken = take(args)

    assert [("not-known-yet", where)] == [(problem.rule, problem.where) for problem in taken.problems]
    assert {} == taken.values


def test_secrets_in_plain_text_leave_a_slot_too() -> None:
    """A PFX and a password never reach the settings, not even misplaced ones."""
    taken = take({"listener_certificates": [{"pfx": "PFX", "password": "Secret1"}], "password": "Secret2"})

    assert {
        "listenerCertificates": [
            {"pfx": "$input/listenerCertificates[0].pfx", "password": "$input/listenerCertificates[0].password"}
        ],
        "password": "$input/password",
    } == taken.given
    assert ["PFX", "Secret1", "Secret2"] == list(taken.values.values())


@pytest.mark.parametrize("secret", [4711, b"4711", ["4711"], {"value": "4711"}, True])
def test_a_secret_that_is_no_text_is_not_told(secret: object) -> None:
    """What stands in a secret's place and is no text is refused without being shown."""
    taken = take({"listener_certificates": [{"password": secret}]})

    (problem,) = taken.problems
    assert ("wrong-value", "listenerCertificates[0].password") == (problem.rule, problem.where)
    assert "4711" not in str(problem)
    assert {"listenerCertificates": [{}]} == taken.given


def test_a_text_that_looks_like_a_slot_is_refused() -> None:
    """Nobody can put a slot into the arguments."""
    (problem,) = take({"strict": {"trusted_ca_chains": [{"data": "$input/mode"}]}}).problems

    assert ("wrong-value", "strict.trustedCaChains[0].data") == (problem.rule, problem.where)


def test_two_spellings_of_one_key_are_refused() -> None:
    """Neither spelling wins in silence."""
    (problem,) = take({"identity_id": "a", "identityId": "b"}).problems

    assert ("key-repeated", "identityId") == (problem.rule, problem.where)


def test_keys_are_spelled_in_camel_case_and_tags_as_they_are() -> None:
    """The names of settings are translated, the names of tags are data; what is None was not given."""
    taken = take({"ca_expiry_warning_days": 7, "tags": {"cost_centre": "42"}, "sku": None, "http2": True})

    assert {"caExpiryWarningDays": 7, "tags": {"cost_centre": "42"}, "http2": True} == taken.given


def test_the_name_of_a_tag_is_no_placeholder() -> None:
    """A user's text is no placeholder where it is a name either."""
    (problem,) = take({"tags": {"$input/x": "y"}}).problems
    assert ("wrong-value", "tags.$input/x") == (problem.rule, problem.where)


TEXTS = st.text(max_size=8).filter(lambda text: not text.startswith("$input/"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(PLAIN, st.dictionaries(TEXTS.map("$input/{}".format), TEXTS, max_size=4))
def test_data_without_slots_is_left_as_it_is(value: Any, values: dict[str, str]) -> None:
    """Filling changes slots and nothing else."""
    assert value == fill(value, values)
    assert [] == list(slots_in(value))


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
def test_filling_undoes_taking(args: dict[str, Any]) -> None:
    """What was taken apart without a problem comes back whole."""
    taken = take(args)

    settings = {key: value for key, value in args.items() if key != "tags"}  # The names of tags are anybody's.
    assert bool(taken.problems) == _has_a_secret_that_is_no_text(settings)
    if not taken.problems:
        assert args == fill(taken.given, taken.values)
    assert not set(taken.values) - set(slots_in(taken.given))


def _has_a_secret_that_is_no_text(value: Any, key: str = "") -> bool:
    if key in ("pfx", "password"):
        return not isinstance(value, str)
    if isinstance(value, Mapping):
        return any(_has_a_secret_that_is_no_text(item, name) for name, item in value.items())
    return isinstance(value, list) and any(_has_a_secret_that_is_no_text(item) for item in value)


def test_keys_are_filled_too() -> None:
    """Where a slot is a key, as an identity's id is, it is replaced as well."""
    identity: dict[str, Any] = {"userAssignedIdentities": {"$input/identityId": {}}}

    assert ["$input/identityId"] == list(slots_in(identity))
    assert {"userAssignedIdentities": {"/id": {}}} == fill(identity, {"$input/identityId": "/id"})


def test_a_slot_without_a_value_stays() -> None:
    """What nobody knows yet is left for somebody else to fill."""
    assert ["$input/a", "b"] == fill(["$input/a", "$input/b"], {"$input/b": "b"})

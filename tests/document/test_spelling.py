"""ARM's documents and Pulumi's inputs are one property set in two spellings."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mtls_app_gateway.document.arm_types import Kind, ObjectType, Shape, api_version_of, object_type, resource_types
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.spelling import NAME_INPUTS, flatten, nest
from mtls_app_gateway.problems import GatewayError

GATEWAY = "Microsoft.Network/applicationGateways"
NEW_IN_2025 = {
    "verifyClientAuthMode",
    "enableProbeProxyProtocolHeader",
    "dedicatedBackendConnection",
    "sniName",
    "validateCertChainAndExpiry",
    "validateSNI",
    "enableL4ClientIpPreservation",
    "entraJWTValidationConfig",
    "entraJWTValidationConfigs",
}
"""What API 2025-03-01 has and the typed Args of azure-native 3.29.0, of API 2024-05-01, have not."""


UNTYPED = ("ApplicationGatewayEntraJWTValidationConfig", "Components1Jq1T4I")
"""Types without Args: the first is itself new in 2025-03-01, the second an identity's empty object."""


def document(**parts: Any) -> dict[str, Any]:
    """A gateway with the given properties."""
    return {"type": GATEWAY, "apiVersion": API.version, "name": "edge", "location": "westeurope", **parts}


def test_bags_are_merged_upward_at_every_level() -> None:
    """
    The content of each properties bag moves into its holder, and the name gets the name Pulumi gives it.
    """
    given = document(
        zones=["1"],
        tags={"team": "edge"},
        properties={
            "sku": {"name": "Standard_v2", "capacity": 2},
            "sslProfiles": [
                {"name": "mtls", "properties": {"clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}}}
            ],
            "rewriteRuleSets": [{"name": "identity", "properties": {"rewriteRules": [{"ruleSequence": 100}]}}],
        },
    )

    assert flatten(given) == {
        "applicationGatewayName": "edge",
        "location": "westeurope",
        "zones": ["1"],
        "tags": {"team": "edge"},
        "sku": {"name": "Standard_v2", "capacity": 2},
        "sslProfiles": [{"name": "mtls", "clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}}],
        "rewriteRuleSets": [{"name": "identity", "rewriteRules": [{"ruleSequence": 100}]}],
    }
    assert given == nest(flatten(given), GATEWAY)


def test_identities_are_a_map_in_arm_and_a_list_in_pulumi() -> None:
    """
    The ids of user-assigned identities are keys in a document and items in the inputs.
    """
    given = document(identity={"type": "UserAssigned", "userAssignedIdentities": {"/subscriptions/s/id": {}}})

    assert flatten(given)["identity"] == {"type": "UserAssigned", "userAssignedIdentities": ["/subscriptions/s/id"]}
    assert given == nest(flatten(given), GATEWAY)


def test_a_placeholder_may_be_anywhere() -> None:
    """
    A string that is filled later passes through where an object or a list belongs.
    """
    given = document(
        tags=Placeholder("tags"),
        properties={"sslProfiles": [Placeholder("profile")], "firewallPolicy": Placeholder("waf")},
    )

    assert {
        "tags": Placeholder("tags"),
        "sslProfiles": [Placeholder("profile")],
        "firewallPolicy": Placeholder("waf"),
    }.items() <= flatten(given).items()
    assert given == nest(flatten(given), GATEWAY)


@pytest.mark.parametrize(
    ("rule", "where", "fix", "broken"),
    [
        ("unknown-property", "properties.sslProfile", "'sslProfiles'", {"properties": {"sslProfile": []}}),
        ("unknown-property", "properties.SslProfiles", "'sslProfiles'", {"properties": {"SslProfiles": []}}),
        ("unknown-property", "sslProfiles", "'sslProfiles'", {"sslProfiles": []}),
        (
            "unknown-property",
            "properties.sslProfiles[0].properties.clientAuthConfiguration.verify_client_auth_mode",
            "'verifyClientAuthMode'",
            {
                "properties": {
                    "sslProfiles": [
                        {"properties": {"clientAuthConfiguration": {"verify_client_auth_mode": "Passthrough"}}}
                    ]
                }
            },
        ),
        (
            "unknown-property",
            "identity.userAssignedIdentities['/i'].x",
            "clientId",
            _identity := {"identity": {"userAssignedIdentities": {"/i": {"x": 1}}}},
        ),
        ("read-only-property", "properties.provisioningState", "Azure", {"properties": {"provisioningState": "x"}}),
        ("wrong-form", "properties.sslProfiles", "form", {"properties": {"sslProfiles": {"mtls": {}}}}),
        ("wrong-form", "properties", "form", {"properties": ["x"]}),
        ("wrong-form", "identity.userAssignedIdentities", "form", {"identity": {"userAssignedIdentities": ["/i"]}}),
        ("wrong-api-version", "apiVersion", API.version, {"apiVersion": "2024-05-01"}),
        ("unknown-type", "type", "applicationGateways", {"type": "Microsoft.Web/sites"}),
        ("missing-name", "name", "Give", {"name": ""}),
    ],
)
def test_what_azure_would_not_take_stops_here(rule: str, where: str, fix: str, broken: dict[str, Any]) -> None:
    """
    A name or form that Azure does not know is a problem in our own code, with its place and a way out.
    """
    with pytest.raises(GatewayError) as caught:
        flatten(document(**broken))

    (problem,) = caught.value.problems
    assert (rule, where) == (problem.rule, problem.where)
    assert fix in problem.fix


@pytest.mark.parametrize(
    ("rule", "where", "broken"),
    [
        ("unknown-property", "ssl_profiles", {"ssl_profiles": []}),
        ("unknown-property", "properties", {"properties": {}}),
        ("unknown-property", "name", {"name": "edge"}),
        ("unknown-property", "sslProfiles[0].properties", {"sslProfiles": [{"properties": {}}]}),
        ("read-only-property", "etag", {"etag": "W/1"}),
        ("wrong-form", "sslProfiles[1]", {"sslProfiles": [{}, 5]}),
        ("wrong-form", "identity.userAssignedIdentities", {"identity": {"userAssignedIdentities": {"/i": {}}}}),
    ],
)
def test_inputs_that_are_no_inputs_are_refused(rule: str, where: str, broken: dict[str, Any]) -> None:
    """
    The way back is as strict as the way out.
    """
    with pytest.raises(GatewayError) as caught:
        nest({"applicationGatewayName": "edge", **broken}, GATEWAY)

    (problem,) = caught.value.problems
    assert (rule, where) == (problem.rule, problem.where)


def test_all_problems_are_told_at_once_and_no_value_is() -> None:
    """
    Every wrong name of a document is reported, and a value in a wrong place is never repeated.
    """
    with pytest.raises(GatewayError) as caught:
        flatten(document(properties={"pfx": "c2VjcmV0", "sslProfiles": 7, "sslCertificates": [{"pasword": "hunter2"}]}))

    assert [p.rule for p in caught.value.problems] == ["unknown-property", "wrong-form", "unknown-property"]
    assert not {"c2VjcmV0", "hunter2"} & set(str(caught.value).replace("'", " ").split())


def _values(shape: Shape, depth: int) -> st.SearchStrategy[Any]:
    match shape.kind:
        case Kind.STRING:
            return st.sampled_from(shape.enum) if shape.enum else st.text(max_size=3)
        case Kind.INTEGER:
            return st.integers(shape.minimum, shape.maximum)
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.OBJECT:
            assert shape.of is not None
            return _objects(object_type(shape.of), depth)
    assert shape.items is not None
    items = _values(shape.items, depth - 1)
    if shape.kind is Kind.ARRAY:
        return st.lists(items, max_size=2)
    return st.dictionaries(st.text(max_size=3), items, max_size=2)


def _writable(kind: ObjectType, depth: int) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    for name, found in kind.properties.items():
        if not found.read_only and not found.bag and (depth > 0 or found.shape.kind not in (Kind.OBJECT, Kind.ARRAY)):
            yield name, _values(found.shape, depth - 1)


def _objects(kind: ObjectType, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a type. An empty bag has no form of its own in Pulumi, so none is generated."""

    @st.composite
    def draw_object(draw: st.DrawFn) -> dict[str, Any]:
        def some(of: ObjectType) -> dict[str, Any]:
            offered = dict(_writable(of, depth))
            chosen = draw(st.lists(st.sampled_from(sorted(offered)), unique=True, max_size=4)) if offered else []
            return {name: draw(offered[name]) for name in chosen}

        made = some(kind)
        bag = some(kind.bag) if kind.bag else {}
        return made | ({"properties": bag} if bag else {})

    return draw_object()


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of any resource type of the table."""
    name = draw(st.sampled_from(resource_types()))
    body = draw(_objects(object_type(name), depth=6))
    return body | {"type": name, "apiVersion": api_version_of(name), "name": draw(st.text(min_size=1, max_size=5))}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents())
def test_nesting_undoes_flattening(made: dict[str, Any]) -> None:
    """
    Every document of every type comes back from Pulumi's spelling unchanged.
    """
    assert made == nest(flatten(made), made["type"])


def _flat_names(kind: ObjectType) -> set[str]:
    owners = [kind, kind.bag] if kind.bag else [kind]
    return {
        name for owner in owners for name, found in owner.properties.items() if not found.read_only and not found.bag
    }


def _types_below(kind: ObjectType) -> Iterator[ObjectType]:
    """The object types one can send in an object, and those in them, each once; bags belong to their holders."""
    seen, waiting = {kind.name}, [kind]
    while waiting:
        holder = waiting.pop()
        yield holder
        for found in (found for owner in (holder, holder.bag) if owner for found in owner.properties.values()):
            shape = found.shape
            while shape.items is not None:
                shape = shape.items
            if shape.of is not None and not found.bag and shape.of not in seen:
                seen.add(shape.of)
                waiting.append(object_type(shape.of))


def _names_azure_native_has(type_name: str) -> set[str]:
    from pulumi._types import input_type_py_to_pulumi_names
    from pulumi_azure_native import network

    name = {GATEWAY: "ApplicationGateway"}.get(type_name, type_name)
    args = getattr(network, f"{name}Args", None) or getattr(network.application_gateway, f"{name}Args", None)
    return set(input_type_py_to_pulumi_names(args).values()) if args else set()


def test_every_name_we_emit_is_a_name_azure_native_has() -> None:
    """
    For every type below the gateway, the flattened names are those of azure-native's typed Args, but for nine that
    its default API version does not know.
    """
    missing: set[str] = set()
    checked = 0
    for kind in _types_below(object_type(GATEWAY)):
        if kind.name.startswith(UNTYPED):
            continue
        names = _flat_names(kind)
        if kind.name == GATEWAY:
            names = names - {"name"} | {NAME_INPUTS[GATEWAY]}
        missing |= names - _names_azure_native_has(kind.name)
        checked += 1

    assert missing == NEW_IN_2025
    assert checked > 40


def test_every_resource_type_has_a_name_input() -> None:
    """
    No resource type of the table lacks the input that names it.
    """
    assert set(resource_types()) == set(NAME_INPUTS)

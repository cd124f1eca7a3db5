"""References inside a gateway document."""

from collections.abc import Iterator
from typing import Any

import pytest
from mtls_app_gateway.document.arm_types import object_type
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import (
    COLLECTIONS,
    TARGETS,
    Reference,
    check_references,
    iter_references,
    parse_reference,
    self_reference,
    unused_parts,
)

GATEWAY = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/edge"
    "/providers/Microsoft.Network/applicationGateways/gw"
)


def document(**collections: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "Microsoft.Network/applicationGateways", "name": "gw", "properties": collections}


def listener(name: str = "https", **properties: Any) -> dict[str, Any]:
    return {"name": name, "properties": {"protocol": "Https", **properties}}


@pytest.mark.parametrize(
    "identity",
    [
        "$self/sslProfiles/partners",
        "$SELF/SSLPROFILES/partners",
        f"{GATEWAY}/sslProfiles/partners",
        f"{GATEWAY.upper()}/SSLProfiles/partners",
    ],
)
def test_an_id_of_the_gateway_is_understood_in_any_case(identity: str) -> None:
    """
    Every published spelling of an id names the same part, by the collection's exact name.
    """
    assert Reference("sslProfiles", "partners") == parse_reference(identity)


@pytest.mark.parametrize(
    "identity",
    [
        None,
        7,
        "",
        "$self/sslProfiles",
        "$self/unheardOf/partners",
        Placeholder("network.subnetId"),
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
    ],
)
def test_an_id_that_leads_elsewhere_is_no_reference(identity: object) -> None:
    """
    What does not name a part of a gateway parses to nothing.
    """
    assert parse_reference(identity) is None


def test_another_gateways_id_leads_elsewhere() -> None:
    """
    With the gateway's name given, an id of a different gateway is no reference inside this one.
    """
    assert parse_reference(f"{GATEWAY}/sslProfiles/partners", "GW")
    assert parse_reference(f"{GATEWAY}/sslProfiles/partners", "other") is None


def test_a_reference_is_written_as_it_is_read() -> None:
    """
    What self_reference writes, parse_reference reads, for every collection.
    """
    for collection in COLLECTIONS:
        assert Reference(collection, "a b") == parse_reference(self_reference(collection, "a b")["id"])


def test_a_reference_into_no_collection_cannot_be_written() -> None:
    """
    A collection no gateway has is refused when the reference is made.
    """
    with pytest.raises(ValueError, match="sslprofile"):
        self_reference("sslprofile", "partners")


def test_references_come_with_their_paths() -> None:
    """
    Single references, lists of them and those of path rules are all found, and none outside the gateway.
    """
    subject = document(
        httpListeners=[listener(sslProfile=self_reference("sslProfiles", "p"))],
        sslProfiles=[
            {
                "name": "p",
                "properties": {"trustedClientCertificates": [self_reference("trustedClientCertificates", "c")]},
            }
        ],
        trustedClientCertificates=[{"name": "c", "properties": {"data": "QUJD"}}],
        urlPathMaps=[
            {
                "name": "m",
                "properties": {
                    "pathRules": [
                        {"name": "r", "properties": {"backendAddressPool": self_reference("backendAddressPools", "b")}}
                    ]
                },
            }
        ],
        gatewayIPConfigurations=[{"name": "ip", "properties": {"subnet": {"id": Placeholder("network.subnetId")}}}],
    )

    assert [pointer.path for pointer in iter_references(subject)] == [
        "properties.httpListeners[0].properties.sslProfile",
        "properties.sslProfiles[0].properties.trustedClientCertificates[0]",
        "properties.urlPathMaps[0].properties.pathRules[0].properties.backendAddressPool",
    ]


def test_a_dangling_reference_names_the_nearest() -> None:
    """
    A reference to a profile that is not there is a problem that says where it is and what was likely meant.
    """
    subject = document(
        sslProfiles=[{"name": "partners"}, {"name": "internal"}],
        httpListeners=[listener(sslProfile=self_reference("sslProfiles", "partner"))],
    )

    (problem,) = check_references(subject)

    assert problem.rule == "dangling-reference"
    assert problem.where == "properties.httpListeners[0].properties.sslProfile, of 'https'"
    assert problem.saw == "there is no 'partner' in sslProfiles"
    assert problem.fix == "Name one that exists: 'partners'."


@pytest.mark.parametrize(
    ("says", "saw"),
    [
        ({"id": "$self/sslCertificates/tls"}, "it points into sslCertificates, where only sslProfiles will do"),
        (
            {"id": Placeholder("profile")},
            "it does not say which entry of sslProfiles it means: {'id': '$input/profile'}",
        ),
        ({}, "it does not say which entry of sslProfiles it means: {}"),
        ("partners", "it does not say which entry of sslProfiles it means: 'partners'"),
    ],
)
def test_a_reference_of_the_wrong_kind_dangles(says: object, saw: str) -> None:
    """
    A reference into another collection, or one that names nothing, is as bad as one to a missing name.
    """
    subject = document(sslCertificates=[{"name": "tls"}], httpListeners=[listener(sslProfile=says)])

    assert [("dangling-reference", saw)] == [(problem.rule, problem.saw) for problem in check_references(subject)]


def test_a_whole_reference_is_no_problem() -> None:
    """
    A reference that resolves passes, whatever the case of its name.
    """
    subject = document(
        sslProfiles=[{"name": "Partners"}],
        httpListeners=[listener(sslProfile=self_reference("sslProfiles", "partners"))],
    )

    assert check_references(subject) == ()


def test_two_parts_may_not_share_a_name() -> None:
    """
    Names that differ by case alone are one name; the same name in two collections is none of our business.
    """
    subject = document(sslProfiles=[{"name": "a"}, {"name": "b"}, {"name": "A"}], probes=[{"name": "a"}])

    (problem,) = check_references(subject)

    assert (problem.rule, problem.where) == ("duplicate-name", "properties.sslProfiles[2]")
    assert problem.saw == "the name 'A' is already taken by properties.sslProfiles[0]"


def test_every_fault_is_told_at_once() -> None:
    """
    Two dangling references and a duplicate give three problems.
    """
    subject = document(
        sslProfiles=[{"name": "a"}, {"name": "a"}],
        httpListeners=[
            listener(sslProfile=self_reference("sslProfiles", "x"), frontendPort=self_reference("frontendPorts", "y"))
        ],
    )

    assert [problem.rule for problem in check_references(subject)] == [
        "duplicate-name",
        "dangling-reference",
        "dangling-reference",
    ]


def test_what_nothing_points_to_is_unused() -> None:
    """
    A profile that no listener uses is unused; staged chains, and the parts where a gateway begins, are not.
    """
    subject = document(
        sslProfiles=[{"name": "p"}],
        httpListeners=[listener()],
        trustedClientCertificates=[{"name": "staged"}],
        requestRoutingRules=[{"name": "r", "properties": {"httpListener": self_reference("httpListeners", "https")}}],
        gatewayIPConfigurations=[{"name": "ip"}],
    )

    assert (("properties.sslProfiles[0]", Reference("sslProfiles", "p")),) == unused_parts(subject)


def test_with_a_reference_that_reaches_nothing_it_is_not_known_what_is_unused() -> None:
    """
    The part that it was meant to reach is used, and which one that is cannot be known.
    """
    subject = document(
        sslProfiles=[{"name": "p"}], httpListeners=[listener(sslProfile=self_reference("sslProfiles", "q"))]
    )

    assert unused_parts(subject) is None


def test_every_reference_azure_knows_has_its_collection() -> None:
    """
    Each property that holds a reference, in Azure's schema, leads inside the gateway, outside it, or says who points.
    """
    outside = {"subnet", "publicIPAddress", "firewallPolicy"}
    redirect_points_back = {"requestRoutingRules", "urlPathMaps", "pathRules"}

    assert set(_references_in_the_schema("Microsoft.Network/applicationGateways")) == (
        set(TARGETS) | outside | redirect_points_back
    )


def test_every_collection_is_azures() -> None:
    """
    The collections named here are exactly the lists of named parts in Azure's schema.
    """
    bag = object_type("Microsoft.Network/applicationGateways").bag
    assert bag is not None
    lists = {
        name
        for name, known in bag.properties.items()
        if known.shape.items and known.shape.items.of and "name" in object_type(known.shape.items.of).properties
    }

    assert lists == COLLECTIONS


def _references_in_the_schema(type_name: str) -> Iterator[str]:
    for name, known in object_type(type_name).properties.items():
        inner = (known.shape.items or known.shape).of
        if inner == "SubResource":
            yield name
        elif inner is not None and not known.read_only:
            yield from _references_in_the_schema(inner)

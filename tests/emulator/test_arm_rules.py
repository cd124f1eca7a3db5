"""The emulator refuses what Azure refuses, with Azure's code, and nothing that is right."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from mtls_app_gateway.emulator.answers import answer_to
from mtls_app_gateway.emulator.arm_lock_rules import locks_against_deleting
from mtls_app_gateway.emulator.arm_network_rules import refusals_to_delete
from mtls_app_gateway.emulator.arm_rulebook import RULES_BY_TYPE, rules_of
from mtls_app_gateway.emulator.arm_rules import Request, refusals_of
from mtls_app_gateway.emulator.kinds import GATEWAY_PACKAGE, KINDS
from mtls_app_gateway.emulator.put import Put, put_of
from mtls_app_gateway.rehearsal.authority import Authority, padding, pem

from tests.emulator import subscription_fixtures as fixtures
from tests.emulator.subscription_fixtures import AT, AUTHORITY, changed

OTHER_ROOT = Authority.create("Example Other Root", now=AT)
LEAF = AUTHORITY.issue("caller")
Inputs = dict[str, Any]


def put(module: str, inputs: Mapping[str, Any]) -> Put:
    """The request for a resource of a module."""
    package = GATEWAY_PACKAGE if module == "ApplicationGateway" else "azure-native"
    return put_of(KINDS[f"{package}:network:{module}"], inputs, fixtures.SUBSCRIPTION)


def subscription(*puts: Put) -> dict[str, Mapping[str, Any]]:
    """A subscription in which these requests were made."""
    return {each.id.lower(): answer_to(each, None, ()) for each in puts}


def neighbours(**replaced: Inputs) -> dict[str, Mapping[str, Any]]:
    """What a gateway needs around it."""
    inputs = {
        "NetworkSecurityGroup": fixtures.security_group_inputs(),
        "VirtualNetwork": fixtures.network_inputs(),
        "PublicIPAddress": fixtures.address_inputs(),
    }
    return subscription(*(put(module, given) for module, given in (inputs | replaced).items()))


def refusals(
    module: str,
    inputs: Mapping[str, Any],
    others: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Any] | None = None,
) -> list[str]:
    """The codes, or where there is none the messages, with which a request is refused; `before` are earlier inputs."""
    request = put(module, inputs)
    known = answer_to(put(module, before), None, ()) if before is not None else None
    found = refusals_of(Request(request, others, known), rules_of(request.kind.arm_type))
    return [refusal.code or refusal.message for refusal in found]


def encoded(text: str) -> str:
    """Text as base64."""
    return base64.b64encode(text.encode()).decode()


def chain(text: str) -> Inputs:
    """A gateway in Strict that trusts this text."""
    return changed(fixtures.gateway_inputs("Strict"), "trustedClientCertificates.0.data", encoded(text))


PASSTHROUGH = fixtures.gateway_inputs()
STRICT = fixtures.gateway_inputs("Strict")
WAF = {"name": "WAF_v2", "tier": "WAF_v2", "capacity": 2}
BASIC = {"name": "Basic", "tier": "Basic", "capacity": 2}
RETIRED = {"name": "Standard_Medium", "tier": "Standard", "capacity": 2}
OLD_POLICY = {"policyType": "Predefined", "policyName": "AppGwSslPolicy20170401S"}
NEW_POLICY = {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101"}
RULE = PASSTHROUGH["requestRoutingRules"][0]
LISTENER = PASSTHROUGH["httpListeners"][0]
HOSTED = [LISTENER | {"hostName": "one.example.com"}, LISTENER | {"name": "second", "hostName": "two.example.com"}]
SECOND_RULE = RULE | {"name": "second", "priority": 200, "httpListener": {"id": "$self/httpListeners/second"}}


@pytest.mark.parametrize(
    "inputs",
    [
        PASSTHROUGH,
        STRICT,
        chain(AUTHORITY.intermediate().bundle_pem),
        chain(LEAF.certificate_pem + AUTHORITY.bundle_pem),
        changed(STRICT, "trustedClientCertificates.0.data", AUTHORITY.bundle_pem),
        changed(PASSTHROUGH, "trustedClientCertificates.0", STRICT["trustedClientCertificates"][0]),
        changed(PASSTHROUGH, "sslProfiles.0.sslPolicy", NEW_POLICY),
        changed(changed(STRICT, "sslPolicy", OLD_POLICY), "sslProfiles.0.sslPolicy", OLD_POLICY),
        changed(
            changed(PASSTHROUGH, "sku", {"name": "Standard_v2", "tier": "Standard_v2"}),
            "autoscaleConfiguration",
            {"minCapacity": 0},
        ),
        fixtures.gateway_inputs(
            sku=WAF,
            webApplicationFirewallConfiguration={
                "enabled": True,
                "firewallMode": "Prevention",
                "ruleSetType": "OWASP",
                "ruleSetVersion": "3.2",
            },
        ),
        fixtures.gateway_inputs(httpListeners=HOSTED, requestRoutingRules=[RULE, SECOND_RULE]),
        fixtures.gateway_inputs(
            sslCertificates=[{"name": "listener", "keyVaultSecretId": "https://vault.example.com/secrets/listener"}]
        ),
    ],
)
def test_what_is_right_passes(inputs: Inputs) -> None:
    """
    No rule refuses a gateway that Azure takes.
    """
    assert refusals("ApplicationGateway", inputs, neighbours()) == []


@pytest.mark.parametrize(
    ("code", "inputs"),
    [
        ("TrustedClientCertificateMustSpecifyData", changed(STRICT, "trustedClientCertificates.0.data", "")),
        ("TrustedClientCertificateMustSpecifyData", chain("\n")),
        ("TrustedClientCertificateMustNotHavePrivateKey", chain(AUTHORITY.bundle_pem + AUTHORITY.key_pem)),
        ("TrustedClientCertificateInvalidData", chain("hello")),
        ("TrustedClientCertificateInvalidData", changed(STRICT, "trustedClientCertificates.0.data", "%%%")),
        (
            "TrustedClientCertificateInvalidData",
            chain("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        ),
        ("TrustedClientCertificateDoesNotContainAnyCACertificate", chain(LEAF.certificate_pem)),
        ("OnlyOneRootCAAllowedInTrustedClientCertificate", chain(AUTHORITY.bundle_pem + OTHER_ROOT.bundle_pem)),
        ("OnlyOneRootCAAllowedInTrustedClientCertificate", chain(pem(AUTHORITY.intermediate().certificate))),
        (
            "SslCertificateDataTooBig SslCertificateInvalidData",
            changed(PASSTHROUGH, "sslCertificates.0.data", "A" * 16388),
        ),
        ("SslCertificateInvalidData", changed(PASSTHROUGH, "sslCertificates.0.password", "another1")),
        ("SslCertificateInvalidData", changed(PASSTHROUGH, "sslCertificates.0.data", encoded("noise"))),
        ("SslPolicyMisMatch", changed(STRICT, "sslProfiles.0.sslPolicy", OLD_POLICY)),
        ("SslPolicyMisMatch", changed(changed(STRICT, "sslPolicy", None), "sslProfiles.0.sslPolicy", OLD_POLICY)),
        ("SslPolicyPropertyPolicyTypeRequired", changed(STRICT, "sslPolicy.policyType", None)),
        (
            "SslPolicyPropertyNotSupportedForPolicyType",
            changed(STRICT, "sslPolicy.minProtocolVersion", "TLSv1_2"),
        ),
        (
            "DeprecatedTlsVersionUsedInSslPolicy",
            changed(STRICT, "sslPolicy", {"policyType": "Predefined", "policyName": "AppGwSslPolicy20150501"}),
        ),
        ("RequestRoutingRulePriorityCannotBeEmpty", changed(STRICT, "requestRoutingRules.0.priority", None)),
        (
            "RequestRoutingRulePartialPriorityDefined",
            fixtures.gateway_inputs(
                httpListeners=HOSTED, requestRoutingRules=[RULE, changed(SECOND_RULE, "priority", None)]
            ),
        ),
        (
            "HttpListenersUsingSameFrontendPort",
            fixtures.gateway_inputs(
                httpListeners=[LISTENER, LISTENER | {"name": "second"}], requestRoutingRules=[RULE, SECOND_RULE]
            ),
        ),
        (
            "RewriteRuleSetActionSetInRewriteRuleCannotBeEmpty",
            fixtures.gateway_inputs(rewriteRuleSets=[{"name": "set", "rewriteRules": [{"name": "rule"}]}]),
        ),
        ("FirewallNotConfiguredForSelectedSku", fixtures.gateway_inputs(sku=WAF)),
    ],
)
def test_what_azure_refuses_is_refused_with_its_code(code: str, inputs: Inputs) -> None:
    """
    Each broken gateway is refused for exactly what is broken in it.
    """
    expected = [f"ApplicationGateway{name}" for name in code.split()]

    assert refusals("ApplicationGateway", inputs, neighbours()) == expected


@pytest.mark.parametrize(
    ("code", "inputs"),
    [
        ("LinkedInvalidPropertyId", changed(PASSTHROUGH, "httpListeners.0.sslProfile.id", "sslProfiles/mtls")),
        ("InvalidResourceReference", changed(PASSTHROUGH, "httpListeners.0.sslProfile.id", "$self/sslProfiles/mlts")),
        ("InvalidResourceReference", fixtures.gateway_inputs(subnet=f"{fixtures.SUBNET_ID}-2")),
        (
            "DuplicateResourceName",
            changed(PASSTHROUGH, "backendAddressPools.1", {"name": "app", "backendAddresses": []}),
        ),
    ],
)
def test_references_and_names_are_kept(code: str, inputs: Inputs) -> None:
    """
    A reference to nothing, a relative id and a name given twice are refused with ARM's codes.
    """
    assert refusals("ApplicationGateway", inputs, neighbours()) == [code]


@pytest.mark.parametrize(
    ("message", "inputs"),
    [
        (
            "SslProfile gw/mtls must specify either SslPolicy or TrustedClientCertificates.",
            changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode", None),
        ),
        (
            "SslProfile gw/mtls must specify either SslPolicy or TrustedClientCertificates.",
            changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode", "Strict"),
        ),
        (
            "is larger than 25 KB",
            chain(pem(Authority.create("Large", now=AT, extensions=[padding(20_000)]).certificate)),
        ),
        (
            "has 201 trusted client certificates",
            fixtures.gateway_inputs(
                trustedClientCertificates=[{"name": f"c{at}", "data": fixtures.CHAIN} for at in range(201)]
            ),
        ),
        (
            "has 101 trusted client certificates",
            changed(
                fixtures.gateway_inputs(
                    trustedClientCertificates=[{"name": f"c{at}", "data": fixtures.CHAIN} for at in range(101)]
                ),
                "sslProfiles.0.trustedClientCertificates",
                [{"id": f"$self/trustedClientCertificates/c{at}"} for at in range(101)],
            ),
        ),
        (
            "must have either data or keyVaultSecretId",
            changed(PASSTHROUGH, "sslCertificates.0.keyVaultSecretId", "https://vault.example.com/secrets/x"),
        ),
        (
            "is not one of sslProfiles",
            changed(PASSTHROUGH, "httpListeners.0.sslProfile.id", "$self/sslCertificates/listener"),
        ),
        (
            "Priority must be unique",
            fixtures.gateway_inputs(
                httpListeners=HOSTED, requestRoutingRules=[RULE, changed(SECOND_RULE, "priority", 100)]
            ),
        ),
        (
            "is used by 2 request routing rules",
            fixtures.gateway_inputs(requestRoutingRules=[RULE, RULE | {"name": "second", "priority": 200}]),
        ),
        ("SKU WAF_v2 only", fixtures.gateway_inputs(firewallPolicy={"id": f"{fixtures.ROOT}/x/waf"})),
        (
            "which was retired",
            fixtures.gateway_inputs(sku=RETIRED),
        ),
        (
            "has no mutual authentication",
            fixtures.gateway_inputs(sku=BASIC),
        ),
        ("Either sku.capacity or", fixtures.gateway_inputs(sku={"name": "Standard_v2", "tier": "Standard_v2"})),
    ],
)
def test_documented_refusals_without_a_known_code(message: str, inputs: Inputs) -> None:
    """
    What Azure is documented to refuse is refused even where its code is not known.
    """
    found = refusals("ApplicationGateway", inputs, neighbours() | {f"{fixtures.ROOT}/x/waf".lower(): {}})

    assert [known for known in found if message in known] == found
    assert len(found) == 1


def door(**parts: Any) -> Inputs:
    """A security rule."""
    return {**fixtures.security_group_inputs()["securityRules"][1], **parts}


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        (None, [door()]),
        (None, [door(sourceAddressPrefix="*", protocol="*")]),
        (None, [door(destinationPortRange=None, destinationPortRanges=["65200-65400", "65401-65535"])]),
        (None, [door(access="Deny", sourceAddressPrefix="203.0.113.0/24", priority=100, name="ban"), door()]),
        (None, [door(), door(direction="Outbound", access="Deny", protocol="Udp", priority=100, name="udp")]),
        ("Inbound", []),
        ("Inbound", [door(destinationPortRange="65200-65400")]),
        ("Inbound", [door(protocol="Udp")]),
        ("Inbound", [door(sourceAddressPrefix="VirtualNetwork")]),
        ("Inbound", [door(access="Deny", sourceAddressPrefix="*", priority=100, name="wall"), door()]),
        ("Outbound", [door(), door(direction="Outbound", access="Deny", priority=4000, name="wall")]),
    ],
)
def test_the_platform_must_reach_the_gateway(code: str | None, rules: list[Inputs]) -> None:
    """
    A security group must let the platform in on its ports and deny nothing outbound, first matching rule first.
    """
    group = fixtures.security_group_inputs() | {"securityRules": rules}
    expected = [f"ApplicationGatewaySubnet{code}TrafficBlockedByNetworkSecurityGroup"] if code else []

    assert refusals("ApplicationGateway", PASSTHROUGH, neighbours(NetworkSecurityGroup=group)) == expected


def test_a_v2_gateway_has_a_standard_address() -> None:
    """
    A public address of another SKU is refused.
    """
    basic = neighbours(PublicIPAddress=fixtures.address_inputs(sku={"name": "Basic"}))

    assert refusals("ApplicationGateway", PASSTHROUGH, basic) == ["ApplicationGatewayInvalidPublicIpSku"]


def test_security_rules_do_not_share_a_priority() -> None:
    """
    Two rules of one direction with one priority conflict; of two directions they do not.
    """
    twins = fixtures.security_group_inputs() | {"securityRules": [door(), door(name="other")]}
    across = fixtures.security_group_inputs() | {"securityRules": [door(), door(name="other", direction="Outbound")]}

    assert refusals("NetworkSecurityGroup", twins, {}) == ["SecurityRuleConflict"]
    assert refusals("NetworkSecurityGroup", across, {}) == []


def subnet(name: str, prefix: str, **parts: Any) -> Inputs:
    """A subnet of its own."""
    path = {"resourceGroupName": fixtures.GROUP, "virtualNetworkName": "net", "subnetName": name}
    return path | {"addressPrefix": prefix, **parts}


@pytest.mark.parametrize(
    ("expected", "name", "prefix"),
    [
        ([], "backend", "10.0.1.0/24"),
        ([], "gateway", "10.0.0.0/24"),
        (["NetcfgSubnetRangeOutsideVnet"], "backend", "10.1.0.0/24"),
        (["NetcfgSubnetRangesOverlap"], "backend", "10.0.0.128/25"),
    ],
)
def test_subnets_are_inside_and_apart(expected: list[str], name: str, prefix: str) -> None:
    """
    A subnet lies within its network and beside the others.
    """
    assert refusals("Subnet", subnet(name, prefix), neighbours()) == expected


def test_a_subnet_needs_its_network_and_its_security_group() -> None:
    """
    A subnet without its network, or with a security group that does not exist, is refused.
    """
    orphan = refusals("Subnet", subnet("backend", "10.0.1.0/24"), {})
    open_door = subnet(
        "backend", "10.0.1.0/24", networkSecurityGroup={"id": f"{fixtures.ROOT}/networkSecurityGroups/x"}
    )

    assert orphan == ["ParentResourceNotFound"]
    assert refusals("Subnet", open_door, neighbours()) == ["InvalidResourceReference"]


@pytest.mark.parametrize(
    ("code", "identity"),
    [
        ("PublicIPAddressCannotBeDeleted", fixtures.ADDRESS_ID),
        ("InUseSubnetCannotBeDeleted", fixtures.SUBNET_ID.partition("/subnets/")[0]),
        ("InUseNetworkSecurityGroupCannotBeDeleted", fixtures.GROUP_ID),
    ],
)
def test_what_is_in_use_cannot_go(code: str, identity: str) -> None:
    """
    What a gateway or a subnet uses cannot be deleted before it, and can after.
    """
    others = neighbours() | subscription(put("ApplicationGateway", PASSTHROUGH))
    document = others.pop(identity.lower())

    assert [refusal.code for refusal in refusals_to_delete(identity, document, others)] == [code]
    assert refusals_to_delete(identity, document, {}) == []


LOCK = KINDS["azure-native:authorization:ManagementLockByScope"]


def lock(scope: str, level: str = "CanNotDelete") -> Put:
    """The request for a lock."""
    return put_of(LOCK, {"scope": scope, "lockName": "kept", "level": level}, fixtures.SUBSCRIPTION)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        (fixtures.GATEWAY_ID, {fixtures.GATEWAY_ID, fixtures.GROUP_PATH}),
        (fixtures.GROUP_PATH, {fixtures.GATEWAY_ID, fixtures.GROUP_PATH, fixtures.ADDRESS_ID}),
        (f"{fixtures.GATEWAY_ID}-2", {fixtures.GROUP_PATH}),
    ],
)
def test_what_is_locked_cannot_go(scope: str, codes: set[str]) -> None:
    """
    Neither what has a lock nor what holds it or is in it is deleted; the lock itself is.
    """
    made = lock(scope)
    others = subscription(made)
    asked = (fixtures.GATEWAY_ID, fixtures.GROUP_PATH, fixtures.ADDRESS_ID)

    found = {each: [refusal.code for refusal in locks_against_deleting(each, others)] for each in asked}

    assert {each: ["ScopeLocked"] if each in codes else [] for each in asked} == found
    assert [] == locks_against_deleting(made.id, others)


@pytest.mark.parametrize(
    ("refused", "request_"),
    [
        (None, lock(fixtures.GATEWAY_ID)),
        (None, lock(fixtures.GROUP_PATH)),
        ("ResourceNotFound", lock(f"{fixtures.GATEWAY_ID}-2")),
        ("no other level", lock(fixtures.GATEWAY_ID, "ReadOnly")),
    ],
)
def test_a_lock_is_on_what_is_there(refused: str | None, request_: Put) -> None:
    """
    A lock on a gateway that is not there is refused, and so is a level that is not emulated.
    """
    others = neighbours() | subscription(put("ApplicationGateway", PASSTHROUGH))
    found = refusals_of(Request(request_, others), rules_of(LOCK.arm_type))

    assert bool(refused) == bool(found)
    assert (refused or "") in "".join(map(str, found))


def test_the_id_of_a_lock_is_read_in_any_case() -> None:
    """
    An import knows the lock's scope and its name; another resource's id is none of a lock.
    """
    made = lock(fixtures.GATEWAY_ID)

    assert {"scope": fixtures.GATEWAY_ID, "lockName": "kept"} == LOCK.path_of(made.id)
    assert "kept" == LOCK.path_of(made.id.replace("Microsoft.Authorization", "microsoft.authorization"))["lockName"]
    with pytest.raises(ValueError, match="is not the id"):
        LOCK.path_of(fixtures.GATEWAY_ID)


def test_no_refusal_repeats_a_secret() -> None:
    """
    Refusals about a certificate name it and never quote it or its password.
    """
    inputs = changed(PASSTHROUGH, "sslCertificates.0.password", "another1")

    found = refusals_of(
        Request(put("ApplicationGateway", inputs), neighbours()),
        RULES_BY_TYPE["Microsoft.Network/applicationGateways"],
    )

    text = " ".join(map(str, found))
    assert "another1" not in text
    assert fixtures.PFX[:40] not in text


def test_every_rule_has_a_name_and_a_source() -> None:
    """
    Each rule has a name of its own and a source.
    """
    rules = [rule for rules in RULES_BY_TYPE.values() for rule in rules]
    gateway = [rule.name for rule in RULES_BY_TYPE["Microsoft.Network/applicationGateways"]]

    assert all(rule.source for rule in rules)
    assert len(gateway) == len(set(gateway))


@pytest.mark.parametrize(
    ("module", "inputs"),
    [
        ("ApplicationGateway", fixtures.gateway_inputs(applicationGatewayName="..")),
        ("ApplicationGateway", fixtures.gateway_inputs(applicationGatewayName="g" * 81)),
        ("ApplicationGateway", fixtures.gateway_inputs(resourceGroupName="rg.")),
        ("PublicIPAddress", fixtures.address_inputs(publicIpAddressName="x/y")),
        ("NetworkSecurityGroup", changed(fixtures.security_group_inputs(), "networkSecurityGroupName", "two words")),
        ("NetworkSecurityGroup", changed(fixtures.security_group_inputs(), "securityRules.0.name", "-rule")),
        ("VirtualNetwork", changed(fixtures.network_inputs(), "virtualNetworkName", "v")),
        ("VirtualNetwork", changed(fixtures.network_inputs(), "subnets.0.name", "gateway-")),
    ],
)
def test_a_name_that_azure_refuses_is_refused(module: str, inputs: Inputs) -> None:
    """
    The resource's own name, those above it and those of its parts are judged by Azure's naming rules.
    """
    assert "InvalidResourceName" in refusals(module, inputs, neighbours())


@pytest.mark.parametrize(
    ("module", "inputs"),
    [
        ("PublicIPAddress", fixtures.address_inputs(publicIpAddressName="x.y_")),
        ("NetworkSecurityGroup", changed(fixtures.security_group_inputs(), "securityRules.0.name", "rule-1")),
        ("VirtualNetwork", changed(fixtures.network_inputs(), "virtualNetworkName", "v1")),
    ],
)
def test_a_name_that_azure_accepts_is_accepted(module: str, inputs: Inputs) -> None:
    """
    Names at the edge of the rules pass.
    """
    assert refusals(module, inputs, neighbours()) == []


ZONED = fixtures.gateway_inputs(zones=["1", "2"])
UNDELEGATED = changed(fixtures.network_inputs(), "subnets.0.delegations", [])
OTHER_ADDRESS = fixtures.ADDRESS_ID.replace("/address", "/other")
OTHER_SUBNET = fixtures.SUBNET_ID.replace("/gateway", "/other")


@pytest.mark.parametrize(
    ("refusal", "gateway", "zones"),
    [
        (None, ZONED, ["1", "2"]),
        (None, ZONED, ["3", "2", "1"]),
        (None, PASSTHROUGH, ["1"]),
        (None, PASSTHROUGH, []),
        ("ZonalApplicationGatewayCannotReferenceNoZonePublicIp", ZONED, []),
        ("has the zones ['1']; it needs all of the gateway's, ['1', '2']", ZONED, ["1"]),
    ],
)
def test_a_zonal_gateway_needs_its_zones_in_its_address(refusal: str | None, gateway: Inputs, zones: list[str]) -> None:
    """
    An address without zones has a code of its own; one that lacks some is documented as refused.
    """
    found = refusals("ApplicationGateway", gateway, neighbours(PublicIPAddress=fixtures.address_inputs(zones=zones)))

    assert bool(refusal) == bool(found)
    assert (refusal or "") in "".join(found)


def test_a_new_gateway_needs_a_delegated_subnet() -> None:
    """
    An existing gateway passes: what Azure does then is not known.
    """
    others = neighbours(VirtualNetwork=UNDELEGATED)
    v1 = changed(PASSTHROUGH, "sku", RETIRED)
    code = "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation"

    assert [code] == refusals("ApplicationGateway", PASSTHROUGH, others)
    assert [] == refusals("ApplicationGateway", PASSTHROUGH, others, before=PASSTHROUGH)
    assert code not in refusals("ApplicationGateway", v1, others)


@pytest.mark.parametrize(
    ("refusal", "module", "before", "after"),
    [
        ("InvalidResourceLocation", "ApplicationGateway", PASSTHROUGH, changed(PASSTHROUGH, "location", "northeurope")),
        (
            "InvalidResourceLocation",
            "NetworkSecurityGroup",
            fixtures.security_group_inputs(),
            changed(fixtures.security_group_inputs(), "location", "northeurope"),
        ),
        (None, "ApplicationGateway", PASSTHROUGH, changed(PASSTHROUGH, "location", "West Europe")),
        ("ResourceAvailabilityZonesCannotBeModified", "ApplicationGateway", ZONED, changed(ZONED, "zones", ["1"])),
        (None, "ApplicationGateway", ZONED, changed(ZONED, "zones", ["2", "1"])),
        (
            "ResourceAvailabilityZonesCannotBeModified",
            "PublicIPAddress",
            fixtures.address_inputs(zones=["1", "2", "3"]),
            fixtures.address_inputs(),
        ),
        (
            "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged",
            "ApplicationGateway",
            PASSTHROUGH,
            fixtures.gateway_inputs(address=OTHER_ADDRESS),
        ),
        (None, "ApplicationGateway", PASSTHROUGH, fixtures.gateway_inputs(address=fixtures.ADDRESS_ID.upper())),
        (
            "only while the gateway is stopped",
            "ApplicationGateway",
            PASSTHROUGH,
            fixtures.gateway_inputs(subnet=OTHER_SUBNET),
        ),
    ],
)
def test_what_cannot_change_is_refused(refusal: str | None, module: str, before: Inputs, after: Inputs) -> None:
    """
    azure-native sends these as updates; each is refused with what Azure was met to say, and its like is let through.
    """
    zones = {"zones": ["1", "2"]}
    others = {
        **neighbours(PublicIPAddress=fixtures.address_inputs(**zones)),
        **subscription(put("PublicIPAddress", fixtures.address_inputs(publicIpAddressName="other", **zones))),
        OTHER_SUBNET.lower(): neighbours()[fixtures.SUBNET_ID.partition("/subnets/")[0].lower()]["properties"][
            "subnets"
        ][0],
    }

    found = refusals(module, after, others, before)

    assert bool(refusal) == bool(found)
    assert (refusal or "") in "".join(found)


def _from(*sources: str, destination: str = "*") -> Inputs:
    """A security group whose first rule is for these sources."""
    rule = {**fixtures.security_group_inputs()["securityRules"][0], "destinationAddressPrefix": destination}
    del rule["sourceAddressPrefix"]
    return changed(fixtures.security_group_inputs(), "securityRules.0", rule | {"sourceAddressPrefixes": list(sources)})


@pytest.mark.parametrize(
    ("code", "inputs"),
    [
        (None, _from("10.0.0.0/24", "10.0.1.0/24", destination="10.1.0.0/24")),
        (None, _from("2001:db8::/64", "2001:db8:1::/64")),
        (None, _from("10.0.0.1/24")),
        (None, _from("AzureFrontDoor.Backend")),
        ("ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies", _from("10.0.0.0/24", "2001:db8::/64")),
        (
            "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
            _from("2001:db8::/64", destination="10.0.0.0/24"),
        ),
        ("OverlappingSubnetsNotPermittedInSecurityRule", _from("10.0.0.0/16", "10.0.1.0/24")),
        ("OverlappingSubnetsNotPermittedInSecurityRule", _from("10.0.0.1", "10.0.0.1/32")),
        ("SecurityRuleInvalidAddressPrefix", _from("10.0.0.0/33")),
        ("SecurityRuleInvalidAddressPrefix", _from("no tag")),
    ],
)
def test_the_addresses_of_a_security_rule_are_judged(code: str | None, inputs: Inputs) -> None:
    """
    One family to a rule, no overlap on one side, and nothing that is neither an address nor shaped like a tag.
    """
    assert [code] * bool(code) == refusals("NetworkSecurityGroup", inputs, {})


def test_a_rule_that_is_made_on_its_own_is_judged_too() -> None:
    """
    The same rules, for the resource type of a single security rule.
    """
    rule = _from("10.0.0.0/16", "10.0.1.0/24")["securityRules"][0]
    name = rule.pop("name")
    where = {"resourceGroupName": fixtures.GROUP, "networkSecurityGroupName": "doors", "securityRuleName": name}

    assert ["OverlappingSubnetsNotPermittedInSecurityRule"] == refusals("SecurityRule", where | rule, neighbours())


def test_tls_1_3_alone_can_be_asked_for() -> None:
    """
    Its suites cannot be chosen, so the list of them is empty.
    """
    policy = {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3", "cipherSuites": []}

    assert [] == refusals("ApplicationGateway", changed(PASSTHROUGH, "sslPolicy", policy), neighbours())


def test_a_gateway_has_no_more_parts_than_azure_allows() -> None:
    """
    A hundred ports are right, and one more is refused.
    """
    ports = [{"name": f"port-{number}", "port": number} for number in range(443, 543)]
    right, wrong = (fixtures.gateway_inputs(frontendPorts=[*ports, *more]) for more in ([], [{"name": "p", "port": 1}]))

    assert [] == refusals("ApplicationGateway", right, neighbours())
    (message,) = refusals("ApplicationGateway", wrong, neighbours())
    assert "has 101 frontendPorts; it can have 100" in message


INSIDE = {"name": "inside", "subnet": {"id": fixtures.SUBNET_ID}, "privateIPAddress": "10.0.0.250"}
PUBLIC = PASSTHROUGH["frontendIPConfigurations"][0]


@pytest.mark.parametrize(
    ("refusal", "frontends"),
    [
        (None, [PUBLIC, INSIDE | {"privateIPAllocationMethod": "Static"}]),
        (
            "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
            [PUBLIC | {"subnet": INSIDE["subnet"]}],
        ),
        (
            "ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType",
            [PUBLIC, INSIDE | {"privateIPAllocationMethod": "Dynamic"}],
        ),
        (
            f"FrontendIpConfiguration inside subnet {fixtures.SUBNET_ID}2 and gateway subnet can not be different.",
            [PUBLIC, INSIDE | {"subnet": {"id": f"{fixtures.SUBNET_ID}2"}}],
        ),
    ],
)
def test_the_frontends_of_a_gateway_are_judged(refusal: str | None, frontends: list[Inputs]) -> None:
    """
    A frontend is public or private, and a private one static and in the gateway's subnet.
    """
    hub = fixtures.network_inputs()
    hub["subnets"].append(hub["subnets"][0] | {"name": "gateway2", "addressPrefix": "10.0.1.0/24"})
    inputs = fixtures.gateway_inputs(frontendIPConfigurations=frontends)

    assert refusals("ApplicationGateway", inputs, neighbours(VirtualNetwork=hub)) == ([refusal] if refusal else [])

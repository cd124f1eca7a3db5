"""The outputs: what others need to know, as the provider returned it, and never a secret."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.resources.gateway_resource import ApplicationGateway

from .conftest import OUTPUTS, Build, Certificates
from .recorder import ADDRESS, COMPONENT, GATEWAY, SUBSCRIPTION, Recorder

POLICY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network"
    "/ApplicationGatewayWebApplicationFirewallPolicies"
)


def test_the_outputs_say_what_stands(
    build: Build, recorder: Recorder, strict: dict[str, Any], certificates: Certificates
) -> None:
    """Id, address, URL, modes and chains are there for others, and registered with the component."""
    built = build(strict)

    root, issuing = certificates.partners.issuers[0], certificates.partners.certificate
    expires = min(root.not_valid_after_utc, issuing.not_valid_after_utc).isoformat()
    outputs = {**built.outputs, "document": None}
    assert {
        "gatewayId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-edge/providers/Microsoft.Network"
        "/applicationGateways/edge-gateway0a1b2c3d",
        "publicAddress": ADDRESS,
        "privateAddress": None,
        "fqdn": None,
        "url": f"https://{ADDRESS}/",
        "modes": {"default": "Strict"},
        "trustedChains": [
            {
                "name": "partners",
                "profile": "default",
                "enforced": True,
                "fingerprints": [fingerprint(issuing), fingerprint(root)],
                "expires": expires,
                "issuer": "CN=Example Partners Issuing",
            }
        ],
        "nearestCaExpiry": expires,
        "caExpiry": {"default": expires},
        "document": None,
    } == outputs
    assert set(OUTPUTS) - {"fqdn", "privateAddress"} == recorder.registered_outputs[recorder.the(COMPONENT).urn].keys()


def fingerprint(certificate: Any) -> str:
    from cryptography.hazmat.primitives import hashes

    return str(certificate.fingerprint(hashes.SHA256()).hex())


def test_the_document_is_the_gateway_without_secrets(build: Build, recorder: Recorder, strict: dict[str, Any]) -> None:
    """The document as JSON says what was registered, filled in, with no PFX and no password."""
    built = build(strict | {"gateway_name": "agw", "location": pulumi.Output.from_input("westeurope")})

    inputs = recorder.the(GATEWAY).inputs
    requested = {key: value for key, value in inputs.items() if key not in ("resourceGroupName", "sslCertificates")}
    document = json.loads(built.outputs["document"])
    said = flatten(document)
    assert [{"name": "listener"}] == said.pop("sslCertificates")
    assert requested == said
    assert not built.secrets


def test_the_url_is_the_first_listeners(build: Build, smallest: dict[str, Any]) -> None:
    """The DNS label's name comes before the address."""
    built = build(smallest | {"public_ip": {"domain_name_label": "contoso"}, "listeners": [{"port": 444}]})

    assert "contoso.westeurope.cloudapp.azure.com" == built.outputs["fqdn"]
    assert "https://contoso.westeurope.cloudapp.azure.com:444/" == built.outputs["url"]


@pytest.mark.parametrize(
    ("listener", "url"),
    [
        ({"host_names": ["*.example.com", "app.example.com"]}, "https://app.example.com/"),
        ({"host_names": ["a?p.example.com"]}, f"https://{ADDRESS}/"),
        ({"protocol": "Http", "port": 80}, f"http://{ADDRESS}/"),
        ({"protocol": "Http", "port": 8080}, f"http://{ADDRESS}:8080/"),
    ],
)
def test_the_url_can_be_knocked_at(build: Build, smallest: dict[str, Any], listener: dict[str, Any], url: str) -> None:
    """A host name that is no pattern comes first; the port is left out where it is the usual one."""
    mode = {"mode": None} if listener.get("protocol") == "Http" else {}

    assert url == build(smallest | mode | {"listeners": [listener]}).outputs["url"]


def test_each_profile_has_its_mode_chains_and_expiry(build: Build, strict: dict[str, Any]) -> None:
    """Each profile's chains are listed, the staged and the enforced; the nearest expiry is the earliest of all."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    chain = {"name": "devices", "data": Authority.create("Devices", not_after=ends).bundle_pem}
    built = build(
        strict
        | {
            "profiles": [{"name": "devices", "mode": "Passthrough", "strict": {"trusted_ca_chains": [chain]}}],
            "listeners": [{}, {"name": "devices", "port": 444, "profile": "devices"}],
            "routes": [{"priority": 1}, {"name": "devices", "listener": "devices", "priority": 2}],
        }
    )

    assert {"default": "Strict", "devices": "Passthrough"} == built.outputs["modes"]
    assert [("partners", "default", True), ("devices", "devices", False)] == [
        (found["name"], found["profile"], found["enforced"]) for found in built.outputs["trustedChains"]
    ]
    assert {"default", "devices"} == built.outputs["caExpiry"].keys()
    assert built.outputs["caExpiry"]["default"] > ends.isoformat() == built.outputs["nearestCaExpiry"]


def test_a_secret_chain_makes_what_shows_it_secret(
    build: Build, strict: dict[str, Any], certificates: Certificates
) -> None:
    """A chain that came as a secret stays one; modes and address do not become secret with it."""
    chain = {"name": "partners", "data": pulumi.Output.secret(certificates.partners.bundle_pem)}
    built = build(strict | {"strict": {"trusted_ca_chains": [chain]}})

    assert {"trustedChains", "nearestCaExpiry", "caExpiry", "document"} == built.secrets


def without(*names: str) -> Any:
    """An Azure that loses these properties wherever they stand."""

    def lose(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: lose(item) for key, item in value.items() if key not in names}
        return [lose(item) for item in value] if isinstance(value, list) else value

    return lose


@pytest.mark.parametrize(
    ("lost", "reported"),
    [
        ("verifyClientAuthMode", "sslProfiles/default: verifyClientAuthMode was to be Strict and is not there"),
        ("verifyClientCertIssuerDN", "verifyClientCertIssuerDN was to be True and is not there"),
        ("clientAuthConfiguration", "verifyClientAuthMode was to be Strict and is not there"),
        ("trustedClientCertificates", "trustedClientCertificates/partners: the trusted CA chain is not there"),
        ("sslProfiles", "sslProfiles/default: the profile is not there"),
        ("sslProfile", "httpListeners/https: its profile was to be default and is none"),
        ("httpListeners", "httpListeners/https: its profile was to be default and is none"),
        ("rewriteRuleSets", "rewriteRuleSets/set-identity-headers: X-Client-Cert was to be set to"),
        ("rewriteRules", "rewriteRuleSets/set-identity-headers: X-Client-Cert was to be set to"),
        ("rewriteRuleSet", "requestRoutingRules/route: its rewrite set was to be set-identity-headers and is none"),
        ("requestRoutingRules", "requestRoutingRules/route: the rule is not there"),
    ],
)
def test_asked_is_not_got(
    build: Build, recorder: Recorder, strict: dict[str, Any], *, lost: str, reported: str
) -> None:
    """Whatever the provider loses of client authentication turns the deployment red."""
    recorder.lose = without(lost)

    with pytest.raises(pulumi.RunError, match="asked-is-not-got") as raised:
        build(strict)

    assert reported in str(raised.value)


@pytest.mark.parametrize(
    ("lost", "reported"),
    [
        ("urlPathMap", "requestRoutingRules/route: its path map was to be route and is none"),
        ("urlPathMaps", "urlPathMaps/route: the path map is not there"),
        ("defaultRewriteRuleSet", "urlPathMaps/route: its rewrite set was to be set-identity-headers and is none"),
        ("pathRules", "urlPathMaps/route: its path rules were to be tight and are none"),
        ("rewriteRuleSet", "pathRules/tight: its rewrite set was to be set-identity-headers and is none"),
        ("firewallPolicy", "pathRules/tight: its WAF policy was to be tight and is none"),
    ],
)
def test_asked_is_not_got_of_paths(
    build: Build, recorder: Recorder, strict: dict[str, Any], *, lost: str, reported: str
) -> None:
    """Whatever the provider loses of a path rule turns the deployment red."""
    recorder.lose = without(lost)
    path_rule = {"name": "tight", "paths": ["/tight*"], "waf_policy_id": f"{POLICY}/tight"}
    routes = [{"priority": 1, "paths": [path_rule]}]

    with pytest.raises(pulumi.RunError, match="asked-is-not-got") as raised:
        build(strict | {"routes": routes, "sku": "WAF_v2", "waf_policy_id": f"{POLICY}/edge"})

    assert reported in str(raised.value)


def test_the_document_has_the_location_that_the_provider_chose(
    build: Build, recorder: Recorder, strict: dict[str, Any]
) -> None:
    """Where the settings leave it open, Azure's answer says it; a location that was given stays as it was given."""
    recorder.lose = lambda answer: {"location": "westeurope", **answer}

    chosen = json.loads(build(strict).outputs["document"])
    given = json.loads(build(strict | {"location": "North Europe"}).outputs["document"])

    assert ["type", "apiVersion", "name", "location", "properties"] == list(chosen)
    assert ("westeurope", "North Europe") == (chosen["location"], given["location"])


def test_a_preview_does_not_judge_what_has_not_come_back(
    build: Build, recorder: Recorder, strict: dict[str, Any]
) -> None:
    """In a preview nothing was returned yet, so nothing is missing."""
    recorder.lose = without("verifyClientAuthMode")

    assert {} == build(strict, preview=True).outputs["modes"]


def test_an_output_that_is_not_declared_is_named() -> None:
    """
    To ask Pulumi's SDK for an output that is not declared ends the process; the name is refused before.
    """
    gateway = object.__new__(ApplicationGateway)

    with pytest.raises(KeyError, match="sslProfile"):
        gateway.returned("sslProfile")

"""The document says what the settings ask for, in Azure's own terms."""

from collections.abc import Sequence
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import check_references
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.profile_parts import TrustedEntry
from mtls_app_gateway.settings.to_document import draft_document, finished

from .settings_examples import SMALLEST, SUBSCRIPTION, changed

PARTNERS = TrustedEntry("partners", "UEVN")
STRICT = {"trustedCaChains": [{"data": "PEM"}], "revocation": "OCSP"}


def document(given: dict[str, Any], **trusted: Sequence[TrustedEntry]) -> dict[str, Any]:
    parsed = parse_settings(given)
    assert () == parsed.problems
    return finished(draft_document(parsed.settings, trusted))


def parts(built: dict[str, Any], collection: str) -> dict[str, Any]:
    return {part["name"]: part.get("properties", {}) for part in built["properties"].get(collection, ())}


def test_a_passthrough_profile_says_its_mode_and_nothing_else() -> None:
    """Passthrough sends the mode, no check, no chain and no TLS policy, though a strict block is staged."""
    built = document(changed(SMALLEST, strict=STRICT), default=[PARTNERS])

    assert {"clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}} == parts(built, "sslProfiles")[
        "default"
    ]


def test_a_strict_profile_may_have_a_tls_policy() -> None:
    """A profile's own policy stands in the profile, the gateway's stays."""
    given = changed(
        SMALLEST,
        profiles=[
            {"name": "p", "mode": "Strict", "strict": STRICT, "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}
        ],
        listeners=[{}, {"name": "p", "port": 444, "profile": "p"}],
        routes=[{"priority": 1}, {"name": "p", "listener": "p", "priority": 2}],
    )
    built = document(given, p=[PARTNERS])

    policy = {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101"}
    assert policy == parts(built, "sslProfiles")["p"]["sslPolicy"]
    assert "AppGwSslPolicy20220101S" == built["properties"]["sslPolicy"]["policyName"]


def test_tls_13_alone_is_a_policy_without_suites() -> None:
    """The suites of TLS 1.3 are always on and cannot be named: the list is there, and empty."""
    built = document(changed(SMALLEST, tlsPolicy={"minProtocolVersion": "TLSv1_3"}))

    assert {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3", "cipherSuites": []} == built["properties"][
        "sslPolicy"
    ]
    assert built == nest(flatten(built), built["type"])


def test_staged_chains_are_uploaded() -> None:
    """A chain staged in Passthrough is part of the gateway, attached to no profile."""
    built = document(changed(SMALLEST, strict=STRICT), default=[PARTNERS])

    assert {"partners": {"data": "UEVN"}} == parts(built, "trustedClientCertificates")


def test_strict_attaches_its_chains_and_checks() -> None:
    """Strict names every chain and sends both checks."""
    built = document(changed(SMALLEST, mode="Strict", strict=STRICT), default=[PARTNERS])

    assert {
        "clientAuthConfiguration": {
            "verifyClientAuthMode": "Strict",
            "verifyClientCertIssuerDN": True,
            "verifyClientRevocation": "OCSP",
        },
        "trustedClientCertificates": [{"id": "$self/trustedClientCertificates/partners"}],
    } == parts(built, "sslProfiles")["default"]


def test_one_word_is_between_staged_and_enforced() -> None:
    """Passthrough and Strict differ in the profile alone; what is uploaded stays."""
    staged = document(changed(SMALLEST, strict=STRICT), default=[PARTNERS])
    enforced = document(changed(SMALLEST, mode="Strict", strict=STRICT), default=[PARTNERS])

    del staged["properties"]["sslProfiles"], enforced["properties"]["sslProfiles"]
    assert staged == enforced


def test_every_https_listener_uses_its_profile() -> None:
    """A listener points at the default profile unless it says otherwise."""
    given = changed(
        SMALLEST,
        profiles=[{"name": "partners", "mode": "Passthrough"}],
        listeners=[
            {},
            {"name": "p", "port": 444, "profile": "partners"},
            {"name": "o", "port": 445, "profile": "none"},
        ],
        routes=[
            {"name": "a", "priority": 1},
            {"name": "b", "priority": 2, "listener": "p"},
            {"name": "c", "priority": 3, "listener": "o"},
        ],
    )
    listeners = parts(document(given), "httpListeners")

    assert {"id": "$self/sslProfiles/default"} == listeners["https"]["sslProfile"]
    assert {"id": "$self/sslProfiles/partners"} == listeners["p"]["sslProfile"]
    assert "sslProfile" not in listeners["o"]


def headers(built: dict[str, Any], rule: str) -> dict[str, str]:
    """The headers that a rule's route rewrites."""
    name = parts(built, "requestRoutingRules")[rule]["rewriteRuleSet"]["id"].rsplit("/", 1)[1]
    (rewrite,) = parts(built, "rewriteRuleSets")[name]["rewriteRules"]
    assert "conditions" not in rewrite
    found = rewrite["actionSet"]["requestHeaderConfigurations"]
    return {header["headerName"]: header["headerValue"] for header in found}


def test_identity_headers_are_set_where_clients_are_asked_and_deleted_everywhere_else() -> None:
    """No route lets a client's own identity header through, and none is rewritten under a condition."""
    given = changed(
        SMALLEST,
        listeners=[{}, {"name": "open", "port": 444, "profile": "none"}, {"name": "h", "port": 80, "protocol": "Http"}],
        routes=[
            {"name": "asked", "priority": 1},
            {"name": "open", "priority": 2, "listener": "open"},
            {"name": "plain", "priority": 3, "listener": "h"},
        ],
        identityHeaders={"verification": "X-Client-Verify"},
    )
    built = document(given)

    assert {
        "X-Client-Cert": "{var_client_certificate}",
        "X-Client-Verify": "{var_client_certificate_verification}",
    } == headers(built, "asked")
    assert {"X-Client-Cert": "", "X-Client-Verify": ""} == headers(built, "open") == headers(built, "plain")


def test_a_backend_is_https_under_its_members_name() -> None:
    """HTTPS on 443, host name from the pool member, and a probe that asks for the same host."""
    built = document(SMALLEST)

    assert {
        "port": 443,
        "protocol": "Https",
        "pickHostNameFromBackendAddress": True,
        "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
        "probe": {"id": "$self/probes/backend"},
    } == parts(built, "backendHttpSettingsCollection")["backend"]
    assert {
        "protocol": "Https",
        "path": "/",
        "pickHostNameFromBackendHttpSettings": True,
        "interval": 30,
        "timeout": 30,
        "unhealthyThreshold": 3,
        "match": {"statusCodes": ["200-399"]},
    } == parts(built, "probes")["backend"]


@pytest.mark.parametrize(
    ("backend", "host_name", "probe_host"),
    [
        ({"fqdns": ["a.example.com"], "hostName": "b.example.com"}, "b.example.com", None),
        (
            {"fqdns": ["a.example.com"], "hostNameFrom": "Client", "probe": {"hostName": "c.example.com"}},
            None,
            "c.example.com",
        ),
    ],
)
def test_a_host_name_is_fixed_or_the_clients(backend: dict[str, Any], host_name: str, probe_host: str) -> None:
    """A fixed host name, or the client's, takes the place of the pool member's."""
    built = document(changed(SMALLEST, backends=[backend]))
    settings, probe = (parts(built, key)["backend"] for key in ("backendHttpSettingsCollection", "probes"))

    assert host_name == settings.get("hostName")
    assert "pickHostNameFromBackendAddress" not in settings
    assert probe_host == probe.get("host")


@pytest.mark.parametrize(
    ("backend", "seconds"),
    [
        ({}, 60),
        ({"requestTimeout": 45}, 60),
        ({"requestTimeout": 600}, 600),
        ({"requestTimeout": 86400}, 3600),
        ({"requestTimeout": 600, "connectionDraining": {"timeout": 5}}, 5),
    ],
)
def test_an_update_lets_the_slowest_request_end(backend: dict[str, Any], seconds: int) -> None:
    """Draining lasts a minute, or as long as a request may, at most the hour that Azure allows, unless it is set."""
    built = document(changed(SMALLEST, backends=[{"fqdns": ["a.example.com"], **backend}]))

    draining = parts(built, "backendHttpSettingsCollection")["backend"]["connectionDraining"]
    assert {"enabled": True, "drainTimeoutInSec": seconds} == draining


def test_draining_can_be_left_to_azure() -> None:
    """Without draining of its own a backend has what Azure does by itself."""
    given = changed(SMALLEST, backends=[{"fqdns": ["a.example.com"], "connectionDraining": {"enabled": False}}])

    assert "connectionDraining" not in parts(document(given), "backendHttpSettingsCollection")["backend"]


def test_a_probe_may_ask_another_port_and_read_the_answer() -> None:
    """Port, body and the members that always count are sent where they are given, and nothing in their place."""
    probe = {"port": 9000, "body": "ready", "minServers": 1}
    built = document(changed(SMALLEST, backends=[{"fqdns": ["a.example.com"], "probe": probe}]))
    sent = parts(built, "probes")["backend"]

    assert (9000, 1) == (sent["port"], sent["minServers"])
    assert {"statusCodes": ["200-399"], "body": "ready"} == sent["match"]


def test_a_cookie_keeps_a_client_on_one_member() -> None:
    """The cookie's name asks for affinity; without one nothing is sent."""
    given = changed(SMALLEST, backends=[{"fqdns": ["a.example.com"], "affinityCookie": "edge"}])
    backend = parts(document(given), "backendHttpSettingsCollection")["backend"]

    assert ("Enabled", "edge") == (backend["cookieBasedAffinity"], backend["affinityCookieName"])


def test_several_pools_are_spoken_to_alike() -> None:
    """A backend with another's settings is a pool alone; its routes name those settings, and one probe is for all."""
    blue = {"name": "blue", "fqdns": ["blue.example.com"], "settingsOf": "backend"}
    built = document(
        changed(
            SMALLEST,
            backends=[*SMALLEST["backends"], blue],
            listeners=[{}, {"name": "blue", "hostNames": ["blue.example.com"]}],
            routes=[{"priority": 2}, {"name": "blue", "listener": "blue", "backend": "blue", "priority": 1}],
        )
    )

    assert ["backend", "blue"] == list(parts(built, "backendAddressPools"))
    assert ["backend"] == list(parts(built, "backendHttpSettingsCollection")) == list(parts(built, "probes"))
    rule = parts(built, "requestRoutingRules")["blue"]
    assert "$self/backendAddressPools/blue" == rule["backendAddressPool"]["id"]
    assert "$self/backendHttpSettingsCollection/backend" == rule["backendHttpSettings"]["id"]


def test_a_path_has_the_rewrites_of_its_route_or_its_own() -> None:
    """Each path rule has a set of its own name, the identity headers in it; what is not said is the route's."""
    built = document(
        changed(
            SMALLEST,
            rewrites=[{"name": name, "responseHeaders": {"X-Name": name}} for name in ("a", "b")],
            routes=[
                {
                    "priority": 1,
                    "rewrites": ["a"],
                    "paths": [
                        {"name": "as", "paths": ["/as"]},
                        {"name": "own", "paths": ["/own"], "rewrites": ["b"]},
                        {"name": "none", "paths": ["/none"], "rewrites": []},
                    ],
                }
            ],
        )
    )

    path_map = parts(built, "urlPathMaps")["route"]
    used = [rule["properties"]["rewriteRuleSet"]["id"].rpartition("/")[2] for rule in path_map["pathRules"]]
    assert ["set-identity-headers.a", "set-identity-headers.b", "set-identity-headers"] == used
    assert path_map["defaultRewriteRuleSet"]["id"].endswith("/set-identity-headers.a")
    rules = {
        name: [each["name"] for each in bag["rewriteRules"]] for name, bag in parts(built, "rewriteRuleSets").items()
    }
    assert all("identity" == names[-1] for names in rules.values())


def test_size_is_autoscale_unless_fixed() -> None:
    """A gateway starts with two instances and scales; a capacity takes the place of that."""
    assert {"minCapacity": 2, "maxCapacity": 10} == document(SMALLEST)["properties"]["autoscaleConfiguration"]
    fixed = document(changed(SMALLEST, capacity=3))["properties"]
    assert {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 3} == fixed["sku"]
    assert "autoscaleConfiguration" not in fixed


def test_tags_stand_in_order() -> None:
    """The same tags are the same text, in whatever order they were given."""
    built = document(changed(SMALLEST, tags={"team": "edge", "Env": "test", "cost": "42"}))

    assert ["Env", "cost", "team"] == list(built["tags"])


def test_a_private_key_never_enters_the_document() -> None:
    """A PFX certificate is a name in the document, a Key Vault one its secret id."""
    vault = "https://v.vault.azure.net/secrets/c"
    given = changed(
        SMALLEST,
        identityId=f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/i",
        listenerCertificates=[
            {"pfx": Placeholder("x"), "password": Placeholder("p")},
            {"name": "v", "keyVaultSecretId": vault},
        ],
        listeners=[{"certificate": "v"}],
    )
    assert {"listener": {}, "v": {"keyVaultSecretId": vault}} == parts(document(given), "sslCertificates")


EVERYTHING = changed(
    SMALLEST,
    gatewayName="edge",
    location="westeurope",
    mode="Strict",
    strict=STRICT,
    profiles=[{"name": "app", "mode": "Passthrough", "strict": STRICT}],
    listeners=[
        {"hostNames": ["*.example.com"]},
        {"name": "app", "port": 8443, "profile": "app"},
        {"name": "plain", "port": 80, "protocol": "Http"},
    ],
    backends=[
        {"fqdns": ["a.example.com"], "requestTimeout": 60, "probe": {"path": "/health", "statusCodes": ["200"]}},
        {"name": "old", "ipAddresses": ["10.0.2.4"], "protocol": "Http", "port": 8080, "hostName": "old.example.com"},
    ],
    routes=[
        {"priority": 20},
        {"name": "app", "listener": "app", "backend": "old", "priority": 10},
        {"name": "plain", "listener": "plain", "backend": "old", "priority": 30},
    ],
    sku="WAF_v2",
    wafPolicyId=f"{SUBSCRIPTION}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/p",
    identityId=f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/i",
    tlsPolicy={"minProtocolVersion": "TLSv1_2", "cipherSuites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]},
    zones=["1", "2"],
    http2=True,
    tags={"env": "test"},
)


@pytest.mark.parametrize("given", [SMALLEST, EVERYTHING], ids=["smallest", "everything"])
def test_a_document_is_spelled_as_azure_spells_it(given: dict[str, Any]) -> None:
    """Every name is in Azure's type table, and both spellings hold the same."""
    built = document(given, default=[PARTNERS], app=[PARTNERS, TrustedEntry("app-only", "UEVN")])

    assert built == nest(flatten(built), built["type"])
    assert () == check_references(built)

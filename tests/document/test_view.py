"""The typed reading of a gateway document: references reached, defaults marked, what cannot be known marked."""

from typing import Any

import pytest
from mtls_app_gateway.document.azure import AZURE_DEFAULT_TLS_POLICY, Generation, Mode, TlsVersion, tls_policy
from mtls_app_gateway.document.gateway import Gateway, HeaderAction, Layer, Listener
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.authority import Authority

from tests.rehearsal.documents import basic_rule, chain, document, listener, part, passthrough, rewrite_set, strict


def only(gateway: Gateway) -> Listener:
    (found,) = gateway.listeners
    return found


def test_a_listener_knows_what_it_points_at() -> None:
    """
    Its frontend, port, profile, backend and rewrite are the parts themselves; each says where it stands.
    """
    gateway = view(document([listener("tls", 8443, "app", hostName="a.example.com")], sslProfiles=[passthrough("app")]))

    found = only(gateway)
    assert (8443, ("a.example.com",), Mode.PASSTHROUGH) == (found.port, found.host_names, found.mode)
    assert found.frontend is gateway.frontends[0]
    assert found.profile is gateway.profiles[0]
    assert "properties.httpListeners[0]" == found.place
    (route,) = found.routes
    assert route.backend is not None
    assert ("app", ("app.example.com",), 80) == (
        route.backend.pool.name,
        route.backend.pool.members,
        route.backend.port,
    )
    assert route.rewrite is gateway.rewrite_sets[0]
    assert "X-Client-Cert" == gateway.identity_headers[0]


def test_what_is_left_out_is_azures_default_and_marked() -> None:
    """
    A profile without a mode is Strict, issuers and revocation are not checked, and each is marked as a default.
    """
    (profile,) = view(document([listener("tls", 443, "app")], sslProfiles=[part("app")])).profiles

    assert (Mode.STRICT, False, False) == (profile.mode, profile.verify_issuer_dn, profile.verify_revocation)
    assert {"mode", "verify_issuer_dn", "verify_revocation"} == profile.defaults
    assert profile.knows("mode")


def test_a_backend_is_verified_unless_the_document_says_otherwise() -> None:
    """
    Chain, expiry and name are verified by Azure's default; plain HTTP has nothing to verify.
    """
    spoken: list[dict[str, Any]] = [
        {"protocol": "Https"},
        {"protocol": "Https", "validateSNI": False},
        {"protocol": "Https", "validateCertChainAndExpiry": False},
        {"protocol": "Http", "validateSNI": False},
    ]
    settings = [part(f"s{index}", **each) for index, each in enumerate(spoken)]
    found = view(document([listener("tls", 443)], backendHttpSettingsCollection=settings)).backend_settings

    assert [True, False, False, True] == [each.is_verified for each in found]
    assert {"verifies_chain", "verifies_name"} <= found[0].defaults


def test_a_backend_knows_the_roots_that_it_is_verified_by() -> None:
    """
    The roots are those that its settings refer to; of a root in Key Vault, or of data without a root, none is read.
    """
    inside, issuing = Authority.create("Inside"), Authority.create("Other").intermediate("Issuing")
    roots = [
        chain("inside", issuing.certificate_pem, inside.certificate_pem),
        part("vault", keyVaultSecretId="https://v.vault.azure.net/secrets/root"),
        chain("issuing", issuing.certificate_pem),
    ]
    references = [self_reference("trustedRootCertificates", each["name"]) for each in roots]
    settings = [
        part("all", trustedRootCertificates=references),
        part("none"),
        part("dangling", trustedRootCertificates=[self_reference("trustedRootCertificates", "gone"), references[0]]),
        part("later", trustedRootCertificates=Placeholder("backends[0].trustedRoots")),
    ]
    found = view(
        document([listener("tls", 443)], trustedRootCertificates=roots, backendHttpSettingsCollection=settings)
    )

    all_of_them, none, dangling, later = found.backend_settings
    assert found.trusted_roots == all_of_them.trusted_roots
    labels = [each.root and each.root.label for each in all_of_them.trusted_roots]
    assert ["Inside", None, None] == labels
    assert () == none.trusted_roots == later.trusted_roots
    assert found.trusted_roots[:1] == dangling.trusted_roots
    assert [True, True, False, False] == [each.knows("trusted_roots") for each in found.backend_settings]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sni.example.com", {"sniName": "sni.example.com", "hostName": "host.example.com"}),
        ("host.example.com", {"hostName": "host.example.com", "pickHostNameFromBackendAddress": True}),
        ("app.example.com", {"pickHostNameFromBackendAddress": True}),
        (None, {}),
    ],
)
def test_the_name_that_a_backend_is_verified_by(name: str | None, settings: dict[str, Any]) -> None:
    """
    It is sniName, else the settings' host name, else the first member's, else that of the request.
    """
    spoken = part("app", port=443, protocol="Https", **settings)
    (route,) = only(view(document([listener("tls", 443)], backendHttpSettingsCollection=[spoken]))).routes

    assert route.backend is not None
    assert name == route.backend.verified_name


def test_a_word_that_azure_does_not_have_is_unknown() -> None:
    """
    Neither Strict nor Passthrough is taken for it, and no client counts as asked.
    """
    wanted = {"verifyClientAuthMode": "Lenient"}
    (profile,) = view(
        document([listener("tls", 443, "app")], sslProfiles=[part("app", clientAuthConfiguration=wanted)])
    ).profiles

    assert (None, "Lenient", False) == (profile.mode, profile.mode_as_written, profile.asks_clients)
    assert not profile.knows("mode")


@pytest.mark.parametrize(
    ("expected", "word"), [(Mode.STRICT, "STRICT"), (Mode.PASSTHROUGH, "passthrough"), (None, 7), (None, ["Strict"])]
)
def test_a_mode_is_read_in_any_case(expected: Mode | None, word: object) -> None:
    """Azure reads the words of its enumerations in any case; another value is no mode."""
    profile = part("mtls", clientAuthConfiguration={"verifyClientAuthMode": word})

    assert expected == view(document([], sslProfiles=[profile])).profiles[0].mode


@pytest.mark.parametrize(
    ("expected", "subnet"), [("/subscriptions/s/subnets/edge", "/subscriptions/s/subnets/edge"), (None, 7)]
)
def test_the_subnet_of_the_gateway(expected: str | None, subnet: object) -> None:
    """The gateway's own subnet is known where its id is."""
    place = {"name": "gateway", "properties": {"subnet": {"id": subnet}}}

    assert expected == view({"properties": {"gatewayIPConfigurations": [place]}}).subnet_id
    assert view({}).subnet_id is None


def test_a_placeholder_is_unknown() -> None:
    """
    What is known only later is nothing, and is marked.
    """
    pool = part("app", backendAddresses=[{"fqdn": Placeholder("backends[0]")}, {"ipAddress": "10.0.0.4"}])
    gateway = view(document([listener("tls", 443, hostNames=[Placeholder("host"), "b"])], backendAddressPools=[pool]))

    assert (("10.0.0.4",), False) == (gateway.pools[0].members, gateway.pools[0].knows("members"))
    assert (("b",), False) == (only(gateway).host_names, only(gateway).knows("host_names"))
    assert (None, False) == (gateway.frontends[0].address_id, gateway.frontends[0].knows("address_id"))


def test_a_value_of_another_form_is_unknown() -> None:
    """
    A certificate's secret id that comes later is not known; a frontend with a subnet is a private one.
    """
    address = {"privateIPAddress": "10.0.0.250", "privateIPAllocationMethod": "Static"}
    inside = part("inside", subnet={"id": "/subscriptions/s/subnets/a"}, **address)
    gateway = view(
        document(
            [listener("tls", 443)],
            sslCertificates=[part("tls", keyVaultSecretId=Placeholder("secret"))],
            frontendIPConfigurations=[inside, part("none")],
        )
    )

    assert (None, False) == (
        gateway.certificates[0].key_vault_secret_id,
        gateway.certificates[0].knows("key_vault_secret_id"),
    )
    first, second = gateway.frontends
    assert (True, "/subscriptions/s/subnets/a") == (first.is_private, first.address_id)
    assert (False, "10.0.0.250", "Static") == (first.is_public, first.private_address, first.allocation)
    assert (False, None, True) == (second.is_private, second.address_id, second.knows("address_id"))


def test_strict_without_a_chain_asks_no_client() -> None:
    """
    Azure asks no client for a certificate where a Strict profile has no chain (Microsoft, TLS policy per listener).
    """
    root = Authority.create("Root")
    without, with_one = (
        view(
            document(
                [listener("tls", 443, "app")],
                sslProfiles=[strict("app", *names)],
                trustedClientCertificates=[chain("cas", root.bundle_pem)],
            )
        )
        for names in ((), ("cas",))
    )

    assert (None, Mode.STRICT) == (only(without).mode, only(with_one).mode)
    assert "CN=Root" == with_one.trusted_chains[0].issuer_dn
    assert with_one.trusted_chains[0].chain is not None


def test_routes_stand_in_the_order_in_which_azure_tries_them() -> None:
    """
    Path rules by their order in the map, then the default; listeners by the priority of their rules.
    """
    path_map = part(
        "paths",
        defaultRedirectConfiguration=self_reference("redirectConfigurations", "away"),
        pathRules=[
            part(
                "one",
                paths=["/a", "/b/*"],
                backendAddressPool=self_reference("backendAddressPools", "app"),
                firewallPolicy={"id": "/tight"},
            )
        ],
    )
    rules = [
        basic_rule("late", 200),
        basic_rule("early", 100, rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths")),
    ]
    away = part("away", redirectType="Permanent", targetUrl="https://example.com")
    gateway = view(
        document(
            [listener("late", 443), listener("early", 8443), listener("idle", 9443)],
            rules=rules,
            urlPathMaps=[path_map],
            redirectConfigurations=[away],
        )
    )

    assert ["early", "late"] == [each.name for each in gateway.reachable]
    one, default = gateway.reachable[0].routes
    assert (("/a", "/b/*"), "paths", "one", "/tight") == (one.paths, one.path_map, one.name, one.firewall_policy_id)
    assert (None, None) == (default.paths, default.firewall_policy_id)
    assert default.redirect is not None
    assert ("Permanent", "https://example.com", True) == (
        default.redirect.kind,
        default.redirect.target_url,
        default.redirect.include_path,
    )
    assert {"include_path", "include_query"} == default.redirect.defaults


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("{var_client_certificate}", ("client_certificate",)),
        ("CN={var_client_certificate_subject_1}", ("client_certificate_subject",)),
        (
            "{var_client_certificate_end_date}{var_client_certificate_1}",
            ("client_certificate_end_date", "client_certificate"),
        ),
        ("{var_client_ip}{http_req_X-Client-Cert}", ()),
    ],
)
def test_a_capture_of_a_client_fact_is_one(value: str, facts: tuple[str, ...]) -> None:
    """A part of a certificate's subject identifies the client as the whole does."""
    assert facts == HeaderAction("X-Any", value).client_facts


def test_a_route_knows_the_pools_that_its_policy_spreads_requests_over() -> None:
    """
    Each pool of a load distribution policy gets requests, beside the rule's own; one that is not there is not known.
    """
    targets = [
        part(name, backendAddressPool=self_reference("backendAddressPools", name), weightPerServer=1)
        for name in ("other", "none")
    ]
    policy = part("even", loadDistributionTargets=targets)
    pools = [part(name, backendAddresses=[{"fqdn": f"{name}.example.com"}]) for name in ("app", "other")]
    rule = basic_rule("tls", loadDistributionPolicy=self_reference("loadDistributionPolicies", "even"))
    made = document([listener("tls", 443)], rules=[rule], loadDistributionPolicies=[policy], backendAddressPools=pools)

    (route,) = only(view(made)).routes
    assert ["app", "other"] == [pool.name for pool in route.pools]
    assert not route.knows("spread_over")


def test_a_redirect_rewrites_nothing() -> None:
    """
    The header actions of a route are its rewrite's, in sequence, with what makes them conditional; a redirect has none.
    """
    action = {"requestHeaderConfigurations": [{"headerName": "X", "headerValue": "1"}]}
    conditions = [{"variable": "var_host", "pattern": "a"}]
    rewrite = rewrite_set("set", {"actionSet": action, "ruleSequence": 2}, {"actionSet": action, "ruleSequence": 1})
    rewrite["properties"]["rewriteRules"][1]["conditions"] = conditions
    away = part("away", redirectType="Found", targetUrl="https://example.com")
    redirecting = basic_rule("b", 2, "set", redirectConfiguration=self_reference("redirectConfigurations", "away"))
    gateway = view(
        document(
            [listener("a", 443), listener("b", 8443)],
            rules=[basic_rule("a", 1, "set"), redirecting],
            rewriteRuleSets=[rewrite],
            redirectConfigurations=[away],
        )
    )

    assert () == gateway.identity_headers
    first, second = (each.routes[0] for each in gateway.reachable)
    assert [(HeaderAction("X", "1"), True), (HeaderAction("X", "1"), False)] == list(first.request_headers())
    assert [] == list(second.request_headers())


def test_layer_4_listeners_are_listeners() -> None:
    """
    A TLS listener on layer 4 has its profile, its rule and its backend.
    """
    l4 = part(
        "mqtt",
        protocol="Tls",
        frontendPort=self_reference("frontendPorts", "port-443"),
        sslProfile=self_reference("sslProfiles", "app"),
    )
    rule = part(
        "to-mqtt",
        priority=5,
        listener=self_reference("listeners", "mqtt"),
        backendAddressPool=self_reference("backendAddressPools", "app"),
        backendSettings=self_reference("backendSettingsCollection", "l4"),
    )
    given = document(
        [listener("tls", 443)],
        routingRules=[rule],
        sslProfiles=[passthrough("app")],
        backendSettingsCollection=[part("l4", port=1883, protocol="Tcp")],
    )
    given["properties"]["listeners"] = [l4]
    gateway = view(given)

    found = gateway.listeners[1]
    assert (Layer.L4, True, 443, 5) == (found.kind, found.is_tls, found.port, found.priority)
    assert found.routes[0].backend is not None
    assert (1883, "Tcp") == (found.routes[0].backend.port, found.routes[0].backend.protocol)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"properties": {"httpListeners": [{}]}},
        {"properties": {"sslProfiles": [{"name": "a", "properties": {"trustedClientCertificates": [{}]}}]}},
        {"properties": {"frontendPorts": [{"name": "p", "properties": {"port": "x"}}]}},
        {"properties": {"trustedClientCertificates": [{"name": "a", "properties": {"data": "no base64"}}]}},
        {"properties": {"rewriteRuleSets": [{"name": "a", "properties": {"rewriteRules": [{}, 1]}}]}},
        {"properties": {"urlPathMaps": [{"name": "a", "properties": {"pathRules": [1]}}]}},
    ],
)
def test_a_broken_document_has_a_view(broken: dict[str, Any]) -> None:
    """
    Nothing is raised: where a reference reaches nothing, nothing stands.
    """
    assert isinstance(view(broken), Gateway)


@pytest.mark.parametrize(
    ("given", "name", "generation", "versions"),
    [
        (None, AZURE_DEFAULT_TLS_POLICY, Generation.NEW, (TlsVersion.V1_2, TlsVersion.V1_3)),
        ({"policyName": "AppGwSslPolicy20170401S"}, "AppGwSslPolicy20170401S", Generation.OLD, (TlsVersion.V1_2,)),
        ({"policyName": "AppGwSslPolicy20990101"}, "AppGwSslPolicy20990101", None, (TlsVersion.V1_2, TlsVersion.V1_3)),
        ({"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}, None, Generation.NEW, (TlsVersion.V1_3,)),
        ({"policyType": "Custom", "minProtocolVersion": "TLSv1_0"}, None, Generation.OLD, (TlsVersion.V1_2,)),
    ],
)
def test_what_a_tls_policy_allows(
    given: dict[str, Any] | None, name: str | None, generation: Generation | None, versions: tuple[TlsVersion, ...]
) -> None:
    """
    Generation and versions come from one table; without a policy it is Azure's default, and marked.
    """
    policy = tls_policy(given)

    assert (name, generation, versions) == (policy.name, policy.generation, policy.versions)
    assert policy.is_default is (given is None)


def test_policies_with_retired_versions_are_retired() -> None:
    """
    TLS 1.0 and 1.1 are named apart: Azure retired both on 31 August 2025.
    """
    assert tls_policy({"policyName": "AppGwSslPolicy20150501"}).is_retired
    assert not tls_policy({"policyName": "AppGwSslPolicy20220101"}).is_retired
    assert (TlsVersion.V1_0, TlsVersion.V1_1) == tls_policy(
        {"policyType": "Custom", "minProtocolVersion": "TLSv1_0"}
    ).retired_versions


def test_a_member_with_a_name_and_an_address_is_both() -> None:
    """Which of both Azure takes is not documented, so a way to either is a way to the pool."""
    given = document([listener("https", 443)])
    given["properties"]["backendAddressPools"][0]["properties"]["backendAddresses"] = [
        {"fqdn": "app.example.com", "ipAddress": "10.0.2.4"}
    ]

    assert ("app.example.com", "10.0.2.4") == view(given).pools[0].members

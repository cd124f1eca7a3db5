"""Every rule over the settings has an example that breaks it and one that keeps it."""

from dataclasses import fields
from typing import Any, NamedTuple

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.problems import Row
from mtls_app_gateway.review import RULES as REVIEW_RULES
from mtls_app_gateway.review.backend_roots import BACKEND_ROOT_CODES
from mtls_app_gateway.settings.acceptances import ROWS
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.rules import RULES

from .settings_examples import SMALLEST, SUBSCRIPTION, changed, judged, page

CHAIN = {"data": "PEM"}
STRICT = changed(SMALLEST, mode="Strict", strict={"trustedCaChains": [CHAIN]})
TWO = changed(
    SMALLEST,
    listeners=[{"name": "app", "hostNames": ["app.example.com"]}, {"name": "api", "hostNames": ["api.example.com"]}],
    routes=[
        {"name": "app", "listener": "app", "priority": 100},
        {"name": "api", "listener": "api", "priority": 110},
    ],
)
SUBNET = f"{SUBSCRIPTION}/Microsoft.Network/virtualNetworks/v/subnets/s"
NAT = f"{SUBSCRIPTION}/Microsoft.Network/natGateways/n"
ROUTES = f"{SUBSCRIPTION}/Microsoft.Network/routeTables/r"
PLANNED = {"ddosProtectionPlanId": f"{SUBSCRIPTION}/Microsoft.Network/ddosProtectionPlans/p"}
GROUPED = {"securityGroupId": f"{SUBSCRIPTION}/Microsoft.Network/networkSecurityGroups/g"}
POLICY = f"{SUBSCRIPTION}/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/p"
IDENTITY = f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/i"
VAULT = {"keyVaultSecretId": "https://v.vault.azure.net/secrets/c"}


PLAIN = {"name": "plain", "port": 80, "protocol": "Http"}
OPEN = {"name": "open", "port": 8443, "profile": "none"}
OTHER = {"name": "other", "fqdns": ["other.example.com"]}


REDIRECT = "redirectHttpToHttps"
TO_HTTPS = {REDIRECT: True}


class Example(NamedTuple):
    rule: str
    where: str
    breaks: dict[str, Any]
    keeps: dict[str, Any]


def of(
    rule: str, where: str, breaks: dict[str, Any], keeps: dict[str, Any], base: dict[str, Any] = SMALLEST
) -> Example:
    return Example(rule, where, changed(base, **breaks), changed(base, **keeps))


def network(**keys: Any) -> dict[str, Any]:
    return {"network": keys}


PRIVATE = {"name": "https", "frontend": "Private"}
ADDRESS = f"{SUBSCRIPTION}/Microsoft.Network/publicIPAddresses/p"


def inside(address: str, listener: dict[str, Any] = PRIVATE, sources: list[str] | None = None) -> dict[str, Any]:
    """A gateway with a private address and one listener."""
    given = {} if sources is None else {"allowedSources": sources}
    return {"privateIp": {"address": address, **given}, "listeners": [listener]}


def kept(given: dict[str, Any]) -> dict[str, Any]:
    """The same, with the public address kept unused."""
    return {"publicIp": {**given["publicIp"], "keepUnused": True}}


AWAY = {"url": "https://www.example.com/"}


def path(name: str = "a", **keys: Any) -> dict[str, Any]:
    """A path rule for the path `/a`."""
    return {"name": name, "paths": ["/a"], **keys}


def routed(*path_rules: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The only route, with these path rules."""
    return {"routes": [{"priority": 1, "paths": list(path_rules), **keys}]}


def listeners(*given: dict[str, Any]) -> dict[str, Any]:
    return {"listeners": list(given)}


def backends(*given: dict[str, Any]) -> dict[str, Any]:
    return {"backends": list(given)}


def beside_strict(*more: dict[str, Any], backend: str = "backend") -> dict[str, Any]:
    """A Strict listener with its backend, and one more listener that goes to `backend`."""
    (listener,) = more
    routes = [{"priority": 1}, {"name": "more", "listener": listener["name"], "backend": backend, "priority": 2}]
    return {**listeners({}, listener), "routes": routes}


def own_suites(*suites: str) -> dict[str, Any]:
    return {"tlsPolicy": {"minProtocolVersion": "TLSv1_2", "cipherSuites": list(suites)}}


def rewrite(**keys: Any) -> dict[str, Any]:
    """One rewrite with these keys, and the route that names it."""
    return {"rewrites": [{"name": "own", **keys}], "routes": [{"priority": 1, "rewrites": ["own"]}]}


def when(variable: str, pattern: str = "^a", **keys: Any) -> dict[str, Any]:
    """A rewrite with one condition."""
    return rewrite(**{"responseHeaders": {"X-A": "1"}, **keys}, conditions=[{"variable": variable, "pattern": pattern}])


SUBJECT = "var_client_certificate_subject"
VERIFIED = "var_client_certificate_verification"
SUITE = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
MEMBERS = {"fqdns": ["app.example.com"]}
ROUTED = {"routes": [{"priority": 1}]}
ONE = {"name": "one", "hostNames": ["one.example.com"]}
EXAMPLES = [
    of("mode-missing", "mode", {"mode": None}, {"mode": "Passthrough"}),
    of("mode-missing", "profiles[0].mode", {"profiles": [{"name": "p"}]}, {"mode": "Passthrough"}),
    of(
        "strict-block-missing", "strict", {"mode": "Strict"}, {"mode": "Strict", "strict": {"trustedCaChains": [CHAIN]}}
    ),
    of("strict-without-chain", "strict.trustedCaChains", {"strict": {}}, {}, STRICT),
    of(
        "profile-name-reserved",
        "profiles[0].name",
        {"profiles": [{"name": "none", "mode": "Passthrough"}]},
        {"profiles": [{"name": "partners", "mode": "Passthrough"}]},
    ),
    of(
        "profile-name-reserved",
        "profiles[0].name",
        {"profiles": [{"name": "Default", "mode": "Passthrough"}]},
        {"profiles": [{"name": "partners", "mode": "Passthrough"}]},
    ),
    of("profile-unknown", "listeners[0].profile", listeners({"profile": "x"}), listeners({"profile": "default"})),
    of("profile-unused", "mode", listeners({"profile": "none"}), listeners({})),
    of(
        "tls-policy-shape",
        "tlsPolicy",
        {"tlsPolicy": {"policyName": "AppGwSslPolicy20220101", "minProtocolVersion": "TLSv1_2"}},
        {"tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}},
    ),
    of(
        "tls-policy-shape",
        "tlsPolicy",
        {"tlsPolicy": {"minProtocolVersion": "TLSv1_2"}},
        {"tlsPolicy": {"minProtocolVersion": "TLSv1_2", "cipherSuites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}},
    ),
    of(
        "tls-policy-shape",
        "tlsPolicy",
        {"tlsPolicy": {"cipherSuites": [SUITE]}},
        {"tlsPolicy": {"minProtocolVersion": "TLSv1_3"}},
    ),
    of(
        "cipher-suite-unknown",
        "tlsPolicy.cipherSuites[1]",
        own_suites(SUITE, "TLS_CHACHA20_POLY1305_SHA256"),
        own_suites(SUITE),
    ),
    of("cipher-suite-unknown", "tlsPolicy.cipherSuites[0]", own_suites(SUITE.lower()), own_suites(SUITE)),
    of("cipher-suite-unknown", "tlsPolicy.cipherSuites[0]", own_suites("TLS_RSA_WITH_NULL_SHA256"), own_suites(SUITE)),
    of(
        "cipher-suite-unknown",
        "profiles[0].tlsPolicy.cipherSuites[0]",
        {"profiles": [{"name": "p", "mode": "Strict", **own_suites("X")}]},
        {"profiles": [{"name": "p", "mode": "Strict", **own_suites(SUITE)}]},
    ),
    of(
        "cipher-suite-repeated",
        "tlsPolicy.cipherSuites[1]",
        own_suites(SUITE, SUITE),
        own_suites(SUITE, SUITE.replace("256", "128")),
    ),
    of(
        "cipher-suite-weak",
        "tlsPolicy.cipherSuites[1]",
        own_suites(SUITE, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        own_suites(SUITE),
    ),
    of(
        "tls-policy-retired",
        "tlsPolicy.policyName",
        {"tlsPolicy": {"policyName": "AppGwSslPolicy20150501"}},
        {"tlsPolicy": {"policyName": "AppGwSslPolicy20170401S"}},
    ),
    of(
        "tls-policy-generations",
        "profiles[0].tlsPolicy",
        {"profiles": [{"name": "p", "tlsPolicy": {"policyName": "AppGwSslPolicy20170401S"}}]},
        {"profiles": [{"name": "p", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}]},
    ),
    of(
        "tls-policy-in-passthrough",
        "profiles[0].tlsPolicy",
        {"profiles": [{"name": "p", "mode": "Passthrough", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}]},
        {"profiles": [{"name": "p", "mode": "Strict", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}]},
    ),
    of(
        "strict-bypassed",
        "listeners[1].protocol",
        beside_strict(PLAIN),
        {**beside_strict(PLAIN, backend="other"), **backends(MEMBERS, OTHER)},
        STRICT,
    ),
    of(
        "strict-bypassed",
        "listeners[1].profile",
        beside_strict(OPEN),
        beside_strict({**OPEN, "unsafeBypassesStrict": True}),
        STRICT,
    ),
    of(
        "strict-bypassed",
        "listeners[1].protocol",
        {**beside_strict(PLAIN, backend="other"), **backends(MEMBERS, {**OTHER, "fqdns": ["b", "App.example.com."]})},
        {**beside_strict(PLAIN), "mode": "Passthrough"},
        STRICT,
    ),
    of(
        "strict-bypassed-unsafe",
        "listeners[1].unsafeBypassesStrict",
        beside_strict({**OPEN, "unsafeBypassesStrict": True}),
        {**beside_strict({**OPEN, "unsafeBypassesStrict": True}, backend="other"), **backends(MEMBERS, OTHER)},
        STRICT,
    ),
    of(
        "strict-bypassed-passthrough",
        "listeners[1].profile",
        {**beside_strict({**OPEN, "profile": "p"}), "profiles": [{"name": "p", "mode": "Passthrough"}]},
        {
            **beside_strict({**OPEN, "profile": "p"}),
            "profiles": [{"name": "p", "mode": "Strict", "strict": {"trustedCaChains": [CHAIN]}}],
        },
        STRICT,
    ),
    of(
        "header-name-malformed",
        "identityHeaders.certificate",
        {"identityHeaders": {"certificate": "X_Client_Cert"}},
        {"identityHeaders": {"certificate": "X-Client-Certificate"}},
    ),
    of(
        "reroute-without-paths",
        "rewrites[0].url.reroute",
        rewrite(url={"path": "/new", "reroute": True}),
        {
            **rewrite(url={"path": "/new", "reroute": True}),
            "routes": [{"priority": 1, "rewrites": ["own"], "paths": [{"name": "a", "paths": ["/new"]}]}],
        },
    ),
    *(
        of(
            "header-name-malformed",
            "identityHeaders.certificate",
            {"identityHeaders": {"certificate": name}},
            {"identityHeaders": {"certificate": "C"}},
        )
        for name in ("-", "-X", "X-", "--", "")
    ),
    of(
        "header-name-reserved",
        "identityHeaders.certificate",
        {"identityHeaders": {"certificate": "Host"}},
        {"identityHeaders": {"certificate": "X-Host"}},
    ),
    *(
        of(
            "header-name-reserved",
            "identityHeaders.subject",
            {"identityHeaders": {"subject": name}},
            {"identityHeaders": {"subject": "Client-Cert"}},
        )
        for name in (
            *("Authorization", "X-Forwarded-For", "X-Forwarded-Client-Cert", "X-Original-Host", "x-original-url"),
            *("Content-Length", "Transfer-Encoding", "TE", "Expect", "Cookie", "Connection", "Keep-Alive", "Trailer"),
            *("Proxy-Authorization", "Proxy-Connection", "Upgrade", "Forwarded", "Via", "Origin", "Referer"),
            *("Sec-WebSocket-Key", "X-AppGW-Trace-Id", "X-Azure-FDID", "X-Real-IP", "Content-Type", "Range"),
        )
    ),
    of(
        "header-name-repeated",
        "identityHeaders.verification",
        {"identityHeaders": {"verification": "x-client-cert"}},
        {"identityHeaders": {"verification": "X-Client-Verify"}},
    ),
    of(
        "header-emptied",
        "identityHeaders.certificate",
        {"identityHeaders": {"certificate": "X-ARR-ClientCert"}},
        {"identityHeaders": {"certificate": "X-Client-Cert"}},
    ),
    of(
        "header-emptied",
        "identityHeaders.certificate",
        {"identityHeaders": {"certificate": "x-arr-clientcert"}},
        {"identityHeaders": {"certificate": "x-client-cert"}},
    ),
    of(
        "facts-unverified",
        "identityHeaders.subject",
        {"identityHeaders": {"subject": "X-Client-Subject"}},
        {"identityHeaders": {"subject": "X-Client-Subject"}, "mode": "Strict"},
    ),
    of(
        "tls-policy-weaker",
        "profiles[0].tlsPolicy",
        {"profiles": [{"name": "p", "mode": "Strict", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}]},
        {"profiles": [{"name": "p", "mode": "Strict", "tlsPolicy": {"policyName": "AppGwSslPolicy20220101S"}}]},
    ),
    of(
        "redirect-to-plain-http",
        "routes[0].redirect.url",
        {"routes": [{"priority": 1, "redirect": {"url": "http://www.example.com/"}}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/"}}]},
    ),
    of(
        "facts-unsafe",
        "identityHeaders.unsafeUnverifiedFacts",
        {"identityHeaders": {"subject": "X-Client-Subject", "unsafeUnverifiedFacts": True}},
        {"identityHeaders": {"subject": "X-Client-Subject", "unsafeUnverifiedFacts": True}, "mode": "Strict"},
    ),
    of("name-repeated", "backends[1].name", backends(MEMBERS, MEMBERS), backends(MEMBERS, {**MEMBERS, "name": "b"})),
    of("certificate-missing", "listenerCertificates", {"listenerCertificates": None}, {}),
    of("certificate-missing", "listeners[0].certificate", listeners({"certificate": "x"}), listeners({})),
    of(
        "certificate-missing",
        "listeners[0].certificate",
        {"listenerCertificates": [{**VAULT}, {**VAULT, "name": "other"}]},
        {"listenerCertificates": [{**VAULT}, {**VAULT, "name": "other"}], **listeners({"certificate": "other"})},
    ),
    of(
        "certificate-source",
        "listenerCertificates[0]",
        {"listenerCertificates": [{**VAULT, "pfx": "AAAA"}]},
        {"listenerCertificates": [VAULT]},
    ),
    of(
        "certificate-source",
        "listenerCertificates[0].password",
        {"listenerCertificates": [{**VAULT, "password": Placeholder("p")}]},
        {"listenerCertificates": [{"pfx": Placeholder("x"), "password": Placeholder("p")}]},
    ),
    of(
        "secret-id-malformed",
        "listenerCertificates[0].keyVaultSecretId",
        {"listenerCertificates": [{"keyVaultSecretId": "v/secrets/c"}]},
        {"listenerCertificates": [VAULT]},
    ),
    of(
        "secret-id-malformed",
        "listenerCertificates[0].keyVaultSecretId",
        {"listenerCertificates": [{"keyVaultSecretId": VAULT["keyVaultSecretId"].replace("secrets", "certificates")}]},
        {"listenerCertificates": [VAULT]},
    ),
    of(
        "secret-id-versioned",
        "listenerCertificates[0].keyVaultSecretId",
        {"listenerCertificates": [{"keyVaultSecretId": f"{VAULT['keyVaultSecretId']}/0123abc"}]},
        {"listenerCertificates": [VAULT]},
    ),
    of(
        "identity-missing",
        "identityId",
        {"listenerCertificates": [VAULT]},
        {"listenerCertificates": [VAULT], "identityId": IDENTITY},
    ),
    of(
        "http-listener-with-tls",
        "listeners[0].profile",
        listeners({"protocol": "Http", "profile": "default"}),
        listeners({"protocol": "Http", "profile": "none"}),
    ),
    of(
        "host-names",
        "listeners[0].hostNames",
        listeners({"hostNames": [f"h{n}.example.com" for n in range(6)]}),
        listeners({"hostNames": [f"h{n}.example.com" for n in range(5)]}),
    ),
    of(
        "host-names",
        "listeners[0].hostNames[0]",
        listeners({"hostNames": ["https://x"]}),
        listeners({"hostNames": ["*.example.com"]}),
    ),
    *(
        of(
            "host-name-wildcards",
            "listeners[0].hostNames[0]",
            listeners({"hostNames": [name]}),
            listeners({"hostNames": ["*.contoso.*", "a*.b*.com", "????.contoso.com", "w??.contoso*.*", "a.com"]}),
        )
        for name in ("**.contoso.com", "*?.contoso.com", "?*.a.com", "*.a.*.*.com", "????.contoso.*", "a*b*.com")
    ),
    of(
        "host-name-repeated",
        "listeners[0].hostNames[2]",
        listeners({"hostNames": ["a.example.com", "b.example.com", "A.example.com"]}),
        listeners({"hostNames": ["a.example.com", "b.example.com"]}),
    ),
    of("port-clash", "listeners[1].port", listeners({}, {"name": "b"}), listeners({}, {"name": "b", "port": 444})),
    of(
        "port-clash",
        "listeners[1].port",
        listeners(ONE, {**ONE, "name": "b"}),
        listeners(ONE, {"name": "b", "hostNames": ["b.example.com"]}),
    ),
    of(
        "port-clash",
        "listeners[1].port",
        listeners(ONE, {"name": "b", "hostNames": ["ONE.example.com"]}),
        listeners(ONE, {"name": "b", "hostNames": ["B.example.com"]}),
    ),
    of(
        "port-clash",
        "listeners[1].port",
        listeners({}, {"name": "b", "protocol": "Http"}),
        listeners({}, {"name": "b", "protocol": "Http", "port": 80}),
    ),
    of(
        "profiles-mixed-on-port",
        "listeners[1].profile",
        listeners(ONE, {"name": "b", "hostNames": ["b.example.com"], "profile": "none"}),
        listeners(ONE, {"name": "b", "hostNames": ["b.example.com"]}),
    ),
    of("backend-missing", "backends", {"backends": None}, {}),
    of("backend-missing", "backends[0]", backends({}), backends(MEMBERS)),
    of("backend-address", "backends[0].fqdns[0]", backends({"fqdns": ["https://x/"]}), backends(MEMBERS)),
    of("backend-address", "backends[0].fqdns[0]", backends({"fqdns": ["10.0.0.1"]}), backends(MEMBERS)),
    of(
        "backend-address",
        "backends[0].ipAddresses[0]",
        backends({"ipAddresses": ["app"]}),
        backends({"ipAddresses": ["10.0.2.4"]}),
    ),
    of(
        "backend-host-name",
        "backends[0].hostName",
        backends({**MEMBERS, "hostName": "a.example.com", "hostNameFrom": "Client"}),
        backends({**MEMBERS, "hostName": "a.example.com"}),
    ),
    of(
        "backend-host-name",
        "backends[0].probe.hostName",
        backends({**MEMBERS, "hostNameFrom": "Client"}),
        backends({**MEMBERS, "hostNameFrom": "Client", "probe": {"hostName": "a.example.com"}}),
    ),
    of(
        "backend-named-by-address",
        "backends[0].hostName",
        backends({"ipAddresses": ["10.0.2.4"]}),
        backends({"ipAddresses": ["10.0.2.4"], "hostName": "a.example.com"}),
    ),
    of("backend-plain", "backends[0].protocol", backends({**MEMBERS, "protocol": "Http"}), backends(MEMBERS)),
    of("routes-missing", "routes", {"routes": None}, {}, TWO),
    of(
        "route-unknown",
        "routes[0].backend",
        {"routes": [{"backend": "x", "priority": 1}]},
        {"routes": [{"priority": 1}]},
    ),
    of(
        "route-unknown",
        "routes[0].redirect.listener",
        {"routes": [{"priority": 1, "redirect": {"listener": "x"}}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/"}}]},
    ),
    of("redirect-without-https", REDIRECT, {**TO_HTTPS, "mode": None, **listeners(PLAIN)}, TO_HTTPS),
    of("redirect-port-closed", REDIRECT, {**TO_HTTPS, **network(subnetId=SUBNET)}, TO_HTTPS),
    of("redirect-port-closed", REDIRECT, {**TO_HTTPS, **network(subnetId=SUBNET)}, network(subnetId=SUBNET)),
    of("redirect-name", "listeners[0].name", {**TO_HTTPS, **listeners({"name": "n" * 72})}, TO_HTTPS),
    of("name-repeated", REDIRECT, {**TO_HTTPS, **listeners({}, {**PLAIN, "name": "redirect-https"})}, TO_HTTPS),
    of(
        "name-repeated",
        REDIRECT,
        {**TO_HTTPS, "routes": [{"priority": 1, "name": "Redirect-HTTPS"}]},
        {**TO_HTTPS, "routes": [{"priority": 1}]},
    ),
    of("port-clash", REDIRECT, {**TO_HTTPS, **listeners({}, PLAIN)}, {**TO_HTTPS, **listeners({}, OPEN)}),
    of(
        "redirect-and-backend",
        "routes[0]",
        {"routes": [{"priority": 1, "backend": "backend", "redirect": {"url": "https://www.example.com/"}}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/"}}]},
    ),
    of(
        "redirect-target",
        "routes[0].redirect",
        {"routes": [{"priority": 1, "redirect": {}}]},
        {"routes": [{"priority": 1, "redirect": {"url": Placeholder("routes[0].redirect.url")}}]},
    ),
    of(
        "redirect-url",
        "routes[0].redirect.url",
        {"routes": [{"priority": 1, "redirect": {"url": "www.example.com"}}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/"}}]},
    ),
    of(
        "redirect-loop",
        "routes[0].redirect.listener",
        {"routes": [{"priority": 1, "redirect": {"listener": "https"}}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/"}}]},
    ),
    of("name-repeated", "rewrites[0].name", rewrite(name="Identity"), rewrite(responseHeaders={"Server": ""})),
    of(
        "name-repeated",
        "rewrites[1].name",
        {"rewrites": [{"name": "a"}, {"name": "A"}]},
        {"rewrites": [{"name": "a"}, {"name": "b"}]},
    ),
    of(
        "route-rewrites",
        "routes[0].rewrites[0]",
        {"routes": [{"priority": 1, "rewrites": ["own"]}]},
        rewrite(responseHeaders={"Server": ""}),
    ),
    of(
        "route-rewrites",
        "routes[0].rewrites[1]",
        {**rewrite(), "routes": [{"priority": 1, "rewrites": ["own", "own"]}]},
        rewrite(responseHeaders={"Server": ""}),
    ),
    of(
        "route-rewrites",
        "routes[0].rewrites",
        {**rewrite(), "routes": [{"priority": 1, "redirect": {"url": "https://b.example/"}, "rewrites": ["own"]}]},
        {"routes": [{"priority": 1, "redirect": {"url": "https://b.example/"}}]},
    ),
    of(
        "route-rewrites",
        "routes[0].paths[0].rewrites",
        {**rewrite(), **routed(path(redirect={"url": "https://b.example/"}, rewrites=["own"]))},
        {**rewrite(responseHeaders={"Server": ""}), **routed(path(rewrites=["own"]))},
    ),
    of("rewrite-unused", "rewrites[0]", {"rewrites": [{"name": "own"}]}, rewrite(responseHeaders={"Server": ""})),
    of("rewrite-without-action", "rewrites[0]", rewrite(), rewrite(responseHeaders={"Server": ""})),
    of("rewrite-without-action", "rewrites[0]", rewrite(url={}), rewrite(url={"queryString": ""})),
    of(
        "rewrite-pattern",
        "rewrites[0].conditions[0].pattern",
        when("var_uri_path", "^/(?!api)"),
        when("var_uri_path", "^/api"),
    ),
    of("rewrite-variable-unknown", "rewrites[0].conditions[0].variable", when("uri_path"), when("var_uri_path")),
    of(
        "rewrite-variable-unknown",
        "rewrites[0].url.path",
        rewrite(url={"path": "{var_uri_path_1}"}),
        when("var_uri_path", "^/old(.*)$", url={"path": "{var_uri_path_1}"}),
    ),
    of(
        "header-not-rewritable",
        "rewrites[0].requestHeaders.Connection",
        rewrite(requestHeaders={"Connection": ""}),
        rewrite(requestHeaders={"Host": "inside.example.com"}),
    ),
    of("route-unknown", "routes[0].paths[0].backend", routed(path(backend="x")), routed(path(backend="backend"))),
    of(
        "route-unknown",
        "routes[0].paths[0].redirect.listener",
        routed(path(redirect={"listener": "x"})),
        routed(path()),
    ),
    of("name-repeated", "routes[0].paths[1].name", routed(path(), path("A")), routed(path(), path("b"))),
    of("redirect-name", "routes[0].paths[0].name", routed(path("n" * 75, redirect=AWAY)), routed(path("n" * 75))),
    of(
        "redirect-name",
        "routes[0].paths[0].name",
        {**TO_HTTPS, **routed(path("HTTPS", redirect=AWAY), name="redirect")},
        {**TO_HTTPS, **routed(path("HTTP", redirect=AWAY), name="redirect")},
    ),
    of(
        "id-malformed",
        "routes[0].paths[0].wafPolicyId",
        routed(path(wafPolicyId=IDENTITY)),
        routed(path(wafPolicyId=POLICY)),
    ),
    of(
        "waf-policy-unusable",
        "routes[0].paths[0].wafPolicyId",
        routed(path(wafPolicyId=POLICY)),
        {"sku": "WAF_v2", "wafPolicyId": POLICY, **routed(path(wafPolicyId=POLICY))},
    ),
    of(
        "redirect-and-backend",
        "routes[0].paths[0]",
        routed(path(backend="backend", redirect=AWAY)),
        routed(path(redirect=AWAY)),
    ),
    of("redirect-target", "routes[0].paths[0].redirect", routed(path(redirect={})), routed(path(redirect=AWAY))),
    of("redirect-url", "routes[0].paths[0].redirect.url", routed(path(redirect={"url": "x"})), routed(path())),
    of(
        "redirect-loop",
        "routes[0].paths[0].redirect.listener",
        routed(path(redirect={"listener": "https"})),
        routed(path(redirect={"listener": "https", "includePath": False})),
    ),
    of("path-malformed", "routes[0].paths[0].paths[1]", routed(path(paths=["/a", "b"])), routed(path())),
    of("path-malformed", "routes[0].paths[0].paths", routed(path(paths=[])), routed(path())),
    of("path-repeated", "routes[0].paths[1].paths[0]", routed(path(), path("b", paths=["/A"])), routed(path())),
    of(
        "path-unreachable",
        "routes[0].paths[1].paths[0]",
        routed(path(paths=["/*"]), path("b", paths=["/b"])),
        routed(path(paths=["/b"]), path("b", paths=["/*"])),
    ),
    of(
        "path-without-slash",
        "routes[0].paths[0].paths[0]",
        {**routed(path(backend="other")), "backends": [{"fqdns": ["app.example.com"]}, OTHER]},
        routed(path(backend="backend")),
    ),
    of(
        "path-rules",
        "routes[0].paths",
        routed(*(path(f"p{number}", paths=[f"/{number}"]) for number in range(101))),
        routed(*(path(f"p{number}", paths=[f"/{number}"]) for number in range(100))),
    ),
    *(
        of(
            "header-name-malformed",
            f"rewrites[0].{key}.X_A",
            rewrite(**{key: {"X_A": "1"}}),
            rewrite(**{key: {"X-A": "1"}}),
        )
        for key in ("requestHeaders", "responseHeaders")
    ),
    of(
        "rewrite-header-repeated",
        "rewrites[0].responseHeaders.server",
        rewrite(responseHeaders={"Server": "", "server": "a"}),
        rewrite(responseHeaders={"Server": ""}, requestHeaders={"server": "a"}),
    ),
    *(
        of("identity-header-rewritten", f"rewrites[0].{where}", wrong, rewrite(responseHeaders={"X-Client-Cert": "1"}))
        for where, wrong in (
            ("requestHeaders.x-client-CERT", rewrite(requestHeaders={"x-client-CERT": ""})),
            ("requestHeaders.X-Copy", rewrite(requestHeaders={"X-Copy": "{http_req_X-Client-Cert}"})),
            ("requestHeaders.X-Copy", rewrite(requestHeaders={"X-Copy": "a{http_req_x-client-cert_1}"})),
            ("responseHeaders.X-Copy", rewrite(responseHeaders={"X-Copy": "{http_req_X-Client-Cert}"})),
            ("url.queryString", rewrite(url={"queryString": "c={http_req_X-Client-Cert}"})),
            ("conditions[0].variable", when("http_req_X-Client-Cert")),
        )
    ),
    *(
        of("client-fact-unprotected", f"rewrites[0].{where}", wrong, when(VERIFIED, requestHeaders={"X-Admin": ""}))
        for where, wrong in (
            ("requestHeaders.X-Subject", rewrite(requestHeaders={"X-Subject": f"{{{SUBJECT}}}"})),
            ("requestHeaders.X-Name", when(SUBJECT, "CN=([^,]+)", requestHeaders={"X-Name": f"{{{SUBJECT}_1}}"})),
            ("requestHeaders.X-Verified", when(VERIFIED, "^SUCCESS$", requestHeaders={"X-Verified": "yes"})),
            ("url.path", when(VERIFIED, "^SUCCESS$", url={"path": "/verified"})),
            ("url.path", rewrite(url={"path": f"/{{{SUBJECT}}}"})),
            ("url.queryString", rewrite(url={"queryString": f"name={{{SUBJECT}}}"})),
        )
    ),
    of(
        "strict-transport-preload",
        "strictTransportSecurity.includeSubDomains",
        {"strictTransportSecurity": {"preload": True}},
        {"strictTransportSecurity": {"preload": True, "includeSubDomains": True}},
    ),
    of(
        "strict-transport-preload",
        "strictTransportSecurity.maxAge",
        {"strictTransportSecurity": {"preload": True, "maxAge": 31_535_999}},
        {"strictTransportSecurity": {"maxAge": 300}},
    ),
    of(
        "rewrite-overridden",
        "rewrites[0].responseHeaders.server",
        {**rewrite(responseHeaders={"server": "edge"}), "hideServer": True},
        {**rewrite(responseHeaders={"X-A": ""}), "hideServer": True},
    ),
    of(
        "rewrite-overridden",
        "rewrites[0].responseHeaders.strict-transport-security",
        {**rewrite(responseHeaders={"strict-transport-security": ""}), "strictTransportSecurity": {}},
        {**rewrite(responseHeaders={"Server": ""}), "strictTransportSecurity": {}},
    ),
    of(
        "identity-header-inspected",
        "rewrites[0]",
        {**rewrite(url={"path": "/new"}), "sku": "WAF_v2", "wafPolicyId": POLICY},
        {**rewrite(responseHeaders={"Server": ""}), "sku": "WAF_v2", "wafPolicyId": POLICY},
    ),
    of(
        "limits",
        "rewrites",
        rewrite(requestHeaders={f"X-{number}": "1" for number in range(40)}),
        rewrite(requestHeaders={f"X-{number}": "1" for number in range(39)}),
    ),
    of("error-page-url", "errorPages[0].url", {"errorPages": [page(502, "/502.html")]}, {"errorPages": [page(502)]}),
    of("error-page-repeated", "errorPages[1].status", {"errorPages": [page(502)] * 2}, {"errorPages": [page(502)]}),
    of("error-page-of-refusals", "errorPages[0]", {"errorPages": [page(400)]}, {"errorPages": [page(502)]}),
    of(
        "error-pages-replaced",
        "listeners[0].errorPages",
        {"errorPages": [page(502)], "listeners": [{"errorPages": [page(503)]}]},
        {"errorPages": [page(502)], "listeners": [{"errorPages": [page(502), page(503)]}]},
    ),
    of(
        "listener-routes",
        "routes[1].listener",
        {"routes": [{"priority": 1}, {"name": "b", "priority": 2}]},
        {"routes": [{"priority": 1}]},
    ),
    of("listener-routes", "listeners[1]", {"routes": [{"listener": "app", "priority": 1}]}, {}, TWO),
    of(
        "priority-clash",
        "routes[1].priority",
        {"routes": [{"listener": "app", "priority": 1}, {"name": "b", "listener": "api", "priority": 1}]},
        {},
        TWO,
    ),
    of(
        "priority-order",
        "routes[1].priority",
        listeners({"name": "app", "hostNames": ["*.example.com"]}, {"name": "api", "hostNames": ["api.example.com"]}),
        {},
        TWO,
    ),
    of(
        "priority-order",
        "routes[1].priority",
        listeners({"name": "app", "hostNames": ["*.example.com"]}, {"name": "api", "hostNames": ["*.api.Example.com"]}),
        listeners({"name": "app", "hostNames": ["*.api.example.com"]}, {"name": "api", "hostNames": ["*.example.com"]}),
        TWO,
    ),
    of(
        "priority-order",
        "routes[1].priority",
        listeners({"name": "app"}, {"name": "api", "hostNames": ["api.example.com"]}),
        listeners({"name": "app", "hostNames": ["*.other.com"]}, {"name": "api", "hostNames": ["api.example.com"]}),
        TWO,
    ),
    of(
        "limits",
        "listeners",
        listeners(*({"name": f"l{n}", "port": n + 1} for n in range(101))),
        listeners(*({"name": f"l{n}", "port": n + 1} for n in range(100))),
    ),
    of("resource-group-missing", "resourceGroupName", {"resourceGroupName": None}, {}),
    of("id-malformed", "network.subnetId", network(subnetId="subnet"), network(subnetId=SUBNET)),
    of("waf-policy-missing", "wafPolicyId", {"sku": "WAF_v2"}, {"sku": "WAF_v2", "wafPolicyId": POLICY}),
    of("waf-policy-unusable", "wafPolicyId", {"wafPolicyId": POLICY}, {}),
    of("capacity", "autoscale", {"capacity": 2, "autoscale": {}}, {"capacity": 2}),
    of(
        "capacity",
        "autoscale.minCapacity",
        {"autoscale": {"minCapacity": 5, "maxCapacity": 3}},
        {"autoscale": {"minCapacity": 3, "maxCapacity": 5}},
    ),
    of("single-zone", "zones", {"zones": ["1"]}, {"zones": ["1", "2", "3"]}),
    of("network-conflict", "network.subnetId", network(subnetId=SUBNET, name="v"), network(subnetId=SUBNET)),
    of("id-malformed", "network.natGatewayId", network(natGatewayId=SUBNET), network(natGatewayId=NAT)),
    of("id-malformed", "network.routeTableId", network(routeTableId=NAT), network(routeTableId=ROUTES)),
    of("id-malformed", "network.ddosProtectionPlanId", network(ddosProtectionPlanId=NAT), network(**PLANNED)),
    of(
        "id-malformed",
        "publicIp.ddosProtectionPlanId",
        {"publicIp": {"ddosProtection": "Enabled", "ddosProtectionPlanId": NAT}},
        {"publicIp": {"ddosProtection": "Enabled", **PLANNED}},
    ),
    *(
        of("ddos-plan", "publicIp.ddosProtectionPlanId", {"publicIp": {**given, **PLANNED}}, {"publicIp": given})
        for given in ({}, {"ddosProtection": "Disabled"}, {"ddosProtection": "VirtualNetworkInherited"})
    ),
    of(
        "label-scope",
        "publicIp.domainNameLabelScope",
        {"publicIp": {"domainNameLabelScope": "NoReuse"}},
        {"publicIp": {"domainNameLabelScope": "NoReuse", "domainNameLabel": "edge"}},
    ),
    *(
        of(
            "public-address-conflict",
            "publicIp.id",
            {"publicIp": {"id": ADDRESS, **given}},
            {"publicIp": {"id": ADDRESS, "keepUnused": True}},
        )
        for given in (
            {"ddosProtection": "Enabled"},
            {"ddosProtection": "Enabled", **PLANNED},
            {"domainNameLabelScope": "NoReuse", "domainNameLabel": "edge"},
        )
    ),
    of("id-malformed", "network.securityGroupId", network(securityGroupId=NAT), network(**GROUPED)),
    of("security-group-unread", "network.securityGroupId", network(**GROUPED), {}),
    *(
        of("security-group-conflict", f"network.{key}", network(**GROUPED, **{key: value}), network(**{key: value}))
        for key, value in (("securityGroupName", "nsg"), ("allowedSources", ["10.0.0.0/8"]))
    ),
    of(
        "security-group-conflict",
        "privateIp.allowedSources",
        inside("10.0.0.250", sources=["10.1.0.0/16"]) | network(**GROUPED),
        inside("10.0.0.250") | network(**GROUPED),
    ),
    of("default-route", "network.routeTableId", network(routeTableId=ROUTES), {}),
    *(
        of("network-conflict", "network.subnetId", network(subnetId=SUBNET, **given), network(subnetId=SUBNET))
        for given in (
            {"dnsServers": ["10.0.9.4"]},
            {"serviceEndpoints": ["Microsoft.KeyVault"]},
            {"natGatewayId": NAT},
            {"routeTableId": ROUTES},
            PLANNED,
            GROUPED,
            {"defaultOutboundAccess": False},
        )
    ),
    of("dns-server", "network.dnsServers[1]", network(dnsServers=["10.0.9.4", "dns"]), network(dnsServers=["fd00::4"])),
    of("dns-server", "network.dnsServers[1]", network(dnsServers=["10.0.9.4"] * 2), {}),
    of(
        "service-endpoint",
        "network.serviceEndpoints[0]",
        network(serviceEndpoints=["KeyVault"]),
        network(serviceEndpoints=["Microsoft.KeyVault", "Microsoft.Storage.Global"]),
    ),
    of("service-endpoint", "network.serviceEndpoints[1]", network(serviceEndpoints=["Microsoft.Web"] * 2), {}),
    of("prefix-malformed", "network.subnetPrefix", network(subnetPrefix="10.0.0.0"), {})._replace(
        breaks=changed(SMALLEST, **network(subnetPrefix="10.0.0.1/24"))
    ),
    of("prefix-outside", "network.subnetPrefix", network(subnetPrefix="10.1.0.0/24"), {}),
    of(
        "prefix-overlap",
        "network.additionalSubnets[0].addressPrefix",
        network(additionalSubnets=[{"name": "b", "addressPrefix": "10.0.0.128/25"}]),
        network(additionalSubnets=[{"name": "b", "addressPrefix": "10.0.1.0/24"}]),
    ),
    of(
        "subnet-small",
        "network.subnetPrefix",
        network(subnetPrefix="10.0.0.0/25"),
        network(subnetPrefix="10.0.0.0/24"),
    ),
    of("subnet-too-small", "network.subnetPrefix", network(subnetPrefix="10.0.0.0/30"), {}),
    of(
        "subnet-too-small",
        "network.additionalSubnets[0].addressPrefix",
        network(additionalSubnets=[{"name": "b", "addressPrefix": "10.0.1.0/30"}]),
        network(additionalSubnets=[{"name": "b", "addressPrefix": "10.0.1.0/29"}]),
    ),
    of("network-ipv6", "network.addressPrefix", network(addressPrefix="fd00::/48", subnetPrefix="fd00::/64"), {}),
    of("subnet-name-reserved", "network.subnetName", network(subnetName="gatewaySubnet"), network(subnetName="gate")),
    of(
        "subnet-name-reserved",
        "network.subnetId",
        network(subnetId=SUBNET.replace("subnets/s", "subnets/GatewaySubnet")),
        network(subnetId=SUBNET),
    ),
    of("subnet-delegation", "network.subnetId", network(subnetId=SUBNET), {}),
    *(
        of("resource-name", where, name(bad), name(good))
        for where, name, bad, good in (
            ("gatewayName", lambda it: {"gatewayName": it}, "..", "edge"),
            ("gatewayName", lambda it: {"gatewayName": it}, "a" * 100, "a" * 80),
            ("gatewayName", lambda it: {"gatewayName": it}, "an edge", "an-edge_"),
            ("network.name", lambda it: network(name=it), "-a", "a-b"),
            ("network.name", lambda it: network(name=it), "a", "ab"),
            ("network.securityGroupName", lambda it: network(securityGroupName=it), "nsg.", "nsg"),
            ("publicIp.name", lambda it: {"publicIp": {"name": it}}, "x/y", "x.y"),
            ("resourceGroupName", lambda it: {"resourceGroupName": it}, "rg.", "rg(1)"),
        )
    ),
    *(
        of("tags", "tags", {"tags": tags}, {"tags": {**{f"t{n}": "" for n in range(50)}}})
        for tags in (
            {f"t{n}": "" for n in range(51)},
            {"a/b": ""},
            {"a?": ""},
            {"": "x"},
            {"a" * 513: ""},
            {"a": "b" * 257},
        )
    ),
    of(
        "autoscale-range",
        "autoscale.maxCapacity",
        {"autoscale": {"minCapacity": 3, "maxCapacity": 3}},
        {"autoscale": {"minCapacity": 3, "maxCapacity": 4}},
    ),
    of(
        "autoscale-range",
        "autoscale.minCapacity",
        {"autoscale": {"minCapacity": 101, "maxCapacity": 125}},
        {"autoscale": {"minCapacity": 100, "maxCapacity": 125}},
    ),
    of("zone-unknown", "zones[1]", {"zones": ["1", "9"]}, {"zones": ["1", "2", "3"]}),
    of("zone-unknown", "zones[1]", {"zones": ["1", "1"]}, {"zones": ["3"]}),
    of("zone-unknown", "publicIp.zones[0]", {"publicIp": {"zones": ["x"]}}, {"publicIp": {"zones": ["1"]}}),
    of(
        "address-zones",
        "publicIp.zones",
        {"zones": ["1", "2"], "publicIp": {"zones": ["2", "3"]}},
        {"zones": ["1", "2"], "publicIp": {"zones": ["1", "2", "3"]}},
    ),
    of(
        "address-without-zones",
        "publicIp.zones",
        {"zones": ["1", "2"], "publicIp": {"zones": []}},
        {"zones": ["1", "2"]},
    ),
    of(
        "pool-members",
        "backends[0]",
        backends({"ipAddresses": [f"10.0.{n // 250}.{n % 250}" for n in range(1201)]}),
        backends({"ipAddresses": [f"10.0.{n // 250}.{n % 250}" for n in range(1200)]}),
    ),
    of(
        "subnet-names",
        "network.additionalSubnets[0].name",
        network(additionalSubnets=[{"name": "Gateway", "addressPrefix": "10.0.1.0/24"}]),
        network(additionalSubnets=[{"name": "backends", "addressPrefix": "10.0.1.0/24"}]),
    ),
    of("allowed-sources", "network.allowedSources", network(allowedSources=[]), {}),
    *(
        of(
            "allowed-sources",
            "network.allowedSources[0]",
            network(allowedSources=[source]),
            network(allowedSources=["Internet"]),
        )
        for source in ("Any", "any", "203.0.113.1/24", "10.0.0")
    ),
    of(
        "allowed-source-repeated",
        "network.allowedSources[1]",
        network(allowedSources=["Internet", "internet"]),
        network(allowedSources=["Internet", "VirtualNetwork"]),
    ),
    of(
        "allowed-source-overlap",
        "network.allowedSources[2]",
        network(allowedSources=["10.0.0.0/8", "Internet", "10.1.2.3"]),
        network(allowedSources=["10.0.0.0/8", "Internet", "11.1.2.3"]),
    ),
    of(
        "allowed-source-overlap",
        "network.allowedSources[1]",
        network(allowedSources=["10.0.0.0/8", "10.0.0.0/8"]),
        network(allowedSources=["10.0.0.0/9", "10.128.0.0/9", "2001:db8::/32"]),
    ),
    of(
        "allowed-source-overlap",
        "network.allowedSources[0]",
        network(allowedSources=["10.0.0.0/24", "10.0.0.0/16"]),
        network(allowedSources=["10.0.0.0/24", "10.1.0.0/16"]),
    ),
    of(
        "allowed-source-ipv6",
        "network.allowedSources[1]",
        network(allowedSources=["203.0.113.0/24", "2001:db8::/32"]),
        network(allowedSources=["203.0.113.0/24"]),
    ),
    of(
        "service-tag-unknown",
        "network.allowedSources[0]",
        network(allowedSources=["Intenet"]),
        network(allowedSources=["BrandNewService", "azurecloud.WestEurope", "AzureFrontDoor.Frontend", "intERNET"]),
    ),
    of(
        "service-tag-unknown",
        "network.allowedSources[0]",
        network(allowedSources=["AzureFrontDor.Backend"]),
        network(allowedSources=["AzureFrontDoor.Backend"]),
    ),
    of(
        "front-door-source",
        "network.allowedSources[1]",
        network(allowedSources=["203.0.113.0/24", "azurefrontdoor.backend"]),
        {**network(allowedSources=["AzureFrontDoor.Backend"]), "mode": None, **listeners({"profile": "none"})},
    ),
    of(
        "allowed-sources",
        "network.allowedSources[0]",
        network(allowedSources=["*"]),
        network(allowedSources=["AzureFrontDoor.Backend", "203.0.113.0/24"]),
    ),
    of(
        "trusted-root-source",
        "backends[0].trustedRoots[0]",
        backends({**MEMBERS, "trustedRoots": [{"name": "private"}]}),
        backends({**MEMBERS, "trustedRoots": [{"data": "PEM"}]}),
    ),
    of(
        "trusted-root-source",
        "backends[0].trustedRoots[0]",
        backends({**MEMBERS, "trustedRoots": [{"name": "private", "data": "PEM", **VAULT}]}),
        backends({**MEMBERS, "trustedRoots": [{"name": "private", **VAULT}]}),
    ),
    *(
        of(
            "http-backend-with-tls",
            f"backends[0].{key}",
            backends({**MEMBERS, "protocol": "Http", key: value}),
            backends({**MEMBERS, key: value}),
        )
        for key, value in (
            ("trustedRoots", [{"data": "PEM"}]),
            ("sniName", "app.example.com"),
            ("unsafeUnverifiedChain", True),
            ("unsafeUnverifiedName", True),
        )
    ),
    *(
        of(
            "backend-settings-unknown",
            "backends[1].settingsOf",
            {**backends(MEMBERS, {**MEMBERS, "name": "blue", "settingsOf": wrong}), **ROUTED},
            {**backends(MEMBERS, {**MEMBERS, "name": "blue", "settingsOf": "backend"}), **ROUTED},
        )
        for wrong in ("green", "blue")
    ),
    of(
        "backend-settings-unknown",
        "backends[0].settingsOf",
        backends({**MEMBERS, "settingsOf": "backend"}),
        backends(MEMBERS),
    ),
    of(
        "backend-settings-twice",
        "backends[1].hostName",
        {**backends(MEMBERS, {**MEMBERS, "name": "blue", "settingsOf": "backend", "hostName": "a.example"}), **ROUTED},
        {**backends(MEMBERS, {**MEMBERS, "name": "blue", "settingsOf": "backend"}), **ROUTED},
    ),
    of(
        "backend-unverified",
        "backends[0].unsafeUnverifiedChain",
        backends({**MEMBERS, "unsafeUnverifiedChain": True}),
        backends(MEMBERS),
    ),
    of(
        "backend-unverified",
        "backends[0].unsafeUnverifiedName",
        backends({**MEMBERS, "unsafeUnverifiedName": True}),
        backends({**MEMBERS, "sniName": "inside.example.com"}),
    ),
    of(
        "backend-named-by-address",
        "backends[0].hostName",
        backends({"ipAddresses": ["10.0.2.4"]}),
        backends({"ipAddresses": ["10.0.2.4"], "sniName": "app.example.com"}),
    ),
    of("private-address-missing", "listeners[0].frontend", listeners(PRIVATE), inside("10.0.0.250")),
    of("private-address-missing", "listeners[0].frontend", listeners(PRIVATE) | {"privateIp": {}}, {}),
    of("private-address-unused", "privateIp", inside("10.0.0.250", PRIVATE | {"frontend": "Public"}), {}),
    *(
        of("private-address", "privateIp.address", inside(wrong), inside("10.0.0.250"))
        for wrong in ("10.0.1.250", "10.0.0.3", "10.0.0.255", "10.0.0.0", "fd00::1", "inside", "10.0.0.0/24")
    ),
    of(
        "private-address",
        "privateIp.address",
        inside("10.0.0.3"),
        inside("10.9.0.3") | network(subnetId=SUBNET),
    ),
    of("private-address", "privateIp.address", inside("10.9.0.9"), inside("10.9.0.9") | network(subnetPrefix="x")),
    *(
        of("public-address-unused", "publicIp", inside("10.0.0.250") | given, inside("10.0.0.250") | kept(given))
        for given in ({"publicIp": {"domainNameLabel": "edge"}}, {"publicIp": {"id": ADDRESS}})
    ),
    of(
        "public-address-conflict",
        "publicIp.id",
        {"publicIp": {"id": ADDRESS, "zones": ["1"]}},
        {"publicIp": {"id": ADDRESS, "frontendName": "appGatewayFrontendIP"}},
    ),
    of(
        "allowed-sources-unused",
        "network.allowedSources",
        inside("10.0.0.250") | network(allowedSources=["10.1.0.0/16"]),
        inside("10.0.0.250", sources=["10.1.0.0/16"]),
    ),
    of(
        "frontend-names",
        "privateIp.name",
        {"privateIp": {"address": "10.0.0.250", "name": "Public"}, **listeners(PRIVATE)},
        inside("10.0.0.250"),
    ),
    of(
        "network-conflict",
        "privateIp.allowedSources",
        inside("10.0.0.250", sources=["10.1.0.0/16"]) | network(subnetId=SUBNET),
        inside("10.0.0.250") | network(subnetId=SUBNET, ipConfigurationName="appGatewayIpConfig"),
    ),
    of("private-only", "privateIp", inside("10.0.0.250"), inside("10.0.0.250") | {"publicIp": {"keepUnused": True}}),
    of(
        "private-only-firewall",
        "wafPolicyId",
        inside("10.0.0.250") | {"sku": "WAF_v2", "wafPolicyId": POLICY},
        {"sku": "WAF_v2", "wafPolicyId": POLICY},
    ),
    of("no-way-to-internet", "privateIp", inside("10.0.0.250"), inside("10.0.0.250") | network(natGatewayId=NAT)),
    of("no-way-to-internet", "privateIp", inside("10.0.0.250") | {"publicIp": {"keepUnused": True}}, {}),
    of("id-malformed", "publicIp.id", {"publicIp": {"id": SUBNET}}, {"publicIp": {"id": ADDRESS}}),
    of("allowed-sources", "privateIp.allowedSources", inside("10.0.0.250", sources=[]), {}),
    of("allowed-sources", "privateIp.allowedSources[0]", inside("10.0.0.250", sources=["1.2.3"]), {}),
    of("dns-label", "publicIp.domainNameLabel", {"publicIp": {"domainNameLabel": "Edge_1"}}, {}),
]


def broken(given: dict[str, Any]) -> set[tuple[str, str]]:
    parsed = parse_settings(given)
    assert () == parsed.problems
    return {(problem.rule, problem.where) for problem in judged(parsed)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}@{example.where}")
def test_a_rule_sees_what_breaks_it(example: Example) -> None:
    """The example that breaks the rule is named, at its place."""
    assert (example.rule, example.where) in broken(example.breaks)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}@{example.where}")
def test_a_rule_passes_what_keeps_it(example: Example) -> None:
    """The example that keeps the rule is not named for it."""
    assert example.rule not in {rule for rule, _ in broken(example.keeps)}


NOT_FROM_SETTINGS = {
    # A status that settings do not take, and a gateway that settings do not make.
    "error-page-status", "error-page-egress",
    # A listener's routes are judged as settings, and there is no listener on layer 4.
    "listener-rules", "identity-header-bypassed",
    # What the settings ask for openly: a listener with profile none, and chains that are staged.
    "listener-without-profile", "unused-part",
    # The mode is always written, and chains are attached in Strict alone.
    "mode-unsaid", "chains-in-passthrough",
    # What only Strict checks is not written in Passthrough, and there is no listener on layer 4.
    "checks-in-passthrough", "passthrough-on-layer-4",
    # Judged on the certificates of chains, which these examples do not have.
    "issuer-dn-unchecked",
    # Private frontends are written static, in the gateway's subnet, and with a listener only.
    "frontend-public-and-private", "private-address-dynamic", "private-frontend-subnet", "private-frontend-unused",
    # The rewrites of each route end with the identity headers, whole.
    "identity-header-passed-on", "identity-header-overwritten", "identity-not-forwarded",
    "identity-not-forwarded-strict",
}  # fmt: skip


def test_every_rule_has_an_example() -> None:
    """No rule over settings is without a pair of examples here, nor one of the review that settings can break."""
    examples = {example.rule for example in EXAMPLES}

    # A trusted root in settings is judged when it is read.
    review = {rule.code for rule in REVIEW_RULES} - NOT_FROM_SETTINGS - BACKEND_ROOT_CODES
    assert {row.code for row in (*RULES, *ROWS)} | review == examples


def test_a_code_in_both_rooms_is_one_row() -> None:
    """What is found in settings and in documents, each in its own way, is described once."""
    reviewed = {rule.code: rule for rule in REVIEW_RULES}
    both = [(rule, reviewed[rule.code]) for rule in RULES if rule.code in reviewed]

    assert {"certificate-missing", "http-listener-with-tls", "header-name-malformed"} == {rule.code for rule, _ in both}
    assert all(getattr(one, each.name) == getattr(other, each.name) for one, other in both for each in fields(Row))


@pytest.mark.parametrize("base", [SMALLEST, STRICT, TWO], ids=["smallest", "strict", "two listeners"])
def test_the_examples_start_from_settings_that_keep_every_rule(base: dict[str, Any]) -> None:
    """What the examples change is what breaks."""
    assert set() == broken(base)


def test_what_arrives_later_is_not_judged() -> None:
    """A placeholder stands for a value that is not known yet: no rule names it, but for the note on its delegation."""
    given = changed(
        SMALLEST,
        backends=[
            {
                "fqdns": [Placeholder("a"), "app.example.com"],
                "ipAddresses": [Placeholder("b"), "10.0.2.4"],
                "hostName": Placeholder("c"),
            }
        ],
        listenerCertificates=[{"keyVaultSecretId": Placeholder("d")}],
        identityId=Placeholder("e"),
        sku="WAF_v2",
        wafPolicyId=Placeholder("f"),
        network={"subnetId": Placeholder("g")},
        publicIp={"domainNameLabel": Placeholder("h")},
    )

    assert {("subnet-delegation", "network.subnetId")} == broken(given)


ADDRESS = f"https://user:{'S3cret' * 12}@host/"
TOKEN = "aB3dEf6hIj9kLmN0pQrStUv2xYz4AbCd"


@pytest.mark.parametrize("secret", [ADDRESS, TOKEN, TOKEN * 3])
@pytest.mark.parametrize(
    "given",
    [
        lambda text: backends({"fqdns": [text]}),
        lambda text: backends({"ipAddresses": [text]}),
        lambda text: listeners({"hostNames": [text]}),
        lambda text: listeners({"hostNames": [text], "name": text}),
        lambda text: {"mode": text},
        lambda text: {"tlsPolicy": {"policyName": text}},
        lambda text: {"tlsPolicy": {"minProtocolVersion": text, "cipherSuites": [text]}},
        lambda text: {"identityHeaders": {"certificate": text}},
        lambda text: {"identityId": text, "wafPolicyId": text},
        lambda text: network(subnetId=text),
        lambda text: network(addressPrefix=text, allowedSources=[text]),
        lambda text: {"publicIp": {"domainNameLabel": text}},
        lambda text: {"routes": [{"listener": text, "backend": text, "priority": 1}]},
        lambda text: {"sku": text, "capacity": text, "http2": text},
    ],
)
def test_no_problem_shows_a_secret_in_the_wrong_place(given: Any, secret: str) -> None:
    """An address with a password in it, and a long token, are not told, not in part, wherever they were put."""
    parsed = parse_settings(changed(SMALLEST, **given(secret)))
    problems = [*parsed.problems, *judged(parsed)]
    assert problems or secret != ADDRESS
    assert not any(part in str(problem) for problem in problems for part in ("S3cret", "S3cr", "aB3dEf6hIj"))

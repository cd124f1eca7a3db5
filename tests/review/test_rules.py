"""Every rule of the review has a gateway that breaks it and one that keeps it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.document.withholding import withhold
from mtls_app_gateway.problems import Severity
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind, LeafUse, self_signed
from mtls_app_gateway.review import RULES, review
from mtls_app_gateway.review.backend_roots import review_validity

from tests.rehearsal.documents import (
    basic_rule,
    chain,
    document,
    headers_set,
    listener,
    part,
    passthrough,
    rewrite_set,
    strict,
)

Part = dict[str, Any]


class Example(NamedTuple):
    rule: str
    where: str
    breaks: Part
    keeps: Part


def headers(**facts: str) -> Part:
    """A rewrite that sets these request headers to facts of the client's certificate, or to a text."""
    configurations = [
        {"headerName": name.replace("_", "-"), "headerValue": f"{{var_{fact}}}" if "_" in fact else fact}
        for name, fact in facts.items()
    ]
    actions = {"requestHeaderConfigurations": configurations}
    return {"rewriteRuleSets": [rewrite_set("identity", {"actionSet": actions})]}


NOW = datetime(2030, 1, 1, tzinfo=UTC)


def rewriting(*rules: Part, **more: Any) -> Part:
    """A gateway whose rewrite set has these rules beside the one of the identity header."""
    (identity,) = CERTIFICATE["rewriteRuleSets"]
    own = rewrite_set("own", *rules)["properties"]["rewriteRules"]
    rules_of_both = [*own, *identity["properties"]["rewriteRules"]]
    return gateway(rewriteRuleSets=[part("identity", rewriteRules=rules_of_both)], **more)


def responses(**headers: str) -> Part:
    """A rewrite rule of response headers."""
    return {"actionSet": {"responseHeaderConfigurations": headers_set(**headers)}}


def requests(**headers: str) -> Part:
    """A rewrite rule of request headers."""
    return {"actionSet": {"requestHeaderConfigurations": headers_set(**headers)}}


def when(variable: str, pattern: str = "^a") -> Part:
    """A rewrite rule with a condition."""
    return {"conditions": [{"variable": variable, "pattern": pattern}], **requests(X_Matched="1")}


def url(**values: Any) -> Part:
    """A rewrite rule of the URL."""
    return {"actionSet": {"urlConfiguration": values}}


RULE = "properties.rewriteRuleSets[0].properties.rewriteRules[0]"
BACKEND = part("app", port=443, protocol="Https", pickHostNameFromBackendAddress=True)
CERTIFICATE = headers(X_Client_Cert="client_certificate")
APP: Part = {"sslProfiles": [passthrough("app")], "backendHttpSettingsCollection": [BACKEND], **CERTIFICATE}
CHAIN = chain("ca", "-----BEGIN CERTIFICATE-----")
STRICT: Part = {"sslProfiles": [strict("app", "ca")], "trustedClientCertificates": [CHAIN]}
BOTH: Part = {"sslProfiles": [strict("app", "ca"), passthrough("lenient")], "trustedClientCertificates": [CHAIN]}
OTHER_POOL: Part = {
    "backendAddressPools": [
        part("app", backendAddresses=[{"fqdn": "app.example.com"}]),
        part("other", backendAddresses=[{"fqdn": "other.example.com"}]),
    ]
}
SECRET = "https://v.vault.azure.net/secrets/c"
WAF: Part = {"sku": {"name": "WAF_v2", "tier": "WAF_v2"}}
POLICY: Part = {"firewallPolicy": {"id": "/subscriptions/s/policy"}}


def gateway(*listeners: Part, beside: Part | None = None, **collections: Any) -> Part:
    """A gateway with a profile `app` that keeps every rule, changed."""
    made = document(listeners or [listener("https", 443, "app")], **{**APP, **collections})
    return made | (beside or {})


def of(rule: str, where: str, breaks: Part, keeps: Part | None = None) -> Example:
    return Example(rule, where, breaks, keeps or gateway())


ROOT_DATA = "properties.trustedRootCertificates[0].properties.data"
INSIDE = Authority.create("Inside Root")
ISSUING = INSIDE.intermediate("Issuing")


def with_root(*pems: str) -> Part:
    """A gateway with a trusted root of this content."""
    return gateway(trustedRootCertificates=[chain("inside", *pems)])


INNER = "properties.frontendIPConfigurations[0]"
SUBNET = {"id": "/subnets/gateway"}


def fronted(first: Part, *others: Part, **collections: Any) -> Part:
    """A gateway in a known subnet whose listener is on the first of these frontends."""
    names = ["public", *(f"other-{index}" for index in range(len(others)))]
    frontends = [part(name, **each) for name, each in zip(names, (first, *others), strict=True)]
    return gateway(
        frontendIPConfigurations=frontends, gatewayIPConfigurations=[part("gateway", subnet=SUBNET)], **collections
    )


AWAY = "https://www.example.org/new"
REDIRECT = "properties.redirectConfigurations[0]"
TO_HTTPS = self_reference("httpListeners", "https")
PAGE = "properties.customErrorConfigurations[0]"


def redirect_to(name: str) -> Part:
    return {"redirectConfiguration": self_reference("redirectConfigurations", name)}


def redirected(*, rule: Part | None = None, **redirect: Any) -> Part:
    """A gateway with a plain HTTP listener for `www.example.com` that redirects."""
    rules = [basic_rule("http", 1, None, **redirect_to("away"), **(rule or {})), basic_rule("https", 2)]
    plain = listener("http", 80, protocol="Http", hostNames=["www.example.com"])
    away = part("away", redirectType="Permanent", **redirect)
    return gateway(plain, listener("https", 443, "app"), rules=rules, redirectConfigurations=[away])


def paged(url: str = "https://www.example.com/502.html", *, status: str = "HttpStatus502", **properties: Any) -> Part:
    """A gateway with one error page."""
    page = {"statusCode": status, "customErrorPageUrl": url}
    return gateway(customErrorConfigurations=[page], **properties)


def paged_twice(status: str, *, of_listener: bool = False) -> Part:
    """A gateway with a page for 502 and one for another status, beside it or at the listener."""
    page = {"statusCode": status, "customErrorPageUrl": "https://www.example.com/other.html"}
    first = paged()["properties"]["customErrorConfigurations"]
    if of_listener:
        return gateway(listener("https", 443, "app", customErrorConfigurations=[page]), customErrorConfigurations=first)
    return gateway(customErrorConfigurations=[*first, page])


def spread(pool: str) -> Part:
    """A Strict gateway whose plain listener reaches one pool, and another through a load distribution policy."""
    target = part("one", weightPerServer=1, backendAddressPool=self_reference("backendAddressPools", pool))
    policy = part("spread", loadDistributionAlgorithm="RoundRobin", loadDistributionTargets=[target])
    other = self_reference("backendAddressPools", "other")
    over = self_reference("loadDistributionPolicies", "spread")
    rules = [basic_rule("https", 1), basic_rule("plain", 2, backendAddressPool=other, loadDistributionPolicy=over)]
    listeners = listener("https", 443, "app"), listener("plain", 80, protocol="Http")
    return gateway(*listeners, rules=rules, loadDistributionPolicies=[policy], **STRICT, **OTHER_POOL)


def circle(end: str) -> Part:
    """A gateway with two plain HTTP listeners: one redirects to the other, and that to `end`."""
    listeners = [listener("http", 80, protocol="Http"), listener("other", 81, protocol="Http")]
    http = self_reference("httpListeners", "http")
    targets: dict[str, Part] = {"http": {"targetListener": http}, "away": {"targetUrl": AWAY}}
    redirects = [
        part("there", redirectType="Found", targetListener=self_reference("httpListeners", "other")),
        part("back", redirectType="Found", **targets[end]),
    ]
    rules = [basic_rule("http", 1, None, **redirect_to("there")), basic_rule("other", 2, None, **redirect_to("back"))]
    return gateway(*listeners, rules=rules, redirectConfigurations=redirects)


def mapped(**redirect: Any) -> Part:
    """A gateway with a path that is redirected to its own listener."""
    paths = part(
        "paths",
        pathRules=[part("old", paths=["/old"], **redirect_to("away"))],
        defaultBackendAddressPool=self_reference("backendAddressPools", "app"),
        defaultBackendHttpSettings=self_reference("backendHttpSettingsCollection", "app"),
        defaultRewriteRuleSet=self_reference("rewriteRuleSets", "identity"),
    )
    rules = [basic_rule("https", 1, None, urlPathMap=self_reference("urlPathMaps", "paths"))]
    away = part("away", redirectType="Found", **({"targetListener": TO_HTTPS} | redirect))
    return gateway(rules=rules, urlPathMaps=[paths], redirectConfigurations=[away])


def path_rule(name: str, *paths: str, pool: str = "app", **properties: Any) -> Part:
    """A path rule that leads to a pool."""
    return part(name, paths=list(paths), **(to_pool(pool) | properties))


def to_pool(name: str) -> Part:
    return {
        "backendAddressPool": self_reference("backendAddressPools", name),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
        "rewriteRuleSet": self_reference("rewriteRuleSets", "identity"),
    }


def paths(*path_rules: Part, listeners: Sequence[Part] = (), **collections: Any) -> Part:
    """A gateway with these path rules, and the pool `app` for every other path."""
    default = {f"default{key[0].upper()}{key[1:]}": value for key, value in to_pool("app").items()}
    path_map = part("paths", pathRules=list(path_rules), **default)
    made = [listener("https", 443, "app"), *listeners]
    to_map = {"urlPathMap": self_reference("urlPathMaps", "paths")}
    rules = [basic_rule(made[0]["name"], 1, None, **to_map)]
    rules += [basic_rule(each["name"], 2 + number) for number, each in enumerate(listeners)]
    return gateway(*made, rules=rules, urlPathMaps=[path_map], **OTHER_POOL, **collections)


def mapped_and_back() -> Part:
    """A gateway whose redirected path comes back without its path, so that another route takes it."""
    made = mapped(targetListener=self_reference("httpListeners", "other"), includePath=True)
    properties = made["properties"]
    properties["httpListeners"].append(listener("other", 443, "app", hostNames=["other.example.com"]))
    properties["requestRoutingRules"].append(basic_rule("other", 2, None, **redirect_to("back")))
    properties["redirectConfigurations"].append(part("back", targetListener=TO_HTTPS, includePath=False))
    return made


def redirects_only(listeners: int, *, beside: int) -> Part:
    """A gateway with so many listeners, and beside them so many that only redirect."""
    active = [listener(f"l{number}", 443, "app", hostNames=[f"{number}.com"]) for number in range(listeners)]
    others = [listener(f"r{number}", 80, protocol="Http", hostNames=[f"{number}.com"]) for number in range(beside)]
    rules = [basic_rule(each["name"], 1 + number) for number, each in enumerate(active)]
    rules += [
        basic_rule(each["name"], 1000 + number, None, **redirect_to("away")) for number, each in enumerate(others)
    ]
    away = part("away", redirectType="Found", targetUrl=AWAY)
    return gateway(*active, *others, rules=rules, redirectConfigurations=[away])


def named(*names: str, port: int = 443, name: str = "https") -> Part:
    return listener(name, port, "app", hostNames=list(names))


def suites(*names: str) -> Part:
    policy = {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_2", "cipherSuites": list(names)}
    return gateway(sslPolicy=policy)


def predefined(name: str) -> Part:
    return {"policyType": "Predefined", "policyName": name}


def two(first: Part, second: Part, *, priorities: tuple[int, int] = (1, 2), **collections: Any) -> Part:
    """A gateway with two listeners, tried in the order of these priorities."""
    pairs = zip((first, second), priorities, strict=True)
    return gateway(first, second, rules=[basic_rule(each["name"], number) for each, number in pairs], **collections)


def to_another_pool(made: Part) -> Part:
    """The same gateway, its second listener led to a backend of its own."""
    made["properties"] |= OTHER_POOL
    rule = made["properties"]["requestRoutingRules"][1]["properties"]
    rule["backendAddressPool"] = self_reference("backendAddressPools", "other")
    return made


def spoken_to(protocol: str, switched_off: str) -> Part:
    return gateway(backendHttpSettingsCollection=[part("app", port=443, protocol=protocol, **{switched_off: False})])


def rewritten(*rules: Part) -> Part:
    """A gateway whose only route has these rewrite rules, in this order."""
    return gateway(rewriteRuleSets=[rewrite_set("identity", *rules)])


def request_header(value: str, **rule: Any) -> Part:
    """A rewrite rule that gives the identity header a value."""
    return {"actionSet": {"requestHeaderConfigurations": headers_set(X_Client_Cert=value)}, **rule}


def on_a_path(rewrite: str | None) -> Part:
    """A gateway with a path to a backend, which has this rewrite set; its identity set is on the other paths."""
    to_app = {
        "backendAddressPool": self_reference("backendAddressPools", "app"),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
    }
    own = {"rewriteRuleSet": self_reference("rewriteRuleSets", rewrite)} if rewrite else {}
    made = mapped()
    made["properties"]["urlPathMaps"][0]["properties"]["pathRules"] = [part("old", paths=["/old"], **to_app, **own)]
    return made


def on_layer_4(profile: str) -> Part:
    """A gateway with a listener of layer 4 that has this profile."""
    made = gateway(**BOTH)
    tls = listener("l4", 443, profile, protocol="Tls")
    return made | {"properties": made["properties"] | {"listeners": [tls]}}


def raw_to(pool: str) -> Part:
    """A gateway with a TCP listener that leads to this pool."""
    made = gateway(**OTHER_POOL)
    rule = part(
        "raw",
        priority=9,
        listener=self_reference("listeners", "raw"),
        backendAddressPool=self_reference("backendAddressPools", pool),
    )
    more = {"listeners": [listener("raw", 443, protocol="Tcp")], "routingRules": [rule]}
    return made | {"properties": made["properties"] | more}


def both_ways(rewrite: str | None) -> Part:
    """A gateway whose rule has a path map and a pool of its own, which has this rewrite set."""
    made = mapped()
    way = {
        "backendAddressPool": self_reference("backendAddressPools", "app"),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
        **({"rewriteRuleSet": self_reference("rewriteRuleSets", rewrite)} if rewrite else {}),
    }
    made["properties"]["requestRoutingRules"][0]["properties"] |= way
    return made


def down_and_away() -> Part:
    """A gateway with a path that is redirected to a plain HTTP listener, which redirects to another server."""
    made = mapped(targetListener=self_reference("httpListeners", "plain"))
    properties = made["properties"]
    properties["httpListeners"].append(PLAIN)
    properties["requestRoutingRules"].append(basic_rule("plain", 2, None, **redirect_to("off")))
    properties["redirectConfigurations"].append(part("off", redirectType="Found", targetUrl=AWAY))
    return made


PROFILE_CHECKS = "properties.sslProfiles[0].properties.clientAuthConfiguration"
STRICT_CHECKS = {"verifyClientAuthMode": "Passthrough", "verifyClientRevocation": "OCSP"}
WITH_INTERMEDIATE = chain("ca", Authority.create("Example Root", now=NOW).intermediate("Issuing").bundle_pem)
IDENTITY = request_header("{var_client_certificate}")
ONLY_SOMETIMES = [{"variable": "var_client_certificate_verification", "pattern": "SUCCESS"}]
ATTACHED = [self_reference("trustedClientCertificates", "ca")]
NO_MODE = part("app", trustedClientCertificates=ATTACHED)
GOOD = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
PLAIN = listener("plain", 80, protocol="Http")
APP_LISTENER = listener("https", 443, "app")
NEW_POLICY, OLD_POLICY = predefined("AppGwSslPolicy20220101"), predefined("AppGwSslPolicy20170401S")
HEADER = "properties.rewriteRuleSets[0].properties.rewriteRules[0].actionSet.requestHeaderConfigurations"
PATH_RULE = "properties.urlPathMaps[0].properties.pathRules"
SETTINGS = "properties.backendHttpSettingsCollection[0].properties"
LISTENER = "properties.httpListeners[0].properties"
SECOND = "properties.httpListeners[1].properties"

EXAMPLES = [
    of(
        "strict-without-chain",
        "properties.sslProfiles[0].properties.trustedClientCertificates",
        gateway(sslProfiles=[strict("app")]),
        gateway(**STRICT),
    ),
    of(
        "strict-without-chain",
        "properties.sslProfiles[0].properties.trustedClientCertificates",
        gateway(sslProfiles=[part("app")]),
    ),
    of("profile-unused", "properties.sslProfiles[1]", gateway(sslProfiles=[passthrough("app"), passthrough("b")])),
    of(
        "tls-policy-in-passthrough",
        "properties.sslProfiles[0].properties.sslPolicy",
        gateway(sslProfiles=[passthrough("app", sslPolicy=NEW_POLICY)]),
        gateway(sslProfiles=[strict("app", "ca", sslPolicy=NEW_POLICY)], trustedClientCertificates=[CHAIN]),
    ),
    of(
        "http-listener-with-tls",
        f"{LISTENER}.sslProfile",
        gateway(listener("https", 80, "app", protocol="Http")),
        gateway(listener("https", 80, protocol="Http")),
    ),
    of("listener-without-profile", "properties.httpListeners[0]", gateway(listener("https", 443)), gateway(PLAIN)),
    of(
        "cipher-suite-unknown",
        "properties.sslPolicy.cipherSuites[1]",
        suites(GOOD, "TLS_AES_128_GCM_SHA256"),
        suites(GOOD),
    ),
    of("cipher-suite-repeated", "properties.sslPolicy.cipherSuites[1]", suites(GOOD, GOOD), suites(GOOD)),
    of(
        "cipher-suite-weak",
        "properties.sslPolicy.cipherSuites[0]",
        suites("TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
        suites(GOOD),
    ),
    of(
        "tls-policy-retired",
        "properties.sslPolicy.policyName",
        gateway(sslPolicy=predefined("AppGwSslPolicy20170401")),
        gateway(sslPolicy=OLD_POLICY),
    ),
    of(
        "tls-policy-generations",
        "properties.sslProfiles[0].properties.sslPolicy",
        gateway(sslProfiles=[strict("app", "ca", sslPolicy=OLD_POLICY)], trustedClientCertificates=[CHAIN]),
        gateway(sslProfiles=[strict("app", "ca", sslPolicy=NEW_POLICY)], trustedClientCertificates=[CHAIN]),
    ),
    of(
        "strict-bypassed",
        f"{SECOND}.protocol",
        two(APP_LISTENER, PLAIN, **STRICT),
        to_another_pool(two(APP_LISTENER, PLAIN, **STRICT)),
    ),
    of("strict-bypassed", f"{SECOND}.sslProfile", two(APP_LISTENER, listener("open", 444), **STRICT)),
    of(
        "strict-bypassed-passthrough",
        f"{SECOND}.sslProfile",
        two(APP_LISTENER, listener("lenient", 444, "lenient"), **BOTH),
        to_another_pool(two(APP_LISTENER, listener("lenient", 444, "lenient"), **BOTH)),
    ),
    of("header-name-malformed", f"{HEADER}[0]", gateway(**headers(**{"X_Client!": "client_certificate"}))),
    of(
        "header-name-reserved",
        f"{HEADER}[0]",
        gateway(**headers(Authorization="client_certificate")),
        gateway(**headers(Authorization="none")),
    ),
    of(
        "header-name-repeated",
        f"{HEADER}[1]",
        gateway(**headers(X_Cert="client_certificate", x_cert="client_certificate_verification")),
    ),
    of("header-emptied", f"{HEADER}[0]", gateway(**headers(X_ARR_ClientCert="client_certificate"))),
    of(
        "facts-unverified",
        f"{HEADER}[1]",
        gateway(**headers(X_Cert="client_certificate", X_Subject="client_certificate_subject")),
        gateway(**STRICT, **headers(X_Cert="client_certificate", X_Subject="client_certificate_subject")),
    ),
    of(
        "identity-header-passed-on",
        "properties.requestRoutingRules[0]",
        rewritten(request_header("{var_client_certificate}", conditions=ONLY_SOMETIMES)),
    ),
    of(
        "identity-header-passed-on",
        "properties.requestRoutingRules[1]",
        gateway(APP_LISTENER, PLAIN, rules=[basic_rule("https", 1), basic_rule("plain", 2, None)]),
        gateway(APP_LISTENER, PLAIN, rules=[basic_rule("https", 1), basic_rule("plain", 2)]),
    ),
    of(
        "identity-header-passed-on",
        "properties.urlPathMaps[0].properties.pathRules[0]",
        on_a_path(None),
        on_a_path("identity"),
    ),
    of(
        "identity-header-passed-on",
        "properties.requestRoutingRules[0]",
        both_ways(None),
        both_ways("identity"),
    ),
    of("identity-header-bypassed", "properties.listeners[0]", raw_to("app"), raw_to("other")),
    of(
        "listener-rules",
        "properties.requestRoutingRules[1].properties.httpListener",
        gateway(APP_LISTENER, rules=[basic_rule("https", 1), {**basic_rule("https", 2), "name": "again"}]),
    ),
    of(
        "identity-header-overwritten",
        f"{HEADER.replace('rewriteRules[0]', 'rewriteRules[1]')}[0]",
        rewritten(IDENTITY, request_header("{http_req_X-Other}")),
        rewritten(request_header("{http_req_X-Other}"), IDENTITY),
    ),
    of(
        "identity-not-forwarded",
        "properties.requestRoutingRules[0]",
        rewritten(request_header("")),
    ),
    of(
        "identity-not-forwarded-strict",
        "properties.requestRoutingRules[0]",
        gateway(**STRICT, rewriteRuleSets=[rewrite_set("identity", request_header(""))]),
        gateway(**(STRICT | CERTIFICATE)),
    ),
    of(
        "mode-unsaid",
        "properties.sslProfiles[0].properties.clientAuthConfiguration",
        gateway(**(STRICT | {"sslProfiles": [NO_MODE]})),
        gateway(**STRICT),
    ),
    of(
        "chains-in-passthrough",
        "properties.sslProfiles[0].properties.trustedClientCertificates",
        gateway(**(STRICT | {"sslProfiles": [passthrough("app", trustedClientCertificates=ATTACHED)]})),
        gateway(**STRICT),
    ),
    of(
        "checks-in-passthrough",
        f"{PROFILE_CHECKS}.verifyClientRevocation",
        gateway(sslProfiles=[passthrough("app") | {"properties": {"clientAuthConfiguration": STRICT_CHECKS}}]),
    ),
    of(
        "issuer-dn-unchecked",
        f"{PROFILE_CHECKS}.verifyClientCertIssuerDN",
        gateway(sslProfiles=[strict("app", "ca")], trustedClientCertificates=[WITH_INTERMEDIATE]),
        gateway(sslProfiles=[strict("app", "ca", issuer_dn=True)], trustedClientCertificates=[WITH_INTERMEDIATE]),
    ),
    of(
        "passthrough-on-layer-4",
        "properties.listeners[0].properties.sslProfile",
        on_layer_4("lenient"),
        on_layer_4("app"),
    ),
    of(
        "tls-policy-retired",
        "properties.sslPolicy.minProtocolVersion",
        gateway(sslPolicy={"policyType": "CustomV2", "minProtocolVersion": "TLSv1_0", "cipherSuites": [GOOD]}),
        suites(GOOD),
    ),
    of(
        "tls-policy-weaker",
        "properties.sslProfiles[0].properties.sslPolicy",
        gateway(**(STRICT | {"sslProfiles": [strict("app", "ca", sslPolicy=NEW_POLICY)]})),
        gateway(**(STRICT | {"sslProfiles": [strict("app", "ca", sslPolicy=predefined("AppGwSslPolicy20220101S"))]})),
    ),
    of(
        "redirect-to-plain-http",
        f"{REDIRECT}.properties.targetUrl",
        mapped(targetListener=None, targetUrl="http://www.example.org/"),
        mapped(targetListener=None, targetUrl=AWAY),
    ),
    of("redirect-to-plain-http", f"{REDIRECT}.properties.targetListener", down_and_away()),
    of(
        "certificate-missing",
        f"{LISTENER}.sslCertificate",
        gateway({**APP_LISTENER, "properties": {**APP_LISTENER["properties"], "sslCertificate": None}}),
        gateway(PLAIN),
    ),
    of(
        "secret-id-malformed",
        "properties.sslCertificates[0].properties.keyVaultSecretId",
        gateway(sslCertificates=[part("tls", keyVaultSecretId="v/secrets/c")]),
        gateway(sslCertificates=[part("tls", keyVaultSecretId=SECRET)]),
    ),
    of(
        "secret-id-malformed",
        "properties.trustedRootCertificates[0].properties.keyVaultSecretId",
        gateway(trustedRootCertificates=[part("root", keyVaultSecretId="v/secrets/c")]),
        gateway(trustedRootCertificates=[part("root", keyVaultSecretId=SECRET)]),
    ),
    of(
        "identity-missing",
        "identity",
        gateway(trustedRootCertificates=[part("root", keyVaultSecretId=SECRET)]),
        gateway(trustedRootCertificates=[part("root", data="UEVN")]),
    ),
    of(
        "secret-id-versioned",
        "properties.sslCertificates[0].properties.keyVaultSecretId",
        gateway(sslCertificates=[part("tls", keyVaultSecretId=f"{SECRET}/0123abc")]),
        gateway(sslCertificates=[part("tls", keyVaultSecretId=SECRET)]),
    ),
    of(
        "identity-missing",
        "identity",
        gateway(sslCertificates=[part("tls", keyVaultSecretId=SECRET)]),
        gateway(sslCertificates=[part("tls", keyVaultSecretId=SECRET)], beside={"identity": {"type": "UserAssigned"}}),
    ),
    of(
        "host-names",
        f"{LISTENER}.hostNames",
        gateway(named(*(f"h{number}.example.com" for number in range(6)))),
        gateway(named(*(f"h{number}.example.com" for number in range(5)))),
    ),
    of(
        "host-names",
        f"{LISTENER}.hostNames[1]",
        gateway(named("a.example.com", "a_b.example.com")),
        gateway(named("*.a.com")),
    ),
    of(
        "host-name-wildcards",
        f"{LISTENER}.hostNames[0]",
        gateway(named("**.example.com")),
        gateway(named("w??.contoso*.*")),
    ),
    of("host-name-wildcards", f"{LISTENER}.hostName", gateway(listener("https", 443, "app", hostName="**.a.com"))),
    of(
        "host-name-repeated",
        f"{LISTENER}.hostNames[1]",
        gateway(named("a.com", "A.com")),
        gateway(named("a.com", "b.com")),
    ),
    of(
        "port-clash",
        f"{SECOND}.frontendPort",
        two(named("a.com"), named("A.com", name="b")),
        two(named("a.com"), named("A.com", name="b", port=444)),
    ),
    of(
        "port-clash",
        f"{SECOND}.frontendPort",
        two(named("a.com"), listener("b", 443, protocol="Http", hostNames=["b.com"])),
        two(named("a.com"), named("b.com", name="b")),
    ),
    of(
        "profiles-mixed-on-port",
        f"{SECOND}.sslProfile",
        two(named("a.com"), listener("b", 443, hostNames=["b.com"])),
        two(named("a.com"), named("b.com", name="b")),
    ),
    of(
        "priority-clash",
        "properties.requestRoutingRules[1].properties.priority",
        two(named("a.com"), named("b.com", name="b"), priorities=(1, 1)),
        two(named("a.com"), named("b.com", name="b")),
    ),
    of(
        "priority-order",
        "properties.requestRoutingRules[0].properties.priority",
        two(named("a.b.com"), named("*.b.com", name="b"), priorities=(2, 1)),
        two(named("a.b.com"), named("*.b.com", name="b")),
    ),
    of(
        "priority-order",
        "properties.requestRoutingRules[1].properties.priority",
        two(APP_LISTENER, named("a.com", name="b")),
        two(named("a.com"), listener("b", 443, "app")),
    ),
    of(
        "redirect-and-backend",
        "properties.requestRoutingRules[0]",
        redirected(targetUrl=AWAY, rule={"backendAddressPool": self_reference("backendAddressPools", "app")}),
        redirected(targetUrl=AWAY),
    ),
    of("redirect-target", REDIRECT, redirected(), redirected(targetUrl=AWAY)),
    of(
        "redirect-target",
        REDIRECT,
        redirected(targetUrl=AWAY, targetListener=TO_HTTPS),
        redirected(targetListener=TO_HTTPS),
    ),
    *(
        of("redirect-url", f"{REDIRECT}.properties.targetUrl", redirected(targetUrl=url), redirected(targetUrl=AWAY))
        for url in (
            "www.example.com",
            "ftp://www.example.com",
            "https://",
            "https://www.example.com:0/",
            "https://www.example.com:99999/",
            "https://www.example.com/a b",
            "https://user:password@www.example.com/",
        )
    ),
    of(
        "redirect-loop",
        f"{REDIRECT}.properties.targetListener",
        redirected(targetListener=self_reference("httpListeners", "http")),
        redirected(targetListener=TO_HTTPS),
    ),
    of(
        "redirect-loop",
        f"{REDIRECT}.properties.targetUrl",
        redirected(targetUrl="http://WWW.example.com/new", includePath=False),
        redirected(targetUrl="http://www.example.com:8080/new"),
    ),
    of("redirect-loop", f"{REDIRECT}.properties.targetListener", circle("http"), circle("away")),
    of("strict-bypassed", "properties.httpListeners[1].properties.protocol", spread("app"), spread("other")),
    of("error-page-status", f"{PAGE}.statusCode", paged(status="HttpStatus404"), paged()),
    of(
        "error-page-repeated",
        "properties.customErrorConfigurations[1].statusCode",
        paged_twice("HttpStatus502"),
        paged_twice("HttpStatus503"),
    ),
    *(
        of("error-page-url", f"{PAGE}.customErrorPageUrl", paged(url), paged("http://20.50.2.4:8080/a/502.HTM"))
        for url in (
            "ftp://www.example.com/502.html",
            "/502.html",
            "https://user:secret@www.example.com/502.html",
            "https://www.example.com/502.html\n",
            "https://www.example.com/502",
            "https://www.example.com",
            "https://10.0.0.4/502.html",
            "https://[fd00::1]/502.html",
            "https://intranet/502.html",
        )
    ),
    of(
        "error-pages-replaced",
        "properties.httpListeners[0].properties.customErrorConfigurations",
        paged_twice("HttpStatus503", of_listener=True),
        paged_twice("HttpStatus502", of_listener=True),
    ),
    of(
        "error-page-egress",
        f"{PAGE}.customErrorPageUrl",
        paged(frontendIPConfigurations=[part("private", subnet={"id": "/subnets/gateway"})]),
        paged(frontendIPConfigurations=[part("public", publicIPAddress={"id": "/addresses/public"})]),
    ),
    of("error-page-of-refusals", PAGE, paged(status="HttpStatus400"), paged(status="HttpStatus403")),
    of("redirect-loop", f"{REDIRECT}.properties.targetListener", mapped(includePath=True), mapped(includePath=False)),
    of("redirect-loop", f"{REDIRECT}.properties.targetListener", mapped(includePath=True), mapped_and_back()),
    of("rewrite-without-action", RULE, rewriting({"actionSet": {}}), rewriting(responses(Server=""))),
    of(
        "rewrite-pattern",
        f"{RULE}.conditions[0].pattern",
        rewriting(when("var_uri_path", "^/a(?!b)")),
        rewriting(when("var_uri_path", "^/a[^b]")),
    ),
    of(
        "rewrite-variable-unknown",
        f"{RULE}.conditions[0].variable",
        rewriting(when("{var_uri_path}")),
        rewriting(when("http_req_Host")),
    ),
    *(
        of(
            "rewrite-variable-unknown",
            f"{RULE}.actionSet.{key}",
            rewriting({**when("http_req_Host"), "actionSet": wrong["actionSet"]}),
            rewriting({**when("http_req_Host"), "actionSet": right["actionSet"]}),
        )
        for key, wrong, right in (
            (
                "requestHeaderConfigurations[0]",
                requests(X_A="{var_client_certificate_subject_cn}"),
                requests(X_A="{var_client_ip}, {http_req_X-Any}, {var_cookie_a}"),
            ),
            ("responseHeaderConfigurations[0]", responses(X_A="{client_ip}"), responses(X_A="{http_resp_Server}")),
            ("urlConfiguration.modifiedPath", url(modifiedPath="/{path}"), url(modifiedPath="/{http_req_Host_1}")),
            (
                "urlConfiguration.modifiedQueryString",
                url(modifiedQueryString="{var_uri_path_1}"),
                url(modifiedQueryString="{var_query_string}"),
            ),
        )
    ),
    *(
        of(
            "header-not-rewritable",
            f"{RULE}.actionSet.{key}HeaderConfigurations[0]",
            rewriting(wrong),
            rewriting(right),
        )
        for key, wrong, right in (
            ("request", requests(Connection="close"), requests(Host="a.example.com")),
            ("request", requests(x_original_host="a"), responses(x_original_host="a")),
            ("request", requests(Host=""), responses(Host="")),
            ("response", responses(Upgrade=""), responses(Server="")),
        )
    ),
    of(
        "reroute-without-paths",
        f"{RULE}.actionSet.urlConfiguration.reroute",
        rewriting(url(modifiedPath="/new", reroute=True)),
        rewriting(url(modifiedPath="/new")),
    ),
    *(
        of(
            "identity-header-inspected",
            RULE,
            rewriting(rule, **WAF, **POLICY),
            rewriting(requests(X_Other="1"), **WAF, **POLICY),
        )
        for rule in (url(modifiedPath="/new"), requests(Host="a.example.com"))
    ),
    of(
        "limits",
        "properties.rewriteRuleSets[0]",
        rewriting(*(requests(**{f"X_{number}": "1"}) for number in range(39)), url(modifiedPath="/new")),
        rewriting(*(requests(**{f"X_{number}": "1"}) for number in range(38)), url(modifiedPath="/new")),
    ),
    of(
        "limits",
        "properties.rewriteRuleSets[0]",
        rewriting({**responses(X_A="1"), "conditions": when("var_host")["conditions"] * 41}),
        rewriting({**responses(X_A="1"), "conditions": when("var_host")["conditions"] * 40}),
    ),
    *(
        of(
            "path-malformed",
            f"{PATH_RULE}[0].properties.paths[0]",
            paths(path_rule("a", bad)),
            paths(path_rule("a", good)),
        )
        for bad, good in (("a/*", "/a/*"), ("/*/a", "/a*"), ("/a*b", "/a"), ("/a?x", "/a"), ("/a#x", "/a"))
    ),
    of("path-malformed", f"{PATH_RULE}[0].properties.paths", paths(path_rule("a")), paths(path_rule("a", "/"))),
    of(
        "path-repeated",
        f"{PATH_RULE}[1].properties.paths[1]",
        paths(path_rule("a", "/a", "/b"), path_rule("c", "/c", "/b")),
        paths(path_rule("a", "/a", "/A", "/b"), path_rule("c", "/c")),
    ),
    of(
        "path-repeated",
        f"{PATH_RULE}[0].properties.paths[1]",
        paths(path_rule("a", "/a", "/a")),
        paths(path_rule("a", "/a", "/a/")),
    ),
    of(
        "path-repeated",
        f"{PATH_RULE}[1].properties.paths[0]",
        paths(path_rule("a", "/Images/*"), path_rule("b", "/images/*")),
        paths(path_rule("a", "/Images/*"), path_rule("b", "/images*")),
    ),
    *(
        of(
            "path-unreachable",
            f"{PATH_RULE}[1].properties.paths[0]",
            paths(path_rule("wide", "/x", wide), path_rule("narrow", narrow)),
            paths(path_rule("narrow", narrow), path_rule("wide", "/x", wide)),
        )
        for wide, narrow in (("/*", "/a"), ("/a*", "/a"), ("/a*", "/a/*"), ("/a/*", "/a/b/*"), ("/A/*", "/a/"))
    ),
    of(
        "path-unreachable",
        f"{PATH_RULE}[1].properties.paths[0]",
        paths(path_rule("wide", "/a*"), path_rule("narrow", "/a/b"), path_rule("all", "/*")),
        paths(path_rule("both", "/a*", "/a/*"), path_rule("beside", "/b")),
    ),
    of(
        "path-without-slash",
        f"{PATH_RULE}[0].properties.paths[0]",
        paths(path_rule("a", "/a", pool="other")),
        paths(path_rule("a", "/a", "/a/*", pool="other")),
    ),
    of(
        "path-without-slash",
        f"{PATH_RULE}[0].properties.paths[0]",
        paths(path_rule("a", "/a/*", firewallPolicy={"id": "/policy"})),
        paths(path_rule("a", "/a*", firewallPolicy={"id": "/policy"})),
    ),
    of(
        "path-without-slash",
        f"{PATH_RULE}[0].properties.paths[0]",
        paths(path_rule("a", "/a", pool="other")),
        paths(
            path_rule("a", "/a", pool="other"),
            path_rule("all", "/*", pool="other"),
            part("b", paths=["/b"], **redirect_to("away")),
        ),
    ),
    of(
        "path-rules",
        "properties.urlPathMaps[0].properties.pathRules",
        paths(*(path_rule(f"p{number}", f"/{number}/*") for number in range(101))),
        paths(*(path_rule(f"p{number}", f"/{number}/*") for number in range(100))),
    ),
    of(
        "strict-bypassed",
        f"{SECOND}.protocol",
        paths(path_rule("other", "/other", pool="other"), listeners=[PLAIN], **STRICT),
        paths(path_rule("other", "/other", pool="other")),
    ),
    of(
        "backend-named-by-address",
        "properties.backendHttpSettingsCollection[0].properties.hostName",
        gateway(backendAddressPools=[part("app", backendAddresses=[{"ipAddress": "10.0.2.4"}])]),
    ),
    of(
        "backend-plain",
        "properties.backendHttpSettingsCollection[0].properties.protocol",
        gateway(backendHttpSettingsCollection=[part("app", port=80)]),
    ),
    of(
        "pool-members",
        "properties.backendAddressPools[0]",
        gateway(backendAddressPools=[part("app", backendAddresses=[{"fqdn": f"h{number}"} for number in range(1201)])]),
    ),
    of("waf-policy-missing", "properties.firewallPolicy", gateway(**WAF), gateway(**WAF, **POLICY)),
    of(
        "waf-policy-missing",
        "properties.firewallPolicy",
        gateway(**WAF),
        gateway(**WAF, webApplicationFirewallConfiguration={"enabled": True}),
    ),
    of("waf-policy-unusable", "properties.firewallPolicy", gateway(**POLICY), gateway(**WAF, **POLICY)),
    of(
        "waf-policy-unusable",
        f"{PATH_RULE}[0].properties.firewallPolicy",
        paths(path_rule("a", "/a", firewallPolicy={"id": "/policy"})),
        paths(path_rule("a", "/a", firewallPolicy={"id": "/policy"}), **WAF),
    ),
    of("single-zone", "zones", gateway(beside={"zones": ["1"]}), gateway(beside={"zones": ["1", "2"]})),
    of(
        "autoscale-range",
        "properties.autoscaleConfiguration.maxCapacity",
        gateway(autoscaleConfiguration={"minCapacity": 3, "maxCapacity": 3}),
        gateway(autoscaleConfiguration={"minCapacity": 3}),
    ),
    of(
        "autoscale-range",
        "properties.autoscaleConfiguration.minCapacity",
        gateway(autoscaleConfiguration={"minCapacity": 101}),
        gateway(autoscaleConfiguration={"minCapacity": 100}),
    ),
    of("limits", "properties.backendAddressPools", gateway(backendAddressPools=[part(f"p{n}") for n in range(101)])),
    of(
        "limits",
        "properties.httpListeners",
        gateway(*(listener(f"l{number}", number + 1, "app") for number in range(101))),
        gateway(*(listener(f"l{number}", number + 1, "app") for number in range(100))),
    ),
    of(
        "limits",
        "properties.httpListeners",
        redirects_only(101, beside=1),
        redirects_only(100, beside=100),
    ),
    *(
        of("backend-unverified", f"{SETTINGS}.{key}", spoken_to("Https", key), spoken_to("Http", key))
        for key in ("validateCertChainAndExpiry", "validateSNI")
    ),
    of(
        "frontend-public-and-private",
        INNER,
        fronted({"subnet": SUBNET, "publicIPAddress": {"id": "a"}}),
        fronted({"subnet": SUBNET}, {"publicIPAddress": {"id": "a"}}),
    ),
    of(
        "private-address-dynamic",
        f"{INNER}.properties.privateIPAllocationMethod",
        fronted({"subnet": SUBNET, "privateIPAllocationMethod": "Dynamic"}),
        fronted({"subnet": SUBNET, "privateIPAllocationMethod": "Static"}),
    ),
    of(
        "private-frontend-subnet",
        f"{INNER}.properties.subnet",
        fronted({"subnet": {"id": "/subnets/other"}}),
        fronted({"subnet": {"id": "/SUBNETS/gateway"}}),
    ),
    of(
        "private-frontend-unused",
        f"{INNER[:-3]}[1]",
        fronted({"publicIPAddress": {"id": "a"}}, {"subnet": SUBNET}),
        fronted({"subnet": SUBNET}, {"publicIPAddress": {"id": "a"}}),
    ),
    of(
        "private-only",
        INNER,
        fronted({"subnet": SUBNET}),
        fronted({"subnet": SUBNET}, {"publicIPAddress": {"id": "a"}}),
    ),
    of(
        "private-only-firewall",
        "properties.firewallPolicy",
        fronted({"subnet": SUBNET}, **WAF, **POLICY),
        fronted({"publicIPAddress": {"id": "a"}}, **WAF, **POLICY),
    ),
    of(
        "no-way-to-internet",
        INNER,
        fronted({"subnet": SUBNET}, {"publicIPAddress": {"id": "a"}}),
        fronted({"publicIPAddress": {"id": "a"}}, {"subnet": SUBNET}),
    ),
    of("unused-part", "properties.probes[0]", gateway(probes=[part("probe")])),
    *(
        of(rule, ROOT_DATA, with_root(*breaks), with_root(INSIDE.certificate_pem))
        for rule, breaks in (
            ("trusted-root-private-key", (INSIDE.certificate_pem, INSIDE.key_pem)),
            ("trusted-root-form", ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",)),
            ("trusted-root-missing", (ISSUING.certificate_pem,)),
            ("trusted-root-several", (INSIDE.certificate_pem, Authority.create("Second").certificate_pem)),
            ("trusted-root-not-authority", (self_signed(purpose=LeafUse.SERVER).certificate_pem,)),
            ("trusted-root-weak", (Authority.create("Weak", key=KeyKind.RSA1024).certificate_pem,)),
            ("trusted-root-left-out", (ISSUING.bundle_pem,)),
        )
    ),
]


def test_the_validity_of_a_root_is_judged_where_the_time_is_known() -> None:
    """
    An expired root is a warning at its data, with the time that was passed in; the review itself has none.
    """
    now = datetime.now(UTC)
    made = with_root(Authority.create("Old", not_after=now + timedelta(days=40)).certificate_pem)

    assert () == review_validity(view(made), now=now)
    (problem,) = review_validity(view(made), now=now + timedelta(days=50))
    assert ("trusted-root-validity", ROOT_DATA, Severity.WARNING) == (problem.rule, problem.where, problem.severity)
    assert "trusted-root-validity" not in {rule for rule, _ in broken(made)}


def test_a_root_whose_data_is_not_known_is_not_judged() -> None:
    """
    Nothing is said of a root in Key Vault, or of one whose data is known only later.
    """
    later = part("inside", data=Placeholder("backends[0].trustedRoots[0].data"))
    vault = part("vault", keyVaultSecretId=SECRET)
    made = gateway(trustedRootCertificates=[later, vault], beside={"identity": {"type": "UserAssigned"}})

    assert not [rule for rule, _ in broken(made) if rule.startswith("trusted-root")]
    assert () == review_validity(withhold(view(made)), now=datetime.now(UTC))


def broken(made: Part) -> set[tuple[str, str]]:
    return {(problem.rule, problem.where) for problem in review(view(made))}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}@{example.where}")
def test_a_rule_sees_what_breaks_it(example: Example) -> None:
    """The gateway that breaks the rule is named, at its place."""
    assert (example.rule, example.where) in broken(example.breaks)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}@{example.where}")
def test_a_rule_passes_what_keeps_it(example: Example) -> None:
    """The gateway that keeps the rule is not named for it."""
    assert example.rule not in {rule for rule, _ in broken(example.keeps)}


def test_a_rule_is_broken_once_in_one_place() -> None:
    """Of many listeners on one port each is named once, however many of the others it differs from."""
    profiles = [passthrough("a"), passthrough("b")]
    hosts = [listener(f"l{index}", 443, "ab"[index % 2], hostNames=[f"h{index}.com"]) for index in range(6)]
    found = [
        problem.where for problem in review(view(gateway(*hosts, sslProfiles=profiles))) if "mixed" in problem.rule
    ]

    assert [f"properties.httpListeners[{index}].properties.sslProfile" for index in range(1, 6)] == sorted(found)


def test_every_rule_has_an_example() -> None:
    """No rule is in the table without a pair of examples here, and none is there twice."""
    assert sorted({example.rule for example in EXAMPLES}) == sorted(rule.code for rule in RULES)


def test_the_examples_start_from_a_gateway_that_keeps_every_rule() -> None:
    """What the examples change is what breaks."""
    assert set() == broken(gateway())


def test_only_what_azure_refuses_or_lets_no_client_pass_is_an_error() -> None:
    """A reader of another's gateway is warned; a deployment of ours is stopped by the same rule."""
    (rule,) = (rule for rule in RULES if rule.code == "strict-bypassed")
    example = next(example for example in EXAMPLES if example.rule == rule.code)
    (problem,) = (problem for problem in review(view(example.breaks)) if problem.rule == rule.code)

    assert Severity.ERROR is problem.severity
    assert (
        "'plain' asks no client for a certificate and reaches the backend 'app', which 'https' protects in Strict"
        == problem.saw
    )
    assert rule.remedy == problem.fix


def test_a_gateway_that_does_not_reach_the_internet_is_told_what_it_needs_there() -> None:
    """OCSP responders and the vault are named where the gateway asks them, and only there."""
    revoking = strict("app", "ca")
    revoking["properties"]["clientAuthConfiguration"]["verifyClientRevocation"] = "OCSP"
    asking = fronted(
        {"subnet": SUBNET},
        sslProfiles=[revoking],
        trustedClientCertificates=[CHAIN],
        sslCertificates=[part("tls", keyVaultSecretId=SECRET)],
    )
    (most,) = (each.saw for each in review(view(asking)) if each.rule == "no-way-to-internet")
    (least,) = (each.saw for each in review(view(fronted({"subnet": SUBNET}))) if each.rule == "no-way-to-internet")

    assert "OCSP" in most
    assert "Key Vault" in most
    assert "OCSP" not in least
    assert "Key Vault" not in least

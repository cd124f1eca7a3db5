"""A gateway of three listeners with path maps and rewrites of the user's own beside those of the identity headers."""

from datetime import UTC, datetime
from typing import Any

from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.settings.planning import plan_gateway

from tests.rehearsal.documents import (
    IDENTITY,
    Part,
    basic_rule,
    chain,
    document,
    headers_set,
    identity_set,
    listener,
    part,
    passthrough,
    rewrite_set,
    strict,
)

STRICT, PASSTHROUGH, OPEN = "strict", "passthrough", "open"
PORTS = {STRICT: 8481, PASSTHROUGH: 8482, OPEN: 8483}
PATHS = {
    STRICT: ("/", "/api/orders", "/reports", "/old/page"),
    PASSTHROUGH: ("/", "/api/orders"),
    OPEN: ("/", "/open/door"),
}
"""A path of each route of each listener."""


def spoofed_gateway(bundle_pem: str, *, without_rewrites: str = "") -> dict[str, Any]:
    """The gateway.

    Args:
        bundle_pem: the CA chain of the Strict listener.
        without_rewrites: the path rule that is left without its rewrite set.
    """
    identity = rewrite_set("all", *_user_rules(), _actions(identity_set()))
    deleting = rewrite_set("none", *_user_rules(), {"actionSet": {"requestHeaderConfigurations": _deleted()}})
    old = {"redirectConfiguration": self_reference("redirectConfigurations", "old")}
    rules = {
        STRICT: [
            part("api", paths=["/api/*"], **_backend("all")),
            part("reports", paths=["/reports", "/Reports/*"], **_backend("all")),
            part("old", paths=["/old/*"], **old),
        ],
        PASSTHROUGH: [part("devices", paths=["/api/*"], **_backend("all"))],
        OPEN: [part("door", paths=["/open/*"], **_backend("none"))],
    }
    for rule in (each for path_rules in rules.values() for each in path_rules if each["name"] == without_rewrites):
        del rule["properties"]["rewriteRuleSet"]
    sets = {STRICT: "all", PASSTHROUGH: "all", OPEN: "none"}
    return document(
        [
            listener(STRICT, PORTS[STRICT], "strict"),
            listener(PASSTHROUGH, PORTS[PASSTHROUGH], "passthrough"),
            listener(OPEN, PORTS[OPEN]),
        ],
        rules=[
            basic_rule(name, 100 + at, None, urlPathMap=self_reference("urlPathMaps", name))
            for at, name in enumerate(rules)
        ],
        urlPathMaps=[_path_map(name, rules[name], sets[name]) for name in rules],
        redirectConfigurations=[part("old", redirectType="Permanent", targetUrl="https://new.example.com/")],
        rewriteRuleSets=[identity, deleting],
        sslProfiles=[strict("strict", "a"), passthrough()],
        trustedClientCertificates=[chain("a", bundle_pem)],
        enableHttp2=True,
    )


OWN_NAMES = ("X-Client-Cert", "X-Client-Verification")
"""The identity headers of the gateway that is made of settings."""


def settings_gateway(bundle_pem: str) -> dict[str, Any]:
    """A gateway with the same listeners and paths, made of settings of this project."""
    names = {STRICT: "default", PASSTHROUGH: "devices", OPEN: "none"}
    old = {"name": "old", "paths": ["/old/*"], "redirect": {"url": "https://new.example.com/"}}
    paths = {
        STRICT: [
            {"name": "api", "paths": ["/api/*"], "backend": STRICT},
            {"name": "reports", "paths": ["/reports", "/Reports/*"], "backend": STRICT, "rewrites": []},
            old,
        ],
        PASSTHROUGH: [{"name": "devices", "paths": ["/api/*"], "backend": PASSTHROUGH}],
        OPEN: [{"name": "door", "paths": ["/open/*"], "backend": OPEN}],
    }
    team = {"variable": "http_req_X-Team", "pattern": "^(red|blue)$", "ignoreCase": True}
    is_order = {"variable": "var_uri_path", "pattern": "^/api/(.+)$", "ignoreCase": True}
    settings = {
        "resourceGroupName": "rg-edge",
        "mode": "Strict",
        "strict": {"trustedCaChains": [{"data": bundle_pem}]},
        "profiles": [{"name": "devices", "mode": "Passthrough"}],
        "listenerCertificates": [{"keyVaultSecretId": "https://example.vault.azure.net/secrets/edge"}],
        "identityId": f"{_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/edge",
        "listeners": [{"name": name, "port": PORTS[name], "profile": names[name]} for name in names],
        "backends": [{"name": name, "fqdns": [f"{name}.example.com"]} for name in names],
        "routes": [
            {"name": name, "listener": name, "backend": name, "priority": 100 + at, "paths": paths[name]}
            | {"rewrites": ["team", "order"]}
            for at, name in enumerate(names)
        ],
        "rewrites": [
            {"name": "team", "conditions": [team], "requestHeaders": {"X-Team-Name": "{http_req_X-Team_1}"}},
            {"name": "order", "conditions": [is_order], "url": {"path": "/v2/{var_uri_path_1}"}},
        ],
        "identityHeaders": dict(zip(("certificate", "verification"), OWN_NAMES, strict=True)),
        "strictTransportSecurity": {},
        "hideServer": True,
        "http2": True,
    }
    return dict(plan_gateway(settings, now=datetime.now(UTC)).document)


_GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-edge/providers"


def _user_rules() -> list[dict[str, Any]]:
    """A header of the user's own, an own header made of the client's, a rewritten URL, and changed answers."""
    team = {"variable": "http_req_X-Team", "pattern": "^(red|blue)$", "ignoreCase": True}
    is_order = {"variable": "var_uri_path", "pattern": "^/api/(.+)$", "ignoreCase": True}
    answers = [*headers_set(Strict_Transport_Security="max-age=31536000", X_Powered_By="")]
    return [
        {
            "conditions": [team],
            "actionSet": {
                "requestHeaderConfigurations": headers_set(X_Team_Name="{http_req_X-Team_1}"),
                "responseHeaderConfigurations": answers,
            },
        },
        {
            "conditions": [is_order],
            "actionSet": {"urlConfiguration": {"modifiedPath": "/v2/{var_uri_path_1}", "reroute": False}},
        },
    ]


def _actions(identity: Part) -> dict[str, Any]:
    return {"actionSet": identity["properties"]["rewriteRules"][0]["actionSet"]}


def _deleted() -> list[dict[str, str]]:
    return [{"headerName": name, "headerValue": ""} for name in IDENTITY]


def _backend(rewrites: str) -> dict[str, Any]:
    return {
        "backendAddressPool": self_reference("backendAddressPools", "app"),
        "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
        "rewriteRuleSet": self_reference("rewriteRuleSets", rewrites),
    }


def _path_map(name: str, path_rules: list[Part], rewrites: str) -> Part:
    rest = {f"default{key[0].upper()}{key[1:]}": value for key, value in _backend(rewrites).items()}
    return part(name, pathRules=path_rules, **rest)

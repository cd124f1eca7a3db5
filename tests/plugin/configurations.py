"""Ten uses of the component that a YAML and a Python program both have, late values and secrets among them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from tests.engine.component_program import PASSWORD, Material

GROUP = "rg-edge"
LOCATION = "westeurope"
NETWORK = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub/providers/Microsoft.Network"
VAULT = "https://contoso.vault.azure.net/secrets/edge"
IDENTITY = NETWORK.replace("Network", "ManagedIdentity") + "/userAssignedIdentities/edge"
SUBNET = f"{NETWORK}/virtualNetworks/hub/subnets/gateways"
NAT_GATEWAY = f"{NETWORK}/natGateways/out"
ROUTE_TABLE = f"{NETWORK}/routeTables/routes"
PLAN = f"{NETWORK}/ddosProtectionPlans/plan"
SECURITY_GROUP = f"{NETWORK}/networkSecurityGroups/theirs"
FIREWALL = f"{NETWORK}/ApplicationGatewayWebApplicationFirewallPolicies/edge"
HUB: dict[str, dict[str, Any]] = {
    "azure-native:network:VirtualNetwork": {
        "resourceGroupName": "rg-hub",
        "virtualNetworkName": "hub",
        "location": LOCATION,
        "addressSpace": {"addressPrefixes": ["10.9.0.0/16"]},
        "subnets": [
            {
                "name": "gateways",
                "addressPrefix": "10.9.0.0/24",
                "delegations": [{"name": "gateways", "serviceName": "Microsoft.Network/applicationGateways"}],
            }
        ],
    },
    "azure-native:network:WebApplicationFirewallPolicy": {
        "resourceGroupName": "rg-hub",
        "policyName": "edge",
        "location": LOCATION,
        "managedRules": {"managedRuleSets": [{"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}]},
    },
    "azure-native:network:NetworkSecurityGroup": {
        "resourceGroupName": "rg-hub",
        "networkSecurityGroupName": "theirs",
        "location": LOCATION,
        "securityRules": [
            {
                "name": "management",
                "priority": 100,
                "access": "Allow",
                "direction": "Inbound",
                "protocol": "Tcp",
                "sourceAddressPrefix": "GatewayManager",
                "sourcePortRange": "*",
                "destinationAddressPrefix": "*",
                "destinationPortRange": "65200-65535",
            }
        ],
    },
}
"""What the configurations find already there, by type."""


@dataclass(frozen=True, slots=True)
class Later:
    """A text that is unknown in the first preview and known in the up: the output of another resource."""

    text: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, known or late."""

    text: str | Later


def configurations(material: Material) -> dict[str, dict[str, Any]]:
    """The ten, by the component's name; settings in camelCase."""
    pfx = [{"pfx": Secret(material.pfx), "password": Secret(PASSWORD)}]
    app: dict[str, Any] = {"backends": [{"fqdns": ["app.example.com"]}]}
    base: dict[str, Any] = {"resourceGroupName": GROUP, "location": LOCATION, "listenerCertificates": pfx, **app}
    partners = {"name": "partners", "data": material.partners}
    devices = {"name": "devices", "data": material.devices}
    return {
        "smallest": {**base, "mode": "Passthrough"},
        "strict": {
            **base,
            "mode": "Strict",
            "strict": {
                "trustedCaChains": [partners, devices],
                "verifyIssuerDn": False,
                "revocation": "OCSP",
                "unsafeNoValidChain": True,
            },
            "caExpiryWarningDays": 7,
        },
        "staged": {
            **base,
            "mode": "Passthrough",
            "strict": {"trustedCaChains": [{"data": material.partners}, {"data": material.devices, "split": True}]},
            "identityHeaders": {"certificate": "X-Caller-Cert", "verification": "X-Caller-Verify"},
            "redirectHttpToHttps": True,
            "network": {"securityGroupId": SECURITY_GROUP},
        },
        "later": {
            "resourceGroupName": Later(GROUP),
            "location": Later(LOCATION),
            "gatewayName": Later("edge-later"),
            "mode": "Strict",
            "strict": {"trustedCaChains": [{"name": "partners", "data": Later(material.partners)}]},
            "listenerCertificates": [{"pfx": Secret(Later(material.pfx)), "password": Secret(Later(PASSWORD))}],
            "backends": [
                {
                    "fqdns": [Later("one.example.com"), "two.example.com"],
                    "hostName": Later("app.example.com"),
                    "sniName": Later("inside.example.com"),
                    "trustedRoots": [{"name": "inside", "data": Later(material.devices)}],
                    "probe": {"hostName": Later("probe.example.com"), "path": "/live"},
                }
            ],
            "network": {
                "name": Later("net-later"),
                "securityGroupName": Later("nsg-later"),
                "natGatewayId": Later(NAT_GATEWAY),
                "routeTableId": Later(ROUTE_TABLE),
                "ddosProtectionPlanId": Later(PLAN),
            },
            "publicIp": {
                "name": Later("ip-later"),
                "domainNameLabel": Later("contoso-later"),
                "ddosProtection": "Enabled",
                "ddosProtectionPlanId": Later(PLAN),
            },
        },
        "literal": {
            **base,
            "gatewayName": "edge-literal",
            "mode": "Strict",
            "strict": {"trustedCaChains": [{"name": "partners", "data": Secret(material.partners)}]},
            "listenerCertificates": [{"pfx": material.pfx, "password": PASSWORD}],
            "backends": [{"ipAddresses": ["10.0.1.4"], "hostName": "app.example.com"}],
            "listeners": [{"frontend": "Private"}],
            "network": {
                "name": "net-literal",
                "securityGroupName": "nsg-literal",
                "ipConfigurationName": "edge",
                "natGatewayId": NAT_GATEWAY,
                "routeTableId": ROUTE_TABLE,
                "ddosProtectionPlanId": PLAN,
                "defaultOutboundAccess": False,
            },
            "privateIp": {"address": "10.0.0.250", "name": "inside", "allowedSources": ["10.1.0.0/16"]},
            "publicIp": {
                "name": "ip-literal",
                "domainNameLabel": "contoso-literal",
                "domainNameLabelScope": "TenantReuse",
                "ddosProtection": "Enabled",
                "ddosProtectionPlanId": PLAN,
                "protect": True,
                "frontendName": "outside",
                "keepUnused": True,
            },
        },
        "vault": {
            **base,
            "lock": "CanNotDelete",
            "mode": "Passthrough",
            "listenerCertificates": [
                {"name": "one", "keyVaultSecretId": VAULT},
                {"name": "two", "keyVaultSecretId": Later(VAULT)},
            ],
            "listeners": [
                {"certificate": "one"},
                {"name": "second", "port": 8443, "certificate": "two"},
                *({"name": f"old-{port}", "port": port, "protocol": "Http"} for port in (80, 81, 82)),
            ],
            "routes": [
                {"priority": 10},
                {
                    "name": "second",
                    "listener": "second",
                    "priority": 20,
                    "paths": [
                        {"name": "app", "paths": ["/app", "/app/*"], "backend": "backend"},
                        {"name": "here", "paths": ["/here"], "redirect": {"listener": "https", "type": "Found"}},
                        {
                            "name": "away",
                            "paths": ["/away*"],
                            "redirect": {
                                "url": "https://www.example.com/",
                                "includePath": False,
                                "includeQueryString": False,
                            },
                        },
                        {"name": "late", "paths": ["/*"], "redirect": {"url": Later("https://later.example.com/")}},
                    ],
                },
                {"name": "to-https", "listener": "old-80", "priority": 30, "redirect": {"listener": "https"}},
                {
                    "name": "to-url",
                    "listener": "old-81",
                    "priority": 40,
                    "redirect": {
                        "url": "https://www.example.com/",
                        "type": "Found",
                        "includePath": False,
                        "includeQueryString": False,
                    },
                },
                {
                    "name": "to-later",
                    "listener": "old-82",
                    "priority": 50,
                    "redirect": {"url": Later("https://later.example.com/")},
                },
            ],
            "backends": [
                {
                    "fqdns": ["app.example.com"],
                    "trustedRoots": [
                        {"name": "three", "keyVaultSecretId": VAULT},
                        {"name": "four", "keyVaultSecretId": Later(VAULT)},
                    ],
                }
            ],
            "identityId": Later(IDENTITY),
        },
        "placed": {**base, "mode": "Passthrough", "network": {"subnetId": Later(SUBNET)}, "identityId": IDENTITY},
        "firewall": {
            **base,
            "mode": "Passthrough",
            "sku": "WAF_v2",
            "wafPolicyId": Later(FIREWALL),
            "routes": [
                {
                    "priority": 10,
                    "paths": [
                        {"name": "tight", "paths": ["/tight*"], "wafPolicyId": FIREWALL, "rewrites": ["named"]},
                        {"name": "late", "paths": ["/late*"], "wafPolicyId": Later(FIREWALL)},
                    ],
                    "rewrites": ["under-conditions", "named"],
                }
            ],
            "rewrites": [
                {"name": "named", "requestHeaders": {"X-Edge": "edge"}, "responseHeaders": {"X-Powered-By": ""}},
                {
                    "name": "under-conditions",
                    "conditions": [
                        {"variable": "var_uri_path", "pattern": "^/a/(.*)$", "ignoreCase": True, "negate": False}
                    ],
                    "url": {"path": "/{var_uri_path_1}", "queryString": "", "reroute": False},
                },
            ],
            "hideServer": True,
            "strictTransportSecurity": {"maxAge": 31_536_000, "includeSubDomains": True, "preload": True},
            "network": {"subnetId": SUBNET},
            "autoscale": {"minCapacity": 0, "maxCapacity": 4},
            "zones": ["1", "2"],
            "publicIp": {"zones": ["1", "2", "3"]},
        },
        "profiles": {
            **base,
            "mode": "Passthrough",
            "network": {"securityGroupId": Later(SECURITY_GROUP)},
            "profiles": [
                {
                    "name": "partners",
                    "mode": "Strict",
                    "strict": {"trustedCaChains": [partners]},
                    "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"},
                }
            ],
            "listeners": [
                {"hostNames": ["app.example.com"]},
                {"name": "partners", "hostNames": ["partners.example.com"], "profile": "partners"},
                {
                    "name": "open",
                    "port": 8443,
                    "profile": "none",
                    "protocol": "Https",
                    "unsafeBypassesStrict": True,
                },
            ],
            "routes": [
                {"name": "app", "priority": 10},
                {
                    "name": "partners",
                    "listener": "partners",
                    "backend": "plain",
                    "priority": 20,
                    "paths": [{"name": "more", "paths": ["/more*"], "backend": "more"}],
                },
                {"name": "open", "listener": "open", "backend": "plain", "priority": 30},
            ],
            "backends": [
                {"fqdns": ["app.example.com"]},
                {"name": "plain", "ipAddresses": [Later("10.0.1.5")], "protocol": "Http", "port": 8080},
                {"name": "more", "fqdns": ["more.example.com"], "settingsOf": "plain"},
            ],
            "identityHeaders": {
                "subject": "X-Caller-Subject",
                "issuer": "X-Caller-Issuer",
                "serial": "X-Caller-Serial",
                "fingerprint": "X-Caller-Fingerprint",
                "unsafeUnverifiedFacts": True,
            },
        },
        "tuned": {
            **base,
            "mode": "Passthrough",
            "tlsPolicy": {
                "minProtocolVersion": "TLSv1_2",
                "cipherSuites": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
            },
            "http2": True,
            "errorPages": error_pages(502, 503),
            "listeners": [{"errorPages": error_pages(502, 400)}],
            "arm": {
                "properties": {
                    "frontendPorts": [{"name": "port-443"}],
                    "loadDistributionPolicies": [
                        {
                            "name": "even",
                            "properties": {
                                "loadDistributionAlgorithm": "RoundRobin",
                                "loadDistributionTargets": [
                                    {
                                        "name": "one",
                                        "properties": {
                                            "weightPerServer": 7,
                                            "backendAddressPool": {"id": "$self/backendAddressPools/backend"},
                                        },
                                    }
                                ],
                            },
                        }
                    ],
                }
            },
            "wafPolicyId": FIREWALL,
            "sku": "WAF_v2",
            "capacity": 3,
            "backends": [
                {
                    "fqdns": ["app.example.com"],
                    "hostNameFrom": "Client",
                    "requestTimeout": 45,
                    "trustedRoots": [{"data": material.devices}],
                    "sniName": "inside.example.com",
                    "unsafeUnverifiedChain": True,
                    "unsafeUnverifiedName": True,
                    "connectionDraining": {"enabled": True, "timeout": 90},
                    "affinityCookie": "edge",
                    "dedicatedConnections": True,
                    "probe": {
                        "path": "/live",
                        "statusCodes": ["200", "401-403"],
                        "hostName": "app.example.com",
                        "body": "ready",
                        "port": 9000,
                        "minServers": 1,
                        "interval": 15,
                        "timeout": 10,
                        "unhealthyThreshold": 5,
                    },
                }
            ],
            "network": {
                "addressPrefix": "10.7.0.0/16",
                "subnetName": "edge",
                "subnetPrefix": "10.7.1.0/24",
                "additionalSubnets": [{"name": "app", "addressPrefix": "10.7.2.0/24"}],
                "allowedSources": ["203.0.113.0/24", "Internet"],
                "dnsServers": ["10.7.9.4"],
                "serviceEndpoints": ["Microsoft.KeyVault"],
            },
            "tags": {"cost-centre": "42", "owner_team": "edge"},
            "timeouts": {"create": "90m", "update": "1h30m", "delete": "45m"},
        },
    }


def error_pages(known: int, later: int) -> list[dict[str, Any]]:
    """A page whose URL is known, and one whose URL is not."""
    return [
        {"status": known, "url": f"https://www.example.com/{known}.html"},
        {"status": later, "url": Later(f"https://www.example.com/{later}.html")},
    ]


def leaves(settings: Any, path: str = "") -> dict[str, set[type]]:
    """For each path of these settings, without positions, the kinds of value that stand there."""
    found: dict[str, set[type]] = {}
    if isinstance(settings, Mapping):
        parts = [(f"{path}.{key}".lstrip("."), value) for key, value in settings.items()]
    elif isinstance(settings, list):
        parts = [(path, value) for value in settings]
    else:
        return {path: {type(settings), type(settings.text)} if isinstance(settings, Secret) else {type(settings)}}
    for where, value in parts:
        for leaf, kinds in leaves(value, where).items():
            found[leaf] = found.get(leaf, set()) | kinds
    return found


def in_yaml(settings: Any, carrier: str) -> Any:
    """The settings as a YAML program gives them; late values hang on the resource of this name."""
    if isinstance(settings, Mapping):
        return {key: in_yaml(value, carrier) for key, value in settings.items()}
    if isinstance(settings, list):
        return [in_yaml(value, carrier) for value in settings]
    if isinstance(settings, Secret):
        return {"fn::secret": in_yaml(settings.text, carrier)}
    if isinstance(settings, Later):
        both = {"fn::join": ["|", [settings.text, f"${{{carrier}.id}}"]]}
        return {"fn::select": [0, {"fn::split": ["|", both]}]}
    return settings


def in_python(settings: Any, carrier: pulumi.Output[str]) -> Any:
    """The settings as a Python program gives them: in snake_case, late values hanging on this output."""
    if isinstance(settings, Mapping):
        return {
            _snake(key): value if key == "arm" else in_python(value, carrier)  # As Azure spells it.
            for key, value in settings.items()
        }
    if isinstance(settings, list):
        return [in_python(value, carrier) for value in settings]
    if isinstance(settings, Secret):
        return pulumi.Output.secret(in_python(settings.text, carrier))
    if isinstance(settings, Later):
        return carrier.apply(_always(settings.text))
    return settings


def _always(text: str) -> Callable[[Any], str]:
    return lambda _: text


def _snake(key: str) -> str:
    # A tag's key has no capitals here, and a header's name has a hyphen, so they stay as they are.
    return key if "-" in key else re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", key)

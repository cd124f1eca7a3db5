"""The environment prod written out by hand, with the SDK alone: the yardstick of `bench_preview.py`.

It registers the same resources with the same inputs, and checks nothing. The API version alone is this project's.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
from mtls_app_gateway.document.azure import API

DELEGATION = "Microsoft.Network/applicationGateways"
TAGS = {"environment": "prod"}


async def package() -> str:
    """The network module at the API version of this project, as a package of its own to the engine."""
    module = base64.b64encode(json.dumps({"module": "network", "version": API.module}, separators=(",", ":")).encode())
    parameter = base64.b64encode(module).decode()
    return await pulumi.runtime.register_package("azure-native", "3.29.0", "", API.package, "3.29.0", parameter)


class Provider(pulumi.ProviderResource):
    """The gateway's provider."""

    def __init__(self, name: str, settings: dict[str, str], opts: pulumi.ResourceOptions) -> None:
        super().__init__(API.package, name, settings, opts, package_ref=package())


class ApplicationGateway(pulumi.CustomResource):
    """The gateway at that API version."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        outputs = dict.fromkeys(("name", "sslProfiles"))
        token = f"{API.package}:network:ApplicationGateway"
        super().__init__(token, name, {**outputs, **inputs}, opts, package_ref=package())


def client_ca(name: str) -> dict[str, str]:
    """A trusted CA chain from its file."""
    return {"name": name, "data": base64.b64encode(Path(f"authorities/{name}.pem").read_bytes()).decode()}


def inside(collection: str, name: str) -> dict[str, str]:
    """A reference to a part of the gateway."""
    return {"id": f"$self/{collection}/{name}"}


config = pulumi.Config()
azure = pulumi.Config("azure-native")
group = config.require("resourceGroupName")

edge = pulumi.ComponentResource("by-hand:index:Edge", "edge")
child = pulumi.ResourceOptions(parent=edge)
settings = {key: azure.require(key) for key in ("location", "subscriptionId")}
provider = Provider("edge-azure", settings, child)

address = azure_native.network.PublicIPAddress(
    "edge-public-ip",
    resource_group_name=group,
    tags=TAGS,
    sku=azure_native.network.PublicIPAddressSkuArgs(name="Standard"),
    public_ip_allocation_method="Static",
    dns_settings=azure_native.network.PublicIPAddressDnsSettingsArgs(domain_name_label="contoso-mtls-edge"),
    opts=child,
)
security_group = azure_native.network.NetworkSecurityGroup(
    "edge-security-group",
    resource_group_name=group,
    tags=TAGS,
    security_rules=[
        azure_native.network.SecurityRuleArgs(
            name="allow-clients-internet",
            access="Allow",
            direction="Inbound",
            protocol="Tcp",
            source_port_range="*",
            destination_address_prefix="10.0.0.0/24",
            source_address_prefix="Internet",
            destination_port_range="443",
            priority=100,
        ),
        azure_native.network.SecurityRuleArgs(
            name="allow-gateway-manager",
            access="Allow",
            direction="Inbound",
            protocol="Tcp",
            source_port_range="*",
            destination_address_prefix="*",
            source_address_prefix="GatewayManager",
            destination_port_range="65200-65535",
            priority=110,
        ),
        azure_native.network.SecurityRuleArgs(
            name="allow-azure-load-balancer",
            access="Allow",
            direction="Inbound",
            protocol="*",
            source_port_range="*",
            destination_address_prefix="*",
            source_address_prefix="AzureLoadBalancer",
            destination_port_range="*",
            priority=120,
        ),
    ],
    opts=child,
)
network = azure_native.network.VirtualNetwork(
    "edge-network",
    resource_group_name=group,
    tags=TAGS,
    address_space=azure_native.network.AddressSpaceArgs(address_prefixes=["10.0.0.0/16"]),
    opts=child,
)
subnet = azure_native.network.Subnet(
    "edge-gateway-subnet",
    resource_group_name=group,
    virtual_network_name=network.name,
    subnet_name="gateway",
    address_prefix="10.0.0.0/24",
    network_security_group=azure_native.network.NetworkSecurityGroupArgs(id=security_group.id),
    delegations=[azure_native.network.DelegationArgs(name=DELEGATION, service_name=DELEGATION)],
    opts=child,
)
gateway = ApplicationGateway(
    "edge-gateway",
    {
        "resourceGroupName": group,
        "tags": TAGS,
        "sku": {"name": "Standard_v2", "tier": "Standard_v2"},
        "autoscaleConfiguration": {"minCapacity": 2, "maxCapacity": 20},
        "enableHttp2": False,
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "gatewayIPConfigurations": [{"name": "gateway", "subnet": {"id": subnet.id}}],
        "frontendIPConfigurations": [{"name": "public", "publicIPAddress": {"id": address.id}}],
        "frontendPorts": [{"name": "port-443", "port": 443}],
        "sslCertificates": [
            {
                "name": "listener",
                "data": config.require_secret("listener-pfx"),
                "password": config.require_secret("listener-password"),
            }
        ],
        "trustedClientCertificates": [client_ca("partners"), client_ca("devices")],
        "sslProfiles": [
            {
                "name": "default",
                "clientAuthConfiguration": {
                    "verifyClientAuthMode": "Strict",
                    "verifyClientCertIssuerDN": True,
                    "verifyClientRevocation": "OCSP",
                },
                "trustedClientCertificates": [
                    inside("trustedClientCertificates", "partners"),
                    inside("trustedClientCertificates", "devices"),
                ],
            }
        ],
        "httpListeners": [
            {
                "name": "https",
                "frontendIPConfiguration": inside("frontendIPConfigurations", "public"),
                "frontendPort": inside("frontendPorts", "port-443"),
                "protocol": "Https",
                "sslCertificate": inside("sslCertificates", "listener"),
                "sslProfile": inside("sslProfiles", "default"),
            }
        ],
        "backendAddressPools": [{"name": "backend", "backendAddresses": [{"fqdn": "app.example.com"}]}],
        "backendHttpSettingsCollection": [
            {
                "name": "backend",
                "port": 443,
                "protocol": "Https",
                "pickHostNameFromBackendAddress": True,
                "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
                "probe": inside("probes", "backend"),
            }
        ],
        "probes": [
            {
                "name": "backend",
                "protocol": "Https",
                "path": "/health",
                "pickHostNameFromBackendHttpSettings": True,
                "interval": 30,
                "timeout": 30,
                "unhealthyThreshold": 3,
                "match": {"statusCodes": ["200-399"]},
            }
        ],
        "rewriteRuleSets": [
            {
                "name": "set-identity-headers",
                "rewriteRules": [
                    {
                        "name": "identity",
                        "ruleSequence": 100,
                        "actionSet": {
                            "requestHeaderConfigurations": [
                                {"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"}
                            ]
                        },
                    }
                ],
            }
        ],
        "requestRoutingRules": [
            {
                "name": "route",
                "ruleType": "Basic",
                "priority": 100,
                "httpListener": inside("httpListeners", "https"),
                "backendAddressPool": inside("backendAddressPools", "backend"),
                "backendHttpSettings": inside("backendHttpSettingsCollection", "backend"),
                "rewriteRuleSet": inside("rewriteRuleSets", "set-identity-headers"),
            }
        ],
    },
    pulumi.ResourceOptions(parent=edge, provider=provider, depends_on=[subnet]),
)

pulumi.export("gatewayId", gateway.id)
pulumi.export("publicAddress", address.ip_address)
pulumi.export("fqdn", address.dns_settings.apply(lambda dns: dns.fqdn if dns is not None else None))

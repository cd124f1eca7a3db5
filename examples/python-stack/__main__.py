"""Partners and the app's users on one gateway, in a network of one's own.

The gateway verifies the certificates of partners (Strict); the app verifies those of its own users (Passthrough). Each
listener has a port of its own, so that no client reaches the milder one on the way to the stricter one.
"""

from pathlib import Path

import pulumi
import pulumi_azure_native as azure_native
from mtls_app_gateway import MtlsAppGateway, parse_mode

config = pulumi.Config()
group = azure_native.resources.ResourceGroup("edge", resource_group_name="contoso-edge", location="westeurope")
network = azure_native.network.VirtualNetwork(
    "network",
    resource_group_name=group.name,
    virtual_network_name="contoso-network",
    address_space=azure_native.network.AddressSpaceArgs(address_prefixes=["10.20.0.0/16"]),
)
subnet = azure_native.network.Subnet(
    "gateways",
    resource_group_name=group.name,
    virtual_network_name=network.name,
    subnet_name="gateways",
    address_prefix="10.20.0.0/24",
    delegations=[
        azure_native.network.DelegationArgs(name="gateways", service_name="Microsoft.Network/applicationGateways")
    ],
)

gateway = MtlsAppGateway(
    "edge",
    {
        "resource_group_name": group.name,
        "mode": "Passthrough",
        "profiles": [
            {
                "name": "partners",
                "mode": parse_mode(config.require("partnersMode")),
                "strict": {
                    "trusted_ca_chains": [
                        {"name": "partners", "data": Path("partners.pem").read_text(encoding="utf-8")}
                    ]
                },
            }
        ],
        "listener_certificates": [
            {"pfx": config.require_secret("listenerPfx"), "password": config.require_secret("listenerPassword")}
        ],
        "listeners": [
            {"name": "app", "host_names": ["app.example.com"]},
            {"name": "partners", "port": 8443, "host_names": ["partners.example.com"], "profile": "partners"},
        ],
        "backends": [{"name": "app", "fqdns": ["app.internal.example.com"], "probe": {"path": "/health"}}],
        "routes": [
            {"name": "app", "listener": "app", "backend": "app", "priority": 10},
            {"name": "partners", "listener": "partners", "backend": "app", "priority": 20},
        ],
        "network": {"subnet_id": subnet.id},
        "public_ip": {"domain_name_label": "contoso-edge"},
    },
)

# Lets other machines that use this security group reach the gateway at its public address.
azure_native.network.NetworkSecurityGroup(
    "callers",
    resource_group_name=group.name,
    network_security_group_name="contoso-callers",
    security_rules=[
        azure_native.network.SecurityRuleArgs(
            name="to-the-gateway",
            access="Allow",
            direction="Outbound",
            priority=100,
            protocol="Tcp",
            source_address_prefix="*",
            source_port_range="*",
            destination_address_prefix=gateway.public_address,
            destination_port_ranges=["443", "8443"],
        )
    ],
)

pulumi.export("url", gateway.url)
pulumi.export("modes", gateway.modes)
pulumi.export("nearestCaExpiry", gateway.nearest_ca_expiry)
pulumi.export("document", gateway.document)

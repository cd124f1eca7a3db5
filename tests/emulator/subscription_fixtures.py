"""A gateway and its neighbours as Pulumi inputs, which tests of the emulator request and break."""

import base64
import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mtls_app_gateway.rehearsal.authority import Authority, LeafUse

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = "edge-rg"
PASSWORD = "rehearsal1"
ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network"
GROUP_PATH = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
SUBNET_ID = f"{ROOT}/virtualNetworks/net/subnets/gateway"
ADDRESS_ID = f"{ROOT}/publicIPAddresses/address"
GROUP_ID = f"{ROOT}/networkSecurityGroups/doors"
GATEWAY_ID = f"{ROOT}/applicationGateways/gw"

AT = datetime.now(UTC)
AUTHORITY = Authority.create("Example Partners Root", now=AT)
_SERVER = AUTHORITY.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
PFX = base64.b64encode(_SERVER.pfx(PASSWORD)).decode()
CHAIN = base64.b64encode(AUTHORITY.bundle_pem.encode()).decode()

_DOORS = [
    {
        "name": "callers",
        "priority": 100,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "443",
    },
    {
        "name": "manager",
        "priority": 110,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "GatewayManager",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "65200-65535",
    },
]


def security_group_inputs() -> dict[str, Any]:
    """The rules a gateway's subnet needs."""
    return {
        "resourceGroupName": GROUP,
        "networkSecurityGroupName": "doors",
        "location": "westeurope",
        "securityRules": copy.deepcopy(_DOORS),
    }


def network_inputs(security_group: Any = GROUP_ID) -> dict[str, Any]:
    """A network with the gateway's subnet in it."""
    return {
        "resourceGroupName": GROUP,
        "virtualNetworkName": "net",
        "location": "westeurope",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [
            {
                "name": "gateway",
                "addressPrefix": "10.0.0.0/24",
                "networkSecurityGroup": {"id": security_group},
                "delegations": [{"name": "gateway", "serviceName": "Microsoft.Network/applicationGateways"}],
            }
        ],
    }


def address_inputs(**parts: Any) -> dict[str, Any]:
    """A public address that a v2 gateway may have."""
    return {
        "resourceGroupName": GROUP,
        "publicIpAddressName": "address",
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
        **parts,
    }


def gateway_inputs(
    mode: str = "Passthrough", *, subnet: Any = SUBNET_ID, address: Any = ADDRESS_ID, **parts: Any
) -> dict[str, Any]:
    """The smallest gateway with client authentication; in Strict with one chain."""
    strict = mode == "Strict"
    profile: dict[str, Any] = {"name": "mtls", "clientAuthConfiguration": {"verifyClientAuthMode": mode}}
    if strict:
        profile["trustedClientCertificates"] = [{"id": "$self/trustedClientCertificates/partners"}]
    return {
        "resourceGroupName": GROUP,
        "applicationGatewayName": "gw",
        "location": "westeurope",
        "sku": {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 2},
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "gatewayIPConfigurations": [{"name": "gateway", "subnet": {"id": subnet}}],
        "frontendIPConfigurations": [{"name": "public", "publicIPAddress": {"id": address}}],
        "frontendPorts": [{"name": "port-443", "port": 443}],
        "sslCertificates": [{"name": "listener", "data": PFX, "password": PASSWORD}],
        "trustedClientCertificates": [{"name": "partners", "data": CHAIN}] if strict else [],
        "sslProfiles": [profile],
        "httpListeners": [
            {
                "name": "https",
                "frontendIPConfiguration": {"id": "$self/frontendIPConfigurations/public"},
                "frontendPort": {"id": "$self/frontendPorts/port-443"},
                "protocol": "Https",
                "sslCertificate": {"id": "$self/sslCertificates/listener"},
                "sslProfile": {"id": "$self/sslProfiles/mtls"},
            }
        ],
        "backendAddressPools": [{"name": "app", "backendAddresses": [{"fqdn": "app.example.com"}]}],
        "backendHttpSettingsCollection": [{"name": "app", "port": 443, "protocol": "Https"}],
        "requestRoutingRules": [
            {
                "name": "app",
                "ruleType": "Basic",
                "priority": 100,
                "httpListener": {"id": "$self/httpListeners/https"},
                "backendAddressPool": {"id": "$self/backendAddressPools/app"},
                "backendHttpSettings": {"id": "$self/backendHttpSettingsCollection/app"},
            }
        ],
        **parts,
    }


def changed(inputs: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with the value at a path such as `sslProfiles.0.name` replaced, or taken out where the value is None."""
    made: dict[str, Any] = _changed(inputs, path.split("."), value)
    return made


def _changed(holder: Any, steps: list[str], value: Any) -> Any:
    step, *rest = steps
    if isinstance(holder, list):
        at = int(step)
        there = [_changed(holder[at], rest, value)] if rest else [value]
        return [*holder[:at], *there, *holder[at + 1 :]]
    if value is None and not rest:
        return {key: item for key, item in holder.items() if key != step}
    return {**holder, step: _changed(holder[step], rest, value) if rest else value}

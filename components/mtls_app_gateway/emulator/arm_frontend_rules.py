"""ARM's rules about a gateway's frontends.

Missing: that a gateway without a public address needs a feature of its subscription, for the emulator's has no
features; that the private address is free.
"""

from collections.abc import Iterator

from .arm_rules import ArmRule, Request


def _public_or_private(request: Request) -> Iterator[str]:
    for name, frontend in request.parts("frontendIPConfigurations"):
        if frontend.get("publicIPAddress") and frontend.get("subnet"):
            yield f"FrontendIpConfiguration {name} of {request.put.id} cannot have both a public IP and a subnet."


def _private_address_is_static(request: Request) -> Iterator[str]:
    tier = str((request.properties.get("sku") or {}).get("tier"))
    for name, frontend in request.parts("frontendIPConfigurations"):
        if tier.endswith("_v2") and frontend.get("privateIPAllocationMethod") == "Dynamic" and frontend.get("subnet"):
            yield (
                f"FrontendIpConfiguration {name} of Application Gateway with SKU tier {tier} can only use "
                "PrivateIPAddress with IpAllocationMethod as Static."
            )


def _subnet_is_the_gateways(request: Request) -> Iterator[str]:
    own = {str((place.get("subnet") or {}).get("id")).lower() for _, place in request.parts("gatewayIPConfigurations")}
    for name, frontend in request.parts("frontendIPConfigurations"):
        subnet = str((frontend.get("subnet") or {}).get("id", ""))
        if subnet and subnet.lower() not in own:
            yield f"FrontendIpConfiguration {name} subnet {subnet} and gateway subnet can not be different."


FRONTEND_RULES = (
    ArmRule(
        "frontend-is-public-or-private",
        "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
        "Microsoft Learn, application-gateway/application-gateway-private-deployment",
        _public_or_private,
    ),
    ArmRule(
        "private-address-is-static",
        "ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType",
        "github.com/MicrosoftDocs/azure-docs/issues/64433",
        _private_address_is_static,
    ),
    ArmRule(
        "frontend-subnet-is-the-gateways",
        None,
        "github.com/Azure/azure-cli/issues/4134",
        _subnet_is_the_gateways,
    ),
)

"""The rules of frontends: public and private addresses, and what a gateway without a public one needs.

Sources: Microsoft, Application Gateway frontend IP configuration; Private Application Gateway deployment.
"""

from collections.abc import Iterator

from ..document.gateway import Frontend, Gateway
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each

_PRIVATE_DEPLOYMENT = "Microsoft, Private Application Gateway deployment"
_FEATURE = "Microsoft.Network/EnableApplicationGatewayNetworkIsolation"
_NO_PUBLIC_ADDRESS = "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet"


@for_each(lambda gateway: gateway.frontends)
def _public_and_private(_gateway: Gateway, frontend: Frontend) -> Iterator[Finding]:
    if frontend.is_public and frontend.is_private:
        yield Finding(frontend.place, f"{quoted(frontend.name)} has a public address and a private one")


@for_each(lambda gateway: gateway.frontends)
def _private_address_dynamic(_gateway: Gateway, frontend: Frontend) -> Iterator[Finding]:
    if frontend.is_private and frontend.allocation == "Dynamic":
        place = f"{frontend.place}.properties.privateIPAllocationMethod"
        yield Finding(place, f"the private address of {quoted(frontend.name)} is dynamic")


@for_each(lambda gateway: gateway.frontends)
def _private_subnet(gateway: Gateway, frontend: Frontend) -> Iterator[Finding]:
    if not frontend.is_private or frontend.is_public or gateway.subnet_id is None or frontend.address_id is None:
        return
    if frontend.address_id.lower() != gateway.subnet_id.lower():
        saw = f"{quoted(frontend.name)} has an address of another subnet than the gateway's"
        yield Finding(f"{frontend.place}.properties.subnet", saw)


@for_each(lambda gateway: gateway.frontends)
def _private_frontend_unused(gateway: Gateway, frontend: Frontend) -> Iterator[Finding]:
    used = {each.frontend.place for each in gateway.reachable if each.frontend is not None}
    if frontend.is_private and frontend.place not in used:
        yield Finding(frontend.place, f"no listener with a rule uses {quoted(frontend.name)}")


def _private_only(gateway: Gateway) -> Iterator[Finding]:
    if _is_private_only(gateway):
        yield Finding(
            gateway.frontends[0].place,
            f"the gateway has no public address, so its subscription needs the feature {_FEATURE}, the registration of "
            "which takes up to 30 minutes, before the gateway is made: a gateway that exists is not converted",
        )


def _private_only_firewall(gateway: Gateway) -> Iterator[Finding]:
    if _is_private_only(gateway) and gateway.firewall_policy_id is not None:
        saw = "whether this policy has rate-limit rules is not known here, and no gateway without a public address has"
        yield Finding("properties.firewallPolicy", saw)


def _no_egress(gateway: Gateway) -> Iterator[Finding]:
    used = [each.frontend for each in gateway.reachable if each.frontend is not None]
    if used and not any(each.is_public for each in used):
        needs = ", ".join(_needs(gateway))
        saw = f"no listener with a rule is on a public address, so the gateway does not reach the internet: {needs}"
        yield Finding(used[0].place, saw)


def _needs(gateway: Gateway) -> Iterator[str]:
    if any(profile.verify_revocation for profile in gateway.profiles):
        yield "OCSP responders, without whose answer clients are refused"
    if any(certificate.key_vault_secret_id for certificate in gateway.certificates):
        yield "Key Vault, unless by a private endpoint"
    yield "backends and error pages outside the network"


def _is_private_only(gateway: Gateway) -> bool:
    return bool(gateway.frontends) and all(each.is_private and not each.is_public for each in gateway.frontends)


FRONTEND_RULES = (
    Rule(
        code="frontend-public-and-private",
        demands="A frontend has a public address or a private one.",
        source="Azure REST API 2025-03-01, applicationGateways: frontendIPConfigurations; deployments report this code",
        remedy="Make two frontends of it.",
        azure_code=_NO_PUBLIC_ADDRESS,
        check=_public_and_private,
    ),
    Rule(
        code="private-address-dynamic",
        demands="A private address is static.",
        source="https://github.com/MicrosoftDocs/azure-docs/issues/64433",
        remedy="Say Static, and give an address of the gateway's subnet.",
        azure_code="ApplicationGatewayFrontendIpPrivateIpAddressInvalidAllocationType",
        check=_private_address_dynamic,
    ),
    Rule(
        code="private-frontend-subnet",
        demands="A private frontend is in the gateway's subnet.",
        source="https://github.com/Azure/azure-cli/issues/4134",
        remedy="Use the subnet of gatewayIPConfigurations.",
        check=_private_subnet,
    ),
    Rule(
        code="private-frontend-unused",
        demands="A private address is used by a listener with a rule, which reserves it.",
        source="Microsoft, Application Gateway frontend IP configuration",
        remedy="Remove it until a listener uses it: meanwhile an instance, or another gateway, may take the address.",
        severity=Severity.WARNING,
        check=_private_frontend_unused,
    ),
    Rule(
        code="private-only",
        demands="A gateway without a public address is in a subscription with network isolation.",
        source=_PRIVATE_DEPLOYMENT,
        remedy=f"Register it: az feature register --namespace Microsoft.Network --name {_FEATURE.partition('/')[2]}. "
        "Without it, say publicIp.keepUnused: true: the gateway has a public address that no listener uses.",
        severity=Severity.NOTE,
        azure_code=_NO_PUBLIC_ADDRESS,
        check=_private_only,
    ),
    Rule(
        code="private-only-firewall",
        demands="A gateway without a public address has no rate-limit rules.",
        source=_PRIVATE_DEPLOYMENT,
        remedy="Look at the policy, and take rate-limit rules out.",
        severity=Severity.NOTE,
        check=_private_only_firewall,
    ),
    Rule(
        code="no-way-to-internet",
        demands="A gateway with private listeners alone has another way to what it needs.",
        source=_PRIVATE_DEPLOYMENT,
        remedy="Give the subnet a NAT gateway, or a route to an appliance, for what the gateway needs.",
        severity=Severity.NOTE,
        check=_no_egress,
    ),
)

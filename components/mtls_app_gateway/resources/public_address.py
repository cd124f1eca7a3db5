"""The public address of the gateway: a new one, an existing one that is only read, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from ..settings.change_effects import judge_address_update
from ..settings.frontend_parts import has_public_address
from ..settings.implied import address_zones
from ..settings.settings import GatewaySettings, PublicIp
from .azure_resource import PUBLIC_ADDRESS, AzureResource
from .changes import judged_update
from .placeholders import fill


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """The public address, as the provider returned it; each value is None where there is no address."""

    made: AzureResource | None
    """The address of the component's own."""
    address: pulumi.Output[str | None]
    fqdn: pulumi.Output[str | None]
    """None too where it has no label."""


def public_address(
    name: str,
    settings: GatewaySettings,
    common: Mapping[str, Any],
    values: Mapping[str, Any],
    parent: pulumi.Resource,
) -> PublicAddress:
    """Make the address, or read the one that exists: it must be there, and Pulumi never changes or deletes it."""
    none: pulumi.Output[str | None] = pulumi.Output.from_input(None)
    if not has_public_address(settings):
        return PublicAddress(None, none, none)
    given = settings.public_ip.id
    address = (
        _made(name, settings, common, values, parent) if given is None else _read(name, fill(given, values), parent)
    )
    # Without a label there is no name, and what a provider leaves out would be unknown in every preview.
    may_have_name = given is not None or settings.public_ip.domain_name_label is not None
    fqdn = address.returned("dnsSettings").apply(lambda dns: (dns or {}).get("fqdn"))
    return PublicAddress(
        address if given is None else None,
        address.returned("ipAddress").apply(str),
        fqdn if may_have_name else none,
    )


def _read(name: str, identifier: pulumi.Input[str], parent: pulumi.Resource) -> AzureResource:
    return AzureResource(PUBLIC_ADDRESS, f"{name}-public-ip", {}, pulumi.ResourceOptions(parent=parent, id=identifier))


def _made(
    name: str,
    settings: GatewaySettings,
    common: Mapping[str, Any],
    values: Mapping[str, Any],
    parent: pulumi.Resource,
) -> AzureResource:
    return AzureResource(
        PUBLIC_ADDRESS,
        f"{name}-public-ip",
        {
            "publicIpAddressName": fill(settings.public_ip.name, values),
            "sku": {"name": "Standard"},
            "publicIPAllocationMethod": "Static",
            "zones": address_zones(settings),
            "dnsSettings": _dns_settings(settings.public_ip, values),
            "ddosSettings": _ddos_settings(settings.public_ip, values),
            **common,
        },
        pulumi.ResourceOptions(
            parent=parent,
            # None, so that a component which is protected protects its address too.
            protect=settings.public_ip.protect or None,
            hooks=judged_update(f"{name}-public-ip", judge_address_update, parent),
        ),
    )


def _dns_settings(given: PublicIp, values: Mapping[str, Any]) -> dict[str, Any] | None:
    if given.domain_name_label is None:
        return None
    label, scope = fill(given.domain_name_label, values), given.domain_name_label_scope
    return {"domainNameLabel": label} | ({} if scope is None else {"domainNameLabelScope": scope.value})


def _ddos_settings(given: PublicIp, values: Mapping[str, Any]) -> dict[str, Any] | None:
    if given.ddos_protection is None:
        return None
    plan = fill(given.ddos_protection_plan_id, values)
    mode = {"protectionMode": given.ddos_protection.value}
    return mode if plan is None else {**mode, "ddosProtectionPlan": {"id": plan}}

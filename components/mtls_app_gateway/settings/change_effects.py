"""The effects of changes to deployed resources in Azure, as rows: replacements, refusals, updates in place.

It judges changes of the settings that place and name the resources, and updates of single resources. azure-native
replaces a resource when its path names change: it deletes first where the old name was given, and creates first where
the name was automatic. Zones and location of a gateway are plain updates to it (its `diff.go` and `replacement.go`).
A change that live deployments or Microsoft's documentation show to be refused is an error, an inferred one a warning.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..document.address_range import address_range
from ..document.gateway import Gateway
from ..document.placeholder import is_placeholder
from ..problems import Problem, Row
from .problem_rows import CHANGE_IN_PLACE, CHANGE_MAY_BE_REFUSED, CHANGE_NEEDS_RESTART, CHANGE_REFUSED, CHANGE_REPLACES
from .settings import GatewaySettings

_KEEP = "Keep the old value."
_ANEW = "Or deploy a second gateway under another component name, move its clients, and take this one away."
_MOVE = (
    "Keep the old value, or deploy a second gateway under another component name, move its clients, and take this one "
    "away."
)

Given = Mapping[str, str]
"""Placing settings by their path, without those that are not given."""


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """A placing setting, and the effect of a change of it.

    `was_given` restricts the row to a name that was given before, or to one that was automatic. `source` is the reason
    why the effect is known.
    """

    change: Row
    where: str
    does: str
    fix: str
    source: str
    was_given: bool | None = None
    azure_code: str | None = None
    is_same: Callable[[str, str], bool] = lambda before, after: before.casefold() == after.casefold()

    def problem(self, before: str, after: str) -> Problem:
        """The problem of this change."""
        saw = f"{before!r} becomes {after!r}: {self.does}"
        return self.change.problem(self.where, saw, self.fix, azure_code=self.azure_code)


def _is_kept(before: str, after: str) -> bool:
    """Whether a range that was in use is still a part of the new one."""
    old, new = address_range(before), address_range(after)
    return old is not None and new is not None and old.version == new.version and old.subnet_of(new)  # type: ignore[arg-type]


PLACEMENT_ROWS = (
    PlacementRow(
        CHANGE_REPLACES,
        "resourceGroupName",
        "everything is made anew in the other resource group, with another public address, and the old is deleted",
        _MOVE,
        "azure-native, diff.go: the resource group is a path parameter",
    ),
    PlacementRow(
        CHANGE_REPLACES,
        "gatewayName",
        "Azure deletes the gateway and makes another, and no gateway answers meanwhile",
        "Keep the old name, or change it when clients can wait for a deletion and a creation.",
        "azure-native, provider.go: a name that was given is deleted before it is replaced",
        was_given=True,
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "gatewayName",
        "the name was automatic, so a second gateway is made first, on an address and in a subnet that are in use",
        "Leave the name out, or give the one that the gateway has.",
        "azure-native, provider.go; that Azure refuses the second gateway is inferred",
        was_given=False,
    ),
    PlacementRow(
        CHANGE_REFUSED,
        "publicIp.name",
        "the address has to be deleted first, and Azure deletes none that a gateway uses",
        _KEEP,
        "github.com/pulumi/pulumi-azure-native/issues/1288",
        was_given=True,
        azure_code="PublicIPAddressCannotBeDeleted",
    ),
    PlacementRow(
        CHANGE_REFUSED,
        "publicIp.name",
        "another address is made, and Azure does not put it in the place of the gateway's",
        "Leave the name out, or give the one that the address has.",
        "github.com/Azure/azure-cli/issues/4133, 13891; hashicorp/terraform-provider-azurerm/issues/23778",
        was_given=False,
        azure_code="ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged",
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "network.name",
        "the network and its subnets are replaced, and the gateway's subnet is in use",
        _MOVE,
        "azure-native, diff.go; Azure's code as it names it, no record of this case",
        azure_code="InUseSubnetCannotBeDeleted",
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "network.subnetName",
        "the subnet has to be deleted first, and it is in use",
        _MOVE,
        "azure-native, diff.go; Azure's code as it names it, no record of this case",
        azure_code="InUseSubnetCannotBeDeleted",
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "network.securityGroupName",
        "the security group has to be deleted first, and it is in use",
        _KEEP,
        "azure-native, diff.go; Azure's code as it names it, no record of this case",
        was_given=True,
        azure_code="InUseNetworkSecurityGroupCannotBeDeleted",
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "network.subnetPrefix",
        "the range of the gateway's subnet is in use",
        _MOVE,
        "inferred: Azure changes no range that is in use",
    ),
    PlacementRow(
        CHANGE_MAY_BE_REFUSED,
        "network.addressPrefix",
        "a part of the network's range is taken away, and subnets are in it",
        "Give a range that holds the old one, or keep it.",
        "inferred: Azure takes no range away that is in use",
        is_same=_is_kept,
    ),
)


def placement_of(settings: GatewaySettings) -> Given:
    """The settings that place and name the component's resources, as given."""
    network = settings.network
    given: dict[str, str | None] = {
        "resourceGroupName": settings.resource_group_name,
        "gatewayName": settings.gateway_name,
        "publicIp.id": settings.public_ip.id,
        "publicIp.name": settings.public_ip.name,
    }
    if network.subnet_id is None:
        given |= {
            "network.name": network.name,
            "network.subnetName": network.subnet_name,
            "network.securityGroupName": network.security_group_name,
            "network.subnetPrefix": network.subnet_prefix,
            "network.addressPrefix": network.address_prefix,
        }
    return {where: value for where, value in given.items() if value is not None}


def judge_placement(before: Given, after: Given, deployed: Gateway) -> Iterator[Problem]:
    """The effects of a change of a deployed component's placing settings.

    Args:
        before: the deployed settings; empty where they were deployed by a version that did not record them, and then
            the names count as given.
        after: the new settings, without those that are not known yet.
        deployed: the deployed gateway, which shows the names that were automatic; empty where there is none.
    """
    names = {**before, **_names_in(deployed, before)}
    for row in PLACEMENT_ROWS:
        old, new = names.get(row.where), after.get(row.where)
        was_given = not before or row.where in before
        if old is not None and new is not None and row.was_given in (None, was_given) and not row.is_same(old, new):
            yield row.problem(old, new)


def _names_in(deployed: Gateway, before: Given) -> dict[str, str]:
    """The names of the component's own resources; an address or a subnet that was brought is none."""
    names = {"gatewayName": deployed.name} if deployed.name else {}
    for frontend in deployed.frontends:
        if frontend.address_id and not frontend.is_private and "publicIp.id" not in before:
            address = frontend.address_id
            names |= _steps(address, resourcegroups="resourceGroupName", publicipaddresses="publicIp.name")
    if deployed.subnet_id and "network.subnetName" in before:
        names |= _steps(deployed.subnet_id, virtualnetworks="network.name")
    return names


def _steps(identifier: str, **settings: str) -> dict[str, str]:
    """The settings whose values are steps of a resource id."""
    pairs = re.findall(r"/([^/]+)/([^/]+)", identifier)
    return {settings[kind.lower()]: name for kind, name in pairs if kind.lower() in settings}


def judge_gateway_update(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The effects of an update of the gateway, from Pulumi inputs with placeholders for texts that are known later."""
    found = (
        *_zones("the gateway", before, after),
        *_location(before, after),
        *_reference(before, after, "frontendIPConfigurations", "publicIPAddress", _ADDRESS),
        *_reference(before, after, "gatewayIPConfigurations", "subnet", _SUBNET),
        *_frontends(before, after),
    )
    return found or (_IN_PLACE,)


# Microsoft, Application Gateway HTTP settings configuration: connection draining.
_IN_PLACE = CHANGE_IN_PLACE.problem(
    "the gateway",
    "Azure updates it in place and keeps its address; a request that lasts longer than the connection draining "
    "timeout, 30 s unless it is set, is cut off",
)


def judge_address_update(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """The effects of an update of the public address."""
    yield from _zones("the public address", before, after)


def judge_network_update(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """The effects of an update of the network."""
    old, new = (tuple((inputs.get("dhcpOptions") or {}).get("dnsServers") or ()) for inputs in (before, after))
    if old != new:
        words = (", ".join(servers) or "Azure's own" for servers in (old, new))
        yield CHANGE_NEEDS_RESTART.problem("network.dnsServers", " become ".join(words))


def _zones(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    # Live records: of gateways terraform-provider-azurerm #2293, ansible-collections/azure #2367, of addresses
    # azure-cli #16653, azure-powershell #13656.
    old, new = (sorted(map(str, inputs.get("zones") or ())) for inputs in (before, after))
    if old != new:
        words = (", ".join(zones) or "none" for zones in (old, new))
        yield CHANGE_REFUSED.problem(
            "zones",
            f"{' become '.join(words)}: Azure does not change the zones of {what}",
            _MOVE,
            azure_code="ResourceAvailabilityZonesCannotBeModified",
        )


def _location(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    old, new = (str(inputs.get("location") or "") for inputs in (before, after))
    if old and new and not is_placeholder(new) and _region(old) != _region(new):
        yield CHANGE_MAY_BE_REFUSED.problem(
            "location",
            f"{old!r} becomes {new!r}: address and network are replaced, and the gateway is updated where it is, which "
            "Azure is expected to refuse",
            _MOVE,
            azure_code="InvalidResourceLocation",
        )


def _region(location: str) -> str:
    return location.replace(" ", "").casefold()


@dataclass(frozen=True, slots=True)
class _Reference:
    where: str
    does: str
    fix: str
    azure_code: str | None = None


_ADDRESS = _Reference(
    "publicIp",
    "Azure does not put another public address in the place of the gateway's",
    _MOVE,
    "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged",
)
# Microsoft, Application Gateway FAQ; terraform-provider-azurerm #747.
_SUBNET = _Reference(
    "network",
    "a gateway changes its subnet within one network only, while it is stopped, by PowerShell or the Azure CLI",
    f"{_MOVE} Or stop the gateway, change its subnet with the Azure CLI, and run `pulumi up --refresh`.",
)


def _reference(
    before: Mapping[str, Any], after: Mapping[str, Any], collection: str, key: str, row: _Reference
) -> Iterator[Problem]:
    """The effect of replacing a resource that the gateway uses."""
    old, new = (_reached(inputs, collection, key) for inputs in (before, after))
    if old and new and {each.casefold() for each in old} != {each.casefold() for each in new}:
        is_later = any(is_placeholder(each) for each in new)
        saw = f"{', '.join(old)} becomes {'another that is known later' if is_later else ', '.join(new)}: {row.does}"
        change = CHANGE_MAY_BE_REFUSED if is_later else CHANGE_REFUSED
        yield change.problem(row.where, saw, row.fix, azure_code=row.azure_code)


def _reached(inputs: Mapping[str, Any], collection: str, key: str) -> list[str]:
    parts = inputs.get(collection)
    found = (part.get(key) for part in (parts if isinstance(parts, list) else ()))
    return [str(reference["id"]) for reference in found if reference and reference.get("id")]


def _frontends(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """The effects of renaming frontends, of taking the public one away, and of another private address."""
    old, new = (_frontends_of(inputs) for inputs in (before, after))
    # The lone frontends of one kind, by their key: Azure has one of each for IPv4.
    for where, key in (("publicIp", "publicIPAddress"), ("privateIp", "privateIPAddress")):
        was, becomes = (next((each for each in found if each.get(key)), None) for found in (old, new))
        if was and becomes and _folded(was.get("name")) != _folded(becomes.get("name")):
            saw = (
                f"the frontend {was.get('name')!r} becomes {becomes.get('name')!r}: no record shows that Azure renames"
            )
            yield CHANGE_MAY_BE_REFUSED.problem(where, saw, "Keep the old name.")
        if key == "publicIPAddress" and was and not becomes and any(each.get("privateIPAddress") for each in new):
            # Microsoft, Private Application Gateway deployment: network isolation is fixed when a gateway is made.
            saw = "the public frontend is taken away, and a gateway that was made with one is not converted"
            fix = f"Say publicIp.keepUnused: true. {_ANEW}"
            yield CHANGE_MAY_BE_REFUSED.problem(where, saw, fix)
        if key == "privateIPAddress" and was and becomes and was[key] != becomes[key]:
            saw = f"{was[key]} becomes {becomes[key]}: clients find private listeners at the new address alone"
            yield CHANGE_MAY_BE_REFUSED.problem("privateIp.address", saw, _KEEP)


def _frontends_of(inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts = inputs.get("frontendIPConfigurations")
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _folded(name: Any) -> str:
    return str(name).casefold()

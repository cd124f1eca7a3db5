"""The shapes of the arguments of the network and the public address, for programs in every Pulumi language."""

from typing import NotRequired, TypedDict

import pulumi

from ..settings.enums import DdosProtectionLiteral, DomainNameLabelScopeLiteral


class SubnetArgs(TypedDict):
    """A further subnet of the network."""

    name: str
    """The subnet's name."""
    address_prefix: str
    """Its address range, a part of the network's."""


class NetworkArgs(TypedDict):
    """The network of the gateway: a new one, or the id of an existing subnet."""

    subnet_id: NotRequired[pulumi.Input[str]]
    """An existing subnet's id, delegated to Microsoft.Network/applicationGateways; in place of everything else here."""
    name: NotRequired[pulumi.Input[str]]
    """The virtual network's name in Azure; by default made from the component's."""
    address_prefix: NotRequired[str]
    """The network's address range. Default: 10.0.0.0/16."""
    subnet_name: NotRequired[str]
    """The name of the gateway's subnet. Default: gateway."""
    subnet_prefix: NotRequired[str]
    """The address range of the gateway's subnet. Default: 10.0.0.0/24."""
    ip_configuration_name: NotRequired[str]
    """The name of the gateway's IP configuration, which says its subnet. Default: gateway."""
    additional_subnets: NotRequired[list[SubnetArgs]]
    """Further subnets."""
    security_group_name: NotRequired[pulumi.Input[str]]
    """The network security group's name in Azure; by default made from the component's."""
    allowed_sources: NotRequired[list[str]]
    """Address ranges and service tags that may reach the public listeners. Default: Internet."""
    dns_servers: NotRequired[list[str]]
    """The addresses of the network's DNS servers; Azure's own if none is given."""
    service_endpoints: NotRequired[list[str]]
    """Azure services that the gateway's subnet reaches by service endpoints, such as Microsoft.KeyVault."""
    nat_gateway_id: NotRequired[pulumi.Input[str]]
    """The id of a NAT gateway for the gateway's subnet."""
    route_table_id: NotRequired[pulumi.Input[str]]
    """The id of a route table for the gateway's subnet."""
    ddos_protection_plan_id: NotRequired[pulumi.Input[str]]
    """The id of a DDoS protection plan for the network. None is ever made: a plan has a high fixed price."""
    default_outbound_access: NotRequired[bool]
    """Whether machines in the subnets reach the internet without a way of their own. If not given, Azure decides."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """An existing security group's id for the gateway's subnet; in place of securityGroupName and allowedSources."""


class PublicIpArgs(TypedDict):
    """The public address: a new one, Standard and Static, or the id of an existing one."""

    id: NotRequired[pulumi.Input[str]]
    """An existing public address's id; in place of all that is said of a new one."""
    frontend_name: NotRequired[str]
    """The name of the public frontend IP configuration. Default: public."""
    keep_unused: NotRequired[bool]
    """Whether there is a public address although every listener is private. Default: false."""
    name: NotRequired[pulumi.Input[str]]
    """Its name in Azure; by default made from the component's."""
    zones: NotRequired[list[str]]
    """Its availability zones, which cannot be changed later; the gateway's if not given."""
    domain_name_label: NotRequired[pulumi.Input[str]]
    """The first label of its name under the region's cloudapp domain."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace it, until this is taken back. Default: false."""
    domain_name_label_scope: NotRequired[DomainNameLabelScopeLiteral]
    """Who else may get the name of the label once it is free; Azure then adds a hash to the name."""
    ddos_protection: NotRequired[DdosProtectionLiteral]
    """How the address is protected against DDoS attacks; Azure's default if not given."""
    ddos_protection_plan_id: NotRequired[pulumi.Input[str]]
    """The id of a DDoS protection plan for the address, beside ddosProtection: Enabled."""


class PrivateIpArgs(TypedDict):
    """The address of the private listeners, in the gateway's subnet: Static, IPv4."""

    address: NotRequired[str]
    """An address of the gateway's subnet that nothing else uses, best near its end."""
    name: NotRequired[str]
    """The name of the private frontend IP configuration. Default: private."""
    allowed_sources: NotRequired[list[str]]
    """Address ranges and service tags that may reach the private listeners. Default: VirtualNetwork."""

"""The rules of what network and public address may have beside the gateway: DNS servers, endpoints, routes, protection.

Sources: Microsoft, Azure Virtual Network; Application Gateway infrastructure configuration.
"""

import re
from collections.abc import Iterator

from ..document.address_range import is_address
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from ..review.checks import repeated
from .enums import DdosProtection
from .http_redirects import ports_of
from .settings import GatewaySettings

_SERVICE = re.compile(r"Microsoft(\.[A-Za-z][A-Za-z0-9]*)+")


def _dns_server(settings: GatewaySettings) -> Iterator[Finding]:
    servers = settings.network.dns_servers
    for position, server in enumerate(servers):
        if not is_placeholder(server) and not is_address(server):
            yield Finding(f"network.dnsServers[{position}]", f"{quoted(server, 60)} is no address")
    for position, server in repeated(servers):
        yield Finding(f"network.dnsServers[{position}]", f"{quoted(server, 60)} is given twice")


def _service_endpoint(settings: GatewaySettings) -> Iterator[Finding]:
    services = settings.network.service_endpoints
    for position, service in enumerate(services):
        if not is_placeholder(service) and not _SERVICE.fullmatch(service):
            yield Finding(f"network.serviceEndpoints[{position}]", f"{quoted(service, 60)} is no name of a service")
    for position, service in repeated(services):
        yield Finding(f"network.serviceEndpoints[{position}]", f"{quoted(service, 60)} is given twice")


def _default_route(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.network.route_table_id is not None:
        yield Finding(
            "network.routeTableId",
            "it is not known here whether this table sends 0.0.0.0/0 elsewhere than to the Internet, which Azure takes "
            "of a gateway with network isolation alone",
        )


def _label_scope(settings: GatewaySettings) -> Iterator[Finding]:
    scope = settings.public_ip.domain_name_label_scope
    if scope is not None and settings.public_ip.domain_name_label is None:
        yield Finding("publicIp.domainNameLabelScope", f"{scope.value}, and there is no label")


def _ddos_plan(settings: GatewaySettings) -> Iterator[Finding]:
    address = settings.public_ip
    if address.ddos_protection_plan_id is not None and address.ddos_protection is not DdosProtection.ENABLED:
        mode = address.ddos_protection.value if address.ddos_protection is not None else "not given"
        yield Finding("publicIp.ddosProtectionPlanId", f"a plan, and publicIp.ddosProtection is {mode}")


def _security_group_conflict(settings: GatewaySettings) -> Iterator[Finding]:
    private = settings.private_ip.model_fields_set if settings.private_ip is not None else set[str]()
    made = {
        "network.securityGroupName": "security_group_name" in settings.network.model_fields_set,
        "network.allowedSources": "allowed_sources" in settings.network.model_fields_set,
        "privateIp.allowedSources": "allowed_sources" in private,
    }
    for where, is_given in made.items():
        if is_given and settings.network.security_group_id is not None:
            yield Finding(where, "it is for a new security group, and network.securityGroupId is an existing one")


def _security_group_unread(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.network.security_group_id is not None:
        ports = ", ".join(str(port) for port in sorted(ports_of(settings)))
        yield Finding(
            "network.securityGroupId",
            f"it is not known here whether this group lets clients in at {ports}, GatewayManager at 65200-65535, and "
            "AzureLoadBalancer at any port",
        )


NETWORK_EXTRA_RULES = (
    Rule(
        code="dns-server",
        demands="A DNS server is an address, given once.",
        source="Azure REST API 2025-03-01, virtualNetworks: dhcpOptions.dnsServers are IP addresses",
        remedy="Write the address of each DNS server once.",
        check=_dns_server,
    ),
    Rule(
        code="service-endpoint",
        demands="A service endpoint is the name of an Azure service, given once.",
        source="Microsoft, Virtual network service endpoints",
        remedy="Write each service once, like Microsoft.KeyVault.",
        check=_service_endpoint,
    ),
    Rule(
        code="default-route",
        demands="The route table leaves 0.0.0.0/0 to the Internet.",
        source="Microsoft, Application Gateway infrastructure configuration; Private Application Gateway deployment",
        remedy="Look into the table: the next hop of 0.0.0.0/0 must be Internet, unless the gateway is isolated.",
        azure_code="ApplicationGatewaySubnetUserDefinedRouteNotAllowed",
        severity=Severity.NOTE,
        check=_default_route,
    ),
    Rule(
        code="security-group-conflict",
        demands="The security group exists or is made.",
        source="this product's own decision: an existing security group is its owner's",
        remedy="Remove it, or network.securityGroupId.",
        check=_security_group_conflict,
    ),
    Rule(
        code="security-group-unread",
        demands="An existing security group lets in whom the gateway needs.",
        source="Microsoft, Application Gateway infrastructure configuration, network security groups",
        remedy="Have its owner let them in before the gateway is made.",
        severity=Severity.NOTE,
        check=_security_group_unread,
    ),
    Rule(
        code="label-scope",
        demands="The scope of a label has a label.",
        source="this product's own decision: nothing that is asked for is left out in silence",
        remedy="Give publicIp.domainNameLabel, or remove the scope.",
        check=_label_scope,
    ),
    Rule(
        code="ddos-plan",
        demands="A DDoS protection plan of an address has the protection enabled.",
        source="Azure REST API 2025-03-01, publicIPAddresses: a plan can be given only where protectionMode is Enabled",
        remedy="Say publicIp.ddosProtection: Enabled, or remove the plan.",
        check=_ddos_plan,
    ),
)

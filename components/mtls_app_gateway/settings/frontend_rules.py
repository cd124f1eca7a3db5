"""The rules of the frontends as settings: which addresses there are, and whether the private one is its subnet's.

Sources: Microsoft, Application Gateway frontend IP configuration; Azure Virtual Network FAQ.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from ..document.address_range import address_range
from ..document.placeholder import is_placeholder
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .enums import FrontendKind
from .frontend_parts import has_public_address, listens
from .settings import GatewaySettings
from .shapes import given_keys

_FRONTENDS = "Microsoft, Application Gateway frontend IP configuration"
_KEPT_AT_THE_START = 4


def _private_address_missing(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.private_ip is None or settings.private_ip.address is None:
        for position, listener in enumerate(settings.listeners):
            if listener.frontend is FrontendKind.PRIVATE:
                yield Finding(f"listeners[{position}].frontend", "it is private, and privateIp has no address")


def _private_address_unused(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.private_ip is not None and not listens(settings, FrontendKind.PRIVATE):
        yield Finding("privateIp", "there is a private address, and every listener is public")


def _private_address(settings: GatewaySettings) -> Iterator[Finding]:
    text = settings.private_ip.address if settings.private_ip is not None else None
    if text is None or is_placeholder(text):
        return
    try:
        address = IPv4Address(text)
    except ValueError:
        yield Finding("privateIp.address", f"{quoted(text, 60)} is no IPv4 address")
        return
    subnet = address_range(settings.network.subnet_prefix)
    # The range of an existing subnet is not known here.
    if settings.network.subnet_id is None and isinstance(subnet, IPv4Network):
        if address not in subnet:
            yield Finding("privateIp.address", f"{address} is not inside {subnet} of network.subnetPrefix")
        elif int(address) - int(subnet[0]) < _KEPT_AT_THE_START or address == subnet[-1]:
            yield Finding("privateIp.address", f"{address} is one of the five addresses of {subnet} that Azure keeps")


def _public_address_unused(settings: GatewaySettings) -> Iterator[Finding]:
    given = ", ".join(given_keys(settings.public_ip, "frontend_name", "keep_unused"))
    if given and not has_public_address(settings):
        yield Finding("publicIp", f"every listener is private, so there is no public address that {given} could be of")


def _public_address_conflict(settings: GatewaySettings) -> Iterator[Finding]:
    made = ", ".join(given_keys(settings.public_ip, "id", "frontend_name", "keep_unused"))
    if settings.public_ip.id is not None and made:
        yield Finding("publicIp.id", f"an existing address, and {made} for a new one")


def _allowed_sources_unused(settings: GatewaySettings) -> Iterator[Finding]:
    if "allowed_sources" in settings.network.model_fields_set and not listens(settings, FrontendKind.PUBLIC):
        yield Finding("network.allowedSources", "these are sources of public listeners, and every listener is private")


def _frontend_names(settings: GatewaySettings) -> Iterator[Finding]:
    private = settings.private_ip
    if private is not None and private.name.lower() == settings.public_ip.frontend_name.lower():
        yield Finding("privateIp.name", f"{private.name!r} is the name of the public frontend (case does not count)")


FRONTEND_RULES = (
    Rule(
        code="private-address-missing",
        demands="A private listener has an address.",
        source=_FRONTENDS,
        remedy="Give privateIp.address, an address of the gateway's subnet.",
        check=_private_address_missing,
    ),
    Rule(
        code="private-address-unused",
        demands="A private address has a private listener.",
        source=f"{_FRONTENDS}: the address is reserved only once a listener with a rule uses it",
        remedy="Say `frontend: Private` at the listeners that are meant to be private, or remove privateIp.",
        check=_private_address_unused,
    ),
    Rule(
        code="private-address",
        demands="The private address is one of the gateway's subnet that Azure does not keep.",
        source=f"{_FRONTENDS}; Azure Virtual Network FAQ",
        remedy="Give an IPv4 address near the end of the subnet's range, out of the way of the gateway's instances.",
        check=_private_address,
    ),
    Rule(
        code="public-address-unused",
        demands="A public address has a public listener, or is kept unused on purpose.",
        source="this product's own decision: nothing that is asked for is left out in silence",
        remedy="Remove it, make a listener public, or say publicIp.keepUnused: true.",
        check=_public_address_unused,
    ),
    Rule(
        code="public-address-conflict",
        demands="The public address exists or is made.",
        source="this product's own decision: an existing address is its owner's",
        remedy="Give one of them.",
        check=_public_address_conflict,
    ),
    Rule(
        code="allowed-sources-unused",
        demands="The sources of public listeners are given where there is one.",
        source="this product's own decision: nothing that is asked for is left out in silence",
        remedy="Name the sources of private listeners in privateIp.allowedSources, and remove these.",
        severity=Severity.WARNING,
        check=_allowed_sources_unused,
    ),
    Rule(
        code="frontend-names",
        demands="The two frontends have names of their own.",
        source="Azure REST API 2025-03-01, applicationGateways: a part is known by its name, whatever its case",
        remedy="Rename one.",
        check=_frontend_names,
    ),
)

"""The rules of who may reach the listeners: the sources of the security group's rules.

Sources: Microsoft, Network security groups and Virtual network service tags; the error codes that deployments report.
"""

import re
from collections.abc import Iterable, Iterator

from ..document.address_range import AddressRange, address_range
from ..document.service_tags import meant_tag
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from ..review.checks import repeated
from .implied import profile_of
from .settings import GatewaySettings

_SERVICE_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9]+)*")


def _lists(settings: GatewaySettings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The sources of each frontend, with their path in the settings."""
    yield "network.allowedSources", settings.network.allowed_sources
    if settings.private_ip is not None:
        yield "privateIp.allowedSources", settings.private_ip.allowed_sources


def _ranges(where: str, sources: Iterable[str]) -> Iterator[tuple[str, AddressRange]]:
    for position, source in enumerate(sources):
        part = address_range(source)
        if part is not None:
            yield f"{where}[{position}]", part


def _tags(where: str, sources: Iterable[str]) -> Iterator[tuple[str, str]]:
    for position, source in enumerate(sources):
        if _is_tag(source):
            yield f"{where}[{position}]", source


def _is_tag(source: str) -> bool:
    # The portal shows "Any" for *, which is no tag.
    return source.lower() != "any" and _SERVICE_TAG.fullmatch(source) is not None


def _allowed_sources(settings: GatewaySettings) -> Iterator[Finding]:
    for where, sources in _lists(settings):
        if not sources:
            yield Finding(where, "no source is allowed", "Name address ranges or service tags, Internet for everyone.")
        for position, source in enumerate(sources):
            if address_range(source) is None and not _is_tag(source):
                yield Finding(
                    f"{where}[{position}]",
                    f"{quoted(source)} is neither an address range nor a service tag",
                    "Write one like 203.0.113.0/24, or Internet for everyone.",
                )


def _allowed_source_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    for each in _lists(settings):
        tags = tuple(_tags(*each))
        for index, tag in repeated(tag for _, tag in tags):
            yield Finding(tags[index][0], f"{quoted(tag)} is named already (case does not count)")


def _allowed_source_overlap(settings: GatewaySettings) -> Iterator[Finding]:
    for each in _lists(settings):
        # Ranges overlap only where one is inside the other; in this order the outer one comes first.
        outer: tuple[str, AddressRange] | None = None
        for where, part in sorted(_ranges(*each), key=lambda found: _place(found[1])):
            if outer is not None and part.overlaps(outer[1]):
                yield Finding(where, f"{part} is inside {outer[1]} of {outer[0]}")
            else:
                outer = (where, part)


def _place(part: AddressRange) -> tuple[int, int, int]:
    return part.version, int(part.network_address), part.prefixlen


def _allowed_source_ipv6(settings: GatewaySettings) -> Iterator[Finding]:
    for each in _lists(settings):
        for where, part in _ranges(*each):
            if part.version == 6:
                yield Finding(where, f"{part} is a range of IPv6 and the gateway's address is IPv4")


def _service_tag_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    for each in _lists(settings):
        for where, tag in _tags(*each):
            near = meant_tag(tag)
            if near is not None:
                yield Finding(where, f"{quoted(tag)} is no service tag that is known here", f"Did you mean {near}?")


def _front_door_source(settings: GatewaySettings) -> Iterator[Finding]:
    asks = any(profile_of(listener) is not None for listener in settings.listeners)
    for each in _lists(settings):
        for where, tag in _tags(*each):
            if asks and tag.lower() == "azurefrontdoor.backend":
                yield Finding(
                    where,
                    "Azure Front Door ends TLS itself, so no client certificate passes it: Strict answers HTTP "
                    "400, and Passthrough forwards no certificate",
                )


ALLOWED_SOURCE_RULES = (
    Rule(
        code="allowed-sources",
        demands="Allowed sources are address ranges or service tags.",
        source="Microsoft, Network security groups; Virtual network service tags",
        remedy="Name address ranges or service tags, Internet for everyone.",
        check=_allowed_sources,
    ),
    Rule(
        code="allowed-source-repeated",
        demands="An allowed source is named once.",
        source="Microsoft, Network security groups",
        remedy="Take it away.",
        check=_allowed_source_repeated,
    ),
    Rule(
        code="allowed-source-overlap",
        demands="Allowed address ranges do not overlap.",
        source="Microsoft, Network security groups; the error code of deployments",
        remedy="Keep the larger range alone.",
        azure_code="OverlappingSubnetsNotPermittedInSecurityRule",
        check=_allowed_source_overlap,
    ),
    Rule(
        code="allowed-source-ipv6",
        demands="Allowed address ranges are IPv4, as the gateway's address is.",
        source="Microsoft, Network security groups; the error code of deployments",
        remedy="Name ranges of IPv4 and service tags only.",
        azure_code="ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
        check=_allowed_source_ipv6,
    ),
    Rule(
        code="service-tag-unknown",
        demands="A service tag is spelled as Azure spells it.",
        source="Microsoft, Virtual network service tags",
        remedy="Write a tag of Microsoft's list.",
        azure_code="SecurityRuleInvalidAddressPrefix",
        severity=Severity.WARNING,
        check=_service_tag_unknown,
    ),
    Rule(
        code="front-door-source",
        demands="No client certificate is expected through Azure Front Door.",
        source="Microsoft, Azure Front Door: TLS ends there",
        remedy="Let clients connect to the gateway directly, or authenticate them at Front Door.",
        severity=Severity.WARNING,
        check=_front_door_source,
    ),
)

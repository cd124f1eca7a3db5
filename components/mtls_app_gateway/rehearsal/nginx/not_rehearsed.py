"""What of a gateway document the local gateway does not act out: named, so that nobody takes silence for success."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...document.references import iter_parts

ALWAYS = (
    "whether Azure names the CAs it trusts in the handshake, and how deep a chain it follows",
    "Azure's first OCSP answer: it may be a refusal until its cache is filled",
    "limits on header sizes, and HTTP/2 in its details",
)
"""Not known from here, whatever the document says."""

_OF_THE_GATEWAY = {
    "firewallPolicy": "the web application firewall: no request is inspected",
    "webApplicationFirewallConfiguration": "the web application firewall: no request is inspected",
    "probes": "health probes: every backend counts as healthy",
    "listeners": "TCP and TLS listeners (layer 4)",
    "entraJWTValidationConfigs": "the validation of Entra tokens",
    "loadDistributionPolicies": "load distribution policies",
    "privateLinkConfigurations": "private link",
    "customErrorConfigurations": "custom error pages: the gateway's own are shown",
    "trustedRootCertificates": "TLS to the backend and its trusted roots: the backend here speaks plain HTTP",
    "authenticationCertificates": "authentication certificates of backends",
    "enableFips": "FIPS mode",
}
_OF_A_PART = {
    ("httpListeners", "firewallPolicy"): "its web application firewall policy",
    ("httpListeners", "customErrorConfigurations"): "its custom error pages",
    ("backendHttpSettingsCollection", "cookieBasedAffinity"): "cookie-based affinity",
    ("backendHttpSettingsCollection", "connectionDraining"): "connection draining",
    ("requestRoutingRules", "entraJWTValidationConfig"): "the validation of Entra tokens",
    ("requestRoutingRules", "loadDistributionPolicy"): "its load distribution policy",
}
_MEANS_NOTHING: tuple[Any, ...] = (None, False, "", [], {}, "Disabled", {"enabled": False})


def not_rehearsed(document: Mapping[str, Any]) -> Iterator[str]:
    """What the document asks for and the rehearsal leaves out, apart from what is seen while it is planned."""
    properties = document.get("properties", {})
    for name, notice in _OF_THE_GATEWAY.items():
        if properties.get(name) not in _MEANS_NOTHING:
            yield notice
    for _, part, entry in iter_parts(document):
        for (collection, name), notice in _OF_A_PART.items():
            if part.collection == collection and entry.get("properties", {}).get(name) not in _MEANS_NOTHING:
                yield f"{collection} {part.name}: {notice}"
    if _speaks_https_to_a_backend(document):
        yield "TLS to the backend: the backend here speaks plain HTTP"


def _speaks_https_to_a_backend(document: Mapping[str, Any]) -> bool:
    settings = document.get("properties", {}).get("backendHttpSettingsCollection", ())
    return any(each.get("properties", {}).get("protocol") == "Https" for each in settings)

"""Lists what a document asks for and the local gateway leaves out, so that silence does not look like success."""

from collections.abc import Iterator

from ...document.gateway import Gateway, Listener

ALWAYS = (
    "whether Azure names the CAs it trusts in the handshake, and how deep a chain it follows",
    "Azure's first OCSP answer: it may be a refusal until its cache is filled",
    "limits on header sizes, and HTTP/2 in its details",
)
"""Not known from here, whatever the document."""

_OF_THE_GATEWAY = {
    "firewallPolicy": "the web application firewall: no request is inspected",
    "webApplicationFirewallConfiguration": "the web application firewall: no request is inspected",
    "probes": "health probes: every backend counts as healthy",
    "listeners": "TCP and TLS listeners (layer 4)",
    "entraJWTValidationConfigs": "the validation of Entra tokens",
    "loadDistributionPolicies": "load distribution policies",
    "privateLinkConfigurations": "private link",
    "customErrorConfigurations": "custom error pages: the gateway's own are shown",
    "authenticationCertificates": "authentication certificates of backends",
    "enableFips": "FIPS mode",
}
_OF_A_PART = {
    ("httpListeners", "firewallPolicy"): "its web application firewall policy",
    ("httpListeners", "customErrorConfigurations"): "its custom error pages",
    ("backendHttpSettingsCollection", "cookieBasedAffinity"): "cookie-based affinity",
    ("backendHttpSettingsCollection", "connectionDraining"): "connection draining",
    ("backendHttpSettingsCollection", "dedicatedBackendConnection"): "a connection to the backend for each client",
    ("requestRoutingRules", "entraJWTValidationConfig"): "the validation of Entra tokens",
    ("requestRoutingRules", "loadDistributionPolicy"): "its load distribution policy",
}


def not_rehearsed(gateway: Gateway) -> Iterator[str]:
    """What the document asks for and the rehearsal leaves out, apart from what planning notices."""
    for stated in gateway.stated:
        if not stated.collection and stated.property in _OF_THE_GATEWAY:
            yield _OF_THE_GATEWAY[stated.property]
        elif notice := _OF_A_PART.get((stated.collection, stated.property)):
            yield f"{stated.collection} {stated.name}: {notice}"
    for frontend in (each for each in gateway.frontends if each.is_private):
        yield f"frontend {frontend.name}: who reaches its private address; here it is ports of this machine"
    routes = [route for listener in gateway.listeners for route in listener.routes]
    for route in {route.place: route for route in routes if route.firewall_policy_id is not None}.values():
        yield f"path rule {route.path_map}/{route.name}: its web application firewall policy"
    for listener in filter(_has_paths_that_differ_in_case, gateway.listeners):
        yield f"listener {listener.name}: whether Azure distinguishes upper from lower case in paths; here they are one"


def _has_paths_that_differ_in_case(listener: Listener) -> bool:
    paths = {path for route in listener.routes for path in route.paths or ()}
    return len({path.casefold() for path in paths}) < len(paths)

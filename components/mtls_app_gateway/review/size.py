"""The rules of size and place: numbers of parts, instances, zones, and the firewall that a SKU needs.

Sources: Microsoft, Azure subscription and service limits; for the bounds of autoscale, what the portal and the service
answered in 2019 (hashicorp/terraform-provider-azurerm, pull 4958).
"""

from collections.abc import Iterator

from ..document.azure_limits import ACTIVE_LISTENERS, LIMITS, REWRITE_ACTIONS, REWRITE_CONDITIONS
from ..document.gateway import Gateway, Layer, Listener
from ..escaping import quoted
from ..problems import Finding, Rule, Severity

_HIGHEST_MINIMUM = 100
_WAF = "WAF_v2"


def _limits(gateway: Gateway) -> Iterator[Finding]:
    active = sum(map(_is_active, gateway.listeners))
    if active > ACTIVE_LISTENERS and gateway.counts.get("httpListeners", 0) <= LIMITS["httpListeners"]:
        saw = f"{active} active listeners"
        yield Finding("properties.httpListeners", saw, f"A gateway takes at most {ACTIVE_LISTENERS}.")
    for collection, limit in LIMITS.items():
        count = gateway.counts.get(collection, 0)
        if count > limit:
            saw = f"{count} entries of {collection}"
            yield Finding(f"properties.{collection}", saw, f"A gateway takes at most {limit}.")
    yield from _rewrite_limits(gateway)


def _rewrite_limits(gateway: Gateway) -> Iterator[Finding]:
    for rewrite in gateway.rewrite_sets:
        actions = sum(len(rule.actions) + (rule.url is not None) for rule in rewrite.rules)
        conditions = sum(len(rule.conditions) for rule in rewrite.rules)
        for count, limit, counted in (
            (actions, REWRITE_ACTIONS, "rewrites of headers and URLs"),
            (conditions, REWRITE_CONDITIONS, "conditions"),
        ):
            if count > limit:
                saw = f"{quoted(rewrite.name)} has {count} {counted}"
                yield Finding(rewrite.place, saw, f"A rewrite rule set takes at most {limit}.")


def _is_active(listener: Listener) -> bool:
    """Whether a listener counts as active: one that redirects every request does not."""
    routes = listener.routes if listener.knows("routes") else ()
    return listener.kind is Layer.HTTP and not (routes and all(route.redirect is not None for route in routes))


def _autoscale_range(gateway: Gateway) -> Iterator[Finding]:
    scale, place = gateway.autoscale, "properties.autoscaleConfiguration"
    if scale is None:
        return
    if scale.minimum == scale.maximum:
        saw = f"both ends are {scale.maximum}, which Azure has been seen to refuse"
        yield Finding(f"{place}.maxCapacity", saw)
    if scale.minimum > _HIGHEST_MINIMUM:
        saw = f"{scale.minimum} is more than {_HIGHEST_MINIMUM}, which Azure has been seen to refuse"
        yield Finding(f"{place}.minCapacity", saw, f"Give at most {_HIGHEST_MINIMUM}.")


def _single_zone(gateway: Gateway) -> Iterator[Finding]:
    if len(gateway.zones) == 1:
        yield Finding("zones", f"the gateway is pinned to zone {quoted(gateway.zones[0], 20)}")


def _waf_policy_missing(gateway: Gateway) -> Iterator[Finding]:
    if gateway.sku == _WAF and gateway.firewall_policy_id is None and not gateway.has_firewall_configuration:
        yield Finding("properties.firewallPolicy", f"sku {_WAF} without a firewall policy")


def _waf_policy_unusable(gateway: Gateway) -> Iterator[Finding]:
    if gateway.sku not in {_WAF, None}:
        saw = f"a firewall policy and sku {quoted(str(gateway.sku), 20)}"
        if gateway.firewall_policy_id is not None:
            yield Finding("properties.firewallPolicy", saw)
        for listener in gateway.listeners:
            for route in listener.routes if listener.knows("routes") else ():
                if route.firewall_policy_id is not None:
                    yield Finding(f"{route.place}.properties.firewallPolicy", saw)


SIZE_RULES = (
    Rule(
        code="waf-policy-missing",
        demands="WAF_v2 has a firewall policy.",
        source="Microsoft, Azure Web Application Firewall policy overview; the error code of deployments",
        remedy="Give the id of an existing WAF policy.",
        azure_code="ApplicationGatewayFirewallNotConfiguredForSelectedSku",
        check=_waf_policy_missing,
    ),
    Rule(
        code="waf-policy-unusable",
        demands="A firewall policy needs WAF_v2.",
        source="Microsoft, Azure Web Application Firewall policy overview",
        remedy="Say sku: WAF_v2, or take it away.",
        check=_waf_policy_unusable,
    ),
    Rule(
        code="single-zone",
        demands="The gateway spans zones.",
        source="Microsoft, Reliability in Azure Application Gateway v2",
        remedy="Leave zones out: Azure then uses all.",
        severity=Severity.WARNING,
        check=_single_zone,
    ),
    Rule(
        code="autoscale-range",
        demands="Autoscale has room between its ends.",
        source="https://github.com/hashicorp/terraform-provider-azurerm/pull/4958",
        remedy="Give a larger maxCapacity, or a fixed capacity in place of autoscale.",
        severity=Severity.WARNING,
        check=_autoscale_range,
    ),
    Rule(
        code="limits",
        demands="A gateway keeps to Azure's limits.",
        source="Microsoft, Azure subscription and service limits, Application Gateway limits",
        remedy="Make it two gateways.",
        check=_limits,
    ),
)

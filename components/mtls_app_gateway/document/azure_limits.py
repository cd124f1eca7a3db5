"""How many parts of a kind one gateway may have.

Source: Microsoft, Azure subscription and service limits, Application Gateway limits (azure-resource-manager/management/
azure-subscription-service-limits). The limits of certificates in a profile and of the size of chains are elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .bag import list_in, object_in, objects

LIMITS: Mapping[str, int] = {
    "backendAddressPools": 100,
    "backendHttpSettingsCollection": 100,
    "frontendPorts": 100,
    "httpListeners": 200,
    "redirectConfigurations": 100,
    "requestRoutingRules": 400,
    "rewriteRuleSets": 400,
    "sslCertificates": 100,
    "trustedRootCertificates": 100,
}
"""The greatest number of parts by collection."""

PATH_RULES = 100
"""The greatest number of path rules in one path map."""

ACTIVE_LISTENERS = 100
"""How many of the listeners may be active: those that do more than redirect."""

REWRITE_ACTIONS = 40
"""How many headers and URLs one rewrite rule set may rewrite."""
REWRITE_CONDITIONS = 40
"""How many conditions the rules of one rewrite rule set may have."""


def excesses(document: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Each collection of a gateway document with more parts than Azure allows: its name, their number, the limit."""
    properties = document.get("properties", {})
    for collection, limit in LIMITS.items():
        parts = properties.get(collection)
        if isinstance(parts, list | tuple) and len(parts) > limit:
            yield collection, len(parts), limit
    for index, path_map in enumerate(list_in(properties.get("urlPathMaps"))):
        count = len(list_in(object_in(object_in(path_map).get("properties")).get("pathRules")))
        if count > PATH_RULES:
            yield f"urlPathMaps[{index}].pathRules", count, PATH_RULES
    for index, rewrite in enumerate(objects(properties.get("rewriteRuleSets"))):
        rules = list(objects(object_in(rewrite.get("properties")).get("rewriteRules")))
        conditions = sum(len(list_in(rule.get("conditions"))) for rule in rules)
        actions = sum(map(_actions, rules))
        for counted, count, limit in (
            ("actions", actions, REWRITE_ACTIONS),
            ("conditions", conditions, REWRITE_CONDITIONS),
        ):
            if count > limit:
                yield f"rewriteRuleSets[{index}] {counted}", count, limit


def _actions(rule: Mapping[str, Any]) -> int:
    """How many headers and URLs a rewrite rule rewrites."""
    actions = object_in(rule.get("actionSet"))
    headers = ("requestHeaderConfigurations", "responseHeaderConfigurations")
    return sum(len(list_in(actions.get(key))) for key in headers) + bool(actions.get("urlConfiguration"))

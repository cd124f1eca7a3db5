"""The rules of how the parts of a gateway hang together."""

from collections.abc import Iterator

from ..document.gateway import Gateway, RoutingRule
from ..escaping import quoted
from ..problems import Finding, Rule, Severity

_REPORTED_OTHERWISE = frozenset({"sslProfiles", "httpListeners"})
"""An unused profile has a rule of its own; a listener without a rule is found where a document is read."""


def _unused_part(gateway: Gateway) -> Iterator[Finding]:
    private = {frontend.place for frontend in gateway.frontends if frontend.is_private}
    for part in gateway.unused:
        if part.collection not in _REPORTED_OTHERWISE and part.place not in private:
            yield Finding(part.place, f"nothing refers to {quoted(part.name)} in {part.collection}")


def _rules_of_one_listener(gateway: Gateway) -> Iterator[Finding]:
    first: dict[str, RoutingRule] = {}
    for rule in gateway.rules:
        if not rule.knows("listener") or rule.listener is None:
            continue
        known = first.setdefault(rule.listener, rule)
        if known is not rule:
            saw = f"the listener of {quoted(rule.name)} has the rule {quoted(known.name)} already"
            yield Finding(f"{rule.place}.properties.httpListener", saw)


STRUCTURE_RULES = (
    Rule(
        code="listener-rules",
        demands="A listener has one request routing rule.",
        source="an observation: Azure refuses a second one",
        remedy="Take the rule away, or give it a listener of its own.",
        azure_code="ApplicationGatewayRequestRoutingRulesUsingSameHttpListener",
        check=_rules_of_one_listener,
    ),
    Rule(
        code="unused-part",
        demands="Each part of a gateway is used.",
        source="Azure REST API 2025-03-01, applicationGateways: a part has an effect through what refers to it",
        remedy="Refer to it where it is needed, or take it out.",
        severity=Severity.WARNING,
        check=_unused_part,
    ),
)

"""The rules of rewrites: conditions and values that can be read, headers that can be rewritten, a URL's consequences.

The rules of the headers that identify clients are in `identity_headers.py`.
Source: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

from collections.abc import Iterator

from ..document.gateway import Gateway, RewriteRule, RewriteSet, Route
from ..document.re2 import fault
from ..document.rewrite_facts import NEVER_REWRITTEN, is_variable, variables_in, without_capture
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each

_PAGE = "Microsoft, Rewrite HTTP headers and URL with Application Gateway"
_WAF = "WAF_v2"
_LONGEST_ECHO = 60


def _rules(gateway: Gateway) -> Iterator[RewriteRule]:
    for rewrite in gateway.rewrite_sets:
        yield from rewrite.rules


@for_each(_rules)
def _without_action(_gateway: Gateway, rule: RewriteRule) -> Iterator[Finding]:
    if not rule.actions and rule.url is None:
        yield Finding(rule.place, f"{quoted(rule.name)} rewrites nothing")


@for_each(_rules)
def _pattern(_gateway: Gateway, rule: RewriteRule) -> Iterator[Finding]:
    for condition in rule.conditions:
        found = fault(condition.pattern)
        if found is not None:
            saw = f"{quoted(condition.pattern, _LONGEST_ECHO)} has {found}"
            yield Finding(f"{condition.place}.pattern", saw)


@for_each(_rules)
def _variable_unknown(_gateway: Gateway, rule: RewriteRule) -> Iterator[Finding]:
    tested = {condition.variable for condition in rule.conditions}
    for condition in rule.conditions:
        if not is_variable(condition.variable):
            saw = f"there is no variable {quoted(condition.variable, _LONGEST_ECHO)}"
            yield Finding(f"{condition.place}.variable", saw)
    for value, place in rule.values:
        for variable in variables_in(value):
            if not is_variable(variable) and without_capture(variable) not in tested:
                yield Finding(place, f"there is no variable {quoted(variable, _LONGEST_ECHO)}")


@for_each(_rules)
def _not_rewritable(_gateway: Gateway, rule: RewriteRule) -> Iterator[Finding]:
    for kind, actions in (("request", rule.request_headers), ("response", rule.response_headers)):
        for action in actions:
            if action.name.lower() in NEVER_REWRITTEN[kind]:
                yield Finding(action.place, f"no rewrite changes the {kind} header {quoted(action.name)}")
    for action in rule.request_headers:
        if action.name.lower() == "host" and not action.value:
            yield Finding(action.place, "a request without its Host header")


def _routes(gateway: Gateway) -> Iterator[Route]:
    for listener in gateway.listeners:
        yield from listener.routes if listener.knows("routes") else ()


@for_each(_routes)
def _reroute_without_paths(_gateway: Gateway, route: Route) -> Iterator[Finding]:
    for rule in route.rewrite.rules if route.rewrite and route.path_map is None else ():
        if rule.url is not None and rule.url.reroute:
            saw = f"{quoted(route.name)} has no path rules, and {quoted(rule.name)} chooses among them once more"
            yield Finding(f"{rule.place}.actionSet.urlConfiguration.reroute", saw)


@for_each(lambda gateway: gateway.rewrite_sets)
def _identity_inspected(gateway: Gateway, rewrite: RewriteSet) -> Iterator[Finding]:
    actions = (action for rule in rewrite.rules for action in rule.request_headers)
    identity = [action.name for action in actions if "client_certificate" in action.client_facts]
    moves = [rule for rule in rewrite.rules if rule.url is not None or _writes_host(rule)]
    if gateway.sku == _WAF and identity and moves:
        saw = (
            f"{quoted(moves[0].name)} rewrites the URL or the host, so the firewall inspects {quoted(identity[0])} too"
        )
        excluded = f"exclude RequestHeaderValues, Equals, {identity[0]} in the WAF policy for the rule set in use"
        yield Finding(moves[0].place, saw, f"If it takes certificates for attacks, {excluded}.")


def _writes_host(rule: RewriteRule) -> bool:
    return any(action.name.lower() == "host" for action in rule.request_headers)


REWRITE_RULES = (
    Rule(
        code="rewrite-without-action",
        demands="Each rewrite rule rewrites a header or the URL.",
        source="https://github.com/Azure/azure-cli/issues/17373",
        remedy="Say what it rewrites, or take it away.",
        azure_code="ApplicationGatewayRewriteRuleSetActionSetInRewriteRuleCannotBeEmpty",
        check=_without_action,
    ),
    Rule(
        code="rewrite-pattern",
        demands="The pattern of a condition is a regular expression of RE2.",
        source=f"{_PAGE}: pattern matching; https://github.com/google/re2/wiki/Syntax",
        remedy="Write it without; a condition that must not match has negate: true.",
        check=_pattern,
    ),
    Rule(
        code="rewrite-variable-unknown",
        demands="What a rewrite reads is a header or a server variable that Application Gateway has.",
        source=f"{_PAGE}: server variables",
        remedy="Write var_client_ip, http_req_Host or http_resp_Location; in a value with braces, {var_client_ip}.",
        severity=Severity.WARNING,
        check=_variable_unknown,
    ),
    Rule(
        code="header-not-rewritable",
        demands="A rewrite leaves alone Connection, Upgrade and X-Original-Host, and deletes no Host.",
        source=f"{_PAGE}: supported headers",
        remedy="Take it away.",
        check=_not_rewritable,
    ),
    Rule(
        code="reroute-without-paths",
        demands="Only a route with path rules chooses its path rule once more.",
        source=f"{_PAGE}: re-evaluating the path map is not allowed for basic rules",
        remedy="Take reroute away.",
        check=_reroute_without_paths,
    ),
    Rule(
        code="identity-header-inspected",
        demands="Whether the firewall inspects the header with the client certificate is known.",
        source=f"{_PAGE}: with a rewrite of URL or host, WAF evaluates the request after the rewrites",
        remedy="Exclude its values in the WAF policy if certificates are taken for attacks.",
        severity=Severity.NOTE,
        check=_identity_inspected,
    ),
)

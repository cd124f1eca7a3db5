"""The rules of redirects, as far as the settings alone can break them: one to lead to HTTPS, and a name for each."""

from collections.abc import Iterator

from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .http_redirects import http_redirects
from .implied import path_redirect_name, path_rules_of
from .settings import GatewaySettings

_LONGEST_NAME = 80
_WHERE = "redirectHttpToHttps"


def _without_https(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.redirect_http_to_https and not http_redirects(settings):
        yield Finding(_WHERE, "there is no HTTPS listener to redirect to")


def _redirect_names(settings: GatewaySettings) -> Iterator[Finding]:
    for redirect in http_redirects(settings):
        if len(redirect.name) > _LONGEST_NAME:
            where = f"listeners[{settings.listeners.index(redirect.of)}].name"
            yield Finding(where, f"{quoted(redirect.name, 100)} has {len(redirect.name)} characters")
    taken = {route.name.lower() for route in settings.routes if route.redirect is not None}
    taken.update(redirect.name.lower() for redirect in http_redirects(settings))
    for where, route, path_rule in path_rules_of(settings):
        if path_rule.redirect is not None:
            name = path_redirect_name(route, path_rule)
            if len(name) > _LONGEST_NAME:
                yield Finding(f"{where}.name", f"{quoted(name, 170)} has {len(name)} characters")
            if name.lower() in taken:
                yield Finding(f"{where}.name", f"its redirect would be {quoted(name, 170)}, as another one is")
            taken.add(name.lower())


def _port_of_another(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.redirect_http_to_https and settings.network.subnet_id is not None:
        yield Finding(
            _WHERE,
            "the redirect answers on port 80, and it is not known here whether the security group of this subnet lets "
            "clients in there",
        )


REDIRECT_RULES = (
    Rule(
        code="redirect-without-https",
        demands="A redirect to HTTPS has an HTTPS listener to lead to.",
        source="Microsoft, Application Gateway redirect overview",
        remedy="Add an HTTPS listener, or take redirectHttpToHttps away.",
        check=_without_https,
    ),
    Rule(
        code="redirect-name",
        demands="Each redirect has a name of its own, made of those of listeners, routes and path rules.",
        source="Azure REST API 2025-03-01, applicationGateways: names of parts have at most 80 characters",
        remedy="Change the name: a listener's redirect is named redirect-LISTENER, a path rule's ROUTE-PATHRULE.",
        check=_redirect_names,
    ),
    Rule(
        code="redirect-port-closed",
        demands="The security group of an existing subnet lets clients in on port 80 where HTTP is redirected.",
        source="Microsoft, Application Gateway infrastructure configuration, network security groups",
        remedy="Have its owner let them in; the security group that is made beside a new subnet does so by itself.",
        severity=Severity.NOTE,
        check=_port_of_another,
    ),
)

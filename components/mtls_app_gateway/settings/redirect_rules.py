"""The rules of the redirect from HTTP to HTTPS, as far as the settings alone can break them."""

from collections.abc import Iterator

from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .http_redirects import http_redirects
from .settings import GatewaySettings

_LONGEST_NAME = 80
_WHERE = "redirectHttpToHttps"


def _without_https(settings: GatewaySettings) -> Iterator[Finding]:
    if settings.redirect_http_to_https and not http_redirects(settings):
        yield Finding(_WHERE, "there is no HTTPS listener to redirect to")


def _name_too_long(settings: GatewaySettings) -> Iterator[Finding]:
    for redirect in http_redirects(settings):
        if len(redirect.name) > _LONGEST_NAME:
            where = f"listeners[{settings.listeners.index(redirect.of)}].name"
            yield Finding(where, f"{quoted(redirect.name, 100)} has {len(redirect.name)} characters")


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
        demands="The name of a listener leaves room for that of its redirect.",
        source="Azure REST API 2025-03-01, applicationGateways: names of parts have at most 80 characters",
        remedy="Shorten the listener's name; its redirect is named redirect-NAME.",
        check=_name_too_long,
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

"""The rules of the identity headers: names that reach the backend, and facts that the gateway has verified.

An identity header is a request header that a rewrite sets to a fact of the client's certificate.
Source: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from ..document.azure import Mode
from ..document.gateway import Gateway, HeaderAction, Listener, RewriteSet
from ..document.problem_rows import HEADER_NAME_MALFORMED
from ..document.reserved_headers import reserved_by
from ..document.withholding import UnknownError
from ..escaping import quoted
from ..problems import Finding, Rule, Severity, rule_of
from .checks import for_each, repeated

_HEADER_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_VERIFIED_IN_STRICT_ONLY = frozenset({"subject", "issuer", "serial", "fingerprint"})


def _identity_headers(rewrite: RewriteSet) -> Iterator[HeaderAction]:
    for rule in rewrite.rules:
        yield from (action for action in rule.request_headers if action.client_facts)


@for_each(lambda gateway: gateway.rewrite_sets)
def _name_not_forwarded(_gateway: Gateway, rewrite: RewriteSet) -> Iterator[Finding]:
    for action in _identity_headers(rewrite):
        if not _HEADER_NAME.fullmatch(action.name):
            yield Finding(action.place, f"{quoted(action.name, 40)} is no header name that the gateway forwards")


@for_each(lambda gateway: gateway.rewrite_sets)
def _name_reserved(_gateway: Gateway, rewrite: RewriteSet) -> Iterator[Finding]:
    for action in _identity_headers(rewrite):
        source = reserved_by(action.name)
        if source is not None:
            saw = f"{quoted(action.name)} has another purpose ({source}), and the gateway would overwrite or delete it"
            yield Finding(action.place, saw)


@for_each(lambda gateway: gateway.rewrite_sets)
def _name_repeated(_gateway: Gateway, rewrite: RewriteSet) -> Iterator[Finding]:
    for rule in rewrite.rules:
        actions = [action for action in rule.request_headers if action.client_facts]
        for index, name in repeated(action.name for action in actions):
            yield Finding(actions[index].place, f"{quoted(name)} carries another fact already")


@for_each(lambda gateway: gateway.rewrite_sets)
def _emptied(_gateway: Gateway, rewrite: RewriteSet) -> Iterator[Finding]:
    for action in _identity_headers(rewrite):
        if action.name.lower() == "x-arr-clientcert":
            yield Finding(action.place, "API Management's v2 tiers have been seen to empty X-ARR-ClientCert")


def _facts_unverified(gateway: Gateway) -> Iterator[Finding]:
    found: dict[str, Finding] = {}
    for listener in gateway.listeners:
        with suppress(UnknownError):
            for finding in _unverified(listener):
                found.setdefault(finding.where, finding)
    yield from found.values()


def _unverified(listener: Listener) -> Iterator[Finding]:
    if listener.mode is not Mode.PASSTHROUGH or listener.profile is None:
        return
    for route in listener.routes:
        for action, _ in route.request_headers():
            for fact in _short_facts(action):
                saw = f"the profile {quoted(listener.profile.name)} is Passthrough, where the {fact} is not verified"
                yield Finding(action.place, saw)


def _short_facts(action: HeaderAction) -> Iterator[str]:
    facts = (variable.removeprefix("client_certificate_") for variable in action.client_facts)
    yield from (fact for fact in facts if fact in _VERIFIED_IN_STRICT_ONLY)


IDENTITY_HEADER_RULES = (
    rule_of(HEADER_NAME_MALFORMED, _name_not_forwarded),
    Rule(
        code="header-name-reserved",
        demands="An identity header is none that HTTP, a proxy or the gateway uses.",
        source="RFC 9110 and those that build on it; Microsoft, How an application gateway works",
        remedy="Choose a name like X-Client-Cert.",
        check=_name_reserved,
    ),
    Rule(
        code="header-name-repeated",
        demands="Each identity header carries one fact.",
        source="Microsoft, Rewrite HTTP headers and URL with Application Gateway",
        remedy="Give each fact its own header.",
        check=_name_repeated,
    ),
    Rule(
        code="header-emptied",
        demands="The backend keeps the identity header.",
        source="an observation: API Management's v2 tiers empty X-ARR-ClientCert",
        remedy="Use X-Client-Cert, unless the backend is App Service and reads this name itself.",
        severity=Severity.WARNING,
        check=_emptied,
    ),
    Rule(
        code="facts-unverified",
        demands="Subject, issuer, serial and fingerprint are forwarded only where the gateway verified them.",
        source="Microsoft, Overview of mutual authentication: Passthrough verifies nothing",
        remedy="Forward the certificate alone and let the backend verify it, or use Strict.",
        check=_facts_unverified,
    ),
)

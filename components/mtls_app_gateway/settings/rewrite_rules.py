"""The rules of rewrites, as far as the settings alone can break them: what routes name, and the headers that are ours.

An identity header is set or deleted on every route, so a client's own never arrives. No other header is: one that said
who the client is would be the client's to choose wherever it is not rewritten.
"""

import re
from collections.abc import Iterator

from ..document.problem_rows import HEADER_NAME_MALFORMED
from ..document.rewrite_facts import is_client_fact, request_header, variables_in
from ..escaping import quoted
from ..problems import Finding, Rule, Severity, rule_of
from ..review.checks import repeated
from .identity_header_sets import header_names
from .implied import lead_of, routes_of
from .rewrite_parts import HIDDEN_HEADERS, STRICT_TRANSPORT_HEADER
from .rewrite_settings import Rewrite
from .route_settings import PathRule, Route
from .settings import GatewaySettings

_HEADER_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_PRELOAD_AGE = 31_536_000
_LONGEST_ECHO = 60


def _route_rewrites(settings: GatewaySettings) -> Iterator[Finding]:
    known = [rewrite.name for rewrite in settings.rewrites]
    for where, names, has_backend in _named(settings):
        if names and not has_backend:
            yield Finding(
                where, "a redirect rewrites nothing", "Take them away; what the redirect leads to has its own."
            )
        for index, name in enumerate(names):
            if name not in known:
                fix = f"Name one of {', '.join(known)}." if known else "Give it as one of rewrites."
                yield Finding(f"{where}[{index}]", f"there is no rewrite {quoted(name, _LONGEST_ECHO)}", fix)
            elif name in names[:index]:
                yield Finding(f"{where}[{index}]", f"{quoted(name)} is named already", "Name it once.")


def _named(settings: GatewaySettings) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each list of rewrites with its path in the settings, and whether a backend gets what they rewrite."""
    for position, route in enumerate(routes_of(settings)):
        inheriting = [each for each in route.paths if each.rewrites is None]
        reaches = [_reaches_backend(route), *(_reaches_backend(route, each) for each in inheriting)]
        yield f"routes[{position}].rewrites", route.rewrites, any(reaches)
        for index, path_rule in enumerate(route.paths):
            where = f"routes[{position}].paths[{index}].rewrites"
            yield where, path_rule.rewrites or (), _reaches_backend(route, path_rule)


def _reaches_backend(route: Route, path_rule: PathRule | None = None) -> bool:
    _, redirect, _ = lead_of(route, path_rule)
    return redirect is None


def _rewrite_unused(settings: GatewaySettings) -> Iterator[Finding]:
    named = {name for _, names, _ in _named(settings) for name in names}
    for position, rewrite in enumerate(settings.rewrites):
        if rewrite.name not in named:
            yield Finding(f"rewrites[{position}]", f"no route names {quoted(rewrite.name)}")


def _header_names(settings: GatewaySettings) -> Iterator[Finding]:
    for where, name in _written(settings):
        if not _HEADER_NAME.fullmatch(name):
            yield Finding(f"{where}.{name}", f"{quoted(name, 40)} is no header name that the gateway forwards")


def _header_written_twice(settings: GatewaySettings) -> Iterator[Finding]:
    for position, rewrite in enumerate(settings.rewrites):
        for key, headers in _headers(rewrite):
            for _, name in repeated(headers):
                yield Finding(f"rewrites[{position}].{key}.{name}", f"{quoted(name)} is there in another spelling too")


def _identity_rewritten(settings: GatewaySettings) -> Iterator[Finding]:
    ours = {name.lower() for name in header_names(settings.identity_headers).values()}
    for position, rewrite in enumerate(settings.rewrites):
        for name in rewrite.request_headers:
            if name.lower() in ours:
                where = f"rewrites[{position}].requestHeaders.{name}"
                yield Finding(
                    where, f"{quoted(name)} is an identity header", "Take it away: the gateway sets it itself."
                )
        for where, variable in _read(rewrite, f"rewrites[{position}]"):
            if not ours.isdisjoint(request_header(variable)):
                saw = f"{quoted(variable, _LONGEST_ECHO)} is the client's own value of an identity header"
                yield Finding(where, saw, "Read no identity header: anything can be in it before the gateway sets it.")


def _client_fact_unprotected(settings: GatewaySettings) -> Iterator[Finding]:
    for position, rewrite in enumerate(settings.rewrites):
        where = f"rewrites[{position}]"
        for key, value in _to_the_backend(rewrite):
            facts = [variable for variable in variables_in(value) if is_client_fact(variable)]
            if facts:
                saw = f"{quoted(facts[0], _LONGEST_ECHO)} is a fact of the client's certificate"
                yield Finding(f"{where}.{key}", saw)
        tested = [condition.variable for condition in rewrite.conditions if is_client_fact(condition.variable)]
        for key, value in _to_the_backend(rewrite) if tested else ():
            if value and not any(map(is_client_fact, variables_in(value))):
                what = "the URL" if key.startswith("url.") else "the header"
                saw = f"{what} says that {quoted(tested[0], _LONGEST_ECHO)} matches"
                yield Finding(f"{where}.{key}", saw)


def _preload(settings: GatewaySettings) -> Iterator[Finding]:
    wanted = settings.strict_transport_security
    if wanted is not None and wanted.preload:
        if not wanted.include_sub_domains:
            yield Finding("strictTransportSecurity.includeSubDomains", "preload, and not for subdomains")
        if wanted.max_age < _PRELOAD_AGE:
            yield Finding("strictTransportSecurity.maxAge", f"preload, and {wanted.max_age} seconds")


def _overridden(settings: GatewaySettings) -> Iterator[Finding]:
    hidden = dict.fromkeys(map(str.lower, HIDDEN_HEADERS), "hideServer") if settings.hide_server else {}
    strict = {STRICT_TRANSPORT_HEADER.lower(): "strictTransportSecurity"} if settings.strict_transport_security else {}
    ours = hidden | strict
    for position, rewrite in enumerate(settings.rewrites):
        for name in rewrite.response_headers:
            if name.lower() in ours:
                where = f"rewrites[{position}].responseHeaders.{name}"
                yield Finding(where, f"{ours[name.lower()]} decides on {quoted(name)}, because it comes last")


def _headers(rewrite: Rewrite) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names of the headers that a rewrite writes, by the key of the setting."""
    return ("requestHeaders", tuple(rewrite.request_headers)), ("responseHeaders", tuple(rewrite.response_headers))


def _written(settings: GatewaySettings) -> Iterator[tuple[str, str]]:
    """Each header that a rewrite writes, with the path of the object that it is in."""
    for position, rewrite in enumerate(settings.rewrites):
        for key, names in _headers(rewrite):
            yield from ((f"rewrites[{position}].{key}", name) for name in names)


def _to_the_backend(rewrite: Rewrite) -> Iterator[tuple[str, str]]:
    """What a rewrite writes into the request, by the key of the setting."""
    yield from ((f"requestHeaders.{name}", value) for name, value in rewrite.request_headers.items())
    if rewrite.url is not None:
        yield "url.path", rewrite.url.path or ""
        yield "url.queryString", rewrite.url.query_string or ""


def _read(rewrite: Rewrite, where: str) -> Iterator[tuple[str, str]]:
    """Each variable that a rewrite reads, with the path of the setting."""
    for index, condition in enumerate(rewrite.conditions):
        yield f"{where}.conditions[{index}].variable", condition.variable
    responses = ((f"responseHeaders.{name}", value) for name, value in rewrite.response_headers.items())
    for key, value in (*_to_the_backend(rewrite), *responses):
        yield from ((f"{where}.{key}", variable) for variable in variables_in(value))


REWRITE_RULES = (
    Rule(
        code="route-rewrites",
        demands="A route with a backend names rewrites that exist, each once.",
        source="Microsoft, Rewrite HTTP headers and URL with Application Gateway: redirects are not rewritten",
        remedy="Name one that exists.",
        check=_route_rewrites,
    ),
    Rule(
        code="rewrite-unused",
        demands="A route names each rewrite.",
        source="Azure REST API 2025-03-01, applicationGateways: a part has an effect through what refers to it",
        remedy="Name it in the rewrites of a route, or take it away.",
        severity=Severity.WARNING,
        check=_rewrite_unused,
    ),
    rule_of(HEADER_NAME_MALFORMED, _header_names),
    Rule(
        code="rewrite-header-repeated",
        demands="A rewrite writes a header once.",
        source="RFC 9110, section 5.1: the names of headers are the same in any case",
        remedy="Take one of them away.",
        check=_header_written_twice,
    ),
    Rule(
        code="identity-header-rewritten",
        demands="No rewrite writes or reads an identity header.",
        source="this product's own decision: the backend takes an identity header for the gateway's word",
        remedy="Take it away.",
        check=_identity_rewritten,
    ),
    Rule(
        code="client-fact-unprotected",
        demands="Facts of the client's certificate reach the backend in identity headers alone.",
        source="this product's own decision: elsewhere any other header is the client's to choose",
        remedy="Name its header under identityHeaders: it is then set or deleted on every route.",
        check=_client_fact_unprotected,
    ),
    Rule(
        code="strict-transport-preload",
        demands="A host name that browsers may build in is strict for its subdomains, and for a year.",
        source="https://hstspreload.org: submission requirements",
        remedy="Give includeSubDomains: true and a maxAge of 31536000 at least, or take preload away.",
        severity=Severity.WARNING,
        check=_preload,
    ),
    Rule(
        code="rewrite-overridden",
        demands="One setting decides on a response header.",
        source="this product's own decision: hideServer and strictTransportSecurity come behind the rewrites",
        remedy="Take one of them away.",
        severity=Severity.WARNING,
        check=_overridden,
    ),
)

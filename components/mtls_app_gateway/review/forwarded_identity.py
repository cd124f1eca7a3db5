"""The rules of what a backend learns of the client: from the gateway, and never from the client itself.

A value that a client gives an identity header must not survive on any route to any backend: there it looks like the
gateway's own. Sources: Microsoft, Rewrite HTTP headers and URL with Application Gateway; Microsoft, Overview of mutual
authentication.
"""

from collections.abc import Iterator

from ..document.azure import Mode
from ..document.gateway import Gateway, HeaderAction, Layer, Listener, Route
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each
from .strict_bypass import BackendsOf


def _to_backends(gateway: Gateway) -> Iterator[tuple[Listener, Route]]:
    """Each route that leads to a backend, with its listener."""
    for listener in gateway.listeners:
        if listener.kind is Layer.HTTP and listener.knows("routes"):
            yield from (
                (listener, route)
                for route in listener.routes
                if route.knows("backend", "spread_over", "redirect") and route.pools and route.redirect is None
            )


def _actions(route: Route, header: str) -> list[tuple[HeaderAction, bool]]:
    """What happens to a header, in order, and whether under a condition."""
    return [found for found in route.request_headers() if found[0].name.lower() == header.lower()]


@for_each(_to_backends)
def _passed_on(gateway: Gateway, found: tuple[Listener, Route]) -> Iterator[Finding]:
    listener, route = found
    for header in gateway.identity_headers:
        actions = _actions(route, header)
        if all(has_condition for _, has_condition in actions):
            how = "is set or deleted under a condition only" if actions else "is neither set nor deleted"
            saw = f"{quoted(header)} {how}, so {quoted(listener.name)} passes on what a client writes there"
            yield Finding(route.place, f"{saw}{_of(route)}")


@for_each(_to_backends)
def _overwritten(gateway: Gateway, found: tuple[Listener, Route]) -> Iterator[Finding]:
    listener, route = found
    if listener.mode is None:
        return
    for header in gateway.identity_headers:
        is_identity = False
        for action, _ in _actions(route, header):
            if is_identity and not action.client_facts:
                yield Finding(
                    action.place, f"{quoted(header)} carries a fact of the client, and is rewritten after that"
                )
            is_identity = is_identity or bool(action.client_facts)


def _around_the_headers(gateway: Gateway) -> Iterator[Finding]:
    believing = BackendsOf(
        listener
        for listener in gateway.listeners
        if listener.kind is Layer.HTTP
        and listener.knows("routes")
        and any(action.client_facts for route in listener.routes for action, _ in _known(route))
    )
    for listener in gateway.listeners:
        if listener.kind is Layer.L4 and (found := believing.shared_by(listener)) is not None:
            other, shared = found
            saw = f"{quoted(listener.name)} rewrites no header and reaches {shared}, which {quoted(other.name)} gives"
            yield Finding(listener.place, f"{saw} identity headers: its clients can write them")


def _known(route: Route) -> Iterator[tuple[HeaderAction, bool]]:
    return route.request_headers() if route.knows("rewrite", "redirect") else iter(())


def _silent(mode: Mode, found: tuple[Listener, Route]) -> Iterator[Finding]:
    listener, route = found
    if listener.mode is mode and not any(action.client_facts for action, _ in route.request_headers()):
        saw = f"the backend of {quoted(listener.name)} gets no header that names the client"
        yield Finding(route.place, f"{saw}{_of(route)}")


@for_each(_to_backends)
def _silent_in_passthrough(_gateway: Gateway, found: tuple[Listener, Route]) -> Iterator[Finding]:
    return _silent(Mode.PASSTHROUGH, found)


@for_each(_to_backends)
def _silent_in_strict(_gateway: Gateway, found: tuple[Listener, Route]) -> Iterator[Finding]:
    return _silent(Mode.STRICT, found)


def _of(route: Route) -> str:
    return f", on {', '.join(map(quoted, route.paths))}" if route.paths else ""


FORWARDED_IDENTITY_RULES = (
    Rule(
        code="identity-header-passed-on",
        demands="On each route to a backend each identity header is set or deleted, without a condition.",
        source="Microsoft, Rewrite HTTP headers and URL with Application Gateway: what no rule rewrites is passed on",
        remedy="Give the route, or the path rule, a rewrite set that sets or deletes the header without a condition.",
        check=_passed_on,
    ),
    Rule(
        code="identity-header-bypassed",
        demands="No layer 4 listener reaches a backend that gets identity headers from another listener.",
        source="Microsoft, TLS/TCP proxy overview: layer 4 passes bytes on, and changes no header",
        remedy="Lead it to a backend of its own.",
        check=_around_the_headers,
    ),
    Rule(
        code="identity-header-overwritten",
        demands="Nothing rewrites an identity header after it is set.",
        source="Microsoft, Rewrite HTTP headers and URL with Application Gateway: rules apply in their sequence",
        remedy="Take the later action away, or let it rewrite another header.",
        severity=Severity.WARNING,
        check=_overwritten,
    ),
    Rule(
        code="identity-not-forwarded",
        demands="A Passthrough listener forwards the client's certificate, which nothing else verifies.",
        source="Microsoft, Overview of mutual authentication: in Passthrough the backend verifies the certificate",
        remedy="Set a request header to {var_client_certificate} on the route, and delete it on all others.",
        severity=Severity.WARNING,
        check=_silent_in_passthrough,
    ),
    Rule(
        code="identity-not-forwarded-strict",
        demands="A backend that treats clients differently learns from the gateway who they are.",
        source="Microsoft, Overview of mutual authentication: server variables carry the certificate and its facts",
        remedy="Set a request header to {var_client_certificate}, if the backend has to know more than that it is one.",
        severity=Severity.NOTE,
        check=_silent_in_strict,
    ),
)

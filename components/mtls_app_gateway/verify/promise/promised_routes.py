"""The routes of a listener, and what each does to the identity headers. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from ...document.gateway import Listener, Route
from ...document.wildcard import matches
from .promised_redirect import PromisedRedirect, promised_redirect

_SENT = "!#$%&'()+,/:;=?@[]|\"<>\\^`{}"
"""Printable ASCII, except the blank, is sent as it is written in the pattern."""
_TRIED = ("/", "/mtls-gateway-verify")


@dataclass(frozen=True, slots=True)
class HeaderEffect:
    """What a route does to one request header."""

    name: str
    value: str
    """A template such as `{var_client_certificate}`; empty deletes."""
    is_conditional: bool = False


@dataclass(frozen=True, slots=True)
class PromisedRoute:
    """A route with a path that takes it."""

    path: str
    name: str = ""
    pattern: str | None = None
    """Azure's path pattern; None for the paths that match no pattern."""
    headers: tuple[HeaderEffect, ...] = ()
    pool: str | None = None
    transport: str | None = None
    """`http` or `https` to the backend; None where the route has no backend."""
    settings: str | None = None
    """The name of the settings by which the backend is spoken to."""
    verifies_chain: bool = True
    """Whether the gateway verifies chain and expiry of an HTTPS backend's certificate, as far as is known."""
    verifies_name: bool = True
    """Whether it verifies the name in it."""
    redirect: PromisedRedirect | None = None

    @property
    def is_verified(self) -> bool:
        """Whether nothing in an HTTPS backend's certificate goes unverified."""
        return self.transport != "https" or (self.verifies_chain and self.verifies_name)

    @property
    def is_redirect(self) -> bool:
        return self.redirect is not None

    def takes(self, path: str) -> bool:
        return self.pattern is None or _matches(self.pattern, path)

    def action(self, header: str) -> HeaderEffect | None:
        """The last action on a header, which decides its value."""
        found = [action for action in self.headers if action.name.lower() == header.lower()]
        conditional = any(action.is_conditional for action in found)
        return replace(found[-1], is_conditional=conditional) if found else None


def promised_routes(listener: Listener, listeners: Mapping[str, Listener]) -> tuple[PromisedRoute, ...]:
    """The routes of a listener in the order in which Azure tries them, each with a path that takes it.

    A route that no path can reach, because earlier routes match every path, is left out.

    Args:
        listener: the listener.
        listeners: all listeners of its gateway by name, for redirects to them.
    """
    made = list(_routes(listener, listeners))
    patterns = [route.pattern for route in made if route.pattern is not None]
    reachable = []
    for index, route in enumerate(made):
        before = [pattern for pattern in patterns[:index] if pattern]
        tried = _TRIED if route.pattern is None else (_sample(route.pattern),)
        path = next((path for path in tried if not any(_matches(pattern, path) for pattern in before)), None)
        if path is not None:
            reachable.append(replace(route, path=path))
    return tuple(reachable)


def _routes(listener: Listener, listeners: Mapping[str, Listener]) -> Iterator[PromisedRoute]:
    for route in listener.routes:
        name = route.name if route.path_map is None or route.paths is None else f"{route.path_map}/{route.name}"
        for pattern in (None,) if route.paths is None else route.paths:
            yield _route(route, name, pattern, listeners)


def _route(route: Route, name: str, pattern: str | None, listeners: Mapping[str, Listener]) -> PromisedRoute:
    backend = route.backend
    effects = (HeaderEffect(action.name, action.value, conditional) for action, conditional in route.request_headers())
    return PromisedRoute(
        path="/",
        name=name,
        pattern=pattern,
        headers=tuple(effects),
        pool=backend.pool.name if backend else None,
        transport=backend.protocol.lower() if backend else None,
        settings=backend.name if backend else None,
        verifies_chain=backend is None or backend.verifies_chain,
        verifies_name=backend is None or backend.verifies_name,
        redirect=promised_redirect(route.redirect, listeners) if route.redirect is not None else None,
    )


def _matches(pattern: str, path: str) -> bool:
    """Whether a percent-encoded path matches a pattern; Azure ignores case."""
    return any(matches(pattern, each) for each in {path, unquote(path)})


def _sample(pattern: str) -> str:
    """A path that matches a pattern, with what a request line cannot hold percent-encoded (RFC 3986)."""
    return quote(pattern.replace("*", ""), safe=_SENT)

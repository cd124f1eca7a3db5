"""The routes of a listener, and what each does to the identity headers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from ...document.gateway import Listener, Route
from ...document.wildcard import matches
from .promised_redirect import PromisedRedirect, promised_redirect

_SENT = "!#$%&'()+,/:;=?@[]|\"<>\\^`{}"
"""Printable ASCII, except the blank, is sent as it is written in the pattern."""
_WORDS = ("mtls-gateway-verify", "", "0-mtls-gateway-verify", "~mtls-gateway-verify")
"""What stands for a `*` in a path that is requested, in the order in which they are tried."""

NO_PATH = "no path was found that earlier routes leave to it"


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
    request_timeout: int | None = None
    """Seconds that the gateway waits for the backend's answer, where the document says so."""
    redirect: PromisedRedirect | None = None
    is_certain: bool = True
    """False where it depends on upper and lower case in paths whether it takes the path: Microsoft's pages disagree."""

    @property
    def is_verified(self) -> bool:
        """Whether nothing in an HTTPS backend's certificate goes unverified."""
        return self.transport != "https" or (self.verifies_chain and self.verifies_name)

    @property
    def is_redirect(self) -> bool:
        return self.redirect is not None

    def takes(self, path: str, *, ignore_case: bool = True) -> bool:
        return self.pattern is None or _matches(self.pattern, path, ignore_case=ignore_case)

    def action(self, header: str) -> HeaderEffect | None:
        """The last action on a header, which decides its value."""
        found = [action for action in self.headers if action.name.lower() == header.lower()]
        conditional = any(action.is_conditional for action in found)
        return replace(found[-1], is_conditional=conditional) if found else None


@dataclass(frozen=True, slots=True)
class PromisedRoutes:
    """The routes of a listener in the order in which Azure tries them."""

    reached: tuple[PromisedRoute, ...]
    """Each with a path that takes it."""
    hidden: tuple[PromisedRoute, ...] = ()
    """Those without: every path that was tried is taken by an earlier route. Their `path` means nothing."""


def promised_routes(listener: Listener, listeners: Mapping[str, Listener]) -> PromisedRoutes:
    """The routes of a listener.

    Args:
        listener: the listener.
        listeners: all listeners of its gateway by name, for redirects to them.
    """
    earlier: list[PromisedRoute] = []
    reached: list[PromisedRoute] = []
    hidden: list[PromisedRoute] = []
    for route in _routes(listener, listeners):
        found = _with_path(route, earlier)
        (hidden if found is None else reached).append(found or route)
        earlier.append(route)
    return PromisedRoutes(tuple(reached), tuple(hidden))


def _with_path(route: PromisedRoute, earlier: Sequence[PromisedRoute]) -> PromisedRoute | None:
    """The route with a path that no earlier one takes, at least where case counts; None where there is none."""
    tried = ("/", *_samples("/*")) if route.pattern is None else _samples(route.pattern)
    for ignore_case in (True, False):
        for path in tried:
            if not any(each.takes(path, ignore_case=ignore_case) for each in earlier):
                return replace(route, path=path, is_certain=ignore_case)
    return None


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
        request_timeout=backend.request_timeout if backend else None,
        verifies_chain=backend is None or backend.verifies_chain,
        verifies_name=backend is None or backend.verifies_name,
        redirect=promised_redirect(route.redirect, listeners) if route.redirect is not None else None,
    )


def _matches(pattern: str, path: str, *, ignore_case: bool) -> bool:
    """Whether a percent-encoded path matches a pattern."""
    return any(matches(pattern, each, ignore_case=ignore_case) for each in {path, unquote(path)})


def _samples(pattern: str) -> tuple[str, ...]:
    """Paths that match a pattern, with what a request line cannot hold percent-encoded (RFC 3986)."""
    return tuple(dict.fromkeys(quote(pattern.replace("*", word), safe=_SENT) for word in _WORDS))

"""What `redirectHttpToHttps` adds: a plain HTTP listener on port 80 and a redirect for the host names of HTTPS ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ..document.default_ports import DEFAULT_PORTS
from ..document.host_patterns import has_wildcard
from .enums import FrontendKind, Protocol
from .implied import routes_of
from .route_settings import Route
from .settings import GatewaySettings, Listener

HTTP_REDIRECT = "redirectHttpToHttps"
"""The setting."""

_FIRST_PRIORITY = 19_001
"""Behind the priorities that people give; any will do, because no route of theirs has the port."""


@dataclass(frozen=True, slots=True)
class HttpRedirect:
    """A plain HTTP listener, and the route that redirects all its requests for good, with path and query."""

    of: Listener
    """The HTTPS listener."""
    listener: Listener
    route: Route

    @property
    def name(self) -> str:
        """The name of listener, redirect and rule."""
        return self.listener.name


def http_redirects(settings: GatewaySettings) -> tuple[HttpRedirect, ...]:
    """The redirects in the order in which the gateway tries them: each host name once, exact names first."""
    if not settings.redirect_http_to_https:
        return ()
    order = {route.listener: route.priority for route in routes_of(settings)}
    found = sorted(_host_names(settings), key=lambda pair: (_width(pair[1]), order.get(pair[0].name, _FIRST_PRIORITY)))
    given = set(order.values())
    free = (priority for priority in count(_FIRST_PRIORITY) if priority not in given)
    return tuple(_redirect(listener, names, next(free)) for listener, names in found)


def ports_of(settings: GatewaySettings, frontend: FrontendKind | None = None) -> tuple[int, ...]:
    """The ports that clients reach, of one frontend or of both, in the order of the listeners."""
    listeners = (*settings.listeners, *(redirect.listener for redirect in http_redirects(settings)))
    return tuple(dict.fromkeys(each.port for each in listeners if frontend in (None, each.frontend)))


def _host_names(settings: GatewaySettings) -> Iterator[tuple[Listener, tuple[str, ...]]]:
    """Each HTTPS listener with those of its host names that lead to it on its frontend: port 443 goes first."""
    taken: set[tuple[FrontendKind, str]] = set()
    https = [listener for listener in settings.listeners if listener.protocol is Protocol.HTTPS]
    for listener in sorted(https, key=lambda each: each.port != DEFAULT_PORTS["https"]):
        names = [name for name in listener.host_names or ("",) if (listener.frontend, name.lower()) not in taken]
        taken.update((listener.frontend, name.lower()) for name in names)
        if names:
            yield listener, tuple(filter(None, names))


def _width(host_names: tuple[str, ...]) -> int:
    """How much a listener takes: names, patterns, everything. What takes more is tried later."""
    return (1 if any(map(has_wildcard, host_names)) else 0) if host_names else 2


def _redirect(of: Listener, host_names: tuple[str, ...], priority: int) -> HttpRedirect:
    name = f"redirect-{of.name}"
    plain = {"name": name, "port": DEFAULT_PORTS["http"], "protocol": Protocol.HTTP, "host_names": host_names}
    route = Route.model_validate({"priority": priority, "redirect": {"listener": of.name}})
    # Copies, because the name may be longer than a name may be, which a rule reports.
    return HttpRedirect(
        of,
        of.model_copy(update=plain),
        route.model_copy(update={"name": name, "listener": name}),
    )

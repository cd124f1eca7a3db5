"""Where a redirect leads, as far as its document says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ...document.azure import REDIRECT_STATUSES
from ...document.default_ports import DEFAULT_PORTS
from ...document.gateway import Listener, Redirect


@dataclass(frozen=True, slots=True)
class PromisedRedirect:
    """A redirect: its status, and the place that it leads to."""

    status: int | None
    """None where the document has no type that Azure knows: any redirect."""
    to: str
    """The target as people write it: a URL, or `listener https`."""
    listener: str | None = None
    """The name of the listener; None for a URL."""
    scheme: str | None = None
    """None where the place is not known: there is no such listener, or the URL is not absolute."""
    hosts: tuple[str, ...] = ()
    """The host names of the place; of a listener without any, every name."""
    port: int | None = None
    path: str = "/"
    keeps_path: bool = True

    def __str__(self) -> str:
        return self.to if self.status is None else f"{self.to} ({self.status})"


def promised_redirect(redirect: Redirect, listeners: Mapping[str, Listener]) -> PromisedRedirect:
    """The promise of a redirect of a gateway with these listeners."""
    status = REDIRECT_STATUSES.get(redirect.kind or "")
    name = redirect.target_listener
    if name is not None and (listener := listeners.get(name)) is not None:
        scheme = "https" if listener.is_tls else "http"
        keeps_path = redirect.include_path
        return PromisedRedirect(
            status, f"listener {name}", name, scheme, listener.host_names, listener.port, keeps_path=keeps_path
        )
    url = redirect.target_url or ""
    parts = _parts(url)
    if parts is None:
        return PromisedRedirect(status, url or "an unknown place")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    hosts = (parts.hostname or "",)
    return PromisedRedirect(status, url, None, parts.scheme, hosts, port, parts.path or "/", redirect.include_path)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_absolute = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_absolute else None

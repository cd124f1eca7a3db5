"""The listeners of a gateway as nginx server blocks, with the maps, files and notices that they need."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...document.azure import Mode
from ...document.gateway import Gateway, Layer, Listener, Profile
from .backend_tls import BackendKey, TlsUpstream
from .client_check import ClientCheck, check_files, client_check, http_directives, server_directives
from .locations import ListenerContext, Locations, locations_of
from .pages import answer, page_directives
from .placement import ADDRESS, Endpoint, Placement, RehearsedListener, endpoint_of, http_listeners
from .reports import reported_names
from .syntax import Directive, block, directive
from .tls import ServedTls, served_tls
from .variables import VERIFICATION

_HTTP2_DIRECTIVE = (1, 25, 1)
"""The first nginx with `http2 on`; before it was a word of `listen`."""
_VERIFICATIONS = {Mode.PASSTHROUGH: "${passthrough_verification}", Mode.STRICT: "${strict_verification}", None: "NONE"}


def upstream(number: int) -> str:
    """nginx's name for a backend pool."""
    return f"pool_{number}"


def tls_upstream(number: int) -> str:
    """nginx's name for a backend that is reached over HTTPS."""
    return f"tls_backend_{number}"


@dataclass(frozen=True, slots=True)
class _Server:
    """One listener with all that its server block needs."""

    listener: RehearsedListener
    check: ClientCheck
    policy: ServedTls
    locations: Locations
    stem: str
    """Begins the names of the listener's files."""
    check_stem: str

    @property
    def is_tls(self) -> bool:
        return self.listener.certificate is not None


class Servers:
    """The server blocks of one gateway; `blocks` collects maps, files, listeners and notices on the way."""

    def __init__(self, gateway: Gateway, placement: Placement) -> None:
        self.gateway = gateway
        self.placement = placement
        self.maps: list[Directive] = []
        self.files: dict[str, bytes] = {}
        self.listeners: list[RehearsedListener] = []
        self.notices: list[str] = []
        self._checks: dict[str, tuple[ClientCheck, str]] = {}

    def blocks(self) -> list[Directive]:
        """All server blocks: by endpoint, in the order of the rules' priorities, as Azure tries them."""
        by_endpoint: dict[Endpoint, list[_Server]] = {}
        reachable = [listener for listener in self.gateway.reachable if listener.kind is Layer.HTTP]
        for listener in http_listeners(self.gateway):
            if not listener.rules:
                self.notices.append(f"listener {listener.name}: no rule uses it, so it does not run here")
        for number, listener in enumerate(reachable):
            server = self._server(listener, f"listener-{number}")
            by_endpoint.setdefault(server.listener.endpoint, []).append(server)
        return [result for servers in by_endpoint.values() for result in self._of_one_endpoint(servers)]

    def _server(self, listener: Listener, stem: str) -> _Server:
        check, check_stem = self._check(listener.profile if listener.is_tls else None)
        policy = served_tls(listener.tls_policy)
        endpoint = endpoint_of(listener)
        rehearsed = RehearsedListener(
            name=listener.name,
            protocol=listener.protocol,
            host_names=listener.host_names,
            endpoint=endpoint,
            local_port=self.placement.ports[endpoint],
            mode=check.mode,
            certificate=stem if listener.is_tls else None,
            needs_rsa=policy.needs_rsa,
            unserved=policy.unserved if listener.is_tls else (),
        )
        self._note(rehearsed, check, policy)
        locations = locations_of(listener, self._context(rehearsed, stem))
        self.maps += locations.maps
        self.notices += locations.not_rehearsed
        return _Server(rehearsed, check, policy, locations, stem, check_stem)

    def _check(self, profile: Profile | None) -> tuple[ClientCheck, str]:
        """A profile's check and the stem of its files, made once for all listeners that have the profile."""
        name = profile.name if profile else ""
        if name not in self._checks:
            check, stem = client_check(profile), f"profile-{len(self._checks)}"
            self._checks[name] = check, stem
            self.maps += http_directives(check, stem)
            self.files |= check_files(check, stem)
            if check.ocsp and self.placement.ocsp_responder:
                self.notices.append(f"profile {name}: the OCSP responders that real certificates name; none is asked")
        return self._checks[name]

    def _note(self, listener: RehearsedListener, check: ClientCheck, policy: ServedTls) -> None:
        self.listeners.append(listener)
        self.notices += check.not_rehearsed
        if listener.certificate is not None:
            self.notices += policy.not_rehearsed
            self.notices.append(f"listener {listener.name}: its certificate; a throwaway one is used here")
        wanted, local = listener.endpoint.port, listener.local_port
        if wanted != local:
            self.notices.append(f"listener {listener.name}: port {wanted}, which is {local} on this machine")

    def _context(self, listener: RehearsedListener, stem: str) -> ListenerContext:
        return ListenerContext(
            upstreams={name: upstream(number) for number, name in enumerate(self.placement.backends)},
            local_urls=self._local_urls,
            literals={"server_port": str(listener.endpoint.port), VERIFICATION: _VERIFICATIONS[listener.mode]},
            port=listener.endpoint.port,
            prefix=stem.replace("-", "_"),
            tls_upstreams=self._tls_upstreams,
            reported=tuple(reported_names(self.gateway)) if self.placement.report_token else (),
        )

    @cached_property
    def _local_urls(self) -> dict[str, str]:
        """Scheme, host and port of each listener on this machine, for redirects to it."""
        return {
            listener.name: f"{listener.protocol.lower()}://$host:{self.placement.ports[endpoint_of(listener)]}"
            for listener in http_listeners(self.gateway)
        }

    @cached_property
    def _tls_upstreams(self) -> dict[BackendKey, TlsUpstream]:
        """nginx's names for the backends that are reached over HTTPS, and the files of their trusted roots."""
        made = {}
        for number, (key, backend) in enumerate(self.placement.tls_backends.items()):
            made[key] = TlsUpstream(tls_upstream(number), f"backend-{number}.trusted.pem", backend.bears_common_name)
            self.files[made[key].trusted_file] = backend.trusted.encode("ascii")
        return made

    def _of_one_endpoint(self, servers: list[_Server]) -> Iterator[Directive]:
        default = next((server for server in servers if not server.listener.host_names), None)
        if len({(server.check.mode, server.check.issuers, server.check.ocsp, server.policy) for server in servers}) > 1:
            port = servers[0].listener.endpoint.port
            self.notices.append(f"port {port}: what Azure does when SNI and Host name listeners of different profiles")
        if default is None:
            # Azure shows a client that asks for an unknown name the first listener's certificate.
            not_found = [block("location", "/", inner=answer(404, "Not Found"))]
            yield self._block(servers[0], ["_"], not_found, is_default=True)
            self.notices.append("the answer to a host name that no listener has; it is 404 here")
        for server in servers:
            names = [_server_name(name) for name in server.listener.host_names]
            yield self._block(server, names or ["_"], server.locations.directives, is_default=server is default)

    def _block(
        self, server: _Server, names: Sequence[str], locations: Iterable[Directive], *, is_default: bool
    ) -> Directive:
        inner = [
            *self._listen(server, is_default=is_default),
            directive("server_name", *names),
            *(_tls(server, self.placement.ocsp_responder) if server.is_tls else ()),
            *page_directives((502, 504)),
            *locations,
        ]
        return block("server", inner=inner)

    def _listen(self, server: _Server, *, is_default: bool) -> Iterator[Directive]:
        words = ["ssl"] if server.is_tls else []
        words += ["default_server"] if is_default else []
        http2 = server.is_tls and self.gateway.http2
        has_directive = self.placement.nginx_version >= _HTTP2_DIRECTIVE
        words += ["http2"] if http2 and not has_directive else []
        yield directive("listen", f"{ADDRESS}:{server.listener.local_port}", *words)
        if http2 and has_directive:
            yield directive("http2", "on")


def _tls(server: _Server, ocsp_responder: str | None) -> Iterator[Directive]:
    yield directive("ssl_certificate", f"{server.stem}.pem")
    yield directive("ssl_certificate_key", f"{server.stem}.key.pem")
    yield from server.policy.directives()
    yield from server_directives(server.check, server.check_stem, ocsp_responder)
    yield from page_directives((495, 496, 497) if server.listener.mode is Mode.STRICT else (497,))


def _server_name(name: str) -> str:
    """A host name, where `*` matches any characters and `?` one (Microsoft, multiple-site listeners)."""
    if not re.search(r"[*?]", name):
        return name
    escaped = re.sub(r"([^A-Za-z0-9*?])", r"\\\1", name.lower())
    return f"~^{escaped.replace('*', '.*').replace('?', '.')}$"

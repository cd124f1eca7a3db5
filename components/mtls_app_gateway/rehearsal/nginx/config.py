"""A gateway document as an nginx configuration that treats client certificates as Azure does.

Pure text from values: which ports, which backends and which nginx are told by a placement, files are given as content.
All paths are relative to the one work directory that nginx is started in.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...document.gateway import Gateway, Layer, Listener, Profile
from .client_check import ClientCheck, check_files, client_check, http_directives, server_directives
from .locations import ListenerContext, Locations, locations_of
from .not_rehearsed import ALWAYS, not_rehearsed
from .pages import answer, page_directives, without_server
from .reports import report_maps, reported_names
from .syntax import Directive, block, build, directive
from .tls import ServedTls, served_tls
from .variables import VERIFICATION

ADDRESS = "127.0.0.1"
"""The only address that anything listens on."""

_HTTP2_DIRECTIVE = (1, 25, 1)
"""The first nginx with `http2 on`; before it was a word of `listen`."""
_SERVER_HEADER = "the Server header of the gateway's own pages: this nginx, without headers-more, cannot change its own"


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """Where callers reach a gateway on Azure: a frontend IP configuration, by name, and a port."""

    frontend: str
    port: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the parts of a rehearsal are on this machine."""

    ports: Mapping[Endpoint, int]
    """The local port of each endpoint."""
    backends: Mapping[str, str]
    """`host:port` that stands for each backend pool, by the pool's name."""
    status_port: int
    """Where nginx says which configuration it runs."""
    nginx_version: tuple[int, ...]
    ocsp_responder: str | None = None
    """What is asked in place of the responders that certificates name, which may be anywhere."""

    sets_server: bool = False
    """Whether this nginx has the module headers-more, by which pages of its own name another server."""
    report_token: str | None = field(default=None, repr=False)
    """Whoever sends it is told what was sent on to the backend; with None, nobody is."""


@dataclass(frozen=True, slots=True)
class RehearsedListener:
    """A listener of the document as it stands here."""

    name: str
    protocol: str
    host_names: tuple[str, ...]
    endpoint: Endpoint
    local_port: int
    mode: str | None
    """Passthrough or Strict; None where nobody is asked for a certificate."""
    certificate: str | None
    """The stem of the files of its throwaway certificate, `<stem>.pem` and `<stem>.key.pem`; None for plain HTTP."""
    needs_rsa: bool = False
    """Whether that certificate must have an RSA key for its TLS policy to work."""
    unserved: tuple[str, ...] = ()
    """The TLS versions that its policy allows and that are not served here as it says."""

    @property
    def host(self) -> str:
        """A host name it answers to: one of its own, or one that fits a pattern of its own, else localhost."""
        named = (name for name in self.host_names if "*" not in name and "?" not in name)
        fitting = (name.replace("*", "any").replace("?", "a") for name in self.host_names)
        return next(named, None) or next(fitting, "localhost")

    @property
    def url(self) -> str:
        """Where it is reached on this machine, by a client that resolves `host` to this machine."""
        return f"{self.protocol.lower()}://{self.host}:{self.local_port}/"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A planned local gateway."""

    config: str
    generation: str
    """What the status port says once this configuration runs."""
    files: Mapping[str, bytes] = field(repr=False)
    """Further files of the configuration by name. The listeners' certificates are not among them."""
    listeners: tuple[RehearsedListener, ...]
    not_rehearsed: tuple[str, ...]


def endpoints(gateway: Gateway) -> tuple[Endpoint, ...]:
    """Every place on Azure that an HTTP or HTTPS listener of the gateway listens at."""
    return tuple(dict.fromkeys(_endpoint(listener) for listener in _http_listeners(gateway)))


def plan(gateway: Gateway, placement: Placement) -> Rehearsal:
    """The local gateway for a sound gateway: one without dangling references.

    Raises:
        GatewayError: where a CA chain cannot be used at all.
    """
    planning = _Planning(gateway, placement)
    servers = planning.servers()
    if not placement.sets_server:
        servers = list(without_server(servers))
        planning.notices.append(_SERVER_HEADER)
    text = build(_main(planning, servers, placement, "unnamed"))
    generation = hashlib.sha256(text.encode()).hexdigest()[:16]
    notices = (*planning.notices, *not_rehearsed(gateway), *ALWAYS)
    return Rehearsal(
        config=build(_main(planning, servers, placement, generation)),
        generation=generation,
        files=planning.files,
        listeners=tuple(planning.listeners),
        not_rehearsed=tuple(dict.fromkeys(notices)),
    )


def _main(
    planning: "_Planning", servers: Sequence[Directive], placement: Placement, generation: str
) -> Iterator[Directive]:
    yield directive("daemon", "off")
    yield directive("worker_processes", 1)
    yield directive("worker_shutdown_timeout", "1s")
    yield directive("pid", "nginx.pid")
    yield directive("error_log", "logs/error.log", "notice")
    yield block("events", inner=[directive("worker_connections", 1024)])
    yield block("http", inner=[*_http(placement), *planning.maps, _status(placement, generation), *servers])


def _http(placement: Placement) -> Iterator[Directive]:
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        yield directive(f"{name}_temp_path", f"temporary/{name}")
    yield directive("log_format", "gateway", "escape=json", _ACCESS_LOG)
    yield directive("access_log", "logs/access.log", "gateway")
    # A resumed session answers with the verdict of an earlier one, without looking at the certificate again.
    yield directive("ssl_session_cache", "off")
    yield directive("ssl_session_tickets", "off")
    # Azure takes 32 KB of headers; the certificate of a caller in a header is one line of them.
    yield directive("large_client_header_buffers", 4, "32k")
    yield directive("proxy_buffer_size", "32k")
    yield directive("proxy_buffers", 8, "32k")
    yield directive("client_max_body_size", 0)
    yield directive("server_names_hash_bucket_size", 512)
    yield directive("variables_hash_max_size", 8192)
    yield directive("variables_hash_bucket_size", 128)
    yield directive("proxy_http_version", "1.1")
    yield directive("proxy_redirect", "off")
    yield directive("proxy_pass_header", "Server")
    yield block("geo", "$dollar", inner=[directive("default", "$")])
    yield from report_maps(placement.report_token)
    for source, name, cases in _MAPS:
        yield block("map", source, name, inner=[directive(key, value) for key, value in cases.items()])
    for number, backend in enumerate(placement.backends.values()):
        yield block("upstream", _upstream(number), inner=[directive("server", backend), directive("keepalive", 8)])


_MAPS = (
    ("$request_uri", "$request_path", {"default": "$uri", r"~^(?<raw_path>/[^?]*)": "$raw_path"}),
    ("$args", "$query_with_mark", {"default": "?$args", "": ""}),
    ("$https", "$tls_enabled", {"default": "On", "": ""}),
    ("$http_upgrade", "$backend_connection", {"default": "upgrade", "": "keep-alive"}),
    (
        "$http_x_forwarded_for",
        "$forwarded_for_with_port",
        {"default": "$http_x_forwarded_for, $remote_addr:$remote_port", "": "$remote_addr:$remote_port"},
    ),
    # As observed on live gateways since 2026: Passthrough tells whether there was a certificate, Strict only success.
    ("$ssl_client_verify", "$passthrough_verification", {"default": "PASSTHROUGH", "": "NONE", "NONE": "NONE"}),
    ("$ssl_client_verify", "$strict_verification", {"default": "", "SUCCESS": "SUCCESS"}),
)
_ACCESS_LOG = (
    '{"time":"$time_iso8601","clientIP":"$remote_addr","clientPort":"$remote_port","httpMethod":"$request_method",'
    '"requestUri":"$uri","httpStatus":"$status","host":"$host","sslProtocol":"$ssl_protocol","sslCipher":"$ssl_cipher",'
    '"sslClientVerify":"$ssl_client_verify","sslClientCertificateFingerprint":"$ssl_client_fingerprint",'
    '"sslClientCertificateIssuerName":"$ssl_client_i_dn"}'
)
"""The fields of Azure's access log that tell of client certificates; never a certificate itself, nor a query."""


def _status(placement: Placement, generation: str) -> Directive:
    says = block("location", "/", inner=[directive("return", 200, f"$pid {generation}")])
    listen = directive("listen", f"{ADDRESS}:{placement.status_port}")
    return block("server", inner=[listen, directive("access_log", "off"), says])


def _upstream(number: int) -> str:
    return f"pool_{number}"


@dataclass(frozen=True, slots=True)
class _Server:
    """One listener with all that its server block needs."""

    listener: RehearsedListener
    check: ClientCheck
    policy: ServedTls
    locations: Locations
    stem: str
    """What the files of the listener are named after."""
    check_stem: str

    @property
    def is_tls(self) -> bool:
        return self.listener.certificate is not None


class _Planning:
    """The work of `plan`: servers from listeners, with maps, files and notices on the side."""

    def __init__(self, gateway: Gateway, placement: Placement) -> None:
        self.gateway = gateway
        self.placement = placement
        self.maps: list[Directive] = []
        self.files: dict[str, bytes] = {}
        self.listeners: list[RehearsedListener] = []
        self.notices: list[str] = []
        self._checks: dict[str, tuple[ClientCheck, str]] = {}

    def servers(self) -> list[Directive]:
        """All server blocks: per endpoint in the order of the rules' priorities, as Azure tries them."""
        by_endpoint: dict[Endpoint, list[_Server]] = {}
        reachable = [listener for listener in self.gateway.reachable if listener.kind is Layer.HTTP]
        for listener in _http_listeners(self.gateway):
            if not listener.rules:
                self.notices.append(f"listener {listener.name}: no rule uses it, so it is not raised")
        for number, listener in enumerate(reachable):
            server = self._server(listener, f"listener-{number}")
            by_endpoint.setdefault(server.listener.endpoint, []).append(server)
        return [each for servers in by_endpoint.values() for each in self._at_one_endpoint(servers)]

    def _server(self, listener: Listener, stem: str) -> _Server:
        check, check_stem = self._check(listener.profile if listener.is_tls else None)
        policy = served_tls(listener.tls_policy)
        endpoint = _endpoint(listener)
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
        made = locations_of(listener, self._circumstances(rehearsed, stem))
        self.maps += made.maps
        self.notices += made.not_rehearsed
        return _Server(rehearsed, check, policy, made, stem, check_stem)

    def _check(self, profile: Profile | None) -> tuple[ClientCheck, str]:
        """A profile's check and the stem of its names, made once for all listeners that have it."""
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
            self.notices.append(f"listener {listener.name}: its certificate; a throwaway one stands in")
        wanted, got = listener.endpoint.port, listener.local_port
        if wanted != got:
            self.notices.append(f"listener {listener.name}: port {wanted}, which is {got} on this machine")

    def _circumstances(self, listener: RehearsedListener, stem: str) -> ListenerContext:
        verification = {"Passthrough": "${passthrough_verification}", "Strict": "${strict_verification}"}
        return ListenerContext(
            upstreams={name: _upstream(number) for number, name in enumerate(self.placement.backends)},
            local_urls=self._local_urls,
            literals={
                "server_port": str(listener.endpoint.port),
                VERIFICATION: verification.get(listener.mode or "", "NONE"),
            },
            port=listener.endpoint.port,
            prefix=stem.replace("-", "_"),
            reported=tuple(reported_names(self.gateway)) if self.placement.report_token else (),
        )

    @cached_property
    def _local_urls(self) -> dict[str, str]:
        """Scheme, host and port by which each listener is reached here, for redirects to it."""
        return {
            listener.name: f"{listener.protocol.lower()}://$host:{self.placement.ports[_endpoint(listener)]}"
            for listener in _http_listeners(self.gateway)
        }

    def _at_one_endpoint(self, servers: list[_Server]) -> Iterator[Directive]:
        catching = next((server for server in servers if not server.listener.host_names), None)
        if len({(server.check.mode, server.check.issuers, server.check.ocsp, server.policy) for server in servers}) > 1:
            port = servers[0].listener.endpoint.port
            self.notices.append(f"port {port}: what Azure does when SNI and Host name listeners of different profiles")
        if catching is None:
            # Azure shows a caller of an unknown name the first listener's certificate.
            first = servers[0]
            nowhere = [block("location", "/", inner=answer(404, "Not Found"))]
            yield self._server_block(first, ["_"], nowhere, is_default=True)
            self.notices.append("the answer to a host name that no listener has; it is 404 here")
        for server in servers:
            names = [_server_name(name) for name in server.listener.host_names]
            yield self._server_block(server, names or ["_"], server.locations.directives, is_default=server is catching)

    def _server_block(
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
    yield from page_directives((495, 496, 497) if server.listener.mode == "Strict" else (497,))


def _http_listeners(gateway: Gateway) -> Iterator[Listener]:
    return (listener for listener in gateway.listeners if listener.kind is Layer.HTTP)


def _endpoint(listener: Listener) -> Endpoint:
    return Endpoint(listener.frontend.name if listener.frontend else "", listener.port or 0)


def _server_name(name: str) -> str:
    """A host name, where `*` stands for any characters and `?` for one (Microsoft, multiple-site listeners)."""
    if not re.search(r"[*?]", name):
        return name
    escaped = re.sub(r"([^A-Za-z0-9*?])", r"\\\1", name.lower())
    return f"~^{escaped.replace('*', '.*').replace('?', '.')}$"

"""A gateway document as an nginx configuration that treats client certificates as Azure does.

Pure text from values: a placement says which ports, which backends and which nginx; files are given as content. All
paths are relative to the one work directory that nginx is started in.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...document.gateway import Gateway
from .not_rehearsed import ALWAYS, not_rehearsed
from .pages import without_server
from .placement import ADDRESS, Placement, RehearsedListener
from .reports import report_maps
from .servers import Servers, tls_upstream, upstream
from .syntax import Directive, block, build, directive

_SERVER_HEADER = "the Server header of the gateway's own pages: this nginx, without headers-more, cannot change its own"

_KEEPALIVE_BY_DEFAULT = (1, 29, 7)
"""The first nginx that keeps connections to an upstream by default; older ones refuse `keepalive 0`."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A planned local gateway."""

    config: str
    generation: str
    """What the status port reports once this configuration runs."""
    files: Mapping[str, bytes] = field(repr=False)
    """Further files of the configuration by name. The listeners' certificates are not among them."""
    listeners: tuple[RehearsedListener, ...]
    not_rehearsed: tuple[str, ...]


def plan(gateway: Gateway, placement: Placement) -> Rehearsal:
    """The local gateway for a gateway without dangling references.

    Raises:
        GatewayError: where a CA chain cannot be used at all.
    """
    servers = Servers(gateway, placement)
    blocks = servers.blocks()
    if not placement.sets_server:
        blocks = list(without_server(blocks))
        servers.notices.append(_SERVER_HEADER)
    text = build(_main(servers.maps, blocks, placement, "unnamed"))
    generation = hashlib.sha256(text.encode()).hexdigest()[:16]
    notices = (*servers.notices, *not_rehearsed(gateway), *ALWAYS)
    return Rehearsal(
        config=build(_main(servers.maps, blocks, placement, generation)),
        generation=generation,
        files=servers.files,
        listeners=tuple(servers.listeners),
        not_rehearsed=tuple(dict.fromkeys(notices)),
    )


def _main(
    maps: Sequence[Directive], servers: Sequence[Directive], placement: Placement, generation: str
) -> Iterator[Directive]:
    yield directive("daemon", "off")
    yield directive("worker_processes", 1)
    yield directive("worker_shutdown_timeout", "1s")
    yield directive("pid", "nginx.pid")
    yield directive("error_log", "logs/error.log", "notice")
    yield block("events", inner=[directive("worker_connections", 1024)])
    yield block("http", inner=[*_http(placement), *maps, _status(placement, generation), *servers])


def _http(placement: Placement) -> Iterator[Directive]:
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        yield directive(f"{name}_temp_path", f"temporary/{name}")
    yield directive("log_format", "gateway", "escape=json", _ACCESS_LOG)
    yield directive("access_log", "logs/access.log", "gateway")
    # A resumed session reuses an earlier verdict: its certificate is not checked again.
    yield directive("ssl_session_cache", "off")
    yield directive("ssl_session_tickets", "off")
    # Azure takes 32 KB of headers; a client certificate in a header is one line of them.
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
        yield block("upstream", upstream(number), inner=[directive("server", backend), directive("keepalive", 8)])
    if placement.tls_backends:
        yield directive("proxy_ssl_session_reuse", "off")
    # A connection that is kept, or a session that is resumed, was verified by the name of an earlier request.
    keepalive = [directive("keepalive", 0)] if placement.nginx_version >= _KEEPALIVE_BY_DEFAULT else []
    for number, each in enumerate(placement.tls_backends.values()):
        yield block("upstream", tls_upstream(number), inner=[directive("server", each.address), *keepalive])


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
    # As observed on live gateways since 2026: Passthrough shows whether there was a certificate, Strict only success.
    ("$ssl_client_verify", "$passthrough_verification", {"default": "PASSTHROUGH", "": "NONE", "NONE": "NONE"}),
    ("$ssl_client_verify", "$strict_verification", {"default": "", "SUCCESS": "SUCCESS"}),
)
_ACCESS_LOG = (
    '{"time":"$time_iso8601","clientIP":"$remote_addr","clientPort":"$remote_port","httpMethod":"$request_method",'
    '"requestUri":"$uri","httpStatus":"$status","host":"$host","sslProtocol":"$ssl_protocol","sslCipher":"$ssl_cipher",'
    '"sslClientVerify":"$ssl_client_verify","sslClientCertificateFingerprint":"$ssl_client_fingerprint",'
    '"sslClientCertificateIssuerName":"$ssl_client_i_dn"}'
)
"""The fields of Azure's access log about client certificates; never a certificate itself, nor a query."""


def _status(placement: Placement, generation: str) -> Directive:
    answer = block("location", "/", inner=[directive("return", 200, f"$pid {generation}")])
    listen = directive("listen", f"{ADDRESS}:{placement.status_port}")
    return block("server", inner=[listen, directive("access_log", "off"), answer])

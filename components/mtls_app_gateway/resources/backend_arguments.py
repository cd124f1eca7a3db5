"""The shapes of the arguments of a backend, for programs in every Pulumi language."""

from typing import NotRequired, TypedDict

import pulumi

from ..settings.enums import HostNameFromLiteral, ProtocolLiteral


class TrustedRootArgs(TypedDict):
    """The root of a private CA that issues backends' certificates: its data, or a Key Vault secret."""

    name: NotRequired[str]
    """The entry's name on the gateway; by default made from the content. Required where that is not known now."""
    data: NotRequired[pulumi.Input[str]]
    """The root certificate as text: PEM, or base64 of PEM or DER. The backend sends its intermediates itself."""
    key_vault_secret_id: NotRequired[pulumi.Input[str]]
    """The Key Vault secret id of the certificate, in place of data; needs identityId."""


class ConnectionDrainingArgs(TypedDict):
    """How long requests under way may last once a member leaves the pool or the gateway is updated."""

    enabled: NotRequired[bool]
    """Whether they may last longer than Azure's 30 seconds. Default: true."""
    timeout: NotRequired[int]
    """Seconds, 1 to 3600; 60, or requestTimeout where that is longer, if not given."""


class ProbeArgs(TypedDict):
    """How the gateway checks the health of a backend. A probe carries no client certificate."""

    path: NotRequired[str]
    """The path of its request. Default: /."""
    status_codes: NotRequired[list[str]]
    """The status codes of a healthy answer, single or ranges. Default: 200-399."""
    body: NotRequired[str]
    """A text that the body of a healthy answer contains."""
    host_name: NotRequired[pulumi.Input[str]]
    """The host name of its request; the backend's if not given."""
    port: NotRequired[int]
    """The port of its request; the backend's if not given."""
    interval: NotRequired[int]
    """Seconds between probes. Default: 30."""
    timeout: NotRequired[int]
    """Seconds until a probe has failed. Default: 30."""
    unhealthy_threshold: NotRequired[int]
    """Failures in a row after which the backend is unhealthy. Default: 3."""
    min_servers: NotRequired[int]
    """How many pool members always count as healthy, whatever they answer. Default: 0."""


class BackendArgs(TypedDict):
    """The servers behind the gateway: pool members, the protocol to reach them, and their probe."""

    name: NotRequired[str]
    """The backend's name. Default: backend."""
    fqdns: NotRequired[list[pulumi.Input[str]]]
    """Pool members by domain name."""
    ip_addresses: NotRequired[list[pulumi.Input[str]]]
    """Pool members by address."""
    settings_of: NotRequired[str]
    """The backend whose settings and probe it shares, in place of all but name, fqdns and ipAddresses."""
    protocol: NotRequired[ProtocolLiteral]
    """Https or Http. Default: Https."""
    port: NotRequired[int]
    """The port; 443 for Https and 80 for Http if not given."""
    host_name: NotRequired[pulumi.Input[str]]
    """The host name of the requests to every member."""
    host_name_from: NotRequired[HostNameFromLiteral]
    """Backend for the pool member's own name, Client for the host name of the client's request. Default: Backend."""
    trusted_roots: NotRequired[list[TrustedRootArgs]]
    """The roots of private CAs that issue its certificate. Public roots are trusted without an entry."""
    sni_name: NotRequired[pulumi.Input[str]]
    """The name in the TLS handshake and in the backend's certificate; by default that of the request."""
    unsafe_unverified_chain: NotRequired[bool]
    """Whether chain and expiry of the backend's certificate are not verified. Default: false."""
    unsafe_unverified_name: NotRequired[bool]
    """Whether the name in the backend's certificate is not verified. Default: false."""
    request_timeout: NotRequired[int]
    """Seconds the gateway waits for an answer; Azure's default if not given."""
    connection_draining: NotRequired[ConnectionDrainingArgs]
    """How long requests under way may last once a member leaves the pool or the gateway is updated."""
    affinity_cookie: NotRequired[str]
    """The name of a cookie that keeps a client on one pool member (Azure's own is ApplicationGatewayAffinity)."""
    dedicated_connections: NotRequired[bool]
    """Whether connections are dedicated, as NTLM and Kerberos need it. Default: false."""
    probe: NotRequired[ProbeArgs]
    """How the gateway checks the health of the backend."""

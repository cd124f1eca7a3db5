"""The shapes of the component's arguments, for programs in every Pulumi language.

What shapes the gateway is plain; what merely passes through is an `Input` and may be another resource's output.
These shapes are those of `settings/settings.py`, where the defaults and the checks are.
"""

from typing import Any, NotRequired, TypedDict

import pulumi

from ..document.azure import ModeLiteral, TlsPolicyNameLiteral
from ..settings.enums import (
    FrontendKindLiteral,
    LockLiteral,
    MinProtocolVersionLiteral,
    ProtocolLiteral,
    RevocationLiteral,
    SkuLiteral,
)
from .backend_arguments import BackendArgs
from .network_arguments import NetworkArgs, PrivateIpArgs, PublicIpArgs
from .rewrite_arguments import RewriteArgs, StrictTransportSecurityArgs
from .route_arguments import RouteArgs


class TrustedCaChainArgs(TypedDict):
    """One chain of CA certificates whose clients are trusted."""

    data: pulumi.Input[str]
    """The chain as text: PEM, or base64 of PEM or DER. One root and its intermediates; no private key."""
    name: NotRequired[str]
    """The entry's name on the gateway; by default made from the content. Required where data is an output."""
    split: NotRequired[bool]
    """Whether to make one entry per chain where the text holds several. Default: false."""


class StrictArgs(TypedDict):
    """What only Strict checks. In Passthrough it is staged: uploaded to the gateway, enforced nowhere."""

    trusted_ca_chains: NotRequired[list[TrustedCaChainArgs]]
    """The CA chains whose clients are trusted; at least one in Strict."""
    verify_issuer_dn: NotRequired[bool]
    """Whether the client certificate's issuer must be the one named in the chain. Default: true."""
    revocation: NotRequired[RevocationLiteral]
    """How revocation is checked: OCSP, by the responder that the certificate names, or None. Default: None."""
    unsafe_no_valid_chain: NotRequired[bool]
    """Whether to go on when no trusted chain is valid, so that every client is refused. Default: false."""


class TlsPolicyArgs(TypedDict):
    """A predefined TLS policy by name, or cipher suites of one's own."""

    policy_name: NotRequired[TlsPolicyNameLiteral]
    """A predefined policy, such as AppGwSslPolicy20220101S (TLS 1.2 and 1.3, no CBC suites)."""
    min_protocol_version: NotRequired[MinProtocolVersionLiteral]
    """The lowest version of a policy of one's own: TLSv1_2, or TLSv1_3 for TLS 1.3 alone."""
    cipher_suites: NotRequired[list[str]]
    """The TLS 1.2 cipher suites of a policy of one's own, by their IANA names; those of TLS 1.3 are always included."""


class ProfileArgs(TypedDict):
    """A client-authentication profile beside the default one, for listeners that name it."""

    name: str
    """The profile's name."""
    mode: ModeLiteral
    """Passthrough or Strict; there is no default."""
    strict: NotRequired[StrictArgs]
    """What only Strict checks."""
    tls_policy: NotRequired[TlsPolicyArgs]
    """A TLS policy for this profile's listeners, of the same generation as the gateway's."""


class ListenerCertificateArgs(TypedDict):
    """The certificate a listener shows: a PFX, or a Key Vault secret."""

    name: NotRequired[str]
    """The certificate's name. Default: listener."""
    pfx: NotRequired[pulumi.Input[str]]
    """The PFX (PKCS#12) with its private key, base64. Always a secret in Pulumi's state."""
    password: NotRequired[pulumi.Input[str]]
    """The PFX's password, letters and digits. Always a secret in Pulumi's state."""
    key_vault_secret_id: NotRequired[pulumi.Input[str]]
    """The versionless Key Vault secret id of the certificate; needs identityId."""


class ErrorPageArgs(TypedDict):
    """A page that is shown in place of one of the gateway's own: for errors of the gateway, not of a backend."""

    status: int
    """The status that it is shown for: 400, 403, 405, 408, 500, 502, 503 or 504."""
    url: pulumi.Input[str]
    """The public URL of the page, ending in .htm or .html; the gateway fetches it without credentials."""


class ListenerArgs(TypedDict):
    """A port that clients connect to, and how they are authenticated."""

    name: NotRequired[str]
    """The listener's name. Default: https."""
    port: NotRequired[int]
    """The port, 1 to 64999. Default: 443."""
    protocol: NotRequired[ProtocolLiteral]
    """Https or Http. Default: Https."""
    host_names: NotRequired[list[str]]
    """The host names it answers to, at most five; all of them if not given."""
    certificate: NotRequired[str]
    """The name of the listener certificate; the only one if not given."""
    profile: NotRequired[str]
    """The name of a profile, or none to ask no client for a certificate; the default profile if not given."""
    frontend: NotRequired[FrontendKindLiteral]
    """Public, or Private for the address of privateIp. Default: Public."""
    unsafe_bypasses_strict: NotRequired[bool]
    """Whether it may reach a backend of a Strict listener without client authentication. Default: false."""
    error_pages: NotRequired[list[ErrorPageArgs]]
    """Its own error pages; one of them takes the place of all of the gateway's."""


class IdentityHeadersArgs(TypedDict):
    """The names of the headers that identify the client to the backend; only the gateway sets them."""

    certificate: NotRequired[str]
    """The header with the client certificate, URL-encoded PEM. Default: X-Client-Cert."""
    verification: NotRequired[str]
    """The header with the verdict: SUCCESS in Strict; PASSTHROUGH or NONE, never a proof, in Passthrough."""
    subject: NotRequired[str]
    """The header with the certificate's subject; Strict only."""
    issuer: NotRequired[str]
    """The header with the certificate's issuer; Strict only."""
    serial: NotRequired[str]
    """The header with the certificate's serial number; Strict only."""
    fingerprint: NotRequired[str]
    """The header with the certificate's SHA-1 fingerprint; Strict only."""
    unsafe_unverified_facts: NotRequired[bool]
    """Whether to forward subject, issuer, serial and fingerprint that the gateway has not verified. Default: false."""


class AutoscaleArgs(TypedDict):
    """Between how many instances the gateway scales."""

    min_capacity: NotRequired[int]
    """At least so many instances. Default: 2."""
    max_capacity: NotRequired[int]
    """At most so many instances. Default: 10."""


class TimeoutsArgs(TypedDict):
    """How long Pulumi waits for the gateway, such as 45m or 1h30m; azure-native's defaults if not given."""

    create: NotRequired[str]
    """For the creation of the gateway."""
    update: NotRequired[str]
    """For an update of it."""
    delete: NotRequired[str]
    """For its removal."""


class MtlsAppGatewayArgs(TypedDict):
    """A mutual-TLS gateway: resource group, mode, one certificate, one backend, and CA chains if Strict."""

    resource_group_name: pulumi.Input[str]
    """The resource group that everything goes into. It must exist."""
    location: NotRequired[pulumi.Input[str]]
    """The Azure region; the provider's, or the resource group's, if not given."""
    gateway_name: NotRequired[pulumi.Input[str]]
    """The gateway's name in Azure; by default made from the component's. A new name is a new gateway."""
    mode: NotRequired[ModeLiteral]
    """The mode of the default profile, without a default: Passthrough (the gateway verifies nothing) or Strict."""
    strict: NotRequired[StrictArgs]
    """What only Strict checks: trusted CA chains, issuer DN, revocation. Staged in Passthrough."""
    profiles: NotRequired[list[ProfileArgs]]
    """Further client-authentication profiles."""
    listener_certificates: NotRequired[list[ListenerCertificateArgs]]
    """The certificates that listeners show."""
    listeners: NotRequired[list[ListenerArgs]]
    """The ports that clients connect to; one HTTPS listener on 443 with the default profile if not given."""
    redirect_http_to_https: NotRequired[bool]
    """Whether port 80 redirects to the HTTPS listeners (301), for their host names and sources. Default: false."""
    backends: list[BackendArgs]
    """The servers behind the gateway; HTTPS by default."""
    routes: NotRequired[list[RouteArgs]]
    """The backend or the redirect of each listener; not needed for one of each."""
    rewrites: NotRequired[list[RewriteArgs]]
    """Changes of requests and responses, for the routes that name them. The identity headers are always ours."""
    strict_transport_security: NotRequired[StrictTransportSecurityArgs]
    """Strict-Transport-Security on each backend's responses through HTTPS listeners; not sent if not given."""
    hide_server: NotRequired[bool]
    """Whether the response headers Server and X-Powered-By are deleted. Default: false."""
    identity_headers: NotRequired[IdentityHeadersArgs]
    """The names of the headers that identify the client to the backend."""
    tls_policy: NotRequired[TlsPolicyArgs]
    """The gateway's TLS policy; AppGwSslPolicy20220101S if not given."""
    http2: NotRequired[bool]
    """Whether clients may speak HTTP/2. Default: false."""
    error_pages: NotRequired[list[ErrorPageArgs]]
    """The error pages of the listeners that have none of their own; the gateway's default pages if not given."""
    sku: NotRequired[SkuLiteral]
    """Standard_v2 or WAF_v2. Default: Standard_v2."""
    waf_policy_id: NotRequired[pulumi.Input[str]]
    """The id of an existing WAF policy; needed for WAF_v2."""
    capacity: NotRequired[int]
    """A fixed number of instances, in place of autoscale."""
    autoscale: NotRequired[AutoscaleArgs]
    """Between how many instances the gateway scales; 2 to 10 if not given."""
    zones: NotRequired[list[str]]
    """Availability zones of gateway and address; all of the region's if not given, as Microsoft advises."""
    identity_id: NotRequired[pulumi.Input[str]]
    """The id of an existing user-assigned identity that may read Key Vault."""
    network: NotRequired[NetworkArgs]
    """The network of the gateway."""
    public_ip: NotRequired[PublicIpArgs]
    """The public address, which the public listeners are on."""
    private_ip: NotRequired[PrivateIpArgs]
    """The address of the private listeners; needed where there are any, and refused where there are none."""
    lock: NotRequired[LockLiteral]
    """CanNotDelete: Azure refuses to delete the gateway, until this is taken back. No lock if not given."""
    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags for every resource."""
    arm: NotRequired[dict[str, Any]]
    """Whatever else Azure has, as in an ARM template of the gateway: properties, merged by name, and nothing secret."""
    ca_expiry_warning_days: NotRequired[int]
    """Warn when a trusted CA certificate expires within so many days. Default: 30."""
    timeouts: NotRequired[TimeoutsArgs]
    """How long Pulumi waits for the gateway; the option customTimeouts does not reach into a component."""

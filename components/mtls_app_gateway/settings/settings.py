"""What a person may ask of a gateway, as frozen values: the shape of the settings and their defaults.

Shapes only. What the values must keep together is in the modules that `rules.py` gathers, and in `review`;
`to_document.py` writes the document of them.
A text anywhere in the settings may be a placeholder instead: a value known only later.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool

from ..document.azure import Mode, TlsPolicyName
from .backend_settings import Backend
from .enums import (
    DdosProtection,
    DomainNameLabelScope,
    FrontendKind,
    Lock,
    MinProtocolVersion,
    Protocol,
    Revocation,
    Sku,
)
from .rewrite_settings import Rewrite, StrictTransportSecurity
from .route_settings import Route
from .shapes import Duration, HostName, Model, Name, Port, Text, Whole

DEFAULT_PROFILE = "default"
NO_PROFILE = "none"


class TrustedCaChain(Model):
    """One chain of CA certificates whose clients are trusted; one `trustedClientCertificates` entry."""

    name: Name | None = None
    data: str
    split: StrictBool = False


class Strict(Model):
    """What only Strict checks. In a Passthrough profile it is staged: uploaded, not enforced."""

    trusted_ca_chains: tuple[TrustedCaChain, ...] = ()
    verify_issuer_dn: StrictBool = True
    revocation: Revocation = Revocation.NONE
    unsafe_no_valid_chain: StrictBool = False


class TlsPolicy(Model):
    """A predefined policy by name, or one's own list of cipher suites (Azure's CustomV2)."""

    policy_name: TlsPolicyName | None = None
    min_protocol_version: MinProtocolVersion | None = None
    cipher_suites: tuple[str, ...] = ()


class Profile(Model):
    """A client-authentication profile beside the default one; Azure's `sslProfiles` entry."""

    name: Name
    mode: Mode | None = None
    strict: Strict | None = None
    tls_policy: TlsPolicy | None = None


class ListenerCertificate(Model):
    """The certificate a listener shows: a PFX, or a Key Vault secret id."""

    name: Name = "listener"
    pfx: Text | None = None
    password: str | None = None
    key_vault_secret_id: Text | None = None


def _whole_if_it_is(value: Any) -> Any:
    # Numbers reach a plugin as floats, and 400.0 is 400.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class ErrorPage(Model):
    """A page that is shown in place of one of the gateway's own: for errors of the gateway, not of a backend."""

    status: Annotated[Literal[400, 403, 405, 408, 500, 502, 503, 504], BeforeValidator(_whole_if_it_is)]
    url: Text


class Listener(Model):
    """A port and host names that clients connect to, and the profile that authenticates them."""

    name: Name = "https"
    port: Port = 443
    protocol: Protocol = Protocol.HTTPS
    host_names: tuple[HostName, ...] = ()
    certificate: str | None = None
    profile: str | None = None
    frontend: FrontendKind = FrontendKind.PUBLIC
    unsafe_bypasses_strict: StrictBool = False
    error_pages: tuple[ErrorPage, ...] = ()


class IdentityHeaders(Model):
    """The headers that identify the client to the backend; each value is a header's name."""

    certificate: str = "X-Client-Cert"
    verification: str | None = None
    subject: str | None = None
    issuer: str | None = None
    serial: str | None = None
    fingerprint: str | None = None
    unsafe_unverified_facts: StrictBool = False


class Subnet(Model):
    """A further subnet of the network, such as one for the backends."""

    name: Name
    address_prefix: Text


class Network(Model):
    """The network of the gateway: a new one, or the id of an existing subnet."""

    subnet_id: Text | None = None
    name: Text | None = None
    address_prefix: Text = "10.0.0.0/16"
    subnet_name: Name = "gateway"
    subnet_prefix: Text = "10.0.0.0/24"
    ip_configuration_name: Name = "gateway"
    additional_subnets: tuple[Subnet, ...] = ()
    security_group_name: Text | None = None
    allowed_sources: tuple[Text, ...] = ("Internet",)
    dns_servers: tuple[Text, ...] = ()
    service_endpoints: tuple[Text, ...] = ()
    nat_gateway_id: Text | None = None
    route_table_id: Text | None = None
    ddos_protection_plan_id: Text | None = None
    default_outbound_access: StrictBool | None = None
    security_group_id: Text | None = None


class PublicIp(Model):
    """The public address, new or existing; a new one without `zones` of its own has the gateway's."""

    id: Text | None = None
    frontend_name: Name = "public"
    keep_unused: StrictBool = False
    name: Text | None = None
    zones: tuple[Text, ...] | None = None
    domain_name_label: Text | None = None
    protect: StrictBool = False
    domain_name_label_scope: DomainNameLabelScope | None = None
    ddos_protection: DdosProtection | None = None
    ddos_protection_plan_id: Text | None = None


class PrivateIp(Model):
    """The address of the private listeners, in the gateway's subnet."""

    address: Text | None = None
    name: Name = "private"
    allowed_sources: tuple[Text, ...] = ("VirtualNetwork",)


class Autoscale(Model):
    """Between how many instances the gateway scales."""

    min_capacity: Annotated[Whole, Field(ge=0, le=125)] = 2
    max_capacity: Annotated[Whole, Field(ge=2, le=125)] = 10


class Timeouts(Model):
    """How long Pulumi waits for the gateway: a number and a unit, one or more of both (`45m`, `1h30m`)."""

    create: Duration | None = None
    update: Duration | None = None
    delete: Duration | None = None


class GatewaySettings(Model):
    """A whole gateway: every setting."""

    resource_group_name: Text | None = None
    location: Text | None = None
    gateway_name: Text | None = None
    mode: Mode | None = None
    strict: Strict | None = None
    profiles: tuple[Profile, ...] = ()
    listener_certificates: tuple[ListenerCertificate, ...] = ()
    listeners: tuple[Listener, ...] = (Listener(),)
    redirect_http_to_https: StrictBool = False
    backends: tuple[Backend, ...] = ()
    routes: tuple[Route, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    strict_transport_security: StrictTransportSecurity | None = None
    hide_server: StrictBool = False
    identity_headers: IdentityHeaders = IdentityHeaders()
    tls_policy: TlsPolicy = TlsPolicy.model_validate({"policyName": "AppGwSslPolicy20220101S"})
    http2: StrictBool = False
    error_pages: tuple[ErrorPage, ...] = ()
    sku: Sku = Sku.STANDARD
    waf_policy_id: Text | None = None
    capacity: Annotated[Whole, Field(ge=1, le=125)] | None = None
    autoscale: Autoscale | None = None
    zones: tuple[Text, ...] = ()
    identity_id: Text | None = None
    network: Network = Network()
    public_ip: PublicIp = PublicIp()
    private_ip: PrivateIp | None = None
    lock: Lock | None = None
    tags: Mapping[str, str] = {}
    arm: Mapping[str, Any] = {}
    ca_expiry_warning_days: Annotated[Whole, Field(ge=0)] = 30
    timeouts: Timeouts = Timeouts()

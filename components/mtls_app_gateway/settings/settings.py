"""What a person may ask of a gateway, as frozen values: the shape of the settings and their defaults.

Shapes only. What the values must keep together is in the modules that `rules.py` gathers, and in `review`;
`to_document.py` writes the document of them.
A text anywhere in the settings may be a placeholder instead: a value known only later.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, StrictBool
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from ..document.azure import Mode, TlsPolicyName
from ..document.host_name import to_ascii
from .late_texts import keep_placeholders

DEFAULT_BACKEND = "backend"
DEFAULT_PROFILE = "default"
NO_PROFILE = "none"


def _whole(value: Any) -> Any:
    # Numbers reach a plugin as floats: 443.0 is 443. A text that looks like a number is not one.
    if isinstance(value, bool | str):
        raise ValueError("not a whole number")  # noqa: TRY004 (pydantic gathers ValueError only)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Port = Annotated[Whole, Field(ge=1, le=64999)]
"""A frontend or backend port; 65200-65535 belong to the platform (Microsoft: Application Gateway components)."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$")]
"""The name of a part of the gateway: Azure's rule for sub-resources, 1 to 80 characters."""
Text = Annotated[str, Field(min_length=1)]
HostName = Annotated[Text, AfterValidator(to_ascii)]
"""A host name; an international one is written as DNS has it (`xn--…`)."""
Duration = Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?[hms])+$")]


class Revocation(StrEnum):
    """Whether the gateway asks the certificate's OCSP responder; Azure's `verifyClientRevocation`."""

    NONE = "None"
    """Revoked certificates are not recognized."""
    OCSP = "OCSP"
    """The gateway asks the responder that the certificate names; a certificate that names none is refused."""


RevocationLiteral = Annotated[Literal["None", "OCSP"], Revocation]


class Protocol(StrEnum):
    """The protocol of a listener or a backend."""

    HTTPS = "Https"
    """HTTP over TLS."""
    HTTP = "Http"
    """Plain HTTP, which every node on the way can read and change."""


ProtocolLiteral = Annotated[Literal["Https", "Http"], Protocol]


class Sku(StrEnum):
    """The two SKUs that can do mutual TLS (Microsoft: overview of mutual authentication)."""

    STANDARD = "Standard_v2"
    """Without a firewall."""
    WAF = "WAF_v2"
    """With the web application firewall; needs a WAF policy."""


SkuLiteral = Annotated[Literal["Standard_v2", "WAF_v2"], Sku]


class HostNameFrom(StrEnum):
    """The host name of requests to a backend that has none of its own."""

    BACKEND = "Backend"
    """The name of the pool member that serves the request."""
    CLIENT = "Client"
    """The host name of the client's request."""


HostNameFromLiteral = Annotated[Literal["Backend", "Client"], HostNameFrom]


class RedirectType(StrEnum):
    """The status with which a client is redirected."""

    PERMANENT = "Permanent"
    """301: clients may remember it."""
    FOUND = "Found"
    """302."""
    SEE_OTHER = "SeeOther"
    """303: the client fetches the other place with GET."""
    TEMPORARY = "Temporary"
    """307: the client repeats its request, method and body included."""


RedirectTypeLiteral = Annotated[Literal["Permanent", "Found", "SeeOther", "Temporary"], RedirectType]


class MinProtocolVersion(StrEnum):
    """The lowest TLS version of a policy of one's own; Azure retired 1.0 and 1.1 on 31 August 2025."""

    TLSv1_2 = "TLSv1_2"
    """TLS 1.2 and 1.3."""
    TLSv1_3 = "TLSv1_3"
    """TLS 1.3 alone."""


MinProtocolVersionLiteral = Annotated[Literal["TLSv1_2", "TLSv1_3"], MinProtocolVersion]


class Model(BaseModel):
    """Frozen, camelCase from outside, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True, str_strip_whitespace=False
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Each text of a model may be a placeholder."""
        return keep_placeholders(handler(source))


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


class Listener(Model):
    """A port and host names that clients connect to, and the profile that authenticates them."""

    name: Name = "https"
    port: Port = 443
    protocol: Protocol = Protocol.HTTPS
    host_names: tuple[HostName, ...] = ()
    certificate: str | None = None
    profile: str | None = None
    unsafe_bypasses_strict: StrictBool = False


class TrustedRoot(Model):
    """The root of a private CA that issues backends' certificates: its data, or a Key Vault secret id."""

    name: Name | None = None
    data: str | None = None
    key_vault_secret_id: Text | None = None


class ConnectionDraining(Model):
    """How long requests under way may last once a member leaves the pool or the gateway is updated."""

    enabled: StrictBool = True
    timeout: Annotated[Whole, Field(ge=1, le=3600)] | None = None


class Probe(Model):
    """How the gateway checks the health of a backend. A probe carries no client certificate."""

    path: Annotated[str, Field(pattern=r"^/")] = "/"
    status_codes: tuple[Annotated[str, Field(pattern=r"^[1-5]\d\d(-[1-5]\d\d)?$")], ...] = ("200-399",)
    body: Text | None = None
    host_name: HostName | None = None
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    interval: Annotated[Whole, Field(ge=1, le=86400)] = 30
    timeout: Annotated[Whole, Field(ge=1, le=86400)] = 30
    unhealthy_threshold: Annotated[Whole, Field(ge=1, le=20)] = 3
    min_servers: Annotated[Whole, Field(ge=0)] = 0


class Backend(Model):
    """The servers behind the gateway: pool members, the protocol to reach them, and their probe."""

    name: Name = DEFAULT_BACKEND
    fqdns: tuple[HostName, ...] = ()
    ip_addresses: tuple[Text, ...] = ()
    protocol: Protocol = Protocol.HTTPS
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    host_name: HostName | None = None
    host_name_from: HostNameFrom = HostNameFrom.BACKEND
    trusted_roots: tuple[TrustedRoot, ...] = ()
    sni_name: HostName | None = None
    unsafe_unverified_chain: StrictBool = False
    unsafe_unverified_name: StrictBool = False
    request_timeout: Annotated[Whole, Field(ge=1, le=86400)] | None = None
    connection_draining: ConnectionDraining = ConnectionDraining()
    affinity_cookie: Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")] | None = None
    dedicated_connections: StrictBool = False
    probe: Probe = Probe()


class Redirect(Model):
    """Another place that clients are sent to: a listener of this gateway, or a URL."""

    listener: str | None = None
    url: Text | None = None
    type: RedirectType = RedirectType.PERMANENT
    include_path: StrictBool = True
    include_query_string: StrictBool = True


class Route(Model):
    """The backend or the redirect of a listener's requests, and the order in which the gateway tries its rules."""

    name: Name = "route"
    listener: str = "https"
    backend: str | None = None
    redirect: Redirect | None = None
    priority: Annotated[Whole, Field(ge=1, le=20000)]


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
    additional_subnets: tuple[Subnet, ...] = ()
    security_group_name: Text | None = None
    allowed_sources: tuple[Text, ...] = ("Internet",)


class PublicIp(Model):
    """The address that clients reach; without `zones` of its own it has the gateway's."""

    name: Text | None = None
    zones: tuple[Text, ...] | None = None
    domain_name_label: Text | None = None
    protect: StrictBool = False


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
    identity_headers: IdentityHeaders = IdentityHeaders()
    tls_policy: TlsPolicy = TlsPolicy.model_validate({"policyName": "AppGwSslPolicy20220101S"})
    http2: StrictBool = False
    sku: Sku = Sku.STANDARD
    waf_policy_id: Text | None = None
    capacity: Annotated[Whole, Field(ge=1, le=125)] | None = None
    autoscale: Autoscale | None = None
    zones: tuple[Text, ...] = ()
    identity_id: Text | None = None
    network: Network = Network()
    public_ip: PublicIp = PublicIp()
    tags: Mapping[str, str] = {}
    ca_expiry_warning_days: Annotated[Whole, Field(ge=0)] = 30
    timeouts: Timeouts = Timeouts()

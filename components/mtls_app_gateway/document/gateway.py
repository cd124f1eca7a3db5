"""The typed reading of one gateway document: what `view` makes, and every reader takes.

References are resolved, Azure's defaults filled in. Each part says where it is in the document (`place`), which
of its values Azure's default supplied (`defaults`), and which cannot be known from the document (`unknown`: a
placeholder that is filled in later, a word that Azure does not have). An unknown attribute holds what is known of it,
or nothing. Rules read `withhold(gateway)` instead, where reading an unknown attribute raises `UnknownError`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ..certificates import CaChain, ChainAsGiven, read_chain
from .azure import Mode, TlsPolicy
from .backend_view import Backend, BackendRoot, BackendSettings, Pool
from .part import Part
from .withholding import Withholding

_CLIENT_FACT = re.compile(r"\{\s*var_(client_certificate(?:_[a-z]+)*)(?:_\d+)?\s*\}", re.IGNORECASE)
"""A server variable about the client's certificate, or a capture of one (Microsoft, Rewrite HTTP headers and URL)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend(Part):
    """A frontend IP configuration."""

    is_private: bool
    address_id: str | None = None
    """The id of the public address, or of the subnet of a private one."""
    is_public: bool = False
    private_address: str | None = None
    allocation: str | None = None
    """How the private address is allocated: `Static` or `Dynamic`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Part):
    """A listener's certificate. Its private key is never in a document."""

    key_vault_secret_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedChain(Part):
    """An entry of `trustedClientCertificates`."""

    data: str = field(repr=False, default="")
    """As it is in the document: base64 of PEM."""

    @cached_property
    def given(self) -> ChainAsGiven:
        """The certificates of the data; read when they are needed, for that takes its time."""
        return read_chain(self.data, self.name)

    @property
    def chain(self) -> CaChain | None:
        """What the data holds; None where it holds no CA certificate, or is not known."""
        return self.given.chain

    @property
    def issuer_dn(self) -> str | None:
        """The one issuer name that Azure takes from the data, in the order that it has there."""
        return self.given.issuer_dn


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Part):
    """An sslProfile."""

    mode: Mode | None = None
    """None only where the document has a word that Azure does not know."""
    mode_as_written: str | None = None
    chains: tuple[TrustedChain, ...] = ()
    """The attached ones."""
    verify_issuer_dn: bool = False
    verify_revocation: bool = False
    tls_policy: TlsPolicy | None = None

    @property
    def asks_clients(self) -> bool:
        """Whether clients are asked for a certificate: Strict without a chain asks none, whatever it says."""
        return self.mode is Mode.PASSTHROUGH or (self.mode is Mode.STRICT and bool(self.chains))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Part):
    """A redirect configuration."""

    kind: str | None = None
    """`Permanent`, `Found`, `SeeOther` or `Temporary`."""
    target_listener: str | None = None
    target_url: str | None = None
    include_path: bool = True
    include_query: bool = True


@dataclass(frozen=True, slots=True)
class HeaderAction:
    """What a rewrite rule does to one header."""

    name: str
    value: str
    """A template such as `{var_client_certificate}`; empty deletes."""
    has_matcher: bool = False
    """Whether only some values of the header are rewritten."""
    place: str = field(default="", compare=False)
    """Where it is in the document."""

    @property
    def client_facts(self) -> tuple[str, ...]:
        """The server variables about the client's certificate in the value: `client_certificate_subject`."""
        return tuple(map(str.lower, _CLIENT_FACT.findall(self.value)))


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rewrite rule applies: the variable matches the pattern, or does not where `negate` says so."""

    variable: str
    pattern: str
    ignore_case: bool = False
    negate: bool = False
    place: str = field(default="", compare=False)
    """Where it is in the document."""


@dataclass(frozen=True, slots=True)
class UrlAction:
    """What a rewrite rule does to the URL."""

    path: str | None = None
    query: str | None = None
    reroute: bool = False

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """What it writes, with the key of each in a document."""
        keys = {"modifiedPath": self.path, "modifiedQueryString": self.query}
        return ((text, key) for key, text in keys.items() if text is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteRule(Part):
    """One rule of a rewrite rule set."""

    sequence: int = 0
    conditions: tuple[Condition, ...] = ()
    request_headers: tuple[HeaderAction, ...] = ()
    response_headers: tuple[HeaderAction, ...] = ()
    url: UrlAction | None = None

    @property
    def actions(self) -> tuple[HeaderAction, ...]:
        """What it does to headers."""
        return (*self.request_headers, *self.response_headers)

    @property
    def values(self) -> Iterator[tuple[str, str]]:
        """Each value that it writes, with its place: of headers, of the path, of the query."""
        yield from ((action.value, action.place) for action in self.actions)
        if self.url is not None:
            url = f"{self.place}.actionSet.urlConfiguration"
            yield from ((text, f"{url}.{key}") for text, key in self.url.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteSet(Part):
    """A rewrite rule set, its rules in the order of their sequence."""

    rules: tuple[RewriteRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Part):
    """Where requests for some paths of a listener go: to a backend, to a redirect, or, by a fault, to neither."""

    paths: tuple[str, ...] | None = None
    """Azure's path patterns; None for every path that no other route of the listener takes."""
    path_map: str | None = None
    backend: Backend | None = None
    redirect: Redirect | None = None
    rewrite: RewriteSet | None = None
    firewall_policy_id: str | None = None
    """The WAF policy of these paths alone."""
    spread_over: tuple[Pool, ...] = ()
    """The pools of its load distribution policy."""

    @property
    def pools(self) -> tuple[Pool, ...]:
        """Every pool that gets its requests."""
        return (*((self.backend.pool,) if self.backend is not None else ()), *self.spread_over)

    def request_headers(self) -> Iterator[tuple[HeaderAction, bool]]:
        """Each action on a request header in the order in which they apply, and whether it has a condition.

        A redirect rewrites nothing (Microsoft, Rewrite HTTP headers and URL).
        """
        for rule in self.rewrite.rules if self.rewrite and self.redirect is None else ():
            yield from ((action, bool(rule.conditions) or action.has_matcher) for action in rule.request_headers)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A page of the user's own that is shown in place of one of the gateway's."""

    status: str
    """Azure's word for the status: `HttpStatus502`."""
    url: str | None
    """Where the gateway gets it from; None where that is not known."""
    place: str = field(default="", compare=False)
    """Where it is in the document."""


class Layer(StrEnum):
    """Which of the gateway's two kinds of listener this is."""

    HTTP = "http"
    L4 = "l4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener(Part):
    """A listener with the routes of the rules that use it, in the order in which Azure tries them."""

    kind: Layer = Layer.HTTP
    frontend: Frontend | None = None
    port: int | None = None
    protocol: str = "Http"
    """`Http` or `Https`; on layer 4 `Tcp` or `Tls`."""
    host_names: tuple[str, ...] = ()
    """Empty: every host name."""
    has_single_host_name: bool = False
    """Whether the document gives it as `hostName`, not in the list `hostNames`."""
    certificate: Certificate | None = None
    profile: Profile | None = None
    tls_policy: TlsPolicy
    """The profile's, or else the gateway's."""
    rules: tuple[str, ...] = ()
    """The names of the routing rules that use it; one that no rule uses does not exist on the network."""
    priority: int | None = None
    routes: tuple[Route, ...] = ()
    error_pages: tuple[ErrorPage, ...] = ()
    """Its own, or else the gateway's: one of its own takes the place of all of those."""

    @property
    def is_tls(self) -> bool:
        return self.protocol in {"Https", "Tls"}

    @property
    def mode(self) -> Mode | None:
        """What happens to client certificates here; None where clients are not asked for one."""
        return self.profile.mode if self.is_tls and self.profile and self.profile.asks_clients else None


@dataclass(frozen=True, slots=True)
class Stated:
    """A property that the document gives an effect: of a part, or of the gateway itself (`collection` empty)."""

    collection: str
    name: str
    property: str


@dataclass(frozen=True, slots=True)
class Named:
    """Any part, by its collection and name."""

    collection: str
    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule(Part):
    """A request routing rule."""

    listener: str | None = None
    """The place of the listener that it belongs to; None where the reference reaches nothing."""
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class InstanceRange:
    """Between how many instances the gateway scales."""

    minimum: int
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Withholding):
    """A whole gateway."""

    name: str | None = None
    sku: str | None = None
    subnet_id: str | None = None
    """The id of the subnet that the gateway itself is in."""
    http2: bool = False
    error_pages: tuple[ErrorPage, ...] = ()
    """For the listeners that have none of their own."""
    tls_policy: TlsPolicy
    frontends: tuple[Frontend, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    trusted_chains: tuple[TrustedChain, ...] = ()
    profiles: tuple[Profile, ...] = ()
    listeners: tuple[Listener, ...] = ()
    """In the order of the document, http before layer 4."""
    trusted_roots: tuple[BackendRoot, ...] = ()
    """What backends' certificates may be issued under, beside the public roots."""
    pools: tuple[Pool, ...] = ()
    backend_settings: tuple[BackendSettings, ...] = ()
    rewrite_sets: tuple[RewriteSet, ...] = ()
    rules: tuple[RoutingRule, ...] = ()
    """The request routing rules, in the order of the document."""
    zones: tuple[str, ...] = ()
    autoscale: InstanceRange | None = None
    has_identity: bool = False
    """Whether the gateway has an identity, with which it reads Key Vault."""
    firewall_policy_id: str | None = None
    has_firewall_configuration: bool = False
    """Whether the firewall is configured on the gateway itself, as before there were policies."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """The number of parts by collection."""
    unused: tuple[Named, ...] = ()
    """The parts that nothing points to."""
    stated: tuple[Stated, ...] = ()
    """Everything that is set, what the view has no word for included."""

    @cached_property
    def reachable(self) -> tuple[Listener, ...]:
        """The listeners that exist on the network, in the order in which Azure tries their rules."""
        used = [listener for listener in self.listeners if listener.rules]
        return tuple(sorted(used, key=lambda listener: listener.priority or 20_001))

    @cached_property
    def identity_headers(self) -> tuple[str, ...]:
        """The request headers that carry a fact of the client's certificate on any route, in their order."""
        names: dict[str, str] = {}
        for rewrite in self.rewrite_sets:
            for action in (action for rule in rewrite.rules for action in rule.request_headers):
                if action.client_facts:
                    names.setdefault(action.name.lower(), action.name)
        return tuple(names.values())

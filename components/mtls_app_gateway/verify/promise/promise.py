"""What a gateway promises for each listener: mode, trusted CAs, TLS versions, and the headers of each route.

Pure. A document that breaks rules still promises something, and that is what is verified. One with a mode that Azure
does not have promises nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...certificates import CaChain
from ...document.azure import Mode, TlsVersion
from ...document.gateway import Gateway, Layer, Listener, Profile
from ...document.unknown_mode import unknown_mode
from ...problems import GatewayError
from .promised_routes import PromisedRoute, promised_routes

MAIN_PATH = "/"
"""The path of every row that is not about a route."""

ALL_VERSIONS = tuple(TlsVersion)
_MODERN = ALL_VERSIONS[2:]


@dataclass(frozen=True, slots=True)
class Promise:
    """What clients of one listener may count on."""

    listener: str
    is_tls: bool
    port: int
    host_names: tuple[str, ...] = ()
    """Empty: every host name."""
    is_private: bool = False
    """Whether it is on a private frontend alone."""
    private_address: str | None = None
    """The address of that frontend, where the document has it."""
    mode: Mode | None = None
    """None where clients are not asked for a certificate."""
    profile: str | None = None
    chains: tuple[CaChain, ...] = ()
    """The chains that a Strict listener trusts."""
    verify_issuer_dn: bool = False
    verify_revocation: bool = False
    versions: tuple[TlsVersion, ...] = _MODERN
    retired_versions: tuple[TlsVersion, ...] = ()
    """What its TLS policy allows beside them and Azure has retired; what happens there is not known."""
    routes: tuple[PromisedRoute, ...] = (PromisedRoute("/"),)
    hidden_routes: tuple[PromisedRoute, ...] = ()
    """Those that no path was found for: earlier ones take what they would take."""
    identity_headers: tuple[str, ...] = ()
    """Each header that carries a fact of the client's certificate on any route of the gateway."""
    has_own_400_page: bool = False
    is_by_hand: bool = False
    """It comes from options, without a document: the gateway may do more than was given."""
    doubts: tuple[str, ...] = ()
    """What the document asks for although it is not known what Azure does then."""

    def route_for(self, path: str) -> PromisedRoute:
        """The route for a path, with that path."""
        found = next((route for route in self.routes if route.takes(path)), PromisedRoute(path))
        strict = next((route for route in self.routes if route.takes(path, ignore_case=False)), found)
        return replace(found, path=path, is_certain=strict is found)


def promises_of(gateway: Gateway) -> tuple[Promise, ...]:
    """The promise of each listener, in the order of the rules that use them.

    A listener that no rule uses does not exist on the network and is left out, and so are those of layer 4.

    Raises:
        GatewayError: for every profile with a mode that Azure does not have.
    """
    unknown = [each for each in gateway.profiles if each.mode is None]
    if unknown:
        raise GatewayError(unknown_mode(each.name, each.mode_as_written) for each in unknown)
    listeners = {each.name: each for each in gateway.reachable if each.kind is Layer.HTTP}
    return tuple(_promise(gateway, listener, listeners) for listener in listeners.values())


def promise_by_hand(
    mode: Mode | None,
    *,
    chains: Sequence[CaChain] = (),
    verify_issuer_dn: bool = False,
    verify_revocation: bool = False,
    identity_headers: Sequence[str] = (),
    port: int = 443,
) -> Promise:
    """A promise from options, without a document: identity headers come from the gateway, with values not known."""
    return Promise(
        listener="by hand",
        is_tls=True,
        port=port,
        mode=mode,
        chains=tuple(chains),
        verify_issuer_dn=verify_issuer_dn,
        verify_revocation=verify_revocation,
        identity_headers=tuple(identity_headers),
        is_by_hand=True,
    )


def _promise(gateway: Gateway, listener: Listener, listeners: Mapping[str, Listener]) -> Promise:
    policy, routes = listener.tls_policy, promised_routes(listener, listeners)
    frontend = listener.frontend
    is_private = frontend is not None and frontend.is_private and not frontend.is_public
    promise = Promise(
        listener=listener.name,
        is_tls=listener.is_tls,
        port=listener.port or (443 if listener.is_tls else 80),
        host_names=listener.host_names,
        is_private=is_private,
        private_address=frontend.private_address if frontend is not None and is_private else None,
        versions=policy.versions,
        retired_versions=policy.retired_versions,
        routes=routes.reached,
        hidden_routes=routes.hidden,
        identity_headers=gateway.identity_headers,
        has_own_400_page="HttpStatus400" in listener.error_pages,
    )
    return _with_profile(promise, listener.profile) if listener.is_tls and listener.profile else promise


def _with_profile(promise: Promise, profile: Profile) -> Promise:
    promise = replace(promise, profile=profile.name)
    if profile.mode is Mode.PASSTHROUGH:
        doubts = ("CA chains are attached in Passthrough; what Azure does then is not known",)
        return replace(promise, mode=Mode.PASSTHROUGH, doubts=doubts if profile.chains else ())
    if not profile.asks_clients:
        doubt = "the profile has no CA chain, so clients are not asked for a certificate, whatever its mode"
        return replace(promise, doubts=(doubt,))
    return replace(
        promise,
        mode=Mode.STRICT,
        chains=tuple(each.chain for each in profile.chains if each.chain is not None),
        verify_issuer_dn=profile.verify_issuer_dn,
        verify_revocation=profile.verify_revocation,
        doubts=() if profile.mode_as_written else ("no mode is given; Strict is assumed, as seen on Azure",),
    )

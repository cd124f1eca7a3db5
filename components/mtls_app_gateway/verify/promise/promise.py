"""What a gateway document promises of one listener: the mode, the trust, the TLS versions, the headers of each route.

Pure, and forgiving: a document that breaks rules still promises something, and it is that which is knocked at. One
whose mode nobody knows promises nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...certificates import CaChain, Circumstances, GivenBundle, examine
from ...certificates.chain import extracted_issuer_dn
from ...document.azure import Mode as SaidMode
from ...document.client_authentication import mode_of
from ...document.references import Parts
from ...problems import GatewayError, Problem
from ..knock.observation import TlsVersion
from .routes import Route, identity_headers_of, routes_of

DEFAULT_POLICY = "AppGwSslPolicy20220101"
"""What a gateway without a policy gets since API 2023-02-01 (Microsoft, Application Gateway TLS policy overview)."""

MAIN_PATH = "/"
"""Where the rows knock that are not about a route."""

ALL_VERSIONS = tuple(TlsVersion)
_MODERN = ALL_VERSIONS[2:]
_SPOKEN = {
    "AppGwSslPolicy20150501": ALL_VERSIONS[2:3],
    "AppGwSslPolicy20170401": ALL_VERSIONS[2:3],
    "AppGwSslPolicy20170401S": ALL_VERSIONS[2:3],
    "AppGwSslPolicy20220101": _MODERN,
    "AppGwSslPolicy20220101S": _MODERN,
}
_RETIRED = {"AppGwSslPolicy20150501": ALL_VERSIONS[:2], "AppGwSslPolicy20170401": ALL_VERSIONS[1:2]}
_FIRST = {"TLSv1_0": 0, "TLSv1_1": 1, "TLSv1_2": 2, "TLSv1_3": 3}


class Mode(StrEnum):
    """What a listener does with client certificates."""

    NOBODY_IS_ASKED = "none"
    PASSTHROUGH = "Passthrough"
    STRICT = "Strict"


@dataclass(frozen=True, slots=True)
class Promise:
    """What callers of one listener may count on."""

    listener: str
    is_tls: bool
    port: int
    host_names: tuple[str, ...] = ()
    """None means every host name."""
    mode: Mode = Mode.NOBODY_IS_ASKED
    profile: str | None = None
    chains: tuple[CaChain, ...] = ()
    """What a Strict listener trusts."""
    verify_issuer_dn: bool = False
    verify_revocation: bool = False
    versions: tuple[TlsVersion, ...] = _MODERN
    retired_versions: tuple[TlsVersion, ...] = ()
    """What its TLS policy allows beside them, and Azure has retired: what callers meet there is not known."""
    routes: tuple[Route, ...] = (Route("/"),)
    identity_headers: tuple[str, ...] = ()
    """Each header that carries a fact of the client's certificate anywhere on this gateway."""
    has_own_400_page: bool = False
    is_by_hand: bool = False
    """Somebody told it who has no document: what was not told may be there all the same."""
    doubts: tuple[str, ...] = ()
    """What the document asks for and nobody knows Azure's answer to."""

    def route_for(self, path: str) -> Route:
        """The route that a path takes, with that path."""
        found = next((route for route in self.routes if route.takes(path)), Route(path))
        return replace(found, path=path)


def promises_of(document: Mapping[str, Any], *, at: datetime) -> tuple[Promise, ...]:
    """What each listener of a document promises, in the order of the rules that use them.

    A listener that no rule uses does not exist on the network and is left out.

    Raises:
        GatewayError: for every profile with a mode that Azure has not.
    """
    parts = Parts(document)
    modes = map(mode_of, parts.of("sslProfiles"))
    if unknown := [mode for mode in modes if isinstance(mode, Problem)]:
        raise GatewayError(unknown)
    rules = sorted(parts.of("requestRoutingRules"), key=lambda rule: _bag(rule).get("priority", 20_001))
    made: dict[str, Promise] = {}
    for rule in rules:
        listener = parts.find(_bag(rule).get("httpListener"))
        if listener is not None and listener["name"] not in made:
            made[listener["name"]] = _promise(document, parts, listener, rule, at)
    return tuple(made.values())


def promise_by_hand(
    mode: Mode,
    *,
    chains: Sequence[CaChain] = (),
    verify_issuer_dn: bool = False,
    verify_revocation: bool = False,
    identity_headers: Sequence[str] = (),
    port: int = 443,
) -> Promise:
    """The promise of somebody who has no document. Which value a header carries is then not promised, only whose."""
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


def _promise(
    document: Mapping[str, Any], parts: Parts, listener: Mapping[str, Any], rule: Mapping[str, Any], at: datetime
) -> Promise:
    bag = _bag(listener)
    is_tls = bag.get("protocol") == "Https"
    profile = parts.find(bag.get("sslProfile")) if is_tls else None
    policy = _bag(profile).get("sslPolicy") or document.get("properties", {}).get("sslPolicy")
    promise = Promise(
        listener=listener["name"],
        is_tls=is_tls,
        port=int(_bag(parts.find(bag.get("frontendPort"))).get("port", 443 if is_tls else 80)),
        host_names=tuple(bag.get("hostNames") or filter(None, [bag.get("hostName")])),
        versions=versions_of(policy),
        retired_versions=retired_versions_of(policy),
        routes=routes_of(rule, parts),
        identity_headers=identity_headers_of(parts),
        has_own_400_page=any(_has_400_page(place) for place in (bag, document.get("properties", {}))),
    )
    return _with_profile(promise, profile, parts, at) if profile else promise


def _with_profile(promise: Promise, profile: Mapping[str, Any], parts: Parts, at: datetime) -> Promise:
    bag = _bag(profile)
    wanted = bag.get("clientAuthConfiguration") or {}
    attached = [part for says in bag.get("trustedClientCertificates") or () if (part := parts.find(says))]
    promise = replace(promise, profile=profile["name"])
    mode = mode_of(profile)
    if mode is SaidMode.PASSTHROUGH:
        doubts = ("CA chains are attached in Passthrough; what Azure does then is not known",) if attached else ()
        return replace(promise, mode=Mode.PASSTHROUGH, doubts=doubts)
    if not attached:
        doubt = "the profile has no CA chain, so nobody is asked for a certificate, whatever its mode says"
        return replace(promise, doubts=(doubt,))
    return replace(
        promise,
        mode=Mode.STRICT,
        chains=tuple(chain for part in attached for chain in _chains(part, at)),
        verify_issuer_dn=wanted.get("verifyClientCertIssuerDN") is True,
        verify_revocation=wanted.get("verifyClientRevocation") == "OCSP",
        doubts=() if mode else ("no mode is said; Strict is taken, as seen on Azure",),
    )


def _chains(part: Mapping[str, Any], at: datetime) -> Iterator[CaChain]:
    """The chain as it stands in the document: the issuer that Azure takes from it depends on its order."""
    examination = examine(GivenBundle(str(_bag(part).get("data", "")), part["name"], part["name"]), Circumstances(at))
    for chain in examination.chains:
        lowest = extracted_issuer_dn(examination.paths.found)
        first = next(path for path in examination.paths.found if path[0].subject == lowest)
        yield replace(chain, paths=(first, *(path for path in chain.paths if path != first)))


def versions_of(policy: Mapping[str, Any] | None) -> tuple[TlsVersion, ...]:
    """The TLS versions that an sslPolicy lets callers speak, the oldest first, without those that Azure has retired."""
    policy = policy or {}
    if name := policy.get("policyName"):
        return _SPOKEN.get(name, _MODERN)
    if policy.get("policyType") in {"Custom", "CustomV2"}:
        last = 4 if policy["policyType"] == "CustomV2" else 3
        return ALL_VERSIONS[min(max(2, _first(policy)), last - 1) : last]
    return _SPOKEN[DEFAULT_POLICY]


def retired_versions_of(policy: Mapping[str, Any] | None) -> tuple[TlsVersion, ...]:
    """TLS 1.0 and 1.1, as far as an sslPolicy allows them."""
    policy = policy or {}
    if name := policy.get("policyName"):
        return _RETIRED.get(name, ())
    return ALL_VERSIONS[_first(policy) : 2] if policy.get("policyType") in {"Custom", "CustomV2"} else ()


def _first(policy: Mapping[str, Any]) -> int:
    return _FIRST.get(str(policy.get("minProtocolVersion")), 2)


def _has_400_page(bag: Mapping[str, Any]) -> bool:
    return any(page.get("statusCode") == "HttpStatus400" for page in bag.get("customErrorConfigurations") or ())


def _bag(part: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (part or {}).get("properties") or {}

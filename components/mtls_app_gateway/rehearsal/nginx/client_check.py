"""Client authentication of a listener as nginx directives.

Passthrough is nginx's `optional_no_ca` and an error page: with the directive alone, nginx answers 400 to an expired
certificate or one for another purpose, where Azure lets it pass. Strict is `on`, which answers 400 after a finished
handshake, as Azure does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...certificates import NO_AUTHORITY, Certificate
from ...document.azure import Mode
from ...document.gateway import Profile, TrustedChain
from ...document.unknown_mode import unknown_mode
from ...problems import GatewayError
from .syntax import Directive, block, directive, exactly

PRESENTED = "@presented"
"""The location for Passthrough requests with a certificate that nginx alone would refuse."""

_NAMES_LIMIT = 60_000
"""Bytes of CA names in one handshake; from 64 KB on every handshake fails."""


@dataclass(frozen=True, slots=True)
class ClientCheck:
    """How a listener checks client certificates.

    `mode` is None where clients are not asked for one. `issuers` are the accepted names of a certificate's issuer, none
    where the issuer is not verified.
    """

    mode: Mode | None = None
    authorities: tuple[Certificate, ...] = ()
    issuers: tuple[str, ...] = ()
    ocsp: bool = False
    not_rehearsed: tuple[str, ...] = ()

    @property
    def announced(self) -> tuple[Certificate, ...]:
        """The authorities whose names the handshake sends: all of them, or one where their names are too long."""
        length = sum(len(authority.subject_der) + 2 for authority in self.authorities)
        return self.authorities if length <= _NAMES_LIMIT else self.authorities[:1]


def client_check(profile: Profile | None) -> ClientCheck:
    """The check of a profile.

    Raises:
        GatewayError: for a trusted CA chain that holds no CA certificate.
    """
    if profile is None:
        return ClientCheck()
    if profile.mode is Mode.PASSTHROUGH:
        notices = (f"profile {profile.name}: CA chains attached in Passthrough; what Azure does then is not known",)
        return ClientCheck(Mode.PASSTHROUGH, not_rehearsed=notices if profile.chains else ())
    if profile.mode is None:
        raise GatewayError([unknown_mode(profile.name, profile.mode_as_written)])
    if not profile.asks_clients:
        notice = f"profile {profile.name}: no CA chain is attached, so no caller is asked for a certificate"
        return ClientCheck(not_rehearsed=(notice,))
    check = _strict(profile)
    if "mode" in profile.defaults:
        notice = f"profile {profile.name}: no mode is given; Strict is assumed, as seen on live gateways"
        return replace(check, not_rehearsed=(notice, *check.not_rehearsed))
    return check


def _strict(profile: Profile) -> ClientCheck:
    notices = []
    issuers = dict.fromkeys(_issuer_dn(chain) for chain in profile.chains)
    if profile.verify_issuer_dn and len(issuers) > 1:
        notices.append(
            f"profile {profile.name}: which issuer names count with several chains; here one of each chain does"
        )
    authorities = {
        authority.fingerprint: authority for chain in profile.chains for authority in chain.given.authorities
    }
    check = ClientCheck(
        Mode.STRICT,
        tuple(authorities.values()),
        tuple(issuers) if profile.verify_issuer_dn else (),
        ocsp=profile.verify_revocation,
    )
    if check.announced != check.authorities:
        notices.append(
            f"profile {profile.name}: the names of all its CAs are too long for one handshake; here one is sent"
        )
    return replace(check, not_rehearsed=tuple(notices))


def _issuer_dn(chain: TrustedChain) -> str:
    if chain.issuer_dn is None:
        saw = "there is no certificate of an authority in its data"
        fix = "Give a CA chain: one root and its intermediates, as base64 of PEM."
        raise NO_AUTHORITY.error(f"trustedClientCertificates {chain.name!r}", saw, fix)
    return chain.issuer_dn


def server_directives(check: ClientCheck, stem: str, ocsp_responder: str | None = None) -> Iterator[Directive]:
    """The check in a server block whose CA files are named after `stem`; it needs `http_directives`.

    `ocsp_responder` replaces the one that a certificate names.
    """
    if check.mode is Mode.PASSTHROUGH:
        yield directive("ssl_verify_client", "optional_no_ca")
        # nginx answers 495 to what it calls an error even when certificates are optional: expired, not yet valid, for
        # another purpose. A named location keeps method, body and query, where a path would make a GET of it.
        yield directive("error_page", 495, "=", PRESENTED)
        yield block("location", PRESENTED, inner=[directive("rewrite", "^", "$uri", "last")])
    elif check.mode is Mode.STRICT:
        yield directive("ssl_verify_client", "on")
        announces_all = check.announced == check.authorities
        yield directive("ssl_client_certificate", trusted_file(stem) if announces_all else announced_file(stem))
        if not announces_all:
            yield directive("ssl_trusted_certificate", trusted_file(stem))
        # nginx counts intermediates and stops at one; Azure names no limit.
        yield directive("ssl_verify_depth", 10)
        yield from _issuer_directives(check, stem)
        if check.ocsp:
            # The leaf alone: Azure checks the client certificate's status, and "on" would check its issuers' too.
            yield directive("ssl_ocsp", "leaf")
            if ocsp_responder is not None:
                yield directive("ssl_ocsp_responder", ocsp_responder)
            yield directive("ssl_ocsp_cache", "shared:ocsp:1m")


def _issuer_directives(check: ClientCheck, stem: str) -> Iterator[Directive]:
    if check.issuers:
        # 495 and not 400: its page has the gateway's text for a certificate that fails.
        yield block("if", f"(${_issuer_variable(stem)}", "=", "0)", inner=[directive("return", 495)])


def http_directives(check: ClientCheck, stem: str) -> Iterator[Directive]:
    """What the check needs outside the server block."""
    if check.issuers:
        known = [directive(exactly(issuer), 1) for issuer in check.issuers]
        yield block("map", "$ssl_client_i_dn", f"${_issuer_variable(stem)}", inner=[directive("default", 0), *known])


def check_files(check: ClientCheck, stem: str) -> dict[str, bytes]:
    """The files that the directives name."""
    if check.mode is not Mode.STRICT:
        return {}
    files = {trusted_file(stem): _pem(check.authorities)}
    return files if check.announced == check.authorities else files | {announced_file(stem): _pem(check.announced)}


def _pem(certificates: Iterable[Certificate]) -> bytes:
    return "".join(certificate.pem for certificate in certificates).encode("ascii")


def announced_file(stem: str) -> str:
    """The file of the CAs whose names the handshake sends."""
    return f"{stem}.announced.pem"


def trusted_file(stem: str) -> str:
    """The file of all CAs that may have issued a client certificate."""
    return f"{stem}.trusted.pem"


def _issuer_variable(stem: str) -> str:
    return f"{stem.replace('-', '_')}_issuer"

"""What a listener does with client certificates, in nginx's words.

Passthrough is nginx's `optional_no_ca` and one thing more: with that alone an expired certificate, or one for another
purpose, is answered 400, where Azure lets it pass. Strict is `on`, which answers 400 after a finished handshake, as
Azure does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...certificates import Certificate, Circumstances, Examination, GivenBundle, examine
from ...certificates.chain import extracted_issuer_dn
from ...document.client_authentication import Mode, mode_of
from ...document.references import Parts
from ...problems import GatewayError, Problem
from .syntax import Directive, block, directive, exactly

PRESENTED = "@presented"
"""Where a Passthrough request goes whose certificate nginx alone would have refused."""

_NAMES_LIMIT = 60_000
"""Bytes of CA names in one handshake; at 64 KB every handshake breaks off."""


@dataclass(frozen=True, slots=True)
class ClientCheck:
    """What becomes of a client certificate at a listener.

    `mode` is None where nobody is asked for one. `issuers` are the names that a certificate's issuer must be one of,
    none where that is not verified.
    """

    mode: Mode | None = None
    authorities: tuple[Certificate, ...] = ()
    issuers: tuple[str, ...] = ()
    ocsp: bool = False
    not_rehearsed: tuple[str, ...] = ()

    @property
    def announced(self) -> tuple[Certificate, ...]:
        """The authorities whose names the handshake tells the client: all of them, or one where that is too much."""
        length = sum(len(authority.subject_der) + 2 for authority in self.authorities)
        return self.authorities if length <= _NAMES_LIMIT else self.authorities[:1]


def client_check(profile: Mapping[str, Any] | None, parts: Parts) -> ClientCheck:
    """The check that an sslProfile of a document asks for.

    Raises:
        GatewayError: for a mode that Azure has not, and a trusted CA chain that holds no certificate of an authority.
    """
    if profile is None:
        return ClientCheck()
    mode = mode_of(profile)
    if isinstance(mode, Problem):
        raise GatewayError([mode])
    name, bag = profile["name"], profile.get("properties", {})
    chains = [part for says in bag.get("trustedClientCertificates", ()) if (part := parts.find(says))]
    if mode is Mode.PASSTHROUGH:
        notices = (f"profile {name}: CA chains attached in Passthrough; what Azure does then is not known",)
        return ClientCheck(Mode.PASSTHROUGH, not_rehearsed=notices if chains else ())
    if not chains:
        notice = f"profile {name}: no CA chain is attached, so no caller is asked for a certificate"
        return ClientCheck(not_rehearsed=(notice,))
    check = _strict(name, bag.get("clientAuthConfiguration") or {}, chains)
    if mode is None:
        notice = f"profile {name}: no mode is said; Strict is taken, as seen on live gateways"
        return replace(check, not_rehearsed=(notice, *check.not_rehearsed))
    return check


def _strict(name: str, wanted: Mapping[str, Any], chains: list[Mapping[str, Any]]) -> ClientCheck:
    notices = []
    found = [_examined(chain) for chain in chains]
    issuers = [extracted_issuer_dn(each.paths.found) for each in found]
    verify_dn = wanted.get("verifyClientCertIssuerDN") is True
    if verify_dn and len(set(issuers)) > 1:
        notices.append(f"profile {name}: which issuer names count with several chains; one of each chain is taken")
    authorities = {authority.fingerprint: authority for each in found for authority in each.authorities}
    check = ClientCheck(
        Mode.STRICT,
        tuple(authorities.values()),
        tuple(dict.fromkeys(issuers)) if verify_dn else (),
        ocsp=wanted.get("verifyClientRevocation") == "OCSP",
    )
    if check.announced != check.authorities:
        notices.append(f"profile {name}: the names of all its CAs are too much for one handshake; one is announced")
    return replace(check, not_rehearsed=tuple(notices))


def _examined(chain: Mapping[str, Any]) -> Examination:
    source = f"trustedClientCertificates {chain['name']!r}"
    data = str(chain.get("properties", {}).get("data", ""))
    found = examine(GivenBundle(data, source), _NO_MATTER_WHEN)
    if not found.authorities:
        saw = "there is no certificate of an authority in its data"
        fix = "Give a CA chain: one root and its intermediates, as base64 of PEM."
        raise GatewayError([Problem("no-authority", source, saw, fix)])
    return found


_NO_MATTER_WHEN = Circumstances(datetime.min)
"""Validity is nginx's to judge."""


def server_directives(check: ClientCheck, stem: str, ocsp_responder: str | None = None) -> Iterator[Directive]:
    """The check in a server block whose CA files are named after `stem`; `http_directives` must stand beside it.

    `ocsp_responder` is asked in place of the one that a certificate names.
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
            # The leaf alone: Azure asks for the client certificate's status, "on" would ask for its issuers' too.
            yield directive("ssl_ocsp", "leaf")
            if ocsp_responder is not None:
                yield directive("ssl_ocsp_responder", ocsp_responder)
            yield directive("ssl_ocsp_cache", "shared:ocsp:1m")


def _issuer_directives(check: ClientCheck, stem: str) -> Iterator[Directive]:
    if check.issuers:
        # 495 and not 400: the page has the gateway's words for a certificate that fails.
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
    """The CAs whose names the client is told."""
    return f"{stem}.announced.pem"


def trusted_file(stem: str) -> str:
    """All the CAs that a client certificate may come from."""
    return f"{stem}.trusted.pem"


def _issuer_variable(stem: str) -> str:
    return f"{stem.replace('-', '_')}_issuer"

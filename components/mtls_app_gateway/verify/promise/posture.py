"""A listener's promise for a reviewer, one fact a line. Pure."""

from collections.abc import Iterator
from datetime import datetime

from ...document.azure import Mode
from .promise import Promise
from .promised_routes import NO_PATH

_MODES = {
    None: "clients are not asked for a certificate",
    Mode.PASSTHROUGH: "Passthrough: a certificate is asked for and not verified; the backend must verify it",
    Mode.STRICT: "Strict: the gateway verifies the certificate, and answers HTTP 400 without a valid one",
}


def posture(promise: Promise, *, now: datetime) -> Iterator[tuple[str, str]]:
    """Each fact with its name."""
    scheme = "HTTPS" if promise.is_tls else "plain HTTP"
    names = ", ".join(promise.host_names) or "every host name"
    address = f" of the private address {promise.private_address or ''}".rstrip() if promise.is_private else ""
    yield "listens", f"{scheme} on port {promise.port}{address} for {names}"
    if promise.is_tls:
        yield "client certificates", _MODES[promise.mode]
        yield "TLS versions", ", ".join(promise.versions)
    for chain in promise.chains:
        days = (chain.expires - now).days
        left = f"{days} days left" if chain.expires > now else f"expired {-days} days ago"
        yield "trusts", f"{chain.name}: {chain.issuer_dn}, {left}"
    if promise.mode is Mode.STRICT:
        yield "issuer names", "compared" if promise.verify_issuer_dn else "not compared"
        yield "revocation", "checked by OCSP" if promise.verify_revocation else "not checked"
    no_headers = "none given: --identity-header" if promise.is_by_hand else "none"
    yield "identity headers", ", ".join(promise.identity_headers) or no_headers
    for route in promise.routes:
        pattern = route.pattern or "every other path" if len(promise.routes) > 1 else "every path"
        if route.redirect:
            yield "redirects", f"{pattern} to {route.redirect}"
        elif route.transport:
            doubt = "" if route.is_verified else ", whose certificate is not fully verified"
            wait = f", which has {route.request_timeout} s to answer" if route.request_timeout is not None else ""
            yield "leads", f"{pattern} to {route.pool} by {route.transport.upper()}{wait}{doubt}"
    for route in promise.hidden_routes:
        yield "not reached", f"{route.pattern or 'every other path'} of {route.name}: {NO_PATH}"
    for doubt in promise.doubts:
        yield "doubt", doubt

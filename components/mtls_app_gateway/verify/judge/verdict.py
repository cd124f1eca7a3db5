"""Compares what was observed with what was expected. Pure.

Every verdict is about one layer: a failure of a lower layer is reported as that, never taken for the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

from ..knock.observation import KnockFault, Observation, ReachedLayer, ServerCertificate, excerpt
from ..knock.question import SPOOFED, Target
from .expectation import Expectation, Unasked
from .expected import (
    Admitted,
    BackendReachedBy,
    BackendRefused,
    CertificateAsked,
    Expected,
    HeadersForwarded,
    NotKnown,
    PlainRefused,
    PoolReached,
    Redirected,
    Refused,
    ServerTrusted,
    VersionRefused,
    named,
)
from .redirection import wrong_redirect

HOLDS, BROKEN, NOT_ASKABLE = 0, 1, 2
"""Exit codes, which are part of the interface."""

_GATEWAY = "Microsoft-Azure-Application-Gateway"
_WHOSE_PAGE = "the page may be the gateway's custom page or the backend's"
_NO_BACKEND = {502, 503, 504}
_VERSION_ALERTS = {"protocol_version", "handshake_failure", "insufficient_security"}


class RowOutcome(StrEnum):
    """How a row ended."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNANSWERED = "could not be asked"
    """It was tried, and there was no answer to judge."""
    NOT_ASKED = "not asked"
    """It needs something that is not available."""
    NOT_JUDGED = "not judged"
    """The observation is reported; what is right is not known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row with its outcome."""

    asked: Expectation | Unasked
    outcome: RowOutcome
    words: str
    observation: Observation | None = None
    """None for a row that was not asked."""

    @property
    def row(self) -> str:
        return self.asked.row


Judged = tuple[RowOutcome, str]


def judge_observation(expectation: Expectation, observation: Observation, *, now: datetime, target: Target) -> Verdict:
    """The verdict of one row, which was asked of a target."""
    outcome, words = _judged(expectation, observation, now, target)
    return Verdict(expectation, outcome, words, observation)


def not_asked(row: Unasked) -> Verdict:
    """The verdict of a row that was not asked."""
    return Verdict(row, RowOutcome.NOT_ASKED, f"{row.reason}: {row.options}" if row.options else row.reason)


def not_found(target: Target) -> Verdict:
    """One verdict for all rows of a target whose name or port does not exist."""
    host, port = target.endpoint
    words = f"{ReachedLayer.TCP}: {KnockFault.NAME_NOT_FOUND} ({host})"
    if not 0 < port < 65_536:
        words = f"{ReachedLayer.TCP}: there is no port {port}"
    return Verdict(Unasked("every caller", None, words, is_for_all=True), RowOutcome.UNANSWERED, excerpt(words, 300))


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """0: every verdict holds; 1: at least one does not; 2: something, or everything, could not be asked."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if RowOutcome.FAILS in outcomes:
        return BROKEN
    # Where nothing holds, nothing was shown.
    if RowOutcome.UNANSWERED in outcomes or RowOutcome.HOLDS not in outcomes:
        return NOT_ASKABLE
    return HOLDS


def _judged(expectation: Expectation, observed: Observation, now: datetime, target: Target) -> Judged:
    expected = expectation.expected
    if observed.layer is ReachedLayer.TCP or observed.fault in {KnockFault.TIMED_OUT, KnockFault.UNSENDABLE}:
        return RowOutcome.UNANSWERED, observed.words
    if isinstance(expected, ServerTrusted):
        return _server(observed, now)
    if isinstance(expected, Redirected):
        wrong = wrong_redirect(expected.redirect, observed, expectation.question, target)
        return (RowOutcome.FAILS, f"{wrong}; {observed.words}") if wrong else (RowOutcome.HOLDS, observed.words)
    return _by_kind(expected, observed)


@singledispatch
def _by_kind(expected: Expected, observed: Observation) -> Judged:
    raise TypeError(f"no judge for {expected!r} and {observed!r}")


@_by_kind.register
def _admitted(expected: Admitted, observed: Observation) -> Judged:
    if observed.layer is not ReachedLayer.HTTP:
        return RowOutcome.FAILS, f"turned away below HTTP; {observed.words}"
    if observed.fault is not None:
        return RowOutcome.FAILS, f"the answer is not a gateway's; {observed.words}"
    if observed.status in _NO_BACKEND and observed.forwarded is None:
        return _no_backend(observed, over_https=expected.over_https)
    is_its_own = _is_the_gateways(observed) and observed.status in {400, 403} and observed.forwarded is None
    if observed.phrase or is_its_own:
        return RowOutcome.FAILS, f"refused by the gateway; {observed.words}"
    if observed.status == 400 and observed.forwarded is None and expected.or_own_400_page:
        return RowOutcome.NOT_JUDGED, f"{_WHOSE_PAGE}; {observed.words}"
    return RowOutcome.HOLDS, observed.words


def _no_backend(observed: Observation, *, over_https: bool) -> Judged:
    """The gateway answers in place of a backend; why, only its backend health shows."""
    causes = "no connection, or a failed probe"
    if observed.status == 502 and over_https:
        causes = "no connection, a failed probe, or a certificate that the gateway does not accept"
    why = f": {causes}; see `az network application-gateway show-backend-health`" if _is_the_gateways(observed) else ""
    return RowOutcome.UNANSWERED, f"no backend answered behind the gateway{why}; {observed.words}"


@_by_kind.register
def _refused(expected: Refused, observed: Observation) -> Judged:
    if observed.layer is not ReachedLayer.HTTP:
        return RowOutcome.FAILS, f"{observed.words}, where the gateway finishes the handshake and answers HTTP 400"
    if observed.fault is not None:
        return RowOutcome.FAILS, f"the answer is not a gateway's; {observed.words}"
    if observed.forwarded is not None or observed.status is None or observed.status < 400:
        return RowOutcome.FAILS, f"let in; {observed.words}"
    return _page(expected, observed)


def _page(expected: Refused, observed: Observation) -> Judged:
    if observed.status != 400:
        return (
            RowOutcome.FAILS,
            f"not the gateway's HTTP 400: another server refuses, or it was let in; {observed.words}",
        )
    if observed.phrase in expected.phrases or (
        not expected.phrases and (observed.phrase or _is_the_gateways(observed))
    ):
        return RowOutcome.HOLDS, observed.words
    if not expected.phrases:
        return RowOutcome.NOT_JUDGED, f"{_WHOSE_PAGE}; {observed.words}"
    if observed.phrase:
        return RowOutcome.FAILS, f"refused for another reason; {observed.words}"
    return RowOutcome.FAILS, "HTTP 400, and not the gateway's page: another server refuses, or it was let in"


def _is_the_gateways(observed: Observation) -> bool:
    return (observed.server or "").startswith(_GATEWAY)


@_by_kind.register
def _version_refused(_: VersionRefused, observed: Observation) -> Judged:
    if observed.layer is not ReachedLayer.HANDSHAKE:
        return RowOutcome.FAILS, f"{observed.asked_version} is spoken; {observed.words}"
    if observed.fault is KnockFault.NO_TLS:
        return RowOutcome.FAILS, f"the answer is not a gateway's; {observed.words}"
    if observed.fault is KnockFault.ALERT and observed.detail not in _VERSION_ALERTS:
        return RowOutcome.NOT_JUDGED, f"refused for another reason; {observed.words}"
    return RowOutcome.HOLDS, observed.words


@_by_kind.register
def _certificate_asked(expected: CertificateAsked, observed: Observation) -> Judged:
    is_requested = observed.handshake.is_certificate_requested
    if is_requested is None:
        if observed.layer is ReachedLayer.HANDSHAKE:
            return RowOutcome.FAILS, f"no handshake; {observed.words}"
        return RowOutcome.NOT_JUDGED, "this Python does not show the handshake's certificate request"
    words = "asked for a certificate" if is_requested else "no certificate was asked for in the handshake"
    return (RowOutcome.HOLDS if is_requested is expected.is_asked else RowOutcome.FAILS), words


@_by_kind.register
def _headers(expected: HeadersForwarded, observed: Observation) -> Judged:
    if observed.layer is not ReachedLayer.HTTP or observed.fault is not None:
        return RowOutcome.NOT_ASKED, f"the caller did not reach the backend; {observed.words}"
    if observed.forwarded is None:
        return RowOutcome.NOT_ASKED, f"the backend does not echo the request; {observed.words}"
    wrong = _differences(expected, observed.forwarded.headers)
    return (RowOutcome.FAILS, wrong) if wrong else (RowOutcome.HOLDS, str(expected).removeprefix("backend gets "))


def _differences(expected: HeadersForwarded, found: Mapping[str, str]) -> str:
    """What is wrong with the headers, grouped by the kind of fault."""
    ways: dict[str, list[str]] = {}
    for name, wanted in expected.values:
        if way := _difference(wanted, found.get(name.lower()) or ""):
            ways.setdefault(way, []).append(name)
    return "; ".join(f"{named(names)} {way}" for way, names in ways.items())


def _difference(wanted: str | None, got: str) -> str | None:
    """What is wrong with a header, without the certificate in it, because reports are kept."""
    if SPOOFED in got:
        return "reached the backend as the caller sent it"
    if wanted is None or got == wanted:
        return None
    if not got:
        return "did not reach the backend"
    if not wanted:
        return "reached the backend, and should not be there"
    return f"reached the backend with another value ({_short(got)} in place of {_short(wanted)})"


def _short(value: str) -> str:
    return excerpt(value) if len(value) <= 40 else f"{excerpt(value, 24)} of {len(value)} characters"


@_by_kind.register
def _backend_reached_by(expected: BackendReachedBy, observed: Observation) -> Judged:
    if observed.status in _NO_BACKEND and observed.forwarded is None:
        return _no_backend(observed, over_https=expected.transport == "https")
    if observed.forwarded is None or observed.forwarded.transport is None:
        return RowOutcome.NOT_ASKED, "the backend does not report how it was reached"
    words = f"the backend was reached by {observed.forwarded.transport.upper()}"
    return (RowOutcome.HOLDS if observed.forwarded.transport == expected.transport else RowOutcome.FAILS), words


@_by_kind.register
def _pool_reached(expected: PoolReached, observed: Observation) -> Judged:
    if observed.forwarded is None or observed.forwarded.pool is None:
        return RowOutcome.NOT_ASKED, "the backend does not report its pool"
    words = f"led to {excerpt(observed.forwarded.pool)}"
    return (RowOutcome.HOLDS if observed.forwarded.pool == expected.pool else RowOutcome.FAILS), words


@_by_kind.register
def _backend_refused(_: BackendRefused, observed: Observation) -> Judged:
    if observed.layer is not ReachedLayer.HTTP or observed.fault is not None:
        return RowOutcome.FAILS, f"no HTTP 502; {observed.words}"
    is_refused = observed.status == 502 and observed.forwarded is None
    return (RowOutcome.HOLDS if is_refused else RowOutcome.FAILS), observed.words


@_by_kind.register
def _plain_refused(_: PlainRefused, observed: Observation) -> Judged:
    is_refused = observed.fault is None and observed.status == 400 and observed.forwarded is None
    return (RowOutcome.HOLDS if is_refused else RowOutcome.FAILS), observed.words


@_by_kind.register
def _not_known(_: NotKnown, observed: Observation) -> Judged:
    return RowOutcome.NOT_JUDGED, observed.words


def _server(observed: Observation, now: datetime) -> Judged:
    certificate = observed.handshake.certificate
    if observed.fault is KnockFault.UNTRUSTED:
        shown = f"; {described(certificate, now)}" if certificate else ""
        return RowOutcome.FAILS, f"{observed.detail}{shown}"
    if observed.layer is ReachedLayer.HANDSHAKE:
        return RowOutcome.FAILS, f"no handshake; {observed.words}"
    return RowOutcome.HOLDS, described(certificate, now) if certificate else "valid"


def described(certificate: ServerCertificate, now: datetime) -> str:
    """A server certificate in one line."""
    days = (certificate.not_after - now).days
    when = f"expired {certificate.not_after:%Y-%m-%d}" if certificate.not_after < now else f"{days} days left"
    names = ", ".join(certificate.names[:4]) or "no names"
    return f"{certificate.subject} for {names}, issued by {certificate.issuer}, {when}"

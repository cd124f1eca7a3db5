"""What was expected against what was met, and nothing but that. Pure.

Every verdict is of one layer: what a lower layer did is told as what it was, never taken for the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

from ..knock.observation import Fault, Layer, Observation, ServerCertificate, printable
from ..knock.question import SPOOFED, Target
from .expectation import Expectation, Unasked
from .expected import (
    Admitted,
    BackendReachedBy,
    CertificateAsked,
    Expected,
    HeadersArrive,
    NotKnown,
    PlainRefused,
    Refused,
    ServerTrusted,
    VersionRefused,
    named,
)

HOLDS, BROKEN, NOT_ASKABLE = 0, 1, 2
"""Exit codes, which are part of the interface."""

_GATEWAY = "Microsoft-Azure-Application-Gateway"
_WHOSE_PAGE = "whose page it is cannot be told, as the gateway has one of its own"
_NO_BACKEND = {502, 503, 504}
_VERSION_ALERTS = {"protocol_version", "handshake_failure", "insufficient_security"}


class Outcome(StrEnum):
    """How a row ended."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNANSWERED = "could not be asked"
    """It was tried, and nobody answered who could have."""
    NOT_ASKED = "not asked"
    """It takes something that is not there."""
    NOT_JUDGED = "not judged"
    """What was met is told; what should be is not known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row with its outcome."""

    asked: Expectation | Unasked
    outcome: Outcome
    words: str
    observation: Observation | None = None
    """None for a row that was not asked."""

    @property
    def row(self) -> str:
        return self.asked.row


Judged = tuple[Outcome, str]


def judge(expectation: Expectation, observation: Observation, *, at: datetime) -> Verdict:
    """The verdict of one row."""
    outcome, words = _judged(expectation.expected, observation, at)
    return Verdict(expectation, outcome, words, observation)


def not_asked(row: Unasked) -> Verdict:
    """A row that was not asked, as part of the report."""
    return Verdict(row, Outcome.NOT_ASKED, f"{row.reason}: {row.options}" if row.options else row.reason)


def not_found(target: Target) -> Verdict:
    """All rows of a target that is nowhere, in one."""
    host, port = target.endpoint
    words = f"{Layer.TCP}: {Fault.NAME_NOT_FOUND} ({host})"
    if not 0 < port < 65_536:
        words = f"{Layer.TCP}: there is no port {port}"
    return Verdict(Unasked("every caller", None, words, is_for_all=True), Outcome.UNANSWERED, printable(words, 300))


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """0: every verdict holds; 1: at least one does not; 2: something, or everything, could not be asked."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if Outcome.FAILS in outcomes:
        return BROKEN
    # Nothing that held is nothing that was shown.
    if Outcome.UNANSWERED in outcomes or Outcome.HOLDS not in outcomes:
        return NOT_ASKABLE
    return HOLDS


def _judged(expected: Expected, met: Observation, at: datetime) -> Judged:
    if met.layer is Layer.TCP or met.fault in {Fault.TIMED_OUT, Fault.UNSENDABLE}:
        return Outcome.UNANSWERED, met.words
    if isinstance(expected, ServerTrusted):
        return _server(met, at)
    return _by_kind(expected, met)


@singledispatch
def _by_kind(expected: Expected, met: Observation) -> Judged:
    raise TypeError(f"no judge for {expected!r} and {met!r}")


@_by_kind.register
def _admitted(expected: Admitted, met: Observation) -> Judged:
    if met.layer is not Layer.HTTP:
        return Outcome.FAILS, f"turned away below HTTP; {met.words}"
    if met.fault is not None:
        return Outcome.FAILS, f"what answers is no gateway; {met.words}"
    if met.status in _NO_BACKEND and met.received is None:
        return Outcome.UNANSWERED, f"no backend answered behind the gateway; {met.words}"
    is_its_own = _is_the_gateways(met) and met.status in {400, 403} and met.received is None
    if met.phrase or is_its_own:
        return Outcome.FAILS, f"refused by the gateway; {met.words}"
    if met.status == 400 and met.received is None and expected.or_own_400_page:
        return Outcome.NOT_JUDGED, f"{_WHOSE_PAGE}; {met.words}"
    return Outcome.HOLDS, met.words


@_by_kind.register
def _refused(expected: Refused, met: Observation) -> Judged:
    if met.layer is not Layer.HTTP:
        return Outcome.FAILS, f"{met.words}, where the gateway finishes the handshake and answers HTTP 400"
    if met.fault is not None:
        return Outcome.FAILS, f"what answers is no gateway; {met.words}"
    if met.received is not None or met.status is None or met.status < 400:
        return Outcome.FAILS, f"let in; {met.words}"
    return _page(expected, met)


def _page(expected: Refused, met: Observation) -> Judged:
    if met.status != 400:
        return Outcome.FAILS, f"not the gateway's HTTP 400: somebody else refuses, or it was let in; {met.words}"
    if met.phrase in expected.phrases or (not expected.phrases and (met.phrase or _is_the_gateways(met))):
        return Outcome.HOLDS, met.words
    if not expected.phrases:
        return Outcome.NOT_JUDGED, f"{_WHOSE_PAGE}; {met.words}"
    if met.phrase:
        return Outcome.FAILS, f"refused for another reason; {met.words}"
    return Outcome.FAILS, "HTTP 400, and not the gateway's page: somebody else refuses, or it was let in"


def _is_the_gateways(met: Observation) -> bool:
    return (met.server or "").startswith(_GATEWAY)


@_by_kind.register
def _version_refused(_: VersionRefused, met: Observation) -> Judged:
    if met.layer is not Layer.HANDSHAKE:
        return Outcome.FAILS, f"{met.asked_version} is spoken; {met.words}"
    if met.fault is Fault.NO_TLS:
        return Outcome.FAILS, f"what answers is no gateway; {met.words}"
    if met.fault is Fault.ALERT and met.detail not in _VERSION_ALERTS:
        return Outcome.NOT_JUDGED, f"refused for another reason; {met.words}"
    return Outcome.HOLDS, met.words


@_by_kind.register
def _certificate_asked(expected: CertificateAsked, met: Observation) -> Judged:
    is_requested = met.handshake.is_certificate_requested
    if is_requested is None:
        if met.layer is Layer.HANDSHAKE:
            return Outcome.FAILS, f"no handshake; {met.words}"
        return Outcome.NOT_JUDGED, "this Python does not tell what was asked in the handshake"
    words = "asked for a certificate" if is_requested else "no certificate was asked for in the handshake"
    return (Outcome.HOLDS if is_requested is expected.is_asked else Outcome.FAILS), words


@_by_kind.register
def _headers(expected: HeadersArrive, met: Observation) -> Judged:
    if met.layer is not Layer.HTTP or met.fault is not None:
        return Outcome.NOT_ASKED, f"the caller did not come as far as the backend; {met.words}"
    if met.received is None:
        return Outcome.NOT_ASKED, f"the backend does not say what it received; {met.words}"
    wrong = _differences(expected, met.received.headers)
    return (Outcome.FAILS, wrong) if wrong else (Outcome.HOLDS, str(expected).removeprefix("backend gets "))


def _differences(expected: HeadersArrive, found: Mapping[str, str]) -> str:
    """What is wrong with the headers, those wrong in one way together."""
    ways: dict[str, list[str]] = {}
    for name, wanted in expected.values:
        if way := _difference(wanted, found.get(name.lower()) or ""):
            ways.setdefault(way, []).append(name)
    return "; ".join(f"{named(names)} {way}" for way, names in ways.items())


def _difference(wanted: str | None, got: str) -> str | None:
    """What is wrong with a header, without the certificate in it: a report is kept."""
    if SPOOFED in got:
        return "reached the backend as the caller wrote it"
    if wanted is None or got == wanted:
        return None
    if not got:
        return "did not reach the backend"
    if not wanted:
        return "reached the backend, and should not be there"
    return f"reached the backend with another value ({_short(got)} in place of {_short(wanted)})"


def _short(value: str) -> str:
    return printable(value) if len(value) <= 40 else f"{printable(value, 24)} of {len(value)} characters"


@_by_kind.register
def _backend_reached_by(expected: BackendReachedBy, met: Observation) -> Judged:
    if met.received is None or met.received.transport is None:
        return Outcome.NOT_ASKED, "the backend does not say how it was reached"
    words = f"the backend was reached by {met.received.transport.upper()}"
    return (Outcome.HOLDS if met.received.transport == expected.transport else Outcome.FAILS), words


@_by_kind.register
def _plain_refused(_: PlainRefused, met: Observation) -> Judged:
    is_refused = met.fault is None and met.status == 400 and met.received is None
    return (Outcome.HOLDS if is_refused else Outcome.FAILS), met.words


@_by_kind.register
def _not_known(_: NotKnown, met: Observation) -> Judged:
    return Outcome.NOT_JUDGED, met.words


def _server(met: Observation, at: datetime) -> Judged:
    certificate = met.handshake.certificate
    if met.fault is Fault.UNTRUSTED:
        shown = f"; {described(certificate, at)}" if certificate else ""
        return Outcome.FAILS, f"{met.detail}{shown}"
    if met.layer is Layer.HANDSHAKE:
        return Outcome.FAILS, f"no handshake; {met.words}"
    return Outcome.HOLDS, described(certificate, at) if certificate else "valid"


def described(certificate: ServerCertificate, at: datetime) -> str:
    """A server certificate in one line."""
    days = (certificate.not_after - at).days
    when = f"expired {certificate.not_after:%Y-%m-%d}" if certificate.not_after < at else f"{days} days left"
    names = ", ".join(certificate.names[:4]) or "no names"
    return f"{certificate.subject} for {names}, issued by {certificate.issuer}, {when}"

"""Plans the rows of one listener: each expectation with the question that checks it.

Pure: from a promise and callers to expectations, each with how well it is known.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ...certificates import Outcome
from ...document.azure import Mode, TlsVersion
from ..knock.observation import Phrase
from ..knock.question import WITHOUT_CERTIFICATE, Caller, Expect, OcspStatus, Question
from ..promise.promise import ALL_VERSIONS, MAIN_PATH, Promise
from ..promise.promised_redirect import PromisedRedirect
from ..promise.promised_routes import NO_PATH, PromisedRoute
from . import evidence
from .admission import AdmissionJudge, LetIn
from .evidence import Evidence
from .expected import (
    BackendReachedBy,
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
)
from .forwarded import forwarded_value
from .sorted_callers import OWN_CERTIFICATE, SortedCallers


@dataclass(frozen=True, slots=True)
class Expectation:
    """One row: a question, the expected observation, and why it is expected."""

    about: str
    """What the row is about, apart from the TLS version."""
    question: Question
    expected: Expected
    evidence: Evidence
    why: str = ""

    @property
    def version(self) -> TlsVersion | None:
        return self.question.version

    @property
    def row(self) -> str:
        """The row's name: unique for its listener, and the same from run to run."""
        return row_name(self.about, self.version)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A row that cannot be asked here, with the reason."""

    about: str
    version: TlsVersion | None
    reason: str
    options: str = ""
    """The options of the verifier's command that would make it askable."""
    is_for_all: bool = False
    """It is about every version of its listener."""

    @property
    def row(self) -> str:
        return self.about if self.is_for_all else row_name(self.about, self.version)


def row_name(about: str, version: TlsVersion | None) -> str:
    """The name of a row in every report."""
    return f"{about}, {version or 'plain HTTP'}"


@dataclass(frozen=True, slots=True)
class ListenerPlan:
    """All rows of one listener."""

    promise: Promise
    expectations: tuple[Expectation, ...]
    unasked: tuple[Unasked, ...]


def expect(
    promise: Promise,
    callers: Sequence[Caller],
    *,
    now: datetime,
    askable: Collection[TlsVersion],
    path: str | None = None,
) -> ListenerPlan:
    """The rows of a listener: those of every listener, and those of these callers.

    Args:
        promise: what the listener promises.
        callers: the callers with a certificate.
        now: the time at which their certificates are judged.
        askable: the TLS versions that this machine can speak.
        path: the path to request in place of `/`.
    """
    planning = _Planning(promise, callers, now, askable, promise.route_for(path or MAIN_PATH))
    rows = tuple(planning.rows())
    expectations = tuple(row for row in rows if isinstance(row, Expectation))
    return ListenerPlan(promise, expectations, tuple(row for row in rows if isinstance(row, Unasked)))


_RETIRED = "the TLS policy allows it, and Azure retired it on 31 August 2025"
_CASE = "whether Azure distinguishes upper from lower case in paths"

Rows = Iterator[Expectation | Unasked]


class _Planning:
    def __init__(
        self,
        promise: Promise,
        callers: Sequence[Caller],
        now: datetime,
        askable: Collection[TlsVersion],
        route: PromisedRoute,
    ) -> None:
        self.promise = promise
        self.callers = tuple(callers)
        self.judge = AdmissionJudge(promise, now)
        self.sorted = SortedCallers(self.callers, self.judge)
        self.askable = askable
        self.route = route
        """The one that every caller asks for; the others are asked for by one caller of each kind."""
        self.routes = (route, *(each for each in promise.routes if each.path != route.path))

    def rows(self) -> Rows:
        if not self.promise.is_tls:
            yield from self._over(None)
            yield from self._hidden()
            return
        spoken = self._spoken()
        for version in spoken[-1:]:
            question = Question(WITHOUT_CERTIFICATE, version, self.route.path, checks_server=True)
            yield Expectation("server certificate", question, ServerTrusted(), evidence.END_TO_END)
        for version in spoken:
            yield self._certificate_request(version)
            yield from self._over(version)
        yield from self._versions()
        yield from self._hidden()
        yield Expectation(
            "the TLS port",
            Question(WITHOUT_CERTIFICATE, None, self.route.path),
            PlainRefused(),
            evidence.RESPONSE_CODES,
        )

    def _spoken(self) -> list[TlsVersion]:
        return [version for version in self.promise.versions if version in self.askable]

    def _over(self, version: TlsVersion | None) -> Rows:
        """The rows for each version: which callers are let in, and what reaches the backend."""
        for caller in (WITHOUT_CERTIFICATE, *(self.callers if version else ())):
            yield from self._visit(caller, version, self.route, caller.name)
        for route in self.routes[1:]:
            yield from self._visits(version, route)
        yield from self._spoofing(version)
        yield from self._redirects(version)
        yield from self._pools(version)
        yield from self._transport(version)
        if version:
            yield from self._missing(version)

    def _visit(self, caller: Caller, version: TlsVersion | None, route: PromisedRoute, about: str) -> Rows:
        """Whether the caller is let in on the route, and what the backend gets then."""
        question = Question(caller, version, route.path)
        for admission in self.judge.admissions(caller):
            name = f"{about}, as you expect" if admission.evidence is evidence.OWNER else about
            is_refused = isinstance(admission.expected, Refused)
            # No published test was refused at a redirect: that the handshake comes first is inferred.
            is_inferred = route.is_redirect and is_refused and admission.evidence is not evidence.OWNER
            proof = evidence.NGINX if is_inferred else admission.evidence
            yield Expectation(name, question, admission.expected, proof, admission.why)
        if self._is_let_in(caller) and not route.is_redirect:
            yield from self._headers(caller, question, route, f"{about}, what the backend gets")

    def _visits(self, version: TlsVersion | None, route: PromisedRoute) -> Rows:
        """One caller of each kind on the route: without a certificate, with a valid one, with one that is refused."""
        if not version:
            yield from self._visit(WITHOUT_CERTIFICATE, version, route, f"{WITHOUT_CERTIFICATE.name} at {route.path}")
            return
        certified, refused = self.sorted.certified, self.sorted.refused
        for caller in filter(None, (WITHOUT_CERTIFICATE, certified, refused)):
            yield from self._visit(caller, version, route, f"{caller.name} at {route.path}")
        if certified is None:
            yield Unasked(f"a valid certificate at {route.path}", version, *self.sorted.why_none_certified())

    def _hidden(self) -> Rows:
        """The routes that no path is known for: whatever they do, no knock shows it."""
        names = (f"path {route.pattern or 'of no pattern'} of {route.name}" for route in self.promise.hidden_routes)
        for name in dict.fromkeys(names):
            yield Unasked(name, None, NO_PATH, is_for_all=True)

    def _certificate_request(self, version: TlsVersion) -> Expectation:
        expected = CertificateAsked(self.promise.mode is not None)
        question = Question(WITHOUT_CERTIFICATE, version, self.route.path)
        return Expectation("certificate request", question, expected, evidence.OVERVIEW)

    def _versions(self) -> Rows:
        for version in ALL_VERSIONS:
            if version not in self.askable:
                yield Unasked("protocol version", version, f"the TLS library here cannot speak {version}")
            elif version not in self.promise.versions:
                old = version in {TlsVersion.V1_0, TlsVersion.V1_1}
                proof = evidence.TLS_RETIREMENT if old else evidence.TLS_POLICY
                question = Question(WITHOUT_CERTIFICATE, version, self.route.path)
                expected = NotKnown(_RETIRED) if version in self.promise.retired_versions else VersionRefused()
                yield Expectation("protocol version", question, expected, proof)

    def _missing(self, version: TlsVersion) -> Rows:
        """Callers that should be tried against a Strict listener, and that need a certificate of its CA's owner."""
        if self.promise.mode is not Mode.STRICT:
            return
        predicted = [self.judge.predict(caller) for caller in self.callers if caller.certificate]
        failed = {step.name for each in predicted for step in each.steps if step.outcome is Outcome.FAILED}
        if self.sorted.certified is None:
            yield Unasked("a valid certificate", version, *self.sorted.why_none_certified())
        if self.promise.verify_issuer_dn and "issuer" not in failed:
            why = "it takes a certificate of another issuer under a trusted root"
            yield Unasked("a sibling issuer's certificate", version, why, OWN_CERTIFICATE)
        if self.promise.verify_revocation and not any(
            caller.ocsp_status is OcspStatus.REVOKED or caller.expect is Expect.REFUSE for caller in self.callers
        ):
            yield Unasked(
                "a revoked certificate",
                version,
                "it takes a revoked certificate",
                f"{OWN_CERTIFICATE}, --expect refuse",
            )

    def _headers(self, caller: Caller, question: Question, route: PromisedRoute, about: str) -> Rows:
        values = tuple(self._values(caller, route, is_spoofed=bool(question.spoofs)))
        if values:
            is_certificate = caller.certificate is not None and self.promise.mode is not None
            proof = evidence.LIVE_HEADER if is_certificate else evidence.LIVE_TESTS
            yield Expectation(about, question, HeadersForwarded(values), proof)

    def _values(self, caller: Caller, route: PromisedRoute, *, is_spoofed: bool) -> Iterator[tuple[str, str | None]]:
        certificate = _leaf(caller)
        for name in self.promise.identity_headers:
            action = route.action(name)
            value = None
            if action is not None and not action.is_conditional and route.is_certain:
                value = forwarded_value(action.value, certificate, self.promise.mode)
            # Without a spoofed header there is nothing to check where the value is not known.
            if value is not None or is_spoofed:
                yield name, value

    def _spoofing(self, version: TlsVersion | None) -> Rows:
        """Callers that send the identity headers themselves, on every route."""
        if not self.promise.identity_headers:
            if self.promise.is_by_hand:
                yield Unasked("spoofed headers", version, "no identity header was given", "--identity-header")
            else:
                yield Unasked("spoofed headers", version, "this gateway forwards no identity header")
            return
        certified = self.sorted.certified if version else None
        for route in self.routes:
            for caller in filter(None, (WITHOUT_CERTIFICATE, certified)):
                yield from self._spoof(caller, version, route)
        if version and certified is None:
            yield Unasked("spoofed headers beside a certificate", version, *self.sorted.why_none_certified())

    def _spoof(self, caller: Caller, version: TlsVersion | None, route: PromisedRoute) -> Rows:
        question = Question(caller, version, route.path, self.promise.identity_headers)
        about = f"{caller.name}, spoofing headers at {route.path}"
        let_in = self.judge.lets_in(caller)
        if let_in is LetIn.YES and route.redirect is not None and route.is_certain:
            yield Expectation(about, question, _redirected(route.redirect), evidence.REDIRECTS)
        elif let_in is LetIn.YES:
            yield from self._headers(caller, question, route, about)
        elif let_in is LetIn.NO:
            # Published tests of live gateways disagree on the phrase of this one page.
            refusal = self.judge.refusal(Phrase.NO_CERTIFICATE, Phrase.CERTIFICATE_ERROR)
            proof = evidence.NGINX if route.is_redirect else evidence.LIVE_TESTS
            yield Expectation(about, question, refusal, proof)
        else:
            for admission in self.judge.admissions(caller):
                yield Expectation(about, question, admission.expected, admission.evidence, admission.why)

    def _is_let_in(self, caller: Caller) -> bool:
        return self.judge.lets_in(caller) is LetIn.YES

    def _redirects(self, version: TlsVersion | None) -> Rows:
        """Every route that redirects, asked by the first caller that is let in."""
        for route in self.routes:
            if route.redirect is not None:
                yield self._asked_at(route, "redirect", version, _redirected(route.redirect), evidence.REDIRECTS)

    def _pools(self, version: TlsVersion | None) -> Rows:
        """Where a listener has several routes: the pool of each that has one, asked by the first who is let in."""
        for route in self.routes if len(self.promise.routes) > 1 else ():
            if route.pool is not None:
                yield self._asked_at(route, "backend pool", version, PoolReached(route.pool), evidence.PATHS)

    def _asked_at(
        self, route: PromisedRoute, what: str, version: TlsVersion | None, expected: Expected, proof: Evidence
    ) -> Expectation | Unasked:
        """The row about one route, as far as it is certain that the route takes its path."""
        about, caller = f"{what} at {route.path}", self.sorted.admitted(over_tls=version is not None)
        if caller is None:
            return Unasked(about, version, *self.sorted.why_none_certified())
        certain = expected if route.is_certain else NotKnown(_CASE)
        return Expectation(about, Question(caller, version, route.path), certain, proof)

    def _transport(self, version: TlsVersion | None) -> Rows:
        """How the gateway reaches the backend of the path, and with the newest version every other backend, once."""
        caller = self.sorted.admitted()
        others = self.routes[1:] if version in {None, *self._spoken()[-1:]} else ()
        seen: set[tuple[str | None, str | None]] = set()
        for route in (self.route, *others):
            if route.transport is None or route.is_redirect or (route.pool, route.settings) in seen:
                continue
            if route.is_certain:
                seen.add((route.pool, route.settings))
            about = f"transport to the backend{'' if route is self.route else f' at {route.path}'}"
            if caller is None:
                is_open, takes = self.sorted.is_open(), ("it takes a caller that is let in", OWN_CERTIFICATE)
                why = ("whether any caller is let in is not known", "") if is_open else takes
                yield Unasked(about, version, *why)
            else:
                expected = BackendReachedBy(route.transport) if route.is_certain else NotKnown(_CASE)
                yield Expectation(about, Question(caller, version, route.path), expected, evidence.END_TO_END)


def _redirected(redirect: PromisedRedirect) -> Redirected | NotKnown:
    return NotKnown("the document does not say where to") if redirect.scheme is None else Redirected(redirect)


def _leaf(caller: Caller) -> x509.Certificate | None:
    if caller.certificate is None:
        return None
    return x509.load_pem_x509_certificates(caller.certificate.pem.encode())[0]

"""Predicts which callers a listener lets in and which it refuses. Pure.

For Strict the prediction follows from the certificate and the trusted chains themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from ...certificates import ClientVerdict, Outcome, Step, verify_client
from ...document.azure import Mode
from ..knock.observation import Phrase
from ..knock.question import Caller, Expect, OcspStatus
from ..promise.promise import Promise
from . import evidence
from .evidence import Evidence
from .expected import Admitted, Expected, NotKnown, Refused


@dataclass(frozen=True, slots=True)
class Admission:
    """What is expected for a caller, how well that is known, and why."""

    expected: Expected
    evidence: Evidence
    why: str = ""


class LetIn(Enum):
    """Whether a caller is let in, as far as it is known."""

    YES = auto()
    """Both the document and the certificate's owner, where it has a say, expect it."""
    NO = auto()
    """The document or the owner expects a refusal."""
    NOT_KNOWN = auto()


class AdmissionJudge:
    """Predicts for each caller of one listener whether it is let in."""

    def __init__(self, promise: Promise, now: datetime) -> None:
        self.promise = promise
        self._now = now
        self._admitted: dict[Caller, tuple[Admission, ...]] = {}
        self._predicted: dict[Caller, ClientVerdict] = {}

    def admissions(self, caller: Caller) -> tuple[Admission, ...]:
        """What the document promises for the caller and, where that differs, what the certificate's owner expects."""
        if caller not in self._admitted:
            self._admitted[caller] = tuple(self._admissions(caller))
        return self._admitted[caller]

    def lets_in(self, caller: Caller) -> LetIn:
        """The document's promise and the owner's expectation in one."""
        expected = [admission.expected for admission in self.admissions(caller)]
        if any(isinstance(each, Refused) for each in expected):
            return LetIn.NO
        return LetIn.YES if all(isinstance(each, Admitted) for each in expected) else LetIn.NOT_KNOWN

    @property
    def admission(self) -> Admitted:
        """Being let in, as far as it can be distinguished from a refusal."""
        over_https = any(route.transport == "https" for route in self.promise.routes)
        return Admitted(self.promise.has_own_400_page, over_https)

    def refusal(self, *phrases: Phrase) -> Refused:
        """A refusal with one of these phrases; with any page where the gateway has its own."""
        return Refused(() if self.promise.has_own_400_page else phrases)

    def predict(self, caller: Caller) -> ClientVerdict:
        """Whether a Strict gateway would accept the caller's certificate, and why; judged once for all rows."""
        if caller not in self._predicted:
            self._predicted[caller] = verify_client(
                caller.certificate.pem if caller.certificate else "",
                self.promise.chains,
                now=self._now,
                verify_issuer_dn=self.promise.verify_issuer_dn,
                verify_revocation=self.promise.verify_revocation,
            )
        return self._predicted[caller]

    def _admissions(self, caller: Caller) -> Iterator[Admission]:
        promised = self._promised(caller)
        opposite = {Expect.ACCEPT: Refused, Expect.REFUSE: Admitted}
        if caller.expect is None or isinstance(promised.expected, opposite[caller.expect]):
            yield promised
        if caller.expect is Expect.ACCEPT:
            yield Admission(self.admission, evidence.OWNER)
        elif caller.expect is Expect.REFUSE:
            yield Admission(self.refusal(Phrase.CERTIFICATE_ERROR), evidence.OWNER)

    def _promised(self, caller: Caller) -> Admission:
        if self.promise.mode is None:
            return Admission(self.admission, evidence.OVERVIEW, "clients are not asked for a certificate")
        if self.promise.mode is Mode.PASSTHROUGH:
            return self._in_passthrough(caller)
        if caller.certificate is None:
            refusal = self.refusal(Phrase.NO_CERTIFICATE)
            return Admission(refusal, evidence.LIVE_TESTS, "Strict: no certificate is sent")
        return self._in_strict(caller)

    def _in_passthrough(self, caller: Caller) -> Admission:
        if self.promise.doubts:
            return Admission(NotKnown(self.promise.doubts[0]), evidence.NGINX)
        is_ordinary = caller.certificate is None or {"purpose", "key"} <= {
            step.name for step in self.predict(caller).steps if step.outcome is Outcome.PASSED
        }
        proof = evidence.LIVE_TESTS if is_ordinary else evidence.NGINX
        return Admission(self.admission, proof, "Passthrough: every certificate, and none, is let in")

    def _in_strict(self, caller: Caller) -> Admission:
        if not self.promise.chains and not caller.is_stranger:
            reason = "the trusted CAs are not given: use --trusted-ca or --expect"
            return Admission(NotKnown(reason), evidence.NGINX)
        steps = self.predict(caller).steps
        if failed := next((step for step in steps if step.outcome is Outcome.FAILED), None):
            refusal = self.refusal(Phrase.CERTIFICATE_ERROR)
            return Admission(refusal, _evidence(failed), f"Strict: {failed.saw}")
        if self.promise.verify_revocation and caller.ocsp_status is not OcspStatus.GOOD:
            return self._revoked(caller.ocsp_status)
        if unclear := next((step for step in steps if _is_unclear(step)), None):
            return Admission(NotKnown(unclear.saw), evidence.NGINX)
        return Admission(self.admission, evidence.LIVE_TESTS, "Strict: a valid certificate of a trusted chain")

    def _revoked(self, status: OcspStatus) -> Admission:
        if status is OcspStatus.NOT_KNOWN:
            return Admission(NotKnown("its OCSP status is not known here: use --expect"), evidence.NGINX)
        proof = evidence.NGINX if status is OcspStatus.UNKNOWN else evidence.RESPONSE_CODES
        refusal = self.refusal(Phrase.CERTIFICATE_ERROR)
        return Admission(refusal, proof, f"Strict with OCSP: the responder's answer, {status}")


_STEPS = {
    "certificate": evidence.NGINX,
    "chain": evidence.LIVE_TESTS,
    "validity": evidence.LIVE_TESTS,
    "purpose": evidence.TROUBLESHOOTING,
    "issuer": evidence.TROUBLESHOOTING,
    "responder": evidence.RESPONSE_CODES,
}
"""How well it is known that a certificate which fails this step is refused."""


def _evidence(failed: Step) -> Evidence:
    """Live gateways were seen to refuse untrusted and forged certificates; refusals for other faults are inferred."""
    if failed.name == "chain" and not failed.is_untrusted:
        return evidence.NGINX
    return _STEPS[failed.name]


def _is_unclear(step: Step) -> bool:
    """Whether the step decides and is open. The responder's answer is judged separately."""
    return step.outcome is Outcome.OPEN and step.name != "responder"

"""Predicts whether a Strict gateway accepts a client certificate, step by step, in the words of its access log.

OpenSSL verifies the path, because live gateways answer as OpenSSL does; what a gateway checks in addition is here. What
is not known about Azure is open, and an open step is neither a yes nor a no. It is a prediction from the certificates
alone: it connects to no gateway and to no OCSP responder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from .authority_rules import key_weakness
from .certificate import Certificate
from .chain import CaChain
from .engine import EngineVerdict, NotJudgedError, PathError, is_certificate, judge
from .engine_words import NO_ISSUER, PURPOSE, STRENGTH, UNTRUSTED, VALIDITY, words
from .forms import Contents, Fault, read_contents
from .paths import link
from .releases import considered, disagreement

_MAX_DEPTH = 100
"""OpenSSL's default."""
_CERTAIN_DEPTH = 10
"""Intermediates that the rehearsal follows. How many Azure follows is not documented."""
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
"""The curves that servers with OpenSSL's defaults accept for a client's key in TLS 1.2 and 1.3."""
_UNREAD = {Fault.DAMAGED, Fault.NOT_CERTIFICATES}


class Outcome(StrEnum):
    """The result of a step."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """It matters, and its result cannot be known from here."""
    NOT_ASKED = "not asked"
    """It would matter to a gateway that checks more than this one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One check of the gateway, and what it would see."""

    name: str
    outcome: Outcome
    saw: str
    reason: str | None = None
    """The reason in `sslClientVerify` where the step fails."""
    is_untrusted: bool = False
    """It fails because no trusted CA issued the client."""


@dataclass(frozen=True, slots=True)
class ClientVerdict:
    """The steps of a Strict gateway for one client certificate."""

    client: Certificate | None
    steps: tuple[Step, ...]

    @property
    def is_admitted(self) -> bool | None:
        """Whether no step fails and none is open; None where none fails and one is open: it is not known."""
        outcomes = {step.outcome for step in self.steps}
        if Outcome.FAILED in outcomes:
            return False
        return None if Outcome.OPEN in outcomes else True

    @property
    def ssl_client_verify(self) -> str | None:
        """The access log's `sslClientVerify`; None where it is not known.

        The reasons are in OpenSSL 3's words. Those of older releases, which gateways are documented with, differ in
        case and in single words.
        """
        failed = [step for step in self.steps if step.outcome is Outcome.FAILED]
        if not failed:
            return "SUCCESS" if self.is_admitted else None
        return f"FAILED:{failed[0].reason}" if failed[0].reason else "NONE"


@dataclass(frozen=True, slots=True)
class _Judged:
    """OpenSSL's verdict on a client, with the certificates that it is about."""

    client: Certificate
    sent: tuple[Certificate, ...]
    trusted: tuple[Certificate, ...]
    verdict: EngineVerdict

    @property
    def path(self) -> tuple[Certificate, ...]:
        """From the client up, as far as OpenSSL found issuers."""
        return tuple(self._known[der] for der in self.verdict.path)

    @property
    def reason(self) -> str | None:
        """The last error counts: nginx goes on after each, and logs what OpenSSL noted last."""
        return words(self.verdict.errors[-1].number) if self.verdict.errors else None

    def errors(self, numbers: frozenset[int]) -> list[PathError]:
        return [error for error in self.verdict.errors if error.number in numbers]

    def certificate(self, error: PathError) -> Certificate:
        return self._known[error.certificate]

    @property
    def _known(self) -> dict[bytes, Certificate]:
        return {certificate.der: certificate for certificate in (*self.trusted, *self.sent, self.client)}


def verify_client(
    client: bytes | str,
    chains: Sequence[CaChain],
    *,
    at: datetime,
    verify_issuer_dn: bool = False,
    verify_revocation: bool = False,
) -> ClientVerdict:
    """Check a client certificate, and the intermediates sent with it, as a gateway that trusts these chains would.

    Does not verify that the client has the private key, nor its revocation. Never raises.

    Args:
        client: in any form that `load_chains` reads; a private key beside the certificate is ignored.
        chains: what the gateway trusts.
        at: when validity is checked.
        verify_issuer_dn: whether the gateway compares the client's issuer with the chains' issuer DNs.
        verify_revocation: whether the gateway asks the client's OCSP responder.
    """
    contents = read_contents(client)
    certificates = contents.certificates
    presented = next((one for one in certificates if not one.is_authority), certificates[0] if certificates else None)
    if presented is None:
        return ClientVerdict(None, (_nothing_read(client, contents),))
    sent = tuple(certificate for certificate in certificates if certificate is not presented)
    steps = [
        _certificate_step(presented, contents),
        *_engine_steps(presented, sent, chains, at),
        _issuer_step(presented, chains, is_asked=verify_issuer_dn),
        _responder_step(presented, is_asked=verify_revocation),
    ]
    return ClientVerdict(presented, tuple(steps))


def _nothing_read(client: bytes | str, contents: Contents) -> Step:
    data = client.encode("utf-8", "replace") if isinstance(client, str) else client
    if any(fault in _UNREAD for fault, _ in contents.faults) and is_certificate(data):
        return Step("certificate", Outcome.OPEN, "a certificate that OpenSSL can read and this product cannot")
    return Step("certificate", Outcome.FAILED, "no certificate in the file")


def _certificate_step(client: Certificate, contents: Contents) -> Step:
    damaged = next((finding for fault, finding in contents.faults if fault in _UNREAD), None)
    if damaged:
        return Step("certificate", Outcome.OPEN, f"{damaged.where} cannot be read here: {damaged.saw}")
    return Step("certificate", Outcome.PASSED, f"{client.subject}, issued by {client.issuer}")


def _engine_steps(
    client: Certificate, sent: tuple[Certificate, ...], chains: Sequence[CaChain], now: datetime
) -> Iterator[Step]:
    """What OpenSSL verifies."""
    trusted = tuple(dict.fromkeys(certificate for chain in chains for certificate in chain.certificates))
    above = considered(client, (*sent, *trusted))
    shown, believed = ([one for one in certificates if one in above] for certificates in (sent, trusted))
    doubt = disagreement(client, [*shown, *believed])
    try:
        verdict = judge((client, *shown), believed, now=now, max_depth=_MAX_DEPTH)
    except NotJudgedError as error:
        yield Step("chain", Outcome.OPEN, doubt or str(error))
        return
    judged = _Judged(client, sent, trusted, verdict)
    yield Step("chain", Outcome.OPEN, doubt) if doubt else _chain_step(judged)
    yield _validity_step(judged)
    yield _purpose_step(judged)
    yield _key_step(judged)


def _chain_step(judged: _Judged) -> Step:
    of_other_steps = VALIDITY | PURPOSE | STRENGTH
    errors = [error for error in judged.verdict.errors if error.number not in of_other_steps]
    if errors:
        saw = _no_issuer(judged) if errors[0].number in NO_ISSUER else None
        saw = saw or f"{judged.certificate(errors[0]).label}: {words(errors[0].number)}"
        return Step("chain", Outcome.FAILED, saw, judged.reason, is_untrusted=errors[0].number in UNTRUSTED)
    intermediates = len(judged.path) - 2
    if intermediates > _CERTAIN_DEPTH:
        saw = f"{intermediates} intermediates; how many Azure follows is not documented, the rehearsal {_CERTAIN_DEPTH}"
        return Step("chain", Outcome.OPEN, saw)
    return Step("chain", Outcome.PASSED, " ← ".join(step.label for step in reversed(judged.path)))


def _no_issuer(judged: _Judged) -> str:
    return _namesake(judged) or f"no way from its issuer {judged.client.issuer} to a trusted root"


def _namesake(judged: _Judged) -> str | None:
    """The first certificate from the client up whose issuer has the name of a trusted CA and another key."""
    trusted = judged.trusted
    issuers = link(list(dict.fromkeys([judged.client, *judged.sent, *trusted]))).issuers
    seen, waiting = set(), [judged.client]
    while waiting:
        one = waiting.pop(0)
        if one in seen or one.is_self_issued:
            continue
        seen.add(one)
        signers = issuers[one.fingerprint]
        if any(ca.subject_der == one.issuer_der for ca in trusted) and not any(ca in trusted for ca in signers):
            return f"{one.label} was not signed by the trusted CA {one.issuer}: same name, other key"
        waiting += signers
    return None


def _validity_step(judged: _Judged) -> Step:
    for error in judged.errors(VALIDITY):
        certificate = judged.certificate(error)
        saw = {
            9: f"{certificate.label} is valid from {certificate.not_before:%Y-%m-%d} on",
            10: f"{certificate.label} expired on {certificate.not_after:%Y-%m-%d}",
        }.get(error.number, f"{certificate.label}: {words(error.number)}")
        return Step("validity", Outcome.FAILED, saw, judged.reason)
    return Step("validity", Outcome.PASSED, f"until {min(one.not_after for one in judged.path):%Y-%m-%d}")


def _purpose_step(judged: _Judged) -> Step:
    """OpenSSL's purpose sslclient, which also checks the CAs above the client."""
    client = judged.client
    for error in judged.errors(PURPOSE):
        saw = _why_not_for_clients(judged.certificate(error), error)
        return Step("purpose", Outcome.FAILED, saw, judged.reason)
    if client.extension(x509.ExtendedKeyUsage) is None:
        saw = "no extendedKeyUsage: OpenSSL takes that, Microsoft asks for clientAuth"
        return Step("purpose", Outcome.OPEN, saw)
    return Step("purpose", Outcome.PASSED, "clientAuth")


def _why_not_for_clients(certificate: Certificate, error: PathError) -> str:
    if not certificate.serves_clients:
        return f"{certificate.label} has an extendedKeyUsage without clientAuth"
    usage = certificate.extension(x509.KeyUsage)
    if error.depth == 0 and usage and not (usage.digital_signature or usage.key_agreement):
        return "keyUsage has neither digitalSignature nor keyAgreement"
    return f"{certificate.label}: {words(error.number)}"


def _key_step(judged: _Judged) -> Step:
    """Whether keys and hashes are strong enough. Which security level Azure sets is not known."""
    unknown = "which OpenSSL refuses by default; what Azure does is not known"
    for error in judged.errors(STRENGTH):
        certificate = judged.certificate(error)
        weakness = key_weakness(certificate) or f"{words(error.number)}"
        return Step("key", Outcome.OPEN, f"{certificate.label}: {weakness}, {unknown}")
    if not _signs_in_tls(judged.client):
        return Step("key", Outcome.OPEN, f"{judged.client.key_kind}: not every TLS server takes such a key")
    return Step("key", Outcome.PASSED, "strong enough")


def _signs_in_tls(client: Certificate) -> bool:
    """Whether every TLS server on OpenSSL 3 accepts a client's signature with such a key."""
    key = client.public_key
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in _CURVES
    return isinstance(key, rsa.RSAPublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def _issuer_step(client: Certificate, chains: Sequence[CaChain], *, is_asked: bool) -> Step:
    """Compares the client's issuer with the issuer DN of each chain, as text."""
    admitted = list(dict.fromkeys(chain.issuer_dn for chain in chains))
    if client.issuer in admitted:
        return Step("issuer", Outcome.PASSED, client.issuer)
    saw = f"{client.issuer}, where {' or '.join(admitted[:3])} is accepted"
    if not is_asked:
        return Step("issuer", Outcome.NOT_ASKED, f"{saw}; matters only with the issuer check")
    if _as_one_name(client.issuer) in map(_as_one_name, admitted):
        return Step("issuer", Outcome.OPEN, f"{saw}; whether Azure treats these two as different is not known")
    return Step("issuer", Outcome.FAILED, saw, "Unable to verify the client certificate issuer")


def _as_one_name(text: str) -> str:
    """The same text for names that differ in case and blanks only, which are one name in RFC 5280 section 7.1."""
    return " ".join(text.casefold().split())


def _responder_step(client: Certificate, *, is_asked: bool) -> Step:
    """The OCSP responder that the gateway would ask; without one it answers 400 where revocation is checked."""
    access = client.extension(x509.AuthorityInformationAccess) or ()
    urls = [one.access_location.value for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    if urls:
        outcome = Outcome.OPEN if is_asked else Outcome.NOT_ASKED
        return Step("responder", outcome, f"{urls[0]}, not asked from here")
    saw = "the certificate names no OCSP responder"
    if not is_asked:
        return Step("responder", Outcome.NOT_ASKED, f"{saw}; matters only with the revocation check")
    return Step("responder", Outcome.FAILED, saw, "certificate status request failed")

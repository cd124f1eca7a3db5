"""Whether a Strict gateway would let a client certificate in, step by step, in the words of its access log.

A prediction from the certificates alone: it knocks at no gateway and asks no OCSP responder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from .bundle_rules import key_weakness
from .certificate import UNREADABLE, Certificate
from .chain import CaChain
from .forms import read_contents
from .paths import Path, find_paths, link

_MAX_DEPTH = 20
"""How deep Azure follows a chain is not documented; 25 KB do not hold more than this."""
_MAX_MOMENTS = 50
_NOT_JUDGED = ("algorithm", "too weak")
"""What the cryptography library says of keys it has no opinion of."""


class Outcome(StrEnum):
    """How a step went."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """Not asked for, or not to be known from here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the gateway looks at, and what it would see."""

    name: str
    outcome: Outcome
    saw: str
    reason: str | None = None
    """What `sslClientVerify` says where the step fails."""


@dataclass(frozen=True, slots=True)
class ClientVerdict:
    """What a Strict gateway would make of a client certificate."""

    client: Certificate | None
    steps: tuple[Step, ...]

    @property
    def is_admitted(self) -> bool:
        """No step fails. A step that is open does not count against the client."""
        return all(step.outcome is not Outcome.FAILED for step in self.steps)

    @property
    def ssl_client_verify(self) -> str:
        """The access log's `sslClientVerify`.

        The reasons are Microsoft's where its troubleshooting page has them, OpenSSL's or nginx's otherwise.
        """
        failed = [step for step in self.steps if step.outcome is Outcome.FAILED]
        if not failed:
            return "SUCCESS"
        return f"FAILED:{failed[0].reason}" if failed[0].reason else "NONE"


@dataclass(frozen=True, slots=True)
class _Found:
    """The path from the client to a trusted root, or why there is none."""

    certificates: Path
    errors: tuple[str, ...]


def verify_client(
    client: bytes | str,
    chains: Sequence[CaChain],
    *,
    at: datetime,
    verify_issuer_dn: bool = False,
    verify_revocation: bool = False,
) -> ClientVerdict:
    """Look at a client certificate, and the intermediates it is sent with, as a gateway trusting these chains would.

    Any form that `load_chains` takes; a private key beside the certificate is passed over. Never raises.
    """
    certificates = read_contents(client).certificates
    presented = next((one for one in certificates if not one.is_authority), certificates[0] if certificates else None)
    if presented is None:
        return ClientVerdict(None, (Step("certificate", Outcome.FAILED, "no certificate in the file"),))
    sent = [certificate for certificate in certificates if certificate is not presented]
    path = _path(presented, sent, chains, at)
    return ClientVerdict(
        presented,
        (
            Step("certificate", Outcome.PASSED, f"{presented.subject}, issued by {presented.issuer}"),
            _chain_step(presented, sent, chains, path),
            _validity_step(path.certificates or (presented,), at),
            _purpose_step(presented, path),
            _key_step(presented),
            _issuer_step(presented, chains, is_asked=verify_issuer_dn),
            _responder_step(presented, is_asked=verify_revocation),
        ),
    )


def _path(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain], at: datetime) -> _Found:
    """The path to a trusted root now, or else at a moment of the client's own life: validity is a step of its own."""
    errors = []
    for moment in _moments(client, sent, chains, at):
        try:
            return _Found(_verify(client, sent, chains, moment), ())
        except (VerificationError, *UNREADABLE) as error:
            errors.append(str(error))
    return _Found(_never_valid_path(client, sent, chains), tuple(errors))


def _never_valid_path(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain]) -> Path:
    """The path to a trusted root whose certificates are at no moment all valid, which no verification can find."""
    trusted = [certificate for chain in chains for certificate in chain.certificates]
    roots = {chain.root for chain in chains}
    certificates = list(dict.fromkeys([client, *sent, *trusted]))
    for path in find_paths(certificates, link(certificates)).found:
        never = max(one.not_before for one in path) > min(one.not_after for one in path)
        if path[0] == client and path[-1] in roots and never:
            return path
    return ()


def _moments(
    client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain], at: datetime
) -> Iterable[datetime]:
    authorities = [*sent, *(certificate for chain in chains for certificate in chain.certificates)]
    ends = {moment for one in (client, *authorities) for moment in (one.not_before, one.not_after)}
    return [at, *sorted(moment for moment in ends if client.is_valid(moment))[:_MAX_MOMENTS]]


def _verify(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain], at: datetime) -> Path:
    """The path from the client to a trusted root; raises VerificationError where there is none at that moment.

    The library's own profile for clients is the web's (it asks for a subject alternative name, for one), so its demands
    on extensions are lifted. The purpose, which is lifted with them, is a step of its own.
    """
    trusted = [certificate for chain in chains for certificate in chain.certificates]
    authority_policy = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    verifier = (
        PolicyBuilder()
        .store(Store([chain.root.parsed for chain in chains]))
        .time(at)
        .max_chain_depth(_MAX_DEPTH)
        .extension_policies(ca_policy=authority_policy, ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    known = {certificate.parsed: certificate for certificate in (client, *sent, *trusted)}
    verified = verifier.verify(client.parsed, [certificate.parsed for certificate in (*trusted, *sent)])
    return tuple(known[step] for step in verified.chain)


def _chain_step(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain], path: _Found) -> Step:
    if path.certificates:
        return Step("chain", Outcome.PASSED, " ← ".join(step.label for step in reversed(path.certificates)))
    if any(word in error for error in path.errors for word in _NOT_JUDGED):
        return Step("chain", Outcome.OPEN, "a key on the way to the root is of a kind that cannot be judged here")
    saw = _namesake(client, sent, chains) or f"no way from its issuer {client.issuer} to a trusted root"
    return Step("chain", Outcome.FAILED, saw, _reason(client, sent, chains))


def _namesake(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain]) -> str | None:
    """On the way up from the client, the first certificate whose issuer is trusted by its name only."""
    trusted = list(dict.fromkeys(certificate for chain in chains for certificate in chain.certificates))
    issuers = link(list(dict.fromkeys([client, *sent, *trusted]))).issuers
    seen, waiting = set(), [client]
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


def _reason(client: Certificate, sent: Sequence[Certificate], chains: Sequence[CaChain]) -> str:
    trusted = {certificate.subject_der for chain in chains for certificate in chain.certificates}
    if client.is_self_issued:
        return "self-signed certificate"
    if client.issuer_der in trusted:
        return "certificate signature failure"
    return "Unable to get local issuer certificate" if sent else "Unable to verify the first certificate"


def _validity_step(path: Sequence[Certificate], at: datetime) -> Step:
    for certificate in path:
        if at > certificate.not_after:
            saw = f"{certificate.label} expired on {certificate.not_after:%Y-%m-%d}"
            return Step("validity", Outcome.FAILED, saw, "certificate has expired")
        if at < certificate.not_before:
            saw = f"{certificate.label} is valid from {certificate.not_before:%Y-%m-%d} on"
            return Step("validity", Outcome.FAILED, saw, "certificate is not yet valid")
    return Step("validity", Outcome.PASSED, f"until {min(certificate.not_after for certificate in path):%Y-%m-%d}")


def _purpose_step(client: Certificate, path: _Found) -> Step:
    """OpenSSL's purpose sslclient, which also looks at the authorities above."""
    for certificate in path.certificates or (client,):
        if not certificate.serves_clients:
            saw = f"{certificate.label} has an extendedKeyUsage without clientAuth"
            return Step("purpose", Outcome.FAILED, saw, "Unsupported certificate purpose")
    usage = client.extension(x509.KeyUsage)
    if usage and not (usage.digital_signature or usage.key_agreement):
        saw = "keyUsage has neither digitalSignature nor keyAgreement"
        return Step("purpose", Outcome.FAILED, saw, "Unsupported certificate purpose")
    if client.extension(x509.ExtendedKeyUsage) is None:
        saw = "no extendedKeyUsage: OpenSSL takes that, Microsoft asks for clientAuth"
        return Step("purpose", Outcome.OPEN, saw)
    return Step("purpose", Outcome.PASSED, "clientAuth")


def _key_step(client: Certificate) -> Step:
    if weakness := key_weakness(client):
        return Step("key", Outcome.OPEN, f"{weakness}, which OpenSSL refuses by default; what Azure does is not known")
    return Step("key", Outcome.PASSED, "strong enough")


def _issuer_step(client: Certificate, chains: Sequence[CaChain], *, is_asked: bool) -> Step:
    """The name of the issuer against the one name taken from each chain, as text."""
    admitted = list(dict.fromkeys(chain.issuer_dn for chain in chains))
    if client.issuer in admitted:
        return Step("issuer", Outcome.PASSED, client.issuer)
    saw = f"{client.issuer}, where {' or '.join(admitted[:3])} is admitted"
    if not is_asked:
        return Step("issuer", Outcome.OPEN, f"{saw}; matters only with the issuer check")
    return Step("issuer", Outcome.FAILED, saw, "Unable to verify the client certificate issuer")


def _responder_step(client: Certificate, *, is_asked: bool) -> Step:
    """The responder the gateway would ask; without one it answers 400 where revocation is checked."""
    access = client.extension(x509.AuthorityInformationAccess) or ()
    urls = [one.access_location.value for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    if urls:
        return Step("responder", Outcome.OPEN, f"{urls[0]}, not asked from here")
    saw = "the certificate names no OCSP responder"
    if not is_asked:
        return Step("responder", Outcome.OPEN, f"{saw}; matters only with the revocation check")
    return Step("responder", Outcome.FAILED, saw, "certificate status request failed")

"""Rehearsal CAs: minted with the names and the shape of trusted CAs whose keys are not here.

A rehearsal trusts them beside the real CAs, so that there are clients that it lets in. A client that it refuses is
refused under both. Their keys are P-256, or Ed25519 where only the kind of key distinguishes them from the real CAs;
name constraints, policies and addresses are not copied.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..certificates import CaChain, Certificate
from ..document.added_chains import with_trusted_chains
from ..document.azure import Mode
from ..document.gateway import TrustedChain
from ..document.view import view
from .authority import Authority, Extension, KeyKind, pem

_COPIED = ((x509.BasicConstraints, True), (x509.KeyUsage, True), (x509.ExtendedKeyUsage, False))
"""The extensions of a CA that limit the certificates it may issue, and whether they are usually critical."""


@dataclass(frozen=True, slots=True)
class RehearsalChain:
    """The rehearsal CAs for one trusted CA chain."""

    entry: str | None
    """The name of the chain in the document; None for CAs that copy no chain."""
    authorities: tuple[Authority, ...]
    """In the order of the copied certificates, by which a gateway finds the one issuer of a chain."""
    issuer: Authority
    """The CA whose name the gateway compares where it verifies issuers."""

    @property
    def root(self) -> Authority:
        """The highest trusted CA on the issuer's path."""
        above = {each.certificate: each for each in self.authorities}
        return next((above[one] for one in reversed(self.issuer.issuers) if one in above), self.issuer)

    @property
    def data(self) -> str:
        """The chain as a `trustedClientCertificates` entry holds it."""
        return base64.b64encode(pem(*(each.certificate for each in self.authorities)).encode()).decode("ascii")

    def as_text(self) -> str:
        """Everything with the private keys, for the work directory; `read_rehearsal_chain` reads it."""
        parts = [
            {"certificate": pem(each.certificate), "key": each.key_pem, "issuers": [pem(one) for one in each.issuers]}
            for each in self.authorities
        ]
        return json.dumps({"entry": self.entry, "issuer": self.authorities.index(self.issuer), "authorities": parts})


def read_rehearsal_chain(text: str, *, now: datetime) -> RehearsalChain:
    """The CAs from `as_text`; what they issue is valid from `now`. Raises ValueError for any other text."""
    try:
        kept = json.loads(text)
        authorities = tuple(_read_authority(each, now) for each in kept["authorities"])
        return RehearsalChain(kept["entry"], authorities, authorities[kept["issuer"]])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("the text is not a rehearsal chain") from error


def _read_authority(kept: Mapping[str, Any], now: datetime) -> Authority:
    certificate, *issuers = (x509.load_pem_x509_certificate(one.encode()) for one in _pems(kept))
    key: Any = load_pem_private_key(kept["key"].encode(), None)
    return Authority(certificate, key, tuple(issuers), now, names_serial=True)


def _pems(kept: Mapping[str, Any]) -> Iterator[str]:
    yield kept["certificate"]
    yield from kept["issuers"]


def storage_name(trusted: TrustedChain | None) -> str:
    """The file name under which the rehearsal CAs of a chain are kept: another chain has another name."""
    return hashlib.sha256(trusted.data.encode()).hexdigest()[:16] if trusted else "none"


def rehearsal_chain_for(trusted: TrustedChain, *, now: datetime) -> RehearsalChain | None:
    """Rehearsal CAs for an entry of `trustedClientCertificates`; None where it holds no CA certificate."""
    chain = trusted.chain
    if chain is None:
        return None
    minted = _minted(chain, now)
    in_order = (minted[each.fingerprint] for each in trusted.given.authorities if each.fingerprint in minted)
    # The first path is the one whose issuer Azure takes.
    return RehearsalChain(trusted.name, tuple(in_order), minted[chain.paths[0][0].fingerprint])


def default_rehearsal_chain(*, now: datetime) -> RehearsalChain:
    """Rehearsal CAs for the clients of a gateway that trusts no CA."""
    root = Authority.create("Rehearsal Client Root CA", now=now)
    issuer = root.intermediate("Rehearsal Client Issuing CA")
    return RehearsalChain(None, (issuer, root), issuer)


def with_rehearsal_chains(document: Mapping[str, Any], chains: Sequence[RehearsalChain]) -> dict[str, Any]:
    """The document in which each Strict profile trusts the rehearsal CAs of its chains too."""
    gateway = view(document)
    taken = {trusted.name.casefold() for trusted in gateway.trusted_chains}
    by_entry = {each.entry: each for each in chains if each.entry}
    names = {entry: _free_name(f"{entry}-rehearsal-ca", taken) for entry in by_entry}
    trusted_by = {
        profile.place: [names[trusted.name] for trusted in profile.chains if trusted.name in names]
        for profile in gateway.profiles
        if profile.mode is not Mode.PASSTHROUGH
    }
    used = {name for added in trusted_by.values() for name in added}
    data = {names[entry]: each.data for entry, each in by_entry.items() if names[entry] in used}
    return with_trusted_chains(document, data, trusted_by)


def _free_name(wanted: str, taken: set[str]) -> str:
    while wanted.casefold() in taken:
        wanted += "-2"
    return wanted


def _minted(chain: CaChain, now: datetime) -> dict[str, Authority]:
    """A rehearsal CA for each CA of the chain, by the fingerprint of the real one."""
    made: dict[str, Authority] = {}
    for path in chain.paths:
        above: Authority | None = None
        for certificate in reversed(path):
            above = made.setdefault(certificate.fingerprint, mint_copy(certificate, above, now))
    return made


def mint_copy(real: Certificate, above: Authority | None, now: datetime) -> Authority:
    """A rehearsal CA with the name and the shape of a real one, below the copy of its issuer where there is one."""
    key = _kind_of_key(real).generate()
    extensions: tuple[Extension, ...] = tuple(_copied_extensions(real))
    make: Callable[..., Authority] = partial(Authority.create, now=now, names_serial=True)
    if above is not None:
        make = above.intermediate
    elif real.is_self_issued:
        # OpenSSL finds issuers by name, and distinguishes two of one name by this.
        own_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        extensions += ((own_key, False),)
    else:
        # Its issuer is not in the bundle, so the copy's issuer is not trusted either.
        make = Authority.create(subject=real.parsed.issuer, now=now, names_serial=True).intermediate
    return make(
        subject=real.parsed.subject,
        key=key,
        not_before=real.not_before,
        not_after=real.not_after,
        extensions=extensions,
    )


def _kind_of_key(real: Certificate) -> KeyKind:
    """A kind of key by which OpenSSL distinguishes the two where the real CA has no subject key identifier.

    It rejects a CA as the issuer whose key is of another kind than the signature (X509_check_issued, since 3.0).
    """
    is_like_ours = isinstance(real.public_key, ec.EllipticCurvePublicKey)
    return KeyKind.ED25519 if real.subject_key_id is None and is_like_ours else KeyKind.P256


def _copied_extensions(real: Certificate) -> Iterator[Extension]:
    for kind, critical in _COPIED:
        found = real.extension(kind)
        if found is not None:
            yield found, critical

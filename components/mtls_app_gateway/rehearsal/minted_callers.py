"""Mints the callers of a rehearsed gateway: valid clients, and one for each way to fail.

Rehearsal CAs issue the certificates that need a key of a trusted CA. What is expected for each caller is decided
elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from .authority import (
    AUTHORITY_DAYS,
    Authority,
    Credential,
    KeyKind,
    LeafUse,
    PrivateKey,
    padding,
    self_signed,
)
from .ocsp_responder import OcspAnswer
from .rehearsal_chain import RehearsalChain

OVERSIZE = "oversize certificate"
"""The caller with a certificate so large that Azure's limit for it is not known."""

_OVERSIZE_BYTES = 12_000
"""17 KB as a header: more than most servers take, less than Azure's 32 KB for all headers of a request."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MintedCaller:
    """A client with a throwaway certificate."""

    name: str
    credential: Credential
    answer: OcspAnswer | None
    """The answer of the responder that the certificate names; None where it names none."""
    is_by_rehearsal_ca: bool
    """Whether a rehearsal CA issued it in place of a CA that the document trusts."""

    @property
    def alone(self) -> "MintedCaller":
        """The same caller, without the intermediates."""
        return replace(self, credential=replace(self.credential, issuers=()))


class RsaKeys:
    """RSA keys, which take time to make: made once for all callers."""

    def __init__(self) -> None:
        self.usual = KeyKind.RSA2048.generate()
        self.weak = KeyKind.RSA1024.generate()


class Minting:
    """Mints the callers of one gateway; `responder` is the address that their certificates name."""

    def __init__(self, responder: str, keys: RsaKeys) -> None:
        self.issuers: list[Authority] = []
        """The authorities that issued a certificate: the responder answers in their name."""
        self._responder = responder
        self._keys = keys
        self._stranger = Authority.create("Untrusted CA")

    def callers(self, trusted: Sequence[RehearsalChain], *, asks_ocsp: bool) -> Iterator[MintedCaller]:
        """The callers of a profile: one valid caller for each chain, and the failing ones for the first chain."""
        for minted in self._minted(trusted, asks_ocsp=asks_ocsp):
            yield minted if trusted[0].entry else replace(minted, is_by_rehearsal_ca=False)

    def _minted(self, trusted: Sequence[RehearsalChain], *, asks_ocsp: bool) -> Iterator[MintedCaller]:
        first, *others = trusted
        yield from self._admissible(first)
        for other in others:
            yield self._issued(f"valid by {other.entry}", other.issuer)
        yield from self._faulty(first)
        yield from self._strangers(first)
        if asks_ocsp:
            yield from self._by_answer(first.issuer)

    def _admissible(self, trusted: RehearsalChain) -> Iterator[MintedCaller]:
        issuer, root = trusted.issuer, trusted.root
        valid = self._issued("valid", issuer)
        yield valid
        yield self._issued("valid RSA", issuer, key=self._keys.usual)
        yield replace(valid.alone, name="valid, leaf alone")
        by_another = self._issued("by an intermediate", issuer.intermediate("Rehearsal Intermediate CA"))
        yield by_another
        yield replace(by_another.alone, name="by an intermediate, leaf alone")
        if root is not issuer:
            yield self._issued("by the root", root)
            sibling = self._issued("sibling issuer", root.intermediate("Rehearsal Sibling CA"))
            yield sibling
            yield replace(sibling.alone, name="sibling issuer, leaf alone")
        yield self._issued("no extended key usage", issuer, purpose=None)
        yield self._issued("weak key", issuer, key=self._keys.weak)
        yield self._issued(OVERSIZE, issuer, size=_OVERSIZE_BYTES)

    def _faulty(self, trusted: RehearsalChain) -> Iterator[MintedCaller]:
        issuer = trusted.issuer
        yield self._issued("expired", issuer, days=(-9, -1))
        yield self._issued("not yet valid", issuer, days=(AUTHORITY_DAYS, AUTHORITY_DAYS + 8))
        yield self._issued("wrong purpose", issuer, purpose=LeafUse.SERVER)
        yield self._issued("revoked", issuer, answer=OcspAnswer.REVOKED)

    def _strangers(self, trusted: RehearsalChain) -> Iterator[MintedCaller]:
        forger = self._stranger.intermediate(subject=trusted.issuer.certificate.subject)
        for name, issuer in (("untrusted", self._stranger), ("forged issuer name", forger)):
            yield replace(self._issued(name, issuer), is_by_rehearsal_ca=False)
        yield MintedCaller("self-signed", self_signed(), None, is_by_rehearsal_ca=False)

    def _by_answer(self, issuer: Authority) -> Iterator[MintedCaller]:
        yield self._issued("OCSP: unknown", issuer, answer=OcspAnswer.UNKNOWN)
        yield self._issued("OCSP: silent", issuer, answer=OcspAnswer.SILENT)
        yield self._issued("OCSP: slow", issuer, answer=OcspAnswer.SLOW)
        yield self._issued("OCSP: no responder named", issuer, answer=None)

    def _issued(
        self,
        name: str,
        issuer: Authority,
        *,
        purpose: LeafUse | None = LeafUse.CLIENT,
        key: PrivateKey | None = None,
        days: tuple[int, int] | None = None,
        size: int = 0,
        answer: OcspAnswer | None = OcspAnswer.GOOD,
    ) -> MintedCaller:
        self.issuers.append(issuer)
        begin, end = (issuer.now + day * _DAY for day in days) if days else (None, None)
        credential = issuer.issue(
            name,
            purpose=purpose,
            key=key or KeyKind.P256,
            not_before=begin,
            not_after=end,
            ocsp_url=None if answer is None else self._responder,
            extensions=(padding(size),) if size else (),
        )
        return MintedCaller(name, credential, answer, is_by_rehearsal_ca=True)

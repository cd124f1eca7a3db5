"""One PKI for all tests of the verifier: authorities, callers with their certificates in files, an OCSP responder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mtls_app_gateway.rehearsal.authority import (
    Authority,
    Credential,
    KeyKind,
    LeafUse,
    self_signed,
    write_credential,
)
from mtls_app_gateway.rehearsal.ocsp_responder import OcspAnswer, OcspResponder
from mtls_app_gateway.verify.knock.question import Caller, ClientCertificate, OcspStatus

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pki:
    """Root A with the issuers A1 and A2, and root B. What a gateway trusts is A1 with root A."""

    root_a: Authority
    a1: Authority
    a2: Authority
    root_b: Authority
    servers: Authority
    folder: Path
    callers: Mapping[str, Caller]

    @property
    def bundle(self) -> str:
        return self.a1.bundle_pem

    def all_callers(self) -> tuple[Caller, ...]:
        return tuple(self.callers.values())


def caller_of(name: str, credential: Credential, folder: Path, revocation: OcspStatus = OcspStatus.NOT_KNOWN) -> Caller:
    certificate, key = write_credential(credential, folder, name.replace(" ", "-"))
    return Caller(name, name, ClientCertificate(credential.chain_pem, certificate, key), revocation)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    folder = tmp_path_factory.mktemp("pki")
    root_a = Authority.create("Root A")
    a1, a2 = root_a.intermediate("Issuing A1"), root_a.intermediate("Issuing A2")
    callers: dict[str, Caller] = {}
    made = Pki(root_a, a1, a2, Authority.create("Root B"), Authority.create("Servers"), folder, callers)
    with OcspResponder([root_a, a1, a2, made.root_b]) as responder:
        for name, (credential, revocation) in _credentials(made, responder).items():
            callers[name] = caller_of(name, credential, folder, revocation)
        yield made


def _credentials(pki: Pki, responder: OcspResponder) -> dict[str, tuple[Credential, OcspStatus]]:
    with OcspResponder([]) as closed:
        pass
    a1, url = pki.a1, responder.url
    forger = pki.root_b.intermediate(subject=a1.certificate.subject)
    good = {
        "valid": a1.issue("valid", ocsp_url=url),
        "valid RSA": a1.issue("rsa", key=KeyKind.RSA2048, ocsp_url=url),
        "valid, odd name": a1.issue('Zoë, "the" + odd', ocsp_url=url),
        "issued by the root": pki.root_a.issue("direct", ocsp_url=url),
        "expired": a1.issue("expired", not_before=NOW - 9 * DAY, not_after=NOW - DAY, ocsp_url=url),
        "not yet valid": a1.issue("early", not_before=NOW + DAY, not_after=NOW + 9 * DAY, ocsp_url=url),
        "for servers": a1.issue("server", purpose=LeafUse.SERVER, ocsp_url=url),
        "no purpose": a1.issue("any", purpose=None, ocsp_url=url),
        "weak key": a1.issue("weak", key=KeyKind.RSA1024, ocsp_url=url),
        "sibling": pki.a2.issue("sibling", ocsp_url=url),
        "untrusted": pki.root_b.issue("untrusted", ocsp_url=url),
        "forged": forger.issue("forged", ocsp_url=url),
        "self-signed": self_signed("alone"),
        "no responder": a1.issue("silent"),
    }
    revoked, unknown = a1.issue("revoked", ocsp_url=url), a1.issue("unknown", ocsp_url=url)
    responder.answer(revoked, OcspAnswer.REVOKED)
    responder.answer(unknown, OcspAnswer.UNKNOWN)
    return {name: (credential, OcspStatus.GOOD) for name, credential in good.items()} | {
        "revoked": (revoked, OcspStatus.REVOKED),
        "unknown to the responder": (unknown, OcspStatus.UNKNOWN),
        "responder down": (a1.issue("down", ocsp_url=closed.url), OcspStatus.SILENT),
    }

"""One gateway with a listener of each kind, its authorities and its callers, for all tests of the rehearsal."""

from collections.abc import Callable, Iterator
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
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.rehearsal.ocsp_responder import OcspAnswer, OcspResponder

from .documents import bundle, chain, document, listener, passthrough, strict
from .knocking import ClientFiles

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authorities:
    """Root A with the issuers A1 and A2, and root B: what is uploaded is A1 with root A."""

    root_a: Authority
    a1: Authority
    a2: Authority
    root_b: Authority


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    root_a = Authority.create("Root A")
    return Authorities(
        root_a, root_a.intermediate("Issuing A1"), root_a.intermediate("Issuing A2"), Authority.create("B")
    )


@pytest.fixture(scope="session")
def responder(authorities: Authorities) -> Iterator[OcspResponder]:
    with OcspResponder([authorities.root_a, authorities.a1, authorities.a2], delay=0.5) as running:
        yield running


@pytest.fixture(scope="session")
def callers(
    authorities: Authorities, responder: OcspResponder, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ClientFiles | None]:
    """Every caller of the matrix by name, its certificate and key in files."""
    folder = tmp_path_factory.mktemp("callers")
    a1, url = authorities.a1, responder.url
    with OcspResponder([]) as closed:
        pass
    forger = authorities.root_b.intermediate(subject=a1.certificate.subject)
    credentials: dict[str, Credential] = {
        "RSA": a1.issue("rsa", key=KeyKind.RSA2048, ocsp_url=url),
        "P-256": a1.issue("p256", ocsp_url=url),
        "Ed25519": a1.issue("ed25519", key=KeyKind.ED25519, ocsp_url=url),
        "issued by the root": authorities.root_a.issue("direct", ocsp_url=url),
        "expired": a1.issue("expired", not_before=NOW - 9 * DAY, not_after=NOW - DAY, ocsp_url=url),
        "not yet valid": a1.issue("early", not_before=NOW + DAY, not_after=NOW + 9 * DAY, ocsp_url=url),
        "for servers": a1.issue("server", purpose=LeafUse.SERVER, ocsp_url=url),
        "weak key": a1.issue("weak", key=KeyKind.RSA1024, ocsp_url=url),
        "no purpose": a1.issue("any", purpose=None, ocsp_url=url),
        "untrusted": authorities.root_b.issue("untrusted", ocsp_url=url),
        "forged": forger.issue("forged", ocsp_url=url),
        "self-signed": self_signed("alone"),
        "sibling": authorities.a2.issue("sibling", ocsp_url=url),
        "revoked": a1.issue("revoked", ocsp_url=url),
        "unknown": a1.issue("unknown", ocsp_url=url),
        "responder down": a1.issue("down", ocsp_url=closed.url),
        "no responder": a1.issue("none"),
        "silent": a1.issue("silent", ocsp_url=url),
        "slow": a1.issue("slow", ocsp_url=url),
    }
    for name, answer in (
        ("revoked", OcspAnswer.REVOKED),
        ("unknown", OcspAnswer.UNKNOWN),
        ("silent", OcspAnswer.SILENT),
        ("slow", OcspAnswer.SLOW),
    ):
        responder.answer(credentials[name], answer)
    shown: dict[str, ClientFiles | None] = {"nothing": None}
    for name, credential in credentials.items():
        shown[name] = ClientFiles(*write_credential(credential, folder, name.replace(" ", "-")))
    for name in ("P-256", "sibling"):
        shown[f"{name}, leaf only"] = _leaf_only(credentials[name], folder, name)
    return shown


def _leaf_only(credential: Credential, folder: Path, name: str) -> ClientFiles:
    alone = Credential(credential.certificate, credential.private_key, ())
    return ClientFiles(*write_credential(alone, folder, f"{name}-alone"))


@pytest.fixture(scope="session")
def local(authorities: Authorities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway with a listener of each kind, each on a port of its own."""
    gateway = document(
        [
            listener("passthrough", 8451, "passthrough"),
            listener("strict", 8452, "strict"),
            listener("issuer", 8453, "issuer"),
            listener("ocsp", 8454, "ocsp"),
            listener("nobody", 8455),
            listener("plain", 8456, protocol="Http"),
        ],
        sslProfiles=[
            passthrough(),
            strict("strict", "a"),
            strict("issuer", "a", issuer_dn=True),
            strict("ocsp", "a", ocsp=True),
        ],
        trustedClientCertificates=[chain("a", bundle(authorities.a1))],
    )
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running.show(gateway)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Callable[[dict[str, object]], RunningGateway]]:
    """Raise a document of the test's own; called again, change to another."""
    with LocalGateway(tmp_path / "gateway") as running:
        yield running.show

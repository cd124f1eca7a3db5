"""A rehearsal asks its own OCSP responder and no other, whatever address a client's certificate names."""

import http.client
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mtls_app_gateway.rehearsal.authority import Authority, write_credential
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.ocsp_responder import OcspResponder
from mtls_app_gateway.rehearsal.session import Session, kept_rehearsal_chain

from .documents import chain, document, listener, strict
from .knocking import ClientFiles


@pytest.fixture(scope="module")
def real() -> Authority:
    """The CA that the document trusts; here, unlike elsewhere, its key is at hand."""
    return Authority.create("Partners Root")


@pytest.fixture(scope="module")
def rehearsal(real: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    gateway = document(
        [listener("ocsp", 8471, "ocsp")],
        sslProfiles=[strict("ocsp", "partners", ocsp=True)],
        trustedClientCertificates=[chain("partners", real.bundle_pem)],
    )
    with LocalRehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running.show(gateway)


@pytest.fixture
def elsewhere(real: Authority) -> Iterator[OcspResponder]:
    """A responder that is not the rehearsal's, and would call every certificate of the real CA good."""
    with OcspResponder([real]) as responder:
        yield responder


def status(rehearsal: Session, shown: ClientFiles) -> int:
    """What a client with this certificate is answered."""
    context = ssl.create_default_context(cafile=str(rehearsal.folder / rehearsal.server_ca))
    context.load_cert_chain(shown.chain, shown.key)
    connection = http.client.HTTPSConnection("localhost", rehearsal.listeners[0].port, context=context, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_address_in_a_certificate_is_not_asked(
    rehearsal: Session, elsewhere: OcspResponder, tmp_path: Path
) -> None:
    """
    A client of the rehearsal CA is judged by the rehearsal's responder, though its certificate names another.
    """
    trusted = kept_rehearsal_chain(rehearsal.folder, rehearsal.listeners[0].authorities, now=datetime.now(UTC))
    assert trusted is not None
    leaf = trusted.issuer.issue("elsewhere", ocsp_url=elsewhere.url)

    assert 200 == status(rehearsal, ClientFiles(*write_credential(leaf, tmp_path, "leaf")))
    assert [] == elsewhere.asked


def test_a_real_client_is_refused_and_no_responder_is_asked(
    rehearsal: Session, real: Authority, elsewhere: OcspResponder, tmp_path: Path
) -> None:
    """
    What its responder would say is not known here: nothing is sent there, it is not let in, and the report says so.
    """
    leaf = real.issue("real", ocsp_url=elsewhere.url)

    assert 400 == status(rehearsal, ClientFiles(*write_credential(leaf, tmp_path, "leaf")))
    assert [] == elsewhere.asked
    assert "profile ocsp: the OCSP responders that real certificates name; none is asked" in rehearsal.not_rehearsed


def test_a_caller_whose_certificate_names_no_responder_is_refused(rehearsal: Session) -> None:
    """
    As nginx refuses it by itself where no responder is put in place of another.
    """
    caller = next(each for each in rehearsal.callers["ocsp"] if each.name == "OCSP: no responder named")

    assert 400 == status(rehearsal, ClientFiles(rehearsal.folder / caller.certificate, rehearsal.folder / caller.key))


def test_every_ocsp_listener_names_the_rehearsals_responder(rehearsal: Session) -> None:
    """
    No check of revocation is left to the address in a certificate.
    """
    config = (rehearsal.folder / "nginx.conf").read_text()

    assert config.count("ssl_ocsp leaf;") == config.count(f"ssl_ocsp_responder {rehearsal.responder};") == 1

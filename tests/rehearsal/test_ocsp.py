"""Revocation: the responder of the rehearsal, and a gateway that asks it."""

import base64
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from mtls_app_gateway.rehearsal.authority import Authority, Credential, write_credential
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.ocsp_responder import OcspAnswer, OcspResponder

from .conftest import Authorities
from .knocking import ClientFiles, knock


@pytest.fixture(scope="module")
def issuer() -> Authority:
    return Authority.create("Issuer")


def question(credential: Credential, issuer: Authority) -> bytes:
    algorithm = hashes.SHA1()  # noqa: S303 (nginx's choice)
    builder = ocsp.OCSPRequestBuilder().add_certificate(credential.certificate, issuer.certificate, algorithm)
    return builder.build().public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, ocsp.OCSPCertStatus.GOOD),
        (OcspAnswer.REVOKED, ocsp.OCSPCertStatus.REVOKED),
        (OcspAnswer.UNKNOWN, ocsp.OCSPCertStatus.UNKNOWN),
        (OcspAnswer.SLOW, ocsp.OCSPCertStatus.GOOD),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_says_what_it_is_set_to(
    issuer: Authority, answer: OcspAnswer | None, status: ocsp.OCSPCertStatus, method: str
) -> None:
    """
    By GET and by POST the answer is the one that was set, signed by the issuer's key.
    """
    leaf = issuer.issue()
    asked = question(leaf, issuer)
    with OcspResponder([issuer], delay=0.05) as responder:
        if answer is not None:
            responder.answer(leaf, answer)
        path = quote(base64.b64encode(asked).decode(), safe="") if method == "GET" else ""
        with urlopen(Request(responder.url + path, data=asked if method == "POST" else None), timeout=5) as said:  # noqa: S310 (loopback)
            response = ocsp.load_der_ocsp_response(said.read())

    assert (leaf.certificate.serial_number, status) == (response.serial_number, response.certificate_status)
    assert [leaf.certificate.serial_number] == responder.asked


def test_about_other_issuers_it_is_not_authorized() -> None:
    """
    For a certificate whose issuer it does not have the key of, it says so.
    """
    other = Authority.create("Other")

    with OcspResponder([Authority.create("Issuer")]) as responder:
        response = ocsp.load_der_ocsp_response(responder.respond(question(other.issue(), other)) or b"")

    assert ocsp.OCSPResponseStatus.UNAUTHORIZED == response.response_status


def test_a_slow_responder_is_waited_for(local: RunningGateway, callers: dict[str, ClientFiles | None]) -> None:
    """
    A good answer that takes half a second is a good answer, half a second later.
    """
    before = time.monotonic()
    met = knock(local, "ocsp", callers["slow"])

    assert 200 == met.status
    assert time.monotonic() - before >= 0.5


def test_a_silent_responder_lets_no_client_through(
    local: RunningGateway, callers: dict[str, ClientFiles | None]
) -> None:
    """
    While the responder says nothing, nothing is answered: the caller does not reach the backend.
    """
    with pytest.raises(TimeoutError):
        knock(local, "ocsp", callers["silent"], timeout=0.5)


def test_a_good_answer_is_remembered(local: RunningGateway, authorities: Authorities, tmp_path: Path) -> None:
    """
    A status once given is kept until it expires, also when the responder has gone since.
    """
    with OcspResponder([authorities.a1]) as responder:
        leaf = authorities.a1.issue("remembered", ocsp_url=responder.url)
        shown = ClientFiles(*write_credential(leaf, tmp_path, "leaf"))
        assert 200 == knock(local, "ocsp", shown).status

    assert 200 == knock(local, "ocsp", shown).status
    assert 1 == len(responder.asked)


def test_only_the_leaf_is_asked_about(
    local: RunningGateway, callers: dict[str, ClientFiles | None], responder: OcspResponder, authorities: Authorities
) -> None:
    """
    The issuing CA's own certificate names no responder, and nobody asks for one.
    """
    assert 200 == knock(local, "ocsp", callers["P-256"]).status
    assert authorities.a1.certificate.serial_number not in responder.asked

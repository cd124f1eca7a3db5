"""Any form comes in, and what is wrong with a form is said."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from mtls_app_gateway.certificates.forms import MAX_BUNDLE_BYTES, MAX_CERTIFICATES, Fault, read_contents
from mtls_app_gateway.rehearsal.authority import Authority, pem

from .minting import der, pem_of, pkcs7_of, root

ROOT = root()
ISSUING = ROOT.intermediate("Issuing")
BOTH = [ISSUING.certificate, ROOT.certificate]
PEM = ISSUING.bundle_pem
BAG_ATTRIBUTES = "Bag Attributes\n    friendlyName: Issuing\nsubject=CN = Issuing\n"
LINES = PEM.splitlines()

FORMS: dict[str, bytes | str] = {
    "PEM text": PEM,
    "PEM bytes": PEM.encode(),
    "PEM with CRLF": PEM.replace("\n", "\r\n"),
    "PEM with old Mac line ends": PEM.replace("\n", "\r"),
    "PEM with a byte order mark": b"\xef\xbb\xbf" + PEM.encode(),
    "PEM in UTF-16, little end first": PEM.encode("utf-16"),
    "PEM in UTF-16, big end first": b"\xfe\xff" + PEM.encode("utf-16-be"),
    "PEM with comments and bag attributes": BAG_ATTRIBUTES
    + PEM.replace("-----END CERTIFICATE-----\n", "-----END CERTIFICATE-----\n# next\n"),
    "PEM indented, as in YAML": "\n".join(f"    {line}" for line in LINES),
    "PEM in one line": " ".join(LINES),
    "PEM with escaped line ends, as in JSON": PEM.replace("\n", "\\n"),
    "PEM with escaped CRLF": PEM.replace("\n", "\\r\\n"),
    "PEM under an old label": PEM.replace(" CERTIFICATE", " X509 CERTIFICATE"),
    "PKCS#7 DER": pkcs7_of(BOTH, Encoding.DER),
    "PKCS#7 PEM": pkcs7_of(BOTH, Encoding.PEM),
    "PKCS#7 under the label of a certificate": pem_of(pkcs7_of(BOTH, Encoding.DER)),
    "base64 of PEM": base64.b64encode(PEM.encode()),
    "base64 of PEM, in lines": base64.encodebytes(PEM.encode()).decode(),
    "base64 of base64 of PEM": base64.b64encode(base64.b64encode(PEM.encode())),
    "base64 of PKCS#7 DER": base64.b64encode(pkcs7_of(BOTH, Encoding.DER)).decode(),
    "base64 of PKCS#7 PEM": base64.b64encode(pkcs7_of(BOTH, Encoding.PEM)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_certificates(form: str) -> None:
    """
    However two certificates are written, these two are read, and nothing is found wrong.
    """
    contents = read_contents(FORMS[form])

    assert {der(one) for one in BOTH} == {der(one.parsed) for one in contents.certificates}
    assert contents.faults == []


@pytest.mark.parametrize("data", [der(ROOT.certificate), base64.b64encode(der(ROOT.certificate))])
def test_a_single_certificate_needs_no_delimiters(data: bytes) -> None:
    """
    DER, and base64 of DER, are one certificate.
    """
    (only,) = read_contents(data).certificates

    assert only.parsed == ROOT.certificate


def seen(data: bytes | str) -> list[tuple[Fault, str, str]]:
    return [(fault, finding.where, finding.saw) for fault, finding in read_contents(data).faults]


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ((Fault.EMPTY, "", "no data"), ""),
        ((Fault.EMPTY, "", "nothing but blanks"), " \r\n\t"),
        ((Fault.NOT_CERTIFICATES, "", "5 bytes that are neither PEM nor DER nor base64 of them"), "hello"),
        (
            (
                Fault.NOT_CERTIFICATES,
                "",
                "14 bytes (9 with base64 undone) that are neither PEM nor DER nor base64 of them",
            ),
            "hello garbage\n",
        ),
        ((Fault.NOT_CERTIFICATES, "", "5 bytes that are not a certificate"), b"0\x03\x02\x01\x05"),
        ((Fault.NOT_CERTIFICATES, "", "8 bytes (5 with base64 undone) that are not a certificate"), "MAMCAQU="),
        ((Fault.UNDELIMITED, "", "dashes as in PEM, but no line of the form -----BEGIN CERTIFICATE-----"), "-----"),
        ((Fault.UNDELIMITED, "block 1", "BEGIN CERTIFICATE without its END"), "-----BEGIN CERTIFICATE-----\nAAAA"),
        ((Fault.UNDELIMITED, "block 1", "BEGIN CERTIFICATE without its END"), "-----BEGIN CERTIFICATE-----\n" + PEM),
        ((Fault.UNDELIMITED, "after block 2", "END CERTIFICATE without a BEGIN"), PEM + "-----END CERTIFICATE-----"),
        (
            (Fault.UNDELIMITED, "block 1", "BEGIN CERTIFICATE ends with END CMS"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CMS-----",
        ),
        ((Fault.DAMAGED, "block 1", "nothing between BEGIN and END"), pem_of(b"")),
        (
            (Fault.DAMAGED, "block 1", "the text between BEGIN and END is not base64"),
            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
        ),
        ((Fault.DAMAGED, "block 1", "5 bytes that are not a certificate"), pem_of(b"12345")),
        ((Fault.OTHER_BLOCK, "block 1", "a block X509 CRL"), pem_of(b"1", "X509 CRL")),
        ((Fault.DUPLICATE, "block 3", "certificate 2 once more"), PEM + ROOT.certificate_pem),
    ],
)
def test_what_is_wrong_with_a_form_is_said(expected: tuple[Fault, str, str], data: bytes | str) -> None:
    """
    Each fault is told with its place and what was seen there.
    """
    assert [expected] == seen(data)


def test_names_that_cannot_be_read_are_damage() -> None:
    """
    A certificate whose subject is not what its type says is not taken.
    """
    marked = root("MARKED CA")
    broken = der(marked.certificate).replace(b"MARKED CA", b"MARKED\xff\xfeA")

    assert [(Fault.DAMAGED, "", "a certificate whose names or dates cannot be read")] == seen(broken)


@pytest.mark.parametrize("password", [None, b"secret"])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_private_key_is_seen_and_not_shown(encoding: Encoding, password: bytes | None) -> None:
    """
    A private key, encrypted or not, in PEM or in DER, is told of without a byte of it.
    """
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, PrivateFormat

    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    key = ROOT.private_key.private_bytes(encoding, PrivateFormat.PKCS8, encryption)
    ((fault, finding),) = read_contents(key).faults

    assert fault is Fault.PRIVATE_KEY
    assert finding.saw in {"a private key", "a block PRIVATE KEY", "a block ENCRYPTED PRIVATE KEY"}


def test_a_pfx_is_told_from_noise() -> None:
    """
    A PFX is known as one, whatever its password.
    """
    assert [(Fault.PFX, "", "a PFX (PKCS#12) file")] == seen(ISSUING.issue().pfx("secret"))


def test_certificates_beside_a_damaged_block_are_still_read() -> None:
    """
    One broken block does not hide the others.
    """
    contents = read_contents(pem_of(b"12345") + PEM)

    assert [1, 2] == [certificate.number for certificate in contents.certificates]
    assert [Fault.DAMAGED] == [fault for fault, _ in contents.faults]


@pytest.mark.parametrize("data", [b"x" * (MAX_BUNDLE_BYTES + 1), "x" * (MAX_BUNDLE_BYTES + 1)])
def test_what_is_far_too_large_is_not_read(data: bytes | str) -> None:
    """
    Beyond the bound nothing is decoded at all.
    """
    assert [(Fault.TOO_LARGE, "", "more than 1,048,576 bytes; not read")] == seen(data)


def test_reading_stops_at_so_many_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Certificates beyond the bound are counted as one fault, and not read.
    """
    monkeypatch.setattr("mtls_app_gateway.certificates.forms.MAX_CERTIFICATES", 3)
    many = [Authority.create(f"CA {number}").certificate for number in range(6)]
    contents = read_contents(pem(*many))

    assert MAX_CERTIFICATES == 500
    assert len(contents.certificates) == 3
    assert [Fault.TOO_MANY] == [fault for fault, _ in contents.faults]

"""What a server says in its handshake messages, taken from real handshakes and from garbage."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse, write_credential
from mtls_app_gateway.verify.knock import tls_messages

TLS_1_2, TLS_1_3 = 0x0303, 0x0304


def handshake(tmp_path: Path, version: ssl.TLSVersion, *, asks: bool) -> dict[int, tuple[int, bytes]]:
    """The server's messages of one handshake in memory, by their type."""
    authority = Authority.create("Root").intermediate("Issuing")
    credential = authority.issue("server", purpose=LeafUse.SERVER)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*write_credential(credential, tmp_path, "server"))
    server.minimum_version = server.maximum_version = version
    if asks:
        server.verify_mode = ssl.CERT_OPTIONAL
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    heard: dict[int, tuple[int, bytes]] = {}

    def hear(_: object, direction: str, spoken: int, record: int, kind: int, message: bytes) -> None:
        if direction == "read" and record == tls_messages.HANDSHAKE_RECORD:
            heard[kind] = (spoken, message)

    client._msg_callback = hear  # type: ignore[attr-defined]
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        client.wrap_bio(to_client, to_server),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(3):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return heard


@pytest.mark.parametrize(("version", "number"), [(ssl.TLSVersion.TLSv1_2, TLS_1_2), (ssl.TLSVersion.TLSv1_3, TLS_1_3)])
def test_chain_and_request(version: ssl.TLSVersion, number: int, tmp_path: Path) -> None:
    """
    From a real handshake: the chain as it was sent, and the request for a certificate, which names no CA here.
    """
    heard = handshake(tmp_path, version, asks=True)
    spoken, certificate = heard[tls_messages.CERTIFICATE]
    _, request = heard[tls_messages.CERTIFICATE_REQUEST]
    subjects = [
        x509.load_der_x509_certificate(der).subject.rfc4514_string()
        for der in tls_messages.certificates_of(certificate, spoken)
    ]

    assert number == spoken
    assert ["CN=server", "CN=Issuing"] == subjects
    assert () == tls_messages.authorities_of(request, spoken)
    assert tls_messages.CERTIFICATE_REQUEST not in handshake(tmp_path, version, asks=False)


def vector(length_bytes: int, content: bytes) -> bytes:
    return len(content).to_bytes(length_bytes, "big") + content


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
def test_authorities_are_read_as_they_were_written(names: list[bytes]) -> None:
    """
    The CA names of a request in each version's layout (RFC 4346 and 5246 section 7.4.4, RFC 8446 section 4.3.2).
    """
    listed = vector(2, b"".join(vector(2, name) for name in names))
    other = b"\x00\x0d" + vector(2, b"\x00\x02\x04\x03")
    before = b"\x0d\x00\x00\x00"
    messages = {
        0x0302: before + vector(1, b"\x01") + listed,
        TLS_1_2: before + vector(1, b"\x01") + vector(2, b"\x04\x03") + listed,
        TLS_1_3: before + vector(1, b"") + vector(2, other + b"\x00\x2f" + vector(2, listed)),
    }

    for version, message in messages.items():
        assert tuple(names) == tls_messages.authorities_of(message, version)


@given(st.binary(max_size=300), st.sampled_from([0x0301, TLS_1_2, TLS_1_3]))
def test_garbage_says_nothing_or_something(garbage: bytes, version: int) -> None:
    """
    No message makes the reader fail.
    """
    assert isinstance(tls_messages.certificates_of(garbage, version), tuple)
    assert isinstance(tls_messages.authorities_of(garbage, version), tuple)


def test_a_message_that_ends_too_early_says_nothing() -> None:
    """
    A length that reaches beyond the message makes it one that is not understood: what is there is not taken for all.
    """
    whole = vector(3, vector(3, b"certificate"))
    listed = vector(2, vector(2, b"a name"))
    header = b"\x0b\x00\x00\x00"

    assert (b"certificate",) == tls_messages.certificates_of(header + whole, TLS_1_2)
    assert (b"a name",) == tls_messages.authorities_of(header + b"\0\0\0" + listed, TLS_1_2)
    for length in range(len(whole)):
        assert () == tls_messages.certificates_of(header + whole[:length], TLS_1_2)
    for length in range(len(listed)):
        assert () == tls_messages.authorities_of(header + b"\0\0\0" + listed[:length], TLS_1_2)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (b"\x02\x46", "protocol_version"),
        (b"\x02\x74", "certificate_required"),
        (b"\x02\xc8", "alert 200"),
        (b"\x01\x00", None),
        (b"", None),
    ],
)
def test_alerts(message: bytes, name: str | None) -> None:
    """
    An alert has its name from the RFC, else its number; a goodbye is no alert.
    """
    assert name == tls_messages.alert_name(message)

"""Servers that are no gateway, friendly and hostile: no crash, the right layer, bounds, a clear row."""

import contextlib
import socket
import ssl
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.rehearsal.authority import Credential, LeafUse, padding
from mtls_app_gateway.verify.knock import shown_certificate, tls_client
from mtls_app_gateway.verify.knock.http_answer import MAX_BODY_BYTES, MAX_HEADER_BYTES
from mtls_app_gateway.verify.knock.knock import Knock
from mtls_app_gateway.verify.knock.line import resolve
from mtls_app_gateway.verify.knock.observation import KnockFault, Observation, ReachedLayer
from mtls_app_gateway.verify.knock.question import WITHOUT_CERTIFICATE, Caller, Question, Target

from .conftest import Pki
from .servers import OK, Handler, answering, openssl_server, over_tls, read_request, server_context, serving

VERSIONS = (TlsVersion.V1_2, TlsVersion.V1_3)


def knock(
    target: Target,
    version: TlsVersion | None = TlsVersion.V1_3,
    caller: Caller = WITHOUT_CERTIFICATE,
    *,
    timeout: float = 10.0,
) -> Observation:
    made = Knock(Question(caller, version), target, timeout=timeout)
    made.load()
    return made.ask(resolve(target, 5))


@pytest.fixture
def tls(pki: Pki, tmp_path: Path) -> Callable[[Handler], Handler]:
    context = server_context(pki.servers, tmp_path)
    return lambda handle: over_tls(context, handle)


@pytest.mark.parametrize("version", VERSIONS)
def test_python_server(version: TlsVersion, tls: Callable[[Handler], Handler]) -> None:
    """
    Python's own TLS server, which asks for no certificate: an HTTP answer, and the handshake as it was.
    """
    with serving(tls(answering(OK))) as target:
        met = knock(target, version)

    assert (ReachedLayer.HTTP, None, 200, False) == (
        met.layer,
        met.fault,
        met.status,
        met.handshake.is_certificate_requested,
    )
    assert version.replace(" ", "v") == met.handshake.protocol
    assert met.forwarded is not None


@pytest.mark.parametrize(
    ("version", "layer"), [(VERSIONS[0], ReachedLayer.HANDSHAKE), (VERSIONS[1], ReachedLayer.FIRST_READ)]
)
def test_openssl_server_that_demands_a_certificate(
    version: TlsVersion, layer: ReachedLayer, pki: Pki, tmp_path: Path
) -> None:
    """
    `openssl s_server -Verify` refuses within TLS: in the handshake in TLS 1.2, at the first read in TLS 1.3.
    """
    ca = tmp_path / "ca.pem"
    ca.write_text(pki.bundle)
    with openssl_server(pki.servers, tmp_path, "-Verify", "3", "-verify_return_error", "-CAfile", str(ca)) as target:
        nobody = knock(target, version)
        valid = knock(target, version, pki.callers["valid"])
        untrusted = knock(target, version, pki.callers["untrusted"])

    assert (layer, KnockFault.ALERT, True) == (nobody.layer, nobody.fault, nobody.handshake.is_certificate_requested)
    assert (layer, KnockFault.ALERT, "unknown_ca") == (untrusted.layer, untrusted.fault, untrusted.detail)
    assert (ReachedLayer.HTTP, 200) == (valid.layer, valid.status)


def test_openssl_server_of_one_version(pki: Pki, tmp_path: Path) -> None:
    """
    A version that is not spoken ends in the handshake with its alert.
    """
    with openssl_server(pki.servers, tmp_path, "-tls1_2") as target:
        met = knock(target, TlsVersion.V1_3)

    assert (ReachedLayer.HANDSHAKE, KnockFault.ALERT, "protocol_version") == (met.layer, met.fault, met.detail)


def test_old_versions_are_asked_for_in_earnest(pki: Pki, tmp_path: Path) -> None:
    """
    Against a server that speaks TLS 1.0 and 1.1, both are spoken: the row about them is able to fail.
    """
    with openssl_server(pki.servers, tmp_path, "-cipher", "DEFAULT:@SECLEVEL=0") as target:
        met = {version: knock(target, version).handshake.protocol for version in (TlsVersion.V1_0, TlsVersion.V1_1)}

    assert {TlsVersion.V1_0: "TLSv1", TlsVersion.V1_1: "TLSv1.1"} == met


def test_plain_server_on_the_tls_port() -> None:
    """
    Plain HTTP where TLS is spoken is reported as what it is.
    """
    with serving(answering(OK)) as target:
        met = knock(target)

    assert (ReachedLayer.HANDSHAKE, KnockFault.NO_TLS) == (met.layer, met.fault)
    assert "HTTP/1.1" in met.detail


def test_unicode_and_control_characters_are_shown_harmlessly(tls: Callable[[Handler], Handler]) -> None:
    """
    What a server puts into a header cannot reach a terminal or a log as it came.
    """
    answer = b"HTTP/1.1 302 Found\r\nLocation: /\x1b[31m\xff\r\nServer: a\x07b\r\nContent-Length: 0\r\n\r\n"
    with serving(tls(answering(answer))) as target:
        met = knock(target)

    assert met.location == r"/\x1b[31mÿ"
    assert met.server == r"a\x07b"


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


ENDINGS: dict[str, tuple[Callable[[socket.socket], None], KnockFault]] = {
    "closed": (lambda connection: connection.close(), KnockFault.CLOSED),
    "reset": (_reset, KnockFault.RESET),
    "an old hello": (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), KnockFault.NO_TLS),
    "an alert": (lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\x70"), KnockFault.ALERT),
    "half a record": (lambda connection: connection.sendall(b"\x16\x03\x03\x40\x00\x02"), KnockFault.CLOSED),
    "nonsense in a record": (lambda connection: connection.sendall(b"\x16\x03\x03\x00\x04abcd"), KnockFault.TLS_ERROR),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ends_in_the_handshake(ending: str) -> None:
    """
    However a handshake ends, it is reported as that, at its layer.
    """
    act, fault = ENDINGS[ending]

    def handle(connection: socket.socket) -> None:
        connection.recv(65_536)
        act(connection)

    with serving(handle) as target:
        met = knock(target)

    assert (ReachedLayer.HANDSHAKE, fault) == (met.layer, met.fault)
    if ending == "an alert":
        assert "unrecognized_name" == met.detail


def endless_headers(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: and more\r\n" * 500)


def large_body(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
    for _ in range(1600):
        connection.sendall(bytes(65_536))


def endless_chunks(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"4000\r\n" + bytes(0x4000) + b"\r\n")


def endless_interim(connection: socket.socket) -> None:
    read_request(connection)
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)


def drop_by_drop(connection: socket.socket) -> None:
    read_request(connection)
    for byte in b"HTTP/1.1 200 OK\r\nServer: slow\r\n" * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def slow_body(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b".")
        time.sleep(0.05)


def invalid(answer: bytes) -> Handler:
    return answering(answer)


HOSTILE: dict[str, tuple[Handler, str]] = {
    "endless headers": (
        endless_headers,
        f"HTTP: too much to take (more than {MAX_HEADER_BYTES // 1024} KB of headers)",
    ),
    "100 MB body": (large_body, "HTTP 200"),
    "endless chunks": (endless_chunks, "HTTP 200"),
    "drop by drop": (drop_by_drop, "HTTP: no answer in time"),
    "slow body": (slow_body, "HTTP 401"),
    "not HTTP": (invalid(b"\x00\x01\x02 binary"), "HTTP: not HTTP (it begins with b'\\x00\\x01\\x02 binary')"),
    "half a header": (
        invalid(b"HTTP/1.1 200 OK\r\nX"),
        "HTTP: connection closed without an answer (in the middle of its headers)",
    ),
    "bad status": (
        invalid(b"HTTP/1.1 2x0 OK\r\n\r\n"),
        "HTTP: not HTTP (illegal status line: bytearray(b'HTTP/1.1 2x0 OK'))",
    ),
    "a thousand headers": (invalid(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n"), "HTTP 200"),
    "bad length": (
        invalid(b"HTTP/1.1 204 OK\r\nContent-Length: -5\r\n\r\n"),
        "HTTP: not HTTP (bad Content-Length)",
    ),
    "endless interim answers": (endless_interim, "HTTP: no answer in time"),
    "a negative chunk": (invalid(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nab"), "HTTP 200"),
    "bad chunks": (invalid(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "HTTP 200"),
    "says goodbye": (invalid(b""), "TLS first read: connection closed without an answer"),
    "deep JSON": (invalid(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000), "HTTP 200"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_answer(kind: str, tls: Callable[[Handler], Handler]) -> None:
    """
    Whatever is answered, the knock is over in its time, holds little, and says what it met.
    """
    handle, words = HOSTILE[kind]
    with serving(tls(handle)) as target:
        tracemalloc.start()
        started = time.monotonic()
        met = knock(target, timeout=1.0)
        took = time.monotonic() - started
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert words == met.words
    # A second was allowed; a busy machine takes its time, a knock without a deadline takes for ever.
    assert took < 15.0
    assert peak < 12 * MAX_BODY_BYTES


def test_a_long_body_is_cut(tls: Callable[[Handler], Handler]) -> None:
    """
    An answer of which only the beginning was read says so, and one that was read to its end does not.
    """
    with serving(tls(large_body)) as target:
        assert knock(target).is_cut
    with serving(tls(answering(OK))) as target:
        assert not knock(target).is_cut


@pytest.mark.parametrize("length", [20, 100])
def test_long_server_chain(length: int, pki: Pki, tmp_path: Path) -> None:
    """
    A chain of a hundred certificates is read if the TLS library takes it, and told if not.
    """
    extra = tuple(pki.servers.intermediate(f"Extra {number}").certificate for number in range(length))
    leaf = pki.servers.issue("localhost", purpose=LeafUse.SERVER, host_names=["localhost"])
    long = Credential(leaf.certificate, leaf.private_key, extra)
    context = server_context(pki.servers, tmp_path, credential=long)
    with serving(over_tls(context, answering(OK))) as target:
        met = knock(target, timeout=5.0)

    assert "HTTP 200, from the backend" == met.words
    assert met.handshake.certificate is not None
    assert length == len(met.handshake.certificate.sent_along)


def test_an_oversize_chain_is_refused_by_the_library(pki: Pki, tmp_path: Path) -> None:
    """
    A chain beyond what the TLS library takes (100 KB) ends in the handshake, in words.
    """
    big = pki.servers.intermediate("Big", extensions=[padding(120_000)]).certificate
    leaf = pki.servers.issue("localhost", purpose=LeafUse.SERVER, host_names=["localhost"])
    context = server_context(pki.servers, tmp_path, credential=Credential(leaf.certificate, leaf.private_key, (big,)))
    with serving(over_tls(context, answering(OK))) as target:
        met = knock(target)

    assert "TLS handshake: TLS error (excessive message size)" == met.words


def test_nothing_is_resumed(pki: Pki, tmp_path: Path) -> None:
    """
    A server that hands out tickets and keeps sessions sees every knock make a full handshake.
    """
    context = server_context(pki.servers, tmp_path)
    context.num_tickets = 2
    reused: list[bool | None] = []

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secured:
            reused.append(secured.session_reused)
            answering(OK)(secured)

    with serving(handle) as target:
        for version in (*VERSIONS, *VERSIONS):
            knock(target, version)

    assert [False] * 4 == reused


def test_sni_and_host_are_the_host(pki: Pki, tmp_path: Path) -> None:
    """
    TLS and HTTP ask for the host that was named, wherever the connection goes; the port is reported unless it is 443.
    """
    context = server_context(pki.servers, tmp_path)
    names: list[str | None] = []
    context.sni_callback = lambda _connection, name, _context: names.append(name)
    requests: list[str] = []

    def handle(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(OK)

    with serving(over_tls(context, handle)) as here:
        for port in (443, here.port):
            knock(Target("app.example.com", port, "127.0.0.1", here.port))

    assert ["app.example.com"] * 2 == names
    assert "Host: app.example.com\r\n" in requests[0]
    assert f"Host: app.example.com:{here.port}\r\n" in requests[1]


def test_a_python_that_does_not_tell(monkeypatch: pytest.MonkeyPatch, tls: Callable[[Handler], Handler]) -> None:
    """
    Where Python lacks its debugging door, the handshake's wishes and chain are unknown, and all else works.
    """
    monkeypatch.setattr(tls_client, "_HAS_CALLBACK", False)
    with serving(tls(answering(OK))) as target:
        met = knock(target)

    assert ("HTTP 200, from the backend", None, None) == (
        met.words,
        met.handshake.is_certificate_requested,
        met.handshake.certificate,
    )


def test_a_library_that_cannot_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A TLS library that does not speak an old version even with itself is found out, so that the row is not asked.
    """
    monkeypatch.setattr(tls_client, "_EVERYTHING", "DEFAULT:@SECLEVEL=2")

    assert not tls_client.can_ask.__wrapped__(TlsVersion.V1_0)
    assert tls_client.can_ask.__wrapped__(TlsVersion.V1_3)


def test_an_unreachable_address() -> None:
    """
    What the operating system refuses to connect to is reported in its words, at the layer of TCP.
    """
    met = Knock(Question(WITHOUT_CERTIFICATE, None), Target("x")).ask([(socket.AF_INET, ("255.255.255.255", 9))])

    assert (ReachedLayer.TCP, KnockFault.UNREACHABLE) == (met.layer, met.fault)
    assert met.detail


def test_the_second_address_is_tried() -> None:
    """
    A host of which one address refuses is reached at the other.
    """
    with socket.create_server(("127.0.0.1", 0)) as closing:
        closed = closing.getsockname()
    with serving(answering(OK)) as target:
        addresses = [(socket.AF_INET, closed), (socket.AF_INET, ("127.0.0.1", target.port))]
        met = Knock(Question(WITHOUT_CERTIFICATE, None), target).ask(addresses)

    assert "HTTP 200, from the backend" == met.words


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda connection: connection.close(), "HTTP: connection closed without an answer"),
        (lambda connection: _reset(connection), "HTTP: connection reset"),  # noqa: PLW0108
        (lambda connection: connection.sendall(b"\x15\x03\x03"), "HTTP: not HTTP (it begins with b'\\x15\\x03\\x03')"),
    ],
)
def test_plain_http_has_no_tls_layer(act: Handler, words: str) -> None:
    """
    Without TLS, whatever follows the connection is HTTP, or should be.
    """

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        act(connection)

    with serving(handle) as target:
        met = knock(target, None)

    assert (ReachedLayer.HTTP, words) == (met.layer, met.words)


def test_a_server_certificate_without_names(pki: Pki, tmp_path: Path) -> None:
    """
    A certificate without alternative names is read, and has none.
    """
    bare = pki.servers.issue("localhost", purpose=LeafUse.SERVER)
    context = server_context(pki.servers, tmp_path, credential=bare)
    with serving(over_tls(context, answering(OK))) as target:
        met = knock(target)

    assert met.handshake.certificate is not None
    assert ("CN=localhost", ()) == (met.handshake.certificate.subject, met.handshake.certificate.names)


def test_what_is_no_certificate_or_name() -> None:
    """
    Bytes that are none are none; a plain question has no TLS to prepare.
    """
    assert shown_certificate.server_certificate((b"no certificate",)) is None
    assert shown_certificate.server_certificate(()) is None
    assert shown_certificate.name_from(b"no name") is None
    with pytest.raises(ValueError, match="no TLS"):
        tls_client.TlsClient(Question(WITHOUT_CERTIFICATE, None), Target("x"))

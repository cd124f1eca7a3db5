"""What is sent for a question: one request, or none."""

import socket

import pytest
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.verify.knock.http_request import UnsendableError, request_bytes
from mtls_app_gateway.verify.knock.knock import Knock
from mtls_app_gateway.verify.knock.line import resolve
from mtls_app_gateway.verify.knock.observation import KnockFault
from mtls_app_gateway.verify.knock.question import WITHOUT_CERTIFICATE, Question, Target

from .servers import OK, answering, serving

SPLIT = "X-A: 1\r\n\r\nGET /admin HTTP/1.1\r\nHost: b"


def test_the_request() -> None:
    """
    The host with its port, the path, and each spoofed header, as one request that ends the connection.
    """
    sent = request_bytes(
        Question(WITHOUT_CERTIFICATE, None, "/a?b=%20", ("X-Client-Cert",)), Target("app.example.com", 8080)
    )

    assert sent.decode("ascii").split("\r\n") == [
        "GET /a?b=%20 HTTP/1.1",
        "Host: app.example.com:8080",
        "User-Agent: mtls-gateway-verify",
        "Accept: application/json",
        "Connection: close",
        "X-Client-Cert: spoofed-by-the-caller",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/straße/", "/stra%C3%9Fe/"),
        ("/a b", "/a%20b"),
        ("/a HTTP/1.1\r\nX: 1", "/a%20HTTP/1.1%0D%0AX:%201"),
        ("/\ud800", "/?"),
    ],
)
def test_a_path_is_sent_as_one_word(path: str, target: str) -> None:
    """
    Whatever stands in a path is sent within the path.
    """
    sent = request_bytes(Question(WITHOUT_CERTIFICATE, None, path), Target("h", 80))

    assert f"GET {target} HTTP/1.1".encode() == sent.split(b"\r\n")[0]
    assert 6 == sent.count(b"\r\n")


@pytest.mark.parametrize(
    ("host", "header"), [("h", SPLIT), ("h", "X Y"), ("h", "X-Ünï"), ("h", ""), (f"h\r\n{SPLIT}", "X"), ("ä", "X")]
)
def test_what_no_request_can_carry(host: str, header: str) -> None:
    """
    A header name or a host name with more in it than belongs there is not sent at all.
    """
    with pytest.raises(UnsendableError):
        request_bytes(Question(WITHOUT_CERTIFICATE, None, "/", (header,)), Target(host, 80))


def test_nothing_is_sent_then() -> None:
    """
    The knock tells that it could not be asked, and opens no connection.
    """
    connections: list[socket.socket] = []
    with serving(connections.append) as target:
        met = Knock(Question(WITHOUT_CERTIFICATE, None, "/", (SPLIT,)), target).ask(resolve(target, 5))

    assert KnockFault.UNSENDABLE is met.fault
    assert [] == connections


@pytest.mark.parametrize("host", [".x", "a..b", "x" * 70, "a\0b", ""])
def test_a_host_that_no_handshake_can_name(host: str) -> None:
    """
    A name that TLS or HTTP cannot ask for is reported, and no exception.
    """
    with serving(answering(OK)) as here:
        target = Target(host, 443, "127.0.0.1", here.port)
        met = Knock(Question(WITHOUT_CERTIFICATE, TlsVersion.V1_3), target).ask(resolve(target, 5))

    assert KnockFault.UNSENDABLE is met.fault
    assert () == resolve(Target(host, 443), 5)

"""Servers that are no gateway, to be knocked at: on loopback, each in a thread of its own, ended with the test."""

import contextlib
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mtls_app_gateway.rehearsal.authority import Authority, Credential, LeafUse, write_credential
from mtls_app_gateway.verify.knock.question import Target

Handler = Callable[[socket.socket], None]

ECHO = b'{"headers": {"x-forwarded-for": "127.0.0.1"}}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(ECHO), ECHO)


@contextlib.contextmanager
def serving(handle: Handler) -> Iterator[Target]:
    """Each connection is given to `handle` in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.ExitStack() as connections:

        def one(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                handle(connection)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                connections.callback(connection.close)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield Target("localhost", listening.getsockname()[1], "127.0.0.1")
        listening.shutdown(socket.SHUT_RDWR)


def server_context(
    servers: Authority, folder: Path, *, trusted: str | None = None, credential: Credential | None = None
) -> ssl.SSLContext:
    """A server's TLS; with `trusted` it demands a client certificate in the handshake."""
    leaf = credential or servers.issue("localhost", purpose=LeafUse.SERVER, host_names=["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_credential(leaf, folder, f"server-{leaf.certificate.serial_number}"))
    if trusted is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=trusted)
    return context


def over_tls(context: ssl.SSLContext, handle: Handler) -> Handler:
    """The handler behind TLS."""

    def handle_tls(connection: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secured:
            handle(secured)

    return handle_tls


def answering(answer: bytes) -> Handler:
    """Takes a request and gives this answer."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    return handle


def read_request(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            break
        data += more
    return data.decode("latin-1")


def echoing(**more: str) -> Handler:
    """Tells what it received, and these facts beside it."""

    def handle(connection: socket.socket) -> None:
        lines = read_request(connection).split("\r\n")[1:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        body = json.dumps({"headers": headers, **more}).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))

    return handle


@contextlib.contextmanager
def openssl_server(servers: Authority, folder: Path, *options: str) -> Iterator[Target]:
    """`openssl s_server -www` with these options."""
    leaf = servers.issue("localhost", purpose=LeafUse.SERVER, host_names=["localhost"])
    certificate, key = write_credential(leaf, folder, "s-server")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        "openssl",
        "s_server",
        "-accept",
        f"127.0.0.1:{port}",
        "-cert",
        str(certificate),
        "-key",
        str(key),
        "-www",
        *options,
    ]
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_listening(port)
        yield Target("localhost", port, "127.0.0.1")
    finally:
        running.kill()
        running.wait()


def wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise TimeoutError(f"nothing listens on port {port}")

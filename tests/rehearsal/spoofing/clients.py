"""Clients that send what they are given over as few connections as the other side allows."""

import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

import h2.config
import h2.connection
import h2.events

from .http2_requests import Request
from .raw_requests import Attempt

Connect = Callable[[str], ssl.SSLSocket]
"""Opens a connection that speaks this protocol."""


class Http1Client:
    """Sends raw requests; counts the statuses of the answers."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._line: ssl.SSLSocket | None = None
        self._answers: BinaryIO | None = None
        self.statuses: Counter[int] = Counter()

    def send(self, attempts: Iterable[Attempt]) -> None:
        """Send all, each after the answers to the one before, and close."""
        for attempt in attempts:
            self._send(attempt)
        self._close()

    def _send(self, attempt: Attempt) -> None:
        if self._line is None or self._answers is None:
            self._line = self._connect("http/1.1")
            self._answers = self._line.makefile("rb")
        self._line.sendall(attempt.data)
        answered = 0
        while attempt.is_last or answered < attempt.requests:
            status, is_open = self._answer(self._answers)
            answered += status >= 200
            if not is_open:
                self._close()
                return

    def _answer(self, answers: BinaryIO) -> tuple[int, bool]:
        """Read one answer: its status, and whether another may follow."""
        line = answers.readline()
        if not line.startswith(b"HTTP/"):
            return 0, False
        status = int(line.split()[1])
        self.statuses[status] += 1
        headers = {}
        while (header := answers.readline()) not in {b"", b"\r\n"}:
            name, _, value = header.partition(b":")
            headers[name.lower()] = value.strip().lower()
        if status == 101:
            return status, False
        answers.read(int(headers.get(b"content-length", b"0")))
        return status, headers.get(b"connection") != b"close"

    def _close(self) -> None:
        if self._line is not None and self._answers is not None:
            self._answers.close()
            self._line.close()
        self._line = self._answers = None


class ClosedError(Exception):
    """The other side closed an HTTP/2 connection."""


class Http2Client:
    """Sends well-formed requests, many at once; counts the statuses of the answers."""

    AT_ONCE = 32

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.statuses: Counter[int] = Counter()
        self.closed = 0
        """How many connections ended over a request with trailers."""

    def send(self, requests: Sequence[Request]) -> None:
        """Send all over one connection; each with trailers over its own, for nginx ends the connection over them."""
        self._send([request for request in requests if not request.trailers])
        for request in requests:
            if request.trailers:
                try:
                    self._send([request])
                except ClosedError:
                    self.closed += 1

    def _send(self, requests: Sequence[Request]) -> None:
        with self._connect("h2") as line:
            connection = h2.connection.H2Connection(h2.config.H2Configuration())
            connection.initiate_connection()
            for start in range(0, len(requests), self.AT_ONCE):
                batch = requests[start : start + self.AT_ONCE]
                for request in batch:
                    _send(connection, request)
                line.sendall(connection.data_to_send())
                self._read(line, connection, len(batch))

    def _read(self, line: ssl.SSLSocket, connection: h2.connection.H2Connection, awaited: int) -> None:
        while awaited:
            data = line.recv(65_536)
            if not data:
                raise ClosedError
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    self.statuses[int(dict(event.headers or ())[b":status"])] += 1
                elif isinstance(event, h2.events.StreamEnded | h2.events.StreamReset):
                    awaited -= 1
                elif isinstance(event, h2.events.ConnectionTerminated):
                    raise ClosedError
            line.sendall(connection.data_to_send())


def _send(connection: h2.connection.H2Connection, request: Request) -> None:
    stream = connection.get_next_available_stream_id()
    connection.send_headers(stream, list(request.headers), end_stream=not request.body and not request.trailers)
    if request.body:
        connection.send_data(stream, request.body, end_stream=not request.trailers)
    if request.trailers:
        connection.send_headers(stream, list(request.trailers), end_stream=True)


def connector(port: int, context: ssl.SSLContext) -> Connect:
    """Connections to a port of this machine."""

    def connect(protocol: str) -> ssl.SSLSocket:
        context.set_alpn_protocols([protocol])
        line = socket.create_connection(("127.0.0.1", port), timeout=10)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            secured = context.wrap_socket(line, server_hostname="localhost")
        except OSError:
            line.close()
            raise
        if secured.selected_alpn_protocol() != protocol:
            secured.close()
            raise ConnectionError(f"the gateway does not speak {protocol}")
        return secured

    return connect

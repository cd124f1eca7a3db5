"""A backend that keeps every request as it came: also one that the gateway sent without knowing it."""

import re
import socketserver
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
_LINE_ENDS = re.compile(rb"\r\n|\n|\r")
_NO_LETTERS = re.compile(rb"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request at the backend."""

    head: bytes
    """The request line and the headers, without the empty line."""

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Names and values as the most lenient backend reads them.

        Any line end counts, a folded line belongs to the header before it, and all that is no letter or digit in a name
        is the same: CGI, WSGI and Rack make `_` of `-`.
        """
        lines: list[bytes] = []
        for line in _LINE_ENDS.split(self.head)[1:]:
            if line[:1] in {b" ", b"\t"} and lines:
                lines[-1] += line
            else:
                lines.append(line)
        pairs = (line.partition(b":") for line in lines)
        return tuple((plain_name(name), value.strip()) for name, _, value in pairs)

    def values(self, name: str) -> list[bytes]:
        return [value for found, value in self.headers if found == plain_name(name.encode())]

    def identity(self, names: Iterable[str]) -> list[tuple[str, bytes]]:
        """The identity headers among its headers."""
        wanted = {plain_name(name.encode()) for name in names}
        return [(name, value) for name, value in self.headers if name in wanted]


def plain_name(name: bytes) -> str:
    """A header's name as it is compared."""
    return _NO_LETTERS.sub(b"-", name.lower()).strip(b"-").decode()


class RecordingBackend(socketserver.ThreadingTCPServer):
    """Answers every request with 200. Use as a context."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Recorded] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="recording backend", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def address(self) -> str:
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"


class _Handler(socketserver.StreamRequestHandler):
    server: RecordingBackend

    def handle(self) -> None:
        while head := self._head():
            request = Recorded(head)
            self.server.received.append(request)
            # The gateway sends no chunks; whatever follows the announced length is another request.
            self.rfile.read(int((request.values("content-length") or [b"0"])[0]))
            self.wfile.write(_ANSWER)

    def _head(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b"", b"\r\n", b"\n"}:
            lines.append(line)
        return b"".join(lines)

"""The TCP connection of a knock, with one deadline. Every socket to a gateway is opened here."""

import errno
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from .observation import KnockFault
from .question import Target

Addresses = Sequence[tuple[int, Any]]
"""Address family and socket address, in the order in which they are tried."""

_CHUNK = 16_384
_FAULTS = {
    errno.ECONNREFUSED: KnockFault.REFUSED,
    errno.ECONNRESET: KnockFault.RESET,
    errno.EPIPE: KnockFault.RESET,
    errno.ECONNABORTED: KnockFault.RESET,
}


class EndedError(Exception):
    """A knock ended before there was an answer."""

    def __init__(self, fault: KnockFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


class Line:
    """A connected socket. Each method raises EndedError when the connection ends or the deadline passes."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self.first = b""
        """The first bytes of the other side, which show its protocol."""
        self._socket = connected
        self._deadline = deadline

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        try:
            self._socket.settimeout(_left(self._deadline))
            self._socket.sendall(data)
        except OSError as error:
            raise _ended(error) from None

    def receive(self) -> bytes:
        """Some bytes; none at the end of the connection."""
        try:
            self._socket.settimeout(_left(self._deadline))
            data = self._socket.recv(_CHUNK)
        except OSError as error:
            raise _ended(error) from None
        self.first = self.first or data[:16]
        return data


def resolve(target: Target, timeout: float) -> Addresses:
    """The target's addresses; none where its name is unknown, or the resolver does not answer in time."""
    found: list[tuple[int, Any]] = []
    host, port = target.endpoint
    if not 0 < port < 65_536:
        # The system's resolver would use the last 16 bits of the port.
        return ()

    def look_up() -> None:
        # An invalid name is a ValueError, and so is one that is too long.
        with suppress(OSError, ValueError):
            found.extend(
                (family, address)
                for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )

    # The system's resolver takes no deadline, but its thread can be abandoned.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(timeout)
    return tuple(found)


def connect(addresses: Addresses, deadline: float) -> Line:
    """A connection to the first address that accepts one; each gets an equal share of the remaining time."""
    ended = EndedError(KnockFault.NAME_NOT_FOUND)
    for index, (family, address) in enumerate(addresses):
        connected = socket.socket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(_left(deadline) / (len(addresses) - index))
            connected.connect(address)
        except OSError as error:
            connected.close()
            ended = _ended(error)
        else:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return Line(connected, deadline)
    raise ended


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _ended(error: OSError) -> EndedError:
    if isinstance(error, TimeoutError):
        return EndedError(KnockFault.TIMED_OUT)
    fault = _FAULTS.get(error.errno or 0, KnockFault.UNREACHABLE)
    return EndedError(fault, "" if fault is not KnockFault.UNREACHABLE else error.strerror or str(error))

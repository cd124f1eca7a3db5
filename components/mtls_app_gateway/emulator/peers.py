"""Lets only processes of this user talk to the emulator.

The engine attaches by a port of 127.0.0.1 and sends no token: PULUMI_DEBUG_PROVIDERS holds `package:port` and nothing
else. On Linux /proc/net/tcp names the user whose socket is at the other end of a connection, and a request of another
user is refused before it is read. Without such a table, as on macOS, every process of the machine is served.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_PEER = re.compile(r"ipv4:127\.0\.0\.1:(\d+)|ipv6:%5B::ffff:127\.0\.0\.1%5D:(\d+)")
_LOOPBACK = f"{int.from_bytes(bytes((127, 0, 0, 1)), sys.byteorder):08X}"
"""127.0.0.1 as the tables write it; an IPv4 address in IPv6 ends with the same digits."""
_ESTABLISHED = "01"


class OwnerOnly(grpc.ServerInterceptor):  # type: ignore[misc]
    """Refuses every request over a connection of another user than `owner`, by default the one of this process.

    `port`, where the server listens, is set once that is known, and before it serves.
    """

    def __init__(self, owner: int | None = None) -> None:
        self.port = 0
        self._owner = os.geteuid() if owner is None else owner

    def intercept_service(self, continuation: Callable[[Any], Any], handler_call_details: Any) -> Any:
        """Check the user before the method runs."""
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler

        def guarded(request: Any, context: grpc.ServicerContext) -> Any:
            if not self._is_owner(context.peer()):
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "the emulator serves the user who started it")
            return handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(guarded, handler.request_deserializer, handler.response_serializer)

    def _is_owner(self, peer: str) -> bool:
        tables = [table.read_text("ascii").splitlines()[1:] for table in _TABLES if table.exists()]
        return not tables or self._owner == user_of(peer, self.port, (row for rows in tables for row in rows))


def user_of(peer: str, port: int, rows: Iterable[str]) -> int | None:
    """The user whose socket is connected from `peer`, as gRPC names it, to the port; None where there is none.

    `rows` are those of /proc/net/tcp and tcp6 (proc(5)).
    """
    named = _PEER.fullmatch(peer)
    if named is None:
        return None
    ends = [f"{_LOOPBACK}:{int(each):04X}" for each in (named[1] or named[2], port)]
    return next(_users_between(ends, rows), None)


def _users_between(ends: list[str], rows: Iterable[str]) -> Iterator[int]:
    for row in rows:
        _, local, remote, state, _, _, _, user, *_ = row.split()
        if state == _ESTABLISHED and all(map(str.endswith, (local, remote), ends)):
            yield int(user)

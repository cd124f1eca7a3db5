"""Serves the emulator on a free port of the loopback, to processes of this user, until it is ended."""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import click
import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from .peers import OwnerOnly
from .server import Emulator

_WORKERS = 32  # The engine requests as many resources at once as it may, 16 by default on two cores; none must wait.


def listening(emulator: Emulator, peers: OwnerOnly | None = None) -> tuple[grpc.Server, int]:
    """A server of the emulator that is yet to be started, and its port; it answers processes of this user alone."""
    peers = peers or OwnerOnly()
    options = [("grpc.max_receive_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(_WORKERS), interceptors=[peers], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(emulator, server)
    peers.port = server.add_insecure_port("127.0.0.1:0")
    return server, peers.port


def serve_engine(emulator: Emulator, tend: Callable[[], bool]) -> None:
    """Print the port, then answer the engine until SIGTERM or SIGINT.

    Args:
        emulator: what answers.
        tend: called every second; serving ends when it returns False.
    """
    server, port = listening(emulator)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    click.echo(port)
    while not ended.wait(1.0) and tend():
        pass
    server.stop(grace=5).wait()

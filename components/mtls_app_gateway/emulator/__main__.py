"""The stand-in as a process: the port as the first line of its output, then it serves until it is ended."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import click
import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from ..problems import GatewayError
from .host import NoHost
from .journal import Journal
from .kinds import GATEWAY
from .manager import ResourceManager
from .peers import OwnerOnly
from .rehearsing_host import RehearsingHost
from .server import StandIn
from .subscription import Subscription, SubscriptionInUseError

_WORKERS = 32  # The engine asks for as many resources at once as it may, 16 by default on two cores; none must wait.


@click.command()
@click.option("--subscription", type=click.Path(path_type=Path), required=True, help="Folder that plays Azure.")
@click.option("--location", default="westeurope", show_default=True, help="Region of groups not made here.")
@click.option(
    "--drop", multiple=True, metavar="PATH", help="Gateway property lost on the way, such as an old API loses."
)
@click.option(
    "--rehearse",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Raise each gateway here, in a folder in this one.",
)
@click.option("--backend", metavar="HOST:PORT", help="A real application behind the raised gateways.")
@click.option("--latency", type=float, default=0.0, show_default=True, help="Seconds each change takes.")
def main(
    subscription: Path,
    *,
    location: str,
    drop: tuple[str, ...],
    rehearse: Path | None,
    backend: str | None,
    latency: float,
) -> None:
    """Serve azure-native from a folder, on a free port of 127.0.0.1; the port is the first line printed.

    Attach the engine with PULUMI_DEBUG_PROVIDERS=azure-native:PORT.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="stand-in: %(message)s")
    try:
        kept = Subscription(subscription)
        host = _host(rehearse, backend, kept)
    except (SubscriptionInUseError, GatewayError) as error:
        raise click.ClickException(str(error)) from None
    manager = ResourceManager(kept, host or NoHost(), latency)
    journal = Journal(subscription / "journal.jsonl")
    try:
        serve(StandIn(manager, journal, location=location, drop=drop), lambda: _attend(host, kept))
    finally:
        if host:
            host.stop()
        kept.close()


def _host(rehearse: Path | None, backend: str | None, kept: Subscription) -> RehearsingHost | None:
    """Whoever makes the gateways answer; those that the subscription has from earlier are raised again."""
    if rehearse is None:
        return None
    host = RehearsingHost(rehearse.absolute(), backend=backend)
    host.resume(each.document for each in kept if each.document["type"] == GATEWAY)
    return host


def _attend(host: RehearsingHost | None, kept: Subscription) -> bool:
    """Look after what is raised; whether there is anything left to serve."""
    if kept.is_gone:
        return False
    if host:
        host.mend()
    return True


def listening(stand_in: StandIn, peers: OwnerOnly | None = None) -> tuple[grpc.Server, int]:
    """A server of the emulator that is yet to be started, and its port; it answers processes of this user alone."""
    peers = peers or OwnerOnly()
    options = [("grpc.max_receive_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(_WORKERS), interceptors=[peers], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(stand_in, server)
    peers.port = server.add_insecure_port("127.0.0.1:0")
    return server, peers.port


def serve(stand_in: StandIn, attend: Callable[[], bool]) -> None:
    """Answer the engine until SIGTERM or SIGINT, or until `attend`, asked every second, says that it is over."""
    server, port = listening(stand_in)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    click.echo(port)
    while not ended.wait(1.0) and attend():
        pass
    server.stop(grace=5).wait()


if __name__ == "__main__":
    main(prog_name="python -m mtls_app_gateway.emulator")

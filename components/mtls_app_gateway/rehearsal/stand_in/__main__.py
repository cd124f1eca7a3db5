"""The stand-in as a process: the port as the first line of its output, then it serves until it is ended."""

import logging
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import click
import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from .host import NoHost
from .journal import Journal
from .manager import ResourceManager
from .server import StandIn
from .subscription import Subscription, SubscriptionInUseError

_WORKERS = 32  # The engine asks for as many resources at once as it may, 16 by default on two cores; none must wait.


@click.command()
@click.option("--subscription", type=click.Path(path_type=Path), required=True, help="Folder that plays Azure.")
@click.option("--location", default="westeurope", show_default=True, help="Region of groups not made here.")
@click.option(
    "--drop", multiple=True, metavar="PATH", help="Gateway property lost on the way, such as an old API loses."
)
@click.option("--latency", type=float, default=0.0, show_default=True, help="Seconds each change takes.")
def main(subscription: Path, location: str, drop: tuple[str, ...], latency: float) -> None:
    """Serve azure-native from a folder, on a free port of 127.0.0.1; the port is the first line printed.

    Attach the engine with PULUMI_DEBUG_PROVIDERS=azure-native:PORT.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="stand-in: %(message)s")
    try:
        kept = Subscription(subscription)
    except SubscriptionInUseError as error:
        raise click.ClickException(str(error)) from None
    manager = ResourceManager(kept, NoHost(), latency)
    journal = Journal(subscription / "journal.jsonl")
    serve(StandIn(manager, journal, location=location, drop=drop))
    kept.close()


def serve(stand_in: StandIn) -> None:
    """Answer the engine until SIGTERM or SIGINT."""
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=[("grpc.max_receive_message_length", -1)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(stand_in, server)
    port = server.add_insecure_port("127.0.0.1:0")
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    click.echo(port)
    ended.wait()
    server.stop(grace=5).wait()


if __name__ == "__main__":
    main(prog_name="python -m mtls_app_gateway.rehearsal.stand_in")

"""The emulator as a process: introduces the emulator of azure-native to gateways that answer on this machine.

`python -m mtls_app_gateway.commands.emulator --subscription FOLDER [--rehearse FOLDER]`, for `make up` and for tests.
Not among the commands of `mtls-gateway`, because it needs Pulumi.
"""

import logging
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from ..emulator.host import NoHost
from ..emulator.journal import Journal
from ..emulator.kinds import GATEWAY
from ..emulator.manager import ResourceManager
from ..emulator.server import Emulator
from ..emulator.serving import serve_engine
from ..emulator.subscription import Subscription, SubscriptionInUseError
from ..problems import GatewayError
from ..rehearsal.gateways import RehearsedGateways


@click.command()
@click.option("--subscription", type=click.Path(path_type=Path), required=True, help="Folder that is the subscription.")
@click.option("--location", default="westeurope", show_default=True, help="Region of groups not made here.")
@click.option("--drop", multiple=True, metavar="PATH", help="Gateway property to lose on the way, as an old API does.")
@click.option(
    "--rehearse",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Run each gateway on this machine, in a folder in this one.",
)
@click.option("--backend", metavar="[https://]HOST:PORT", help="A real application behind these gateways.")
@click.option("--latency", type=float, default=0.0, show_default=True, help="Seconds each change takes.")
def emulator(
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
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="emulator: %(message)s")
    try:
        with ExitStack() as stack:
            stored = stack.enter_context(Subscription(subscription))
            gateways = None
            if rehearse:
                gateways = stack.enter_context(RehearsedGateways(rehearse.absolute(), backend=backend))
                gateways.resume(each.document for each in stored if each.document["type"] == GATEWAY)
            manager = ResourceManager(stored, gateways or NoHost(), latency)
            journal = Journal(subscription / "journal.jsonl")
            serve_engine(Emulator(manager, journal, location=location, drop=drop), lambda: _tend(stored, gateways))
    except (SubscriptionInUseError, GatewayError) as error:
        raise click.ClickException(str(error)) from None


def _tend(stored: Subscription, gateways: RehearsedGateways | None) -> bool:
    """Restart what has died; whether there is anything left to serve."""
    if stored.is_gone:
        return False
    if gateways:
        gateways.restart_dead()
    return True


if __name__ == "__main__":
    emulator(prog_name="python -m mtls_app_gateway.commands.emulator")

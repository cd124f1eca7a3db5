"""What the plugin's boundary costs: a construct through it beside the same component in-process, and its start-up.

Both talk to one monitor, which answers at once as the engine would, in turn. Counted is the processor time of the
process that builds the component, so that other work on the machine does not count; judged by the median of the paired
ratios. Not counted: what the engine and the consumer's language add.
"""

import asyncio
import base64
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf import json_format  # type: ignore[import-untyped]
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

from benchmarks.bars import Bar, report
from tests.resources.recorder import COMPONENT, Recorder

REPOSITORY = Path(__file__).resolve().parent.parent
PASSWORD = "OnlyForBenchmarks1"  # noqa: S105 - throwaway
PAIRS = 25
STARTS = 3
MOST_TIMES = 1.3
MOST_SECONDS = 1.0


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """The engine, as far as a component talks to it; answers as Azure would."""

    def __init__(self) -> None:
        self._recorder = Recorder()

    def SupportsFeature(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=True)

    def RegisterPackage(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return self._recorder.RegisterPackage(request)

    def RegisterResource(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return self._recorder.RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return self._recorder.RegisterResourceOutputs(request)

    def RegisterResourceHook(self, _request: Any, _context: Any) -> Empty:  # noqa: N802
        return Empty()

    def made(self) -> int:
        """How many resources were registered so far."""
        if self._recorder.violations:
            raise RuntimeError("\n".join(self._recorder.violations))
        return len(self._recorder.registrations)


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes what is logged."""

    def Log(self, _request: Any, _context: Any) -> Empty:  # noqa: N802
        return Empty()


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that builds components, and how it is asked for the next one."""

    process: "subprocess.Popen[str]"
    port: str

    def processors(self) -> float:
        """Seconds of processor time so far, of all its threads."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def main() -> None:
    """Measure, print, judge."""
    with ExitStack() as stack:
        monitor = Monitor()
        address = stack.enter_context(_served(monitor))
        inputs = json_format.ParseDict(_inputs(), Struct())
        starts = [_start_up(address) for _ in range(STARTS)]
        plugin = stack.enter_context(_worker([str(REPOSITORY / "components" / "__main__.py"), address]))
        in_process = stack.enter_context(_worker(["-m", "benchmarks.bench_plugin", address]))
        pairs = [_pair(plugin, in_process, _request(number, inputs, address)) for number in range(PAIRS + 2)][2:]
        each = monitor.made() / (2 * (PAIRS + 2))
    times = median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (median(costs) * 1000 for costs in zip(*pairs, strict=True))
    print(f"construct of {each:.0f} resources: plugin {mine:.0f} ms, in-process {theirs:.0f} ms")
    report(
        [
            Bar("construct through the plugin", times, most=MOST_TIMES),
            Bar("start-up of the plugin", median(starts), most=MOST_SECONDS, unit="s of processor time"),
        ]
    )


def _pair(plugin: Worker, in_process: Worker, request: Any) -> tuple[float, float]:
    return _cost(plugin, request), _cost(in_process, request)


def _cost(worker: Worker, request: Any) -> float:
    before = worker.processors()
    with grpc.insecure_channel(f"127.0.0.1:{worker.port}") as channel:
        provider_pb2_grpc.ResourceProviderStub(channel).Construct(request)
    return worker.processors() - before


def _start_up(address: str) -> float:
    with _worker([str(REPOSITORY / "components" / "__main__.py"), address]) as started:
        return started.processors()


def _request(number: int, inputs: Struct, address: str) -> Any:
    return provider_pb2.ConstructRequest(
        project="edge",
        stack="bench",
        monitorEndpoint=address,
        type=COMPONENT,
        name=f"edge{number}",
        inputs=inputs,
        organization="organization",
        config={"azure-native:subscriptionId": "11111111-1111-1111-1111-111111111111"},
    )


def _inputs() -> dict[str, Any]:
    at = datetime.now(UTC)
    partners = Authority.create("Example Partners Root", now=at).intermediate("Example Partners Issuing")
    server = partners.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
    return {
        "resourceGroupName": "rg-edge",
        "location": "westeurope",
        "mode": "Strict",
        "strict": {"trustedCaChains": [{"name": "partners", "data": partners.bundle_pem}]},
        "listenerCertificates": [{"pfx": base64.b64encode(server.pfx(PASSWORD)).decode(), "password": PASSWORD}],
        "backends": [{"fqdns": ["app.example.com"]}],
    }


@contextmanager
def _served(monitor: Monitor) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(8))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


@contextmanager
def _worker(arguments: list[str]) -> Iterator[Worker]:
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            # Both print their port first.
            yield Worker(process, next(iter(process.stdout or ())).strip())
        finally:
            process.kill()


def _build_in_process(engine_address: str) -> None:
    """The other worker: takes the same requests, and builds the component as a Python program does."""
    import pulumi
    from mtls_app_gateway.resources.component import MtlsAppGateway
    from pulumi.runtime import config, settings, stack

    class Builder(provider_pb2_grpc.ResourceProviderServicer):
        async def Construct(self, request: Any, _context: Any) -> Any:  # noqa: N802
            settings.reset_options(
                project=request.project,
                stack=request.stack,
                engine_address=engine_address,
                monitor_address=request.monitorEndpoint,
                preview=False,
                organization=request.organization,
            )
            await settings._load_monitor_feature_support()  # type: ignore[no-untyped-call]
            config.set_all_config(dict(request.config), [])
            arguments: Any = json_format.MessageToDict(request.inputs)
            gateway = MtlsAppGateway(request.name, arguments)
            # Every output, as a program's exports are waited for.
            outputs = ("document", "modes", "trusted_chains", "url", "fqdn", "ca_expiry", "nearest_ca_expiry")
            for output in outputs:
                await pulumi.Output.from_input(getattr(gateway, output)).future(with_unknowns=True)
            await stack.wait_for_rpcs(await_all_outstanding_tasks=False)
            return provider_pb2.ConstructResponse(urn=str(await gateway.urn.future()))

    async def serve() -> None:
        server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Builder(), server)
        print(server.add_insecure_port("127.0.0.1:0"), flush=True)
        await server.start()
        await server.wait_for_termination()

    asyncio.run(serve())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _build_in_process(sys.argv[1])
    else:
        main()

"""An emulator in this process, called over its real protocol but without the engine."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from mtls_app_gateway.emulator.host import GatewayHost, NoHost
from mtls_app_gateway.emulator.journal import Journal
from mtls_app_gateway.emulator.manager import ResourceManager
from mtls_app_gateway.emulator.peers import OwnerOnly
from mtls_app_gateway.emulator.server import Emulator
from mtls_app_gateway.emulator.serving import listening
from mtls_app_gateway.emulator.subscription import Subscription
from mtls_app_gateway.emulator.wire import from_struct, to_struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.emulator import subscription_fixtures as fixtures


@dataclass(frozen=True)
class Client:
    """One provider of the engine: its own connection, as the engine makes one for each."""

    channel: grpc.Channel

    @property
    def stub(self) -> provider_pb2_grpc.ResourceProviderStub:
        """The provider at the other end."""
        return provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **settings: Any) -> None:
        """Configure the provider."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(settings), urn="urn:provider"))

    def check(
        self, token: str, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[str]]:
        """The checked inputs and the reasons for failure, none of which names a property."""
        request = provider_pb2.CheckRequest(
            type=token,
            name="edge",
            urn=f"urn:{token}",
            news=to_struct(inputs),
            olds=to_struct(olds or {}),
            randomSeed=b"s",
        )
        answer = self.stub.Check(request)
        assert {failure.property for failure in answer.failures} <= {""}
        return from_struct(answer.inputs), [failure.reason for failure in answer.failures]

    def create(self, token: str, inputs: Mapping[str, Any], *, preview: bool = False) -> tuple[str, dict[str, Any]]:
        """The id and the outputs of a new resource."""
        request = provider_pb2.CreateRequest(
            type=token, urn=f"urn:{token}", properties=to_struct(inputs), preview=preview
        )
        answer = self.stub.Create(request)
        return answer.id, from_struct(answer.properties)

    def update(self, token: str, identity: str, news: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs of a changed resource."""
        request = provider_pb2.UpdateRequest(type=token, id=identity, news=to_struct(news))
        return from_struct(self.stub.Update(request).properties)

    def diff(self, token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> provider_pb2.DiffResponse:
        """What changes between two sets of inputs."""
        answer: provider_pb2.DiffResponse = self.stub.Diff(
            provider_pb2.DiffRequest(type=token, name="edge", old_inputs=to_struct(old), news=to_struct(new))
        )
        return answer

    def read(
        self,
        token: str,
        identity: str,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """The id, the outputs and the inputs of a resource as it is."""
        request = provider_pb2.ReadRequest(
            type=token, id=identity, inputs=to_struct(inputs or {}), properties=to_struct(outputs or {})
        )
        answer = self.stub.Read(request)
        return answer.id, from_struct(answer.properties), from_struct(answer.inputs)

    def delete(self, token: str, identity: str) -> None:
        """Take a resource away."""
        self.stub.Delete(provider_pb2.DeleteRequest(type=token, id=identity))

    def build(self) -> dict[str, str]:
        """What a gateway needs around it; the ids by token."""
        neighbours = {
            "azure-native:network:NetworkSecurityGroup": fixtures.security_group_inputs(),
            "azure-native:network:VirtualNetwork": fixtures.network_inputs(),
            "azure-native:network:PublicIPAddress": fixtures.address_inputs(),
        }
        return {token: self.create(token, inputs)[0] for token, inputs in neighbours.items()}


@dataclass(frozen=True)
class Served:
    """An emulator that serves, and its folder."""

    port: int
    folder: Path
    connect: Callable[[], Client]

    def journal(self) -> list[dict[str, Any]]:
        """What the engine requested."""
        return [json.loads(line) for line in (self.folder / "journal.jsonl").read_text().splitlines()]

    def everything_written(self) -> str:
        """The text of all files of the folder."""
        return "\n".join(path.read_text() for path in self.folder.rglob("*") if path.is_file())


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve from a folder: `serve(drop=(...), host=...)`. Serving the same folder again ends the one before."""
    running: list[tuple[grpc.Server, ExitStack, list[grpc.Channel]]] = []

    def end() -> None:
        while running:
            server, stack, channels = running.pop()
            for channel in channels:
                channel.close()
            server.stop(None).wait()
            stack.close()

    def start(drop: tuple[str, ...] = (), host: GatewayHost | None = None, owner: int | None = None) -> Served:
        end()
        stack = ExitStack()
        stored = stack.enter_context(Subscription(tmp_path / "subscription"))
        manager = ResourceManager(stored, host or NoHost())
        emulator = Emulator(manager, Journal(stored.folder / "journal.jsonl"), location="westeurope", drop=drop)
        server, port = listening(emulator, OwnerOnly(owner))
        server.start()
        channels: list[grpc.Channel] = []
        running.append((server, stack, channels))

        def connect() -> Client:
            # Channels of one process share a connection unless told not to.
            channels.append(grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]))
            return Client(channels[-1])

        return Served(port, stored.folder, connect)

    yield start
    end()


@pytest.fixture
def served(serve: Serve) -> Served:
    """An emulator with an empty subscription."""
    return serve()


@pytest.fixture
def provider(served: Served) -> Client:
    """A provider configured with the fixtures' subscription."""
    client = served.connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)
    return client

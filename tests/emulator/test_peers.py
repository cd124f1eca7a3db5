"""The emulator answers processes of the user who started it, and no others."""

import os

import grpc  # type: ignore[import-untyped]
import pytest
from mtls_app_gateway.emulator.peers import user_of
from pulumi.runtime.proto import provider_pb2

from tests.emulator import subscription_fixtures as fixtures
from tests.emulator.conftest import Serve

ROW = "  1: {} {} {} 00000000:00000000 00:00000000 00000000  {}        0 5 1 0000000000000000 20 4 30 10 -1"
HERE = "0100007F:1F90"  # 127.0.0.1:8080
OTHER = "0100007F:0050"  # 127.0.0.1:80
MAPPED = "0000000000000000FFFF0000"
PEER = "ipv4:127.0.0.1:8080"


def test_a_process_of_another_user_is_refused(serve: Serve) -> None:
    """
    Over a connection that is not of the owner nothing is answered, not even the first question of the engine.
    """
    client = serve(owner=os.geteuid() + 1).connect()

    for call in (
        lambda: client.stub.Handshake(provider_pb2.ProviderHandshakeRequest()),
        lambda: client.configure(subscriptionId=fixtures.SUBSCRIPTION),
        lambda: client.delete("azure-native:network:PublicIPAddress", fixtures.ADDRESS_ID),
    ):
        with pytest.raises(grpc.RpcError) as refusal:
            call()
        assert grpc.StatusCode.PERMISSION_DENIED == refusal.value.code()


def test_the_owner_is_served(serve: Serve) -> None:
    """
    The same connection, found in the same table, is good for the user who started it.
    """
    serve(owner=os.geteuid()).connect().configure(subscriptionId=fixtures.SUBSCRIPTION)


@pytest.mark.parametrize(
    ("user", "peer", "row"),
    [
        (7, PEER, ROW.format(HERE, OTHER, "01", 7)),
        (7, "ipv6:%5B::ffff:127.0.0.1%5D:8080", ROW.format(MAPPED + HERE, MAPPED + OTHER, "01", 7)),
        (None, PEER, ROW.format(HERE, OTHER, "06", 7)),
        (None, PEER, ROW.format(HERE, "0100007F:0051", "01", 7)),
        (None, PEER, ROW.format(OTHER, HERE, "01", 7)),
        (None, "ipv4:10.0.0.1:8080", ROW.format(HERE, OTHER, "01", 7)),
        (None, "unix:/run/socket", ROW.format(HERE, OTHER, "01", 7)),
    ],
)
def test_the_user_is_that_of_the_socket_at_the_other_end(user: int | None, peer: str, row: str) -> None:
    """
    An open connection between exactly these two ports of the loopback, whichever family the socket has.
    """
    assert user == user_of(peer, 80, [row])

"""The public address has the zones that its gateway needs."""

from typing import Any

import pytest

from .conftest import Build
from .recorder import GATEWAY, PUBLIC_IP, Recorder


@pytest.mark.parametrize(
    "zones",
    [
        (None, None, None),
        (["1", "2", "3"], None, ["1", "2", "3"]),
        (["2"], None, ["2"]),
        (["2"], ["1", "2", "3"], ["1", "2", "3"]),
        (None, ["1", "2", "3"], ["1", "2", "3"]),
        (["1", "2"], [], None),
    ],
)
def test_the_address_has_its_own_zones_or_the_gateways(
    build: Build, recorder: Recorder, smallest: dict[str, Any], zones: tuple[list[str] | None, ...]
) -> None:
    """
    Zones given to the gateway alone are the address's too; the address's own stay its own, none among them.
    """
    gateway, address, expected = zones

    build(smallest | {"zones": gateway, "public_ip": {"zones": address}})

    assert gateway == recorder.the(GATEWAY).inputs.get("zones")
    assert expected == recorder.the(PUBLIC_IP).inputs.get("zones")

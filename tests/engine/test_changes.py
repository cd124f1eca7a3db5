"""Changes of a deployed gateway on the real engine: reported or refused in the preview, before anything is touched."""

from collections.abc import Callable
from typing import Any

import pytest
from pulumi import automation as auto

from tests.engine.component_program import CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


Preview = Callable[..., tuple[bool, str]]


def preview_of(made: auto.Stack, asked: dict[str, Any]) -> Preview:
    """Previews a change of the settings and takes it back: whether it ended well, and what it said."""

    def preview(**changed: Any) -> tuple[bool, str]:
        before, words = dict(asked), Words()
        asked.update(changed)
        try:
            made.preview(on_output=words.said.append, on_error=words.said.append)
        except auto.CommandError as error:
            return False, f"{words}{error}"
        finally:
            asked.clear()
            asked.update(before)
        return True, str(words)

    return preview


def test_changes_are_judged_before_anything_is_touched(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    A first deployment and an unchanged one hear nothing; a replacement is a warning, what Azure refuses stops a preview
    and an up, also where the preview is skipped, and Azure is sent nothing.
    """
    asked: dict[str, Any] = {"gateway_name": "agw"}
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()
    preview = preview_of(made, asked)
    words.up(made)
    words.up(made)
    assert "change-" not in str(words)

    for changed, code, ends_well in (
        ({"gateway_name": "other", "mode": "Passthrough"}, "change-replaces: gatewayName", True),
        ({"resource_group_name": "rg-other"}, "change-replaces: resourceGroupName", True),
        ({"network": {"name": "hub"}}, "change-may-be-refused: network.name", True),
        ({"http2": True}, "change-in-place: the gateway", True),
        ({"zones": ["1", "2"]}, "change-refused: zones", False),
        ({"public_ip": {"name": "pip"}}, "change-refused: publicIp.name", False),
        ({"network": {"subnet_id": f"/subscriptions/s/{SUBNET}"}}, "change-refused: network", False),
    ):
        well, said = preview(**changed)
        assert (ends_well, True) == (well, code in said), said
        assert "Traceback" not in said

    before, sent = emulator.resources(), len(emulator.journal("Create", "Update", "Delete"))
    asked.update(zones=["1", "2"], public_ip={"name": "pip"})
    assert "change-refused: publicIp.name" in words.red(made.up)
    del asked["public_ip"]
    assert "ResourceAvailabilityZonesCannotBeModified" in words.red(made.up)
    assert sent == len(emulator.journal("Create", "Update", "Delete"))
    assert before == emulator.resources()

    del asked["zones"]
    assert {} == changes(words.up(made))
    made.destroy()
    assert {} == emulator.resources()


SUBNET = "resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub/subnets/gateways"


def test_the_name_that_a_resource_has_may_be_written_down(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    An automatic name given as a setting changes nothing in Azure, and no word is said of it.
    """
    asked: dict[str, Any] = {}
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()
    words.up(made)

    asked["gateway_name"] = emulator.the(GATEWAY)["name"]
    asked["public_ip"] = {"name": emulator.the("Microsoft.Network/publicIPAddresses")["name"], "protect": True}
    since = len(words.said)
    words.up(made)

    assert "change-" not in "".join(words.said[since:])
    assert "edge-public-ip" in words.red(made.destroy), "the address is protected"
    assert "Microsoft.Network/publicIPAddresses" in {document["type"] for document in emulator.resources().values()}

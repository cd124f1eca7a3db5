"""The lock on the gateway, on the real engine: made last, deleted first, moved by its setting alone."""

from typing import Any

import pytest
from pulumi import automation as auto

from tests.engine.component_program import CHILDREN, CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

LOCK = "Microsoft.Authorization/locks"


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def test_a_lock_from_first_to_last(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    One up locks the gateway, another changes nothing, updates go on, only the lock comes and goes with its setting,
    and another gateway in its place is locked again.
    """
    asked: dict[str, Any] = {"lock": "CanNotDelete", "gateway_name": "agw"}
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    assert {"create": CHILDREN + 3} == changes(words.up(made))
    lock = emulator.the(LOCK)
    assert "CanNotDelete" == lock["properties"]["level"]
    assert lock["id"].startswith(f"{emulator.the(GATEWAY)['id']}/providers/{LOCK}/")
    assert {} == changes(words.up(made))
    made.refresh()
    assert {} == changes(words.up(made))

    asked["http2"] = True
    assert {"update": 1} == changes(words.up(made))
    del asked["lock"]
    assert {"delete": 1} == changes(words.up(made))
    assert LOCK not in {document["type"] for document in emulator.resources().values()}
    asked["lock"] = "CanNotDelete"
    assert {"create": 1} == changes(words.up(made))

    asked["gateway_name"] = "other"
    assert {"replace": 2, "update": 1} == changes(words.up(made))
    assert "/applicationGateways/other/" in emulator.the(LOCK)["id"]
    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "ScopeLocked" not in str(words)


def test_a_lock_of_someone_else_stops_a_destroy(
    stack: MakeStack, emulator: RunningEmulator, material: Material
) -> None:
    """
    A lock that Pulumi no longer knows keeps the gateway, and the error has ARM's code.
    """
    made, words = stack(edge(lambda: smallest(material, lock="CanNotDelete")), config=CONFIG), Words()
    words.up(made)
    state = made.export_stack()
    assert state.deployment is not None
    kept = [it for it in state.deployment["resources"] if "ManagementLock" not in it["type"]]
    made.import_stack(auto.Deployment(state.version, {**state.deployment, "resources": kept}))

    assert "ScopeLocked" in words.red(made.destroy)
    assert "Microsoft.Network/applicationGateways" in {each["type"] for each in emulator.resources().values()}

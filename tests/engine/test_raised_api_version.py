"""A gateway that was deployed at another API version is taken over by this one: nothing is replaced."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from mtls_app_gateway.document.azure import API, ApiVersion
from mtls_app_gateway.resources import gateway_resource
from pulumi import automation as auto

from tests.engine.component_program import CONFIG, GATEWAY, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

MADE_UP = ApiVersion("1999-12-31")


def parameter(api: ApiVersion) -> str:
    """The module of a version as a state records it with its provider."""
    value = base64.b64encode(json.dumps({"module": "network", "version": api.module}, separators=(",", ":")).encode())
    return base64.b64encode(value).decode()


def test_a_gateway_of_a_former_version_is_kept(
    stack: MakeStack, emulator: RunningEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    With the former version in the record an up sends nothing and records the new type; a change is one update in place.

    What it does not prove: what azure-native itself would answer to a provider of another version.
    """
    asked: dict[str, Any] = smallest(mint())
    made, words = stack(edge(lambda: asked), config=CONFIG), Words()
    words.up(made)
    recorded = json.dumps(made.export_stack().deployment)
    assert f"{API.package}::edge-azure" in recorded
    assert f"{API.token}::edge-gateway" in recorded
    assert parameter(API) in recorded
    former = recorded.replace(API.module, MADE_UP.module).replace(parameter(API), parameter(MADE_UP))
    made.import_stack(auto.Deployment(version=3, deployment=json.loads(former)))
    before, sent = emulator.the(GATEWAY), len(emulator.journal("Create", "Update", "Delete"))
    monkeypatch.setattr(gateway_resource, "API", replace(API, former_versions=(MADE_UP.version,)))

    assert {} == changes(words.up(made))

    assert sent == len(emulator.journal("Create", "Update", "Delete"))
    assert before == emulator.the(GATEWAY)
    upgraded = {each["type"] for each in (made.export_stack().deployment or {})["resources"]}
    assert {API.token, f"pulumi:providers:{API.package}"} < upgraded
    assert not {MADE_UP.token, f"pulumi:providers:{MADE_UP.package}"} & upgraded
    asked["http2"] = True
    assert {"update": 1} == changes(words.up(made))
    changed = emulator.the(GATEWAY)
    assert (before["id"], True) == (changed["id"], changed["properties"]["enableHttp2"])

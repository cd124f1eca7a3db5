"""Paths on the real engine: deployed, left as they are, changed alone, rehearsed as deployed, and destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.verify.judge.verdict import RowOutcome

from tests.engine.component_program import CHILDREN, CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator
from tests.verify.asking import outcomes, promise_of, target_of, verify

OPEN = {"name": "open", "port": 8443, "profile": "none"}


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def paths_of(emulator: RunningEmulator, name: str) -> dict[str, list[str]]:
    """The paths of each path rule of a deployed path map."""
    (found,) = (each for each in emulator.the(GATEWAY)["properties"]["urlPathMaps"] if each["name"] == name)
    return {rule["name"]: rule["properties"]["paths"] for rule in found["properties"]["pathRules"]}


def test_paths_from_first_to_last(
    stack: MakeStack, emulator: RunningEmulator, material: Material, tmp_path: Path
) -> None:
    """
    Another up changes nothing, a new path the gateway alone; every path keeps its verdicts where it is rehearsed.
    """
    api: dict[str, Any] = {"name": "api", "paths": ["/api", "/api/*"], "backend": "api"}
    old = {"name": "old", "paths": ["/old*"], "redirect": {"url": "https://new.example.com/", "include_path": False}}
    asked: dict[str, Any] = {
        "listeners": [{}, OPEN],
        "backends": [
            {"fqdns": ["app.example.com"]},
            {"name": "api", "fqdns": ["api.example.com"]},
            {"name": "files", "fqdns": ["files.example.com"]},
        ],
        "routes": [
            {"priority": 100, "paths": [api, old]},
            {
                "name": "open",
                "listener": "open",
                "priority": 200,
                "backend": "files",
                "paths": [{"name": "images", "paths": ["/images/*"], "backend": "files"}],
            },
        ],
    }
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    assert {"create": CHILDREN + 2} == changes(words.up(made))
    assert {"api": ["/api", "/api/*"], "old": ["/old*"]} == paths_of(emulator, "route")
    assert {} == changes(words.up(made))
    api["paths"] = ["/api*"]
    result = words.up(made)
    assert {"update": 1} == changes(result)
    assert {"api": ["/api*"], "old": ["/old*"]} == paths_of(emulator, "route")

    document = json.loads(result.outputs["document"].value)
    with LocalGateway(tmp_path / "gateway") as running:
        local = running.show(document)
        for name, patterns in (("https", ["/api*", "/old*", None]), ("open", ["/images/*", None])):
            routes = promise_of(document, name).routes
            assert patterns == [route.pattern for route in routes]
            found = outcomes(verify(document, name, target_of(local, name)))
            assert not {RowOutcome.FAILS, RowOutcome.UNANSWERED} & set(found.values()), (name, found)
            for route in routes:
                asked_at = {outcome for row, outcome in found.items() if f" at {route.path}," in f"{row},"}
                assert RowOutcome.HOLDS in asked_at, (name, route.path)

    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "Traceback" not in str(words)

"""Redirects on the real engine: deployed, left as they are, changed alone, rehearsed as deployed, and destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.verify.judge.verdict import RowOutcome

from tests.engine.component_program import CHILDREN, CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator
from tests.verify.asking import outcomes, target_of, verify

SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"
OLD = {"name": "old", "port": 8443, "profile": "none", "host_names": ["old.example.com"]}


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def ports_of(emulator: RunningEmulator) -> list[str]:
    """The ports that the security group lets clients reach."""
    rules = emulator.the(SECURITY_GROUP)["properties"]["securityRules"]
    (found,) = (each["properties"] for each in rules if each["name"] == "allow-clients-internet")
    return found.get("destinationPortRanges") or [found["destinationPortRange"]]


def test_redirects_from_first_to_last(
    stack: MakeStack, emulator: RunningEmulator, material: Material, tmp_path: Path
) -> None:
    """
    Port 80 and a route redirect; another up changes nothing, a new URL the gateway alone; every verdict holds.
    """
    route: dict[str, Any] = {
        "name": "old",
        "listener": "old",
        "priority": 200,
        "redirect": {"url": "https://a.example/"},
    }
    asked: dict[str, Any] = {
        "listeners": [{"host_names": ["app.example.com"]}, OLD],
        "routes": [{"priority": 100}, route],
        "redirect_http_to_https": True,
    }
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    assert {"create": CHILDREN + 2} == changes(words.up(made))
    assert ["80", "443", "8443"] == ports_of(emulator)
    assert {} == changes(words.up(made))
    route["redirect"] = {"url": "https://b.example/new", "type": "Found"}
    result = words.up(made)
    assert {"update": 1} == changes(result)

    gateway = emulator.the(GATEWAY)["properties"]
    assert {"https", "old", "redirect-https", "redirect-old"} == {each["name"] for each in gateway["httpListeners"]}
    document = json.loads(result.outputs["document"].value)
    with LocalGateway(tmp_path / "gateway") as running:
        local = running.show(document)
        for name in ("https", "old", "redirect-https", "redirect-old"):
            found = outcomes(verify(document, name, target_of(local, name)))
            assert not {RowOutcome.FAILS, RowOutcome.UNANSWERED} & set(found.values()), (name, found)
            redirects = [outcome for row, outcome in found.items() if row.startswith("redirect at /")]
            assert {RowOutcome.HOLDS} == set(redirects) or name == "https"

    asked["redirect_http_to_https"] = False
    assert {"update": 2} == changes(words.up(made))
    assert ["443", "8443"] == ports_of(emulator)
    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "Traceback" not in str(words)

"""How a backend is verified and drained, on the real engine."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mtls_app_gateway.rehearsal.authority import Authority

from tests.engine.component_program import CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator


@pytest.fixture(scope="module")
def material() -> Material:
    """A listener's certificate."""
    return mint()


def test_a_private_root_comes_and_goes(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    Each change of a backend's verification is one update of the gateway, the same settings are none, and a root that
    was never one stops the preview with the deployed state untouched.
    """
    backend: dict[str, Any] = {"fqdns": ["app.example.com"]}
    made, words = stack(edge(lambda: smallest(material, backends=[backend])), config=CONFIG), Words()
    words.up(made)
    assert {} == changes(words.up(made))
    before = properties(emulator)
    assert {"enabled": True, "drainTimeoutInSec": 60} == before["connectionDraining"]
    assert "trustedRootCertificates" not in before

    root = Authority.create("Example Inside Root", now=datetime.now(UTC))
    backend["trusted_roots"] = [{"name": "inside", "data": root.certificate_pem}]
    assert {"update": 1} == changes(words.up(made))
    assert {} == changes(words.up(made))
    (reference,) = properties(emulator)["trustedRootCertificates"]
    assert reference["id"].endswith("/trustedRootCertificates/inside")

    backend["trusted_roots"] = [{"name": "inside", "data": root.intermediate("Issuing").certificate_pem}]
    assert "trusted-root-missing" in words.red(made.preview)

    del backend["trusted_roots"]
    backend["unsafe_unverified_chain"] = True
    assert {"update": 1} == changes(words.up(made))
    assert "backend-unverified: backends[0].unsafeUnverifiedChain" in str(words)
    assert properties(emulator)["validateCertChainAndExpiry"] is False
    assert [] == emulator.the(GATEWAY)["properties"].get("trustedRootCertificates", [])


def test_a_second_pool_shares_the_settings(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    A route that moves to another pool of the same settings is one update, and back again another.
    """
    route: dict[str, Any] = {"priority": 100, "backend": "backend"}
    pools = [
        {"fqdns": ["green.example.com"]},
        {"name": "blue", "fqdns": ["blue.example.com"], "settings_of": "backend"},
    ]
    made, words = stack(edge(lambda: smallest(material, backends=pools, routes=[route])), config=CONFIG), Words()
    words.up(made)
    assert {} == changes(words.up(made))
    assert "connectionDraining" in properties(emulator)

    route["backend"] = "blue"
    assert {"update": 1} == changes(words.up(made))
    (rule,) = emulator.the(GATEWAY)["properties"]["requestRoutingRules"]
    assert rule["properties"]["backendAddressPool"]["id"].endswith("/blue")
    assert rule["properties"]["backendHttpSettings"]["id"].endswith("/backend")


def properties(emulator: RunningEmulator) -> dict[str, Any]:
    """How the deployed gateway speaks to its backend."""
    (backend,) = emulator.the(GATEWAY)["properties"]["backendHttpSettingsCollection"]
    found: dict[str, Any] = backend["properties"]
    return found

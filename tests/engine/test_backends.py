"""How a backend is verified and drained, on the real engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.session import Session

from tests.engine.component_program import CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator, StartEmulator


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


def test_a_deployed_root_is_rehearsed(
    start_emulator: StartEmulator, stack: MakeStack, material: Material, tmp_path: Path
) -> None:
    """
    The gateway that the engine deployed reaches its backend over HTTPS, under a rehearsal CA in the shape of its root.
    """
    running = start_emulator("--rehearse", str(tmp_path / "gateways"), folder=tmp_path / "rehearsed")
    root = Authority.create("Example Inside Root", now=datetime.now(UTC))
    backend = {"fqdns": ["app.example.com"], "trusted_roots": [{"name": "inside", "data": root.certificate_pem}]}
    program = edge(lambda: smallest(material, backends=[backend]))
    Words().up(stack(program, config=CONFIG, emulator=running))

    (folder,) = (tmp_path / "gateways").iterdir()
    report = knock(Session.read(folder), "test", case="transport", progress=lambda _done, _all: None)

    assert 0 == report.exit_code, report.summary
    assert {"the backend was reached by HTTPS"} == {verdict.words for verdict in report.verdicts}
    (first, _) = x509.load_pem_x509_certificates((folder / "backend-0.trusted.pem").read_bytes())
    assert root.certificate == first


@pytest.mark.parametrize(
    ("dropped", "settings", "said"),
    [
        (
            "backendHttpSettingsCollection.trustedRootCertificates",
            {},
            "the trusted roots were to be inside and are none",
        ),
        (
            "backendHttpSettingsCollection.validateSNI",
            {"unsafe_unverified_name": True},
            "validateSNI was to be False and is True",
        ),
    ],
)
def test_a_verification_that_does_not_arrive_is_red(  # noqa: PLR0917 - fixtures and a table
    start_emulator: StartEmulator,
    stack: MakeStack,
    material: Material,
    tmp_path: Path,
    dropped: str,
    settings: dict[str, Any],
    said: str,
) -> None:
    """
    Where the provider loses a backend's roots, or what is verified of its certificate, the update is red.
    """
    lossy = start_emulator("--drop", dropped, folder=tmp_path / "lossy")
    root = Authority.create("Example Inside Root", now=datetime.now(UTC))
    backend = {"fqdns": ["app.example.com"], "trusted_roots": [{"name": "inside", "data": root.certificate_pem}]}
    program = edge(lambda: smallest(material, backends=[backend | settings]))

    reported = Words().red(stack(program, config=CONFIG, emulator=lossy).up)

    assert "asked-is-not-got: backendHttpSettingsCollection/" in reported
    assert said in reported


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

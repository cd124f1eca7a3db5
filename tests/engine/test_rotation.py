"""A CA is replaced on the real engine, and at no moment does the gateway lack a valid one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mtls_app_gateway.rehearsal.authority import Authority

from tests.engine.component_program import CONFIG, GATEWAY, Material, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def material() -> Material:
    """A listener's certificate."""
    return mint()


def authority(name: str, *, years: int = 10) -> str:
    start = NOW - timedelta(days=800)
    return Authority.create(name, not_before=start, not_after=NOW + timedelta(days=365 * years)).bundle_pem


def attached(emulator: RunningEmulator) -> list[str]:
    """The chains that Azure enforces, in their order."""
    properties = emulator.the(GATEWAY)["properties"]
    (profile,) = properties["sslProfiles"]
    names = [entry["name"] for entry in properties["trustedClientCertificates"]]
    wanted = [part["id"].rsplit("/", 1)[1] for part in profile["properties"]["trustedClientCertificates"]]
    assert names == wanted
    return names


def test_a_rotation_has_no_gap(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    Old, old and new, new: each step is one update of the gateway, no entry changes in place, a valid CA is always
    enforced, and taking away the last one is refused with the deployed state untouched.
    """
    old, new, expired = authority("Example Old Root"), authority("Example New Root"), authority("Gone", years=-1)
    trusted: list[str] = [old]

    def arguments() -> dict[str, Any]:
        chains = [{"data": data} for data in trusted]
        return smallest(material, mode="Strict", strict={"trusted_ca_chains": chains})

    made, words = stack(edge(arguments), config=CONFIG), Words()
    words.up(made)
    (first,) = attached(emulator)

    trusted[:] = [old, new]
    assert {"update": 1} == changes(words.up(made))
    both = attached(emulator)
    assert [first] == both[:1]
    assert 2 == len(both)

    trusted[:] = [expired]
    assert "nobody-admitted" in words.red(made.up)
    assert both == attached(emulator)

    trusted[:] = [new]
    assert {"update": 1} == changes(words.up(made))
    assert both[1:] == attached(emulator)

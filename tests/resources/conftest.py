"""The recorder, and the certificates that components are built with."""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse
from mtls_app_gateway.resources.component import MtlsAppGateway
from pulumi.runtime import config as runtime_config

from .recorder import Built, Recorder

PASSWORD = "Rehearsal1"
OUTPUTS = {
    "gatewayId": "gateway_id",
    "publicAddress": "public_address",
    "privateAddress": "private_address",
    "fqdn": "fqdn",
    "url": "url",
    "modes": "modes",
    "trustedChains": "trusted_chains",
    "nearestCaExpiry": "nearest_ca_expiry",
    "caExpiry": "ca_expiry",
    "document": "document",
}


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a component needs, minted once."""

    pfx: str
    partners: Authority
    devices: Authority


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    """A listener's PFX and two authorities whose clients may come in."""
    at = datetime.now(UTC)
    partners = Authority.create("Example Partners Root", now=at).intermediate("Example Partners Issuing")
    server = partners.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
    pfx = base64.b64encode(server.pfx(PASSWORD)).decode()
    return Certificates(pfx, partners, Authority.create("Example Devices Root", now=at))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No Azure settings of the machine, and a config that ends with the test."""
    for name in ("ARM_SUBSCRIPTION_ID", "PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"):
        monkeypatch.delenv(name, raising=False)
    runtime_config.set_all_config({}, [])
    yield
    runtime_config.set_all_config({}, [])


@pytest.fixture
def recorder() -> Recorder:
    """A monitor that has recorded nothing yet."""
    return Recorder()


@pytest.fixture
def smallest(certificates: Certificates) -> dict[str, Any]:
    """The smallest use: resource group, mode, one certificate, one backend."""
    return {
        "resource_group_name": "rg-edge",
        "mode": "Passthrough",
        "listener_certificates": [{"pfx": certificates.pfx, "password": PASSWORD}],
        "backends": [{"fqdns": ["app.example.com"]}],
    }


@pytest.fixture
def strict(smallest: dict[str, Any], certificates: Certificates) -> dict[str, Any]:
    """The smallest use of Strict."""
    chain = {"name": "partners", "data": certificates.partners.bundle_pem}
    return smallest | {"mode": "Strict", "strict": {"trusted_ca_chains": [chain]}}


Build = Callable[..., Built]


@pytest.fixture
def build(recorder: Recorder) -> Build:
    """Build a component and give its outputs: `build(args, opts=..., preview=...)`."""

    def built(args: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None, *, preview: bool = False) -> Built:
        def program() -> dict[str, pulumi.Output[Any]]:
            gateway = MtlsAppGateway("edge", args, opts)  # type: ignore[arg-type] # plain dicts, as plugins give them
            return {key: getattr(gateway, name) for key, name in OUTPUTS.items()}

        return recorder.build(program, preview=preview)

    return built

"""The neighbours, registered by their type, are what azure-native's own classes would register."""

from importlib.machinery import ModuleSpec
from importlib.metadata import version
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mtls_app_gateway.resources import azure_resource
from pydantic.alias_generators import to_snake

from .conftest import Build
from .recorder import LOCK, NETWORK, PUBLIC_IP, SECURITY_GROUP, SUBNET, Recorder

KINDS = (PUBLIC_IP, SECURITY_GROUP, NETWORK, SUBNET, LOCK)
EVERYTHING = {
    "location": "westeurope",
    "tags": {"owner": "edge"},
    "zones": ["1", "2"],
    "lock": "CanNotDelete",
    "public_ip": {"name": "pip", "domain_name_label": "contoso"},
    "network": {
        "name": "vnet",
        "security_group_name": "nsg",
        "allowed_sources": ["203.0.113.0/24", "198.51.100.7", "AzureFrontDoor.Backend"],
        "additional_subnets": [{"name": "backends", "address_prefix": "10.0.1.0/24"}],
    },
}


@pytest.mark.parametrize("token", KINDS)
def test_the_classes_of_azure_native_would_register_the_same(
    build: Build, recorder: Recorder, smallest: dict[str, Any], token: str
) -> None:
    """
    Each name is one that the class takes, and what the class sends by default is sent: an upgrade changes no network.
    """
    build(smallest | EVERYTHING)
    ours = recorder.of(token)
    _, module, kind = token.split(":")
    defaults = azure_resource.DEFAULTS.get(token, {}).keys()
    by_class = Recorder()

    def program() -> dict[str, pulumi.Output[Any]]:
        for each in ours:
            arguments = {to_snake(name): value for name, value in each.inputs.items() if name not in defaults}
            getattr(getattr(azure_native, module), kind)(each.name, **arguments)
        return {}

    by_class.build(program)

    assert ours
    assert {each.name: (each.inputs, each.version) for each in ours} == {
        each.name: (each.inputs, each.version) for each in by_class.of(token)
    }


def test_the_version_is_the_installed_one() -> None:
    """Another one would make the engine fetch and run a second plugin."""
    assert version("pulumi_azure_native") == azure_resource.base_version()


@pytest.mark.parametrize("found", [None, ModuleSpec("pulumi_azure_native", None)])
def test_without_azure_native_the_error_names_it(monkeypatch: pytest.MonkeyPatch, found: ModuleSpec | None) -> None:
    """What is missing is named as an import would name it."""
    azure_resource.base_version.cache_clear()
    monkeypatch.setattr(azure_resource, "find_spec", lambda _: found)

    with pytest.raises(ModuleNotFoundError, match="pulumi_azure_native") as caught:
        azure_resource.base_version()
    assert "pulumi_azure_native" == caught.value.name

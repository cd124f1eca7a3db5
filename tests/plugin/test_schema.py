"""What other languages read of the component before they use it: its schema."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from mtls_app_gateway.resources.plugin import GatewayPlugin
from mtls_app_gateway.settings.settings import GatewaySettings

from tests.engine.conftest import REPOSITORY
from tools.write_schema import SCHEMA, schema_text


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """What the plugin tells."""
    told: dict[str, Any] = json.loads(str(GatewayPlugin().schema))
    return told


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every input and output, by where it stands."""
    for token, resource in schema["resources"].items():
        for part in ("inputProperties", "properties"):
            yield from ((f"{token} {part} {name}", found) for name, found in resource[part].items())
    for token, found in schema["types"].items():
        yield from ((f"{token} {name}", each) for name, each in found["properties"].items())


def test_the_committed_schema_is_current() -> None:
    """What is committed is what the plugin tells today; `python -m tools.write_schema` makes it so."""
    assert schema_text() == SCHEMA.read_text()


def test_every_input_and_output_is_described(schema: dict[str, Any]) -> None:
    """An editor has a sentence to show for everything, the component and its shapes included."""
    every = [*properties(schema), *schema["types"].items(), *schema["resources"].items()]

    assert [] == [where for where, found in every if not found.get("description", "").strip()]
    assert 100 < len(every)


def test_every_setting_is_an_input(schema: dict[str, Any]) -> None:
    """What the settings know can be asked for, and only the resource group must be."""
    (resource,) = schema["resources"].values()

    assert {str(field.alias) for field in GatewaySettings.model_fields.values()} == set(resource["inputProperties"])
    assert ["resourceGroupName"] == resource["requiredInputs"]


def test_the_version_is_the_distributions(schema: dict[str, Any]) -> None:
    """There is one place for it: pyproject.toml."""
    project = tomllib.loads((REPOSITORY / "components" / "pyproject.toml").read_text())["project"]

    assert project["version"] == schema["version"]


def test_shapes_have_names_that_generators_can_extend(schema: dict[str, Any]) -> None:
    """Go and TypeScript add "Args" to a shape's name themselves."""
    assert [] == [token for token in schema["types"] if token.endswith("Args")]

"""What other languages read of the component before they use it: its schema."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from mtls_app_gateway.resources.plugin import GatewayPlugin

from tests.engine.conftest import REPOSITORY
from tools.write_schema import SCHEMA, schema_text


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """What the plugin tells."""
    told: dict[str, Any] = json.loads(str(GatewayPlugin().schema))
    return told


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every input, output and word of an enum, by its place."""
    for token, resource in schema["resources"].items():
        for part in ("inputProperties", "properties"):
            yield from ((f"{token} {part} {name}", found) for name, found in resource[part].items())
    for token, found in schema["types"].items():
        yield from ((f"{token} {name}", each) for name, each in found.get("properties", {}).items())
        yield from ((f"{token} {each['value']}", each) for each in found.get("enum", ()))


def test_the_committed_schema_is_current() -> None:
    """What is committed is what the plugin tells today; `python -m tools.write_schema` makes it so."""
    assert schema_text() == SCHEMA.read_text()


def test_every_input_and_output_is_described(schema: dict[str, Any]) -> None:
    """An editor has a sentence to show for everything, the component and its shapes included."""
    every = [*properties(schema), *schema["types"].items(), *schema["resources"].items()]

    assert [] == [where for where, found in every if not found.get("description", "").strip()]
    assert 100 < len(every)


def test_the_version_is_the_distributions(schema: dict[str, Any]) -> None:
    """There is one place for it: pyproject.toml."""
    project = tomllib.loads((REPOSITORY / "components" / "pyproject.toml").read_text())["project"]

    assert project["version"] == schema["version"]


def test_shapes_have_names_that_generators_can_extend(schema: dict[str, Any]) -> None:
    """Go and TypeScript add "Args" to a shape's name themselves."""
    assert [] == [token for token in schema["types"] if token.endswith("Args")]

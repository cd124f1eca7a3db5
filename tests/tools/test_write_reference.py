"""The written files are current, and describe everything that the code has."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from mtls_app_gateway.settings.settings import GatewaySettings, Model

from tools import write_reference

ROOT = Path(__file__).parents[2]
OF_DOCUMENTS = {
    "api-version-too-old", "dangling-reference", "duplicate-name", "given-twice",
    "host-name-converted", "host-name-malformed", "listener-without-profile", "path-malformed", "port-out-of-range",
    "listener-without-rule", "missing-name", "no-gateway", "no-listener", "not-understood", "other-name",
    "read-only-property", "secret-left-out", "several-gateways",
    "sku-without-client-authentication", "unknown-property", "unknown-type", "unused-part",
    "wrong-api-version", "wrong-form",
}  # fmt: skip
"""Codes of reading a document that somebody else made; the commands that read one tell them."""


@pytest.mark.parametrize("name", write_reference.WRITTEN)
def test_a_written_file_is_current(name: str) -> None:
    """The keys of Pulumi.yaml and the tables of the reference pages are those of the code."""
    assert write_reference.WRITTEN[name]() == (ROOT / name).read_text(encoding="utf-8")


def keys(model: type[Model]) -> set[str]:
    return set(model.model_fields)


def test_arguments_and_settings_are_one_shape() -> None:
    """The component's arguments have the keys of the settings, at every level."""
    shapes = {name.removesuffix("Args"): set(fields) for name, fields in write_reference.documented_shapes().items()}
    models = {model.__name__: keys(model) for model in Model.__subclasses__()}
    models["MtlsAppGateway"] = models.pop(GatewaySettings.__name__)
    assert models == shapes


def codes_in(module: Path) -> Iterator[str]:
    """The code of every Problem that a module makes by hand."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
            for code in [*node.args[:1], *named]:
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_every_problem_is_documented() -> None:
    """No code of the settings' way to a gateway is missing in docs/problems.md."""
    package = ROOT / "components" / "mtls_app_gateway"
    made = {
        code
        for room in ("document", "settings", "resources")
        for module in (package / room).glob("*.py")
        for code in codes_in(module)
    }
    told = write_reference.problems_table()
    assert set() == {code for code in made - OF_DOCUMENTS if f"`{code}`" not in told}

"""Every setting that a person can give is used by something that deploys."""

import ast
from pathlib import Path

import pytest
from mtls_app_gateway.gateway.settings import Model

PACKAGE = Path(__file__).parents[2] / "components" / "mtls_app_gateway"
DEPLOYING = (
    "gateway/document.py",
    "gateway/identity_headers.py",
    "gateway/meaning.py",
    "gateway/planning.py",
    "resources/arrivals.py",
    "resources/component.py",
    "resources/network.py",
)
PERMISSIONS = {("IdentityHeaders", "unsafe_unverified_facts"), ("Listener", "unsafe_bypasses_strict")}
"""Settings that only let something pass: rules read them, nothing is deployed for them."""
WHOLE = {"Timeouts"}
"""Settings that are handed on as a whole."""


def attributes() -> set[str]:
    """The names that the deploying modules read, `getattr` by a table of facts included."""
    trees = [ast.parse((PACKAGE / module).read_text(encoding="utf-8")) for module in DEPLOYING]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return read | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize(
    "model",
    [model for model in Model.__subclasses__() if model.__name__ not in WHOLE],
    ids=lambda model: model.__name__,
)
def test_no_setting_is_silently_dropped(model: type[Model]) -> None:
    """A key that is accepted and described arrives: some module that deploys reads it."""
    fields = {(model.__name__, name) for name in model.model_fields} - PERMISSIONS
    assert set() == {name for _, name in fields} - attributes()

"""The written files are current, and describe everything that the code has."""

from pathlib import Path

import pytest
from mtls_app_gateway.settings.settings import GatewaySettings, Model

from tools import write_reference

ROOT = Path(__file__).parents[2]


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

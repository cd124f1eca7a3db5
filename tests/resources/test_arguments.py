"""A setting is declared once, in its model: arguments, schema, Pulumi.yaml and documented defaults agree with it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import pulumi
import pytest
import yaml
from mtls_app_gateway import parse_mode
from mtls_app_gateway.document import azure
from mtls_app_gateway.document.azure import PREDEFINED_POLICIES, TlsPolicyName
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.resources.plugin import PACKAGE, GatewayPlugin
from mtls_app_gateway.resources.stack_config import EMPTY, NOT_GIVEN
from mtls_app_gateway.settings import enums
from mtls_app_gateway.settings.implied import profile_of
from mtls_app_gateway.settings.planning import plan_gateway
from mtls_app_gateway.settings.settings import DEFAULT_PROFILE, Autoscale, Listener
from mtls_app_gateway.settings.shapes import Model
from pydantic.fields import FieldInfo

from tests.settings.settings_examples import SMALLEST, changed

AT = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = {model.__name__: model for model in Model.__subclasses__()}
FIELDS = [(name, str(field.alias)) for name, model in MODELS.items() for field in model.model_fields.values()]
REQUIRED_BY_A_RULE = {
    ("GatewaySettings", "resourceGroupName"): "resource-group-missing",
    ("GatewaySettings", "backends"): "backend-missing",
    ("Profile", "mode"): "mode-missing",
}
"""What must be given although its model has a default: a rule asks for it, so that the problem comes with the rest."""

Shape = Mapping[str, Any]


def field_of(shape: str, key: str) -> FieldInfo:
    return next(field for field in MODELS[shape].model_fields.values() if field.alias == key)


def documented(shape: str, key: str) -> str:
    text: str = SHAPES[shape]["properties"][key]["description"]
    return text


def shapes() -> dict[str, Shape]:
    """The shapes of the schema that the arguments make, by the names of their models."""
    schema = json.loads(str(GatewayPlugin().schema))
    (component,) = schema["resources"].values()
    types = {token.rsplit(":", 1)[1]: shape for token, shape in schema["types"].items()}
    inputs = {"properties": component["inputProperties"], "required": component["requiredInputs"]}
    return {name: shape for name, shape in types.items() if name in MODELS} | {"GatewaySettings": inputs}


SHAPES = shapes()


def kind(annotation: Any) -> Any:
    """A field's type as the schema says it: a word, a list or an object of one, the name of an enum or a shape."""
    if get_origin(annotation) is Annotated:
        return kind(get_args(annotation)[0])
    if get_origin(annotation) is UnionType or type(None) in get_args(annotation):
        return kind(next(part for part in get_args(annotation) if part is not type(None)))
    if get_origin(annotation) is Literal:
        return kind(type(get_args(annotation)[0]))
    if get_origin(annotation) is tuple:
        return [kind(get_args(annotation)[0])]
    if get_origin(annotation) is not None:
        return {"*": kind(get_args(annotation)[1])}
    return {str: "string", bool: "boolean", int: "integer"}.get(annotation, annotation.__name__)


def declared(spec: Shape) -> Any:
    """The same of a property of the schema."""
    if "$ref" in spec:
        return spec["$ref"].removeprefix(f"#/types/{PACKAGE}:index:").removeprefix("pulumi.json#/")
    if spec["type"] == "array":
        return [declared(spec["items"])]
    return {"*": declared(spec["additionalProperties"])} if spec["type"] == "object" else spec["type"]


def default_text(default: Any) -> str | None:
    """A default as the documentation writes it; None where there is nothing to write."""
    if isinstance(default, tuple) and default and all(isinstance(item, str) for item in default):
        return ", ".join(default)
    if isinstance(default, bool | int):
        return json.dumps(default)
    return str(default) if isinstance(default, str) else None


def words() -> Iterator[tuple[tuple[str, ...], type[StrEnum]]]:
    """The words that a type checker knows, and the enum that they belong to."""
    for module in (azure, enums):
        for name, alias in vars(module).items():
            if name.endswith("Literal") and get_origin(alias) is Annotated:
                literal, enum = get_args(alias)
                yield get_args(literal), enum


def test_arguments_and_settings_have_the_same_keys() -> None:
    """
    Every shape of the settings is one of the arguments, with the same keys.
    """
    keys = {name: {str(field.alias) for field in model.model_fields.values()} for name, model in MODELS.items()}

    assert keys == {name: set(shape["properties"]) for name, shape in SHAPES.items()}


@pytest.mark.parametrize(("shape", "key"), FIELDS)
def test_a_setting_has_one_type(shape: str, key: str) -> None:
    """
    What a program gives has the type that the settings read; an enum is the same enum.
    """
    assert kind(field_of(shape, key).annotation) == declared(SHAPES[shape]["properties"][key])


@pytest.mark.parametrize(("shape", "key"), FIELDS)
def test_what_must_be_given_is_required(shape: str, key: str) -> None:
    """
    A key is required in types and schema if the settings have no default for it, or a rule asks for it always.
    """
    must = field_of(shape, key).is_required() or (shape, key) in REQUIRED_BY_A_RULE

    assert must == (key in SHAPES[shape].get("required", ()))


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("resource-group-missing", {"resourceGroupName": None}),
        ("backend-missing", {"backends": None}),
        ("mode-missing", {"profiles": [{"name": "partners"}], "listeners": [{"profile": "partners"}], "mode": None}),
    ],
)
def test_what_a_rule_asks_for_cannot_be_left_out(code: str, given: dict[str, Any]) -> None:
    """
    The keys that only a rule requires are errors when they are missing.
    """
    with pytest.raises(GatewayError) as raised:
        plan_gateway(changed(SMALLEST, **given), now=AT)

    assert code in REQUIRED_BY_A_RULE.values()
    assert code in {problem.rule for problem in raised.value.problems}


@pytest.mark.parametrize(("shape", "key"), FIELDS)
def test_a_documented_default_is_the_default(shape: str, key: str) -> None:
    """
    "Default: x." stands in a description if, and only if, x is the default of the settings.
    """
    (*_, said) = re.findall(r" Default: (.+)\.$", documented(shape, key)) or [None]

    assert default_text(field_of(shape, key).default) == said


@pytest.mark.parametrize(("shape", "key"), FIELDS)
def test_a_default_that_is_a_shape_is_that_of_its_keys(shape: str, key: str) -> None:
    """
    Where a whole shape is not given, each of its keys has its own default; what differs is said by its value.
    """
    default = field_of(shape, key).default
    for part in default if isinstance(default, tuple) else [default]:
        if isinstance(part, Model):
            for value in part.model_dump(exclude_defaults=True).values():
                assert f"; {value} if not given." in documented(shape, key)


@pytest.mark.parametrize(
    ("shape", "key", "implied"),
    [
        ("GatewaySettings", "autoscale", f"{Autoscale().min_capacity} to {Autoscale().max_capacity}"),
        ("Listener", "profile", f"the {DEFAULT_PROFILE} profile"),
        ("Backend", "port", "443 for Https and 80 for Http"),
    ],
)
def test_what_is_implied_is_documented(shape: str, key: str, implied: str) -> None:
    """
    A default that depends on something else is documented as what the gateway gets.
    """
    assert f"; {implied} if not given." in documented(shape, key)


def test_what_is_documented_as_implied_is_built() -> None:
    """
    Without them the document has the instances, the profile and the ports that the descriptions name.
    """
    backends = [{"fqdns": ["a.example.com"]}, {"name": "plain", "fqdns": ["b.example.com"], "protocol": "Http"}]
    routes = [{"priority": 1}]
    built = plan_gateway(changed(SMALLEST, backends=backends, routes=routes), now=AT).document["properties"]

    scale = {"minCapacity": Autoscale().min_capacity, "maxCapacity": Autoscale().max_capacity}
    assert scale == built["autoscaleConfiguration"]
    assert [443, 80] == [each["properties"]["port"] for each in built["backendHttpSettingsCollection"]]
    assert profile_of(Listener()) == DEFAULT_PROFILE


def test_type_checkers_and_schemas_know_the_words_of_each_enum() -> None:
    """
    Each `Literal` has exactly the words of its enum; the predefined policies are those on record.
    """
    assert [tuple(enum) for _, enum in words()] == [literal for literal, _ in words()]
    assert 12 == len(list(words()))
    assert list(TlsPolicyName) == list(PREDEFINED_POLICIES)


def test_pulumi_yaml_has_the_defaults_of_the_settings() -> None:
    """
    A key's default in Pulumi.yaml is that of the settings, or what is read as not given.
    """
    config = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.yaml").read_text())["config"]

    for key, entry in config.items():
        default = field_of("GatewaySettings", key).default
        assert entry["default"] in (default, *NOT_GIVEN.get(key, EMPTY))


@pytest.mark.parametrize("mode", ["Passthrough", "Strict"])
def test_a_text_becomes_a_mode(mode: str) -> None:
    """
    What comes out of a stack's config can be given as a mode.
    """
    assert mode == parse_mode(mode)


def test_a_text_that_is_no_mode_ends_the_program() -> None:
    """
    Another text stops the program with the problem of the mode.
    """
    with pytest.raises(pulumi.RunError, match="mode-unknown: mode: 'strict' is no mode"):
        parse_mode("strict")

"""Keeps placeholders through the parsing of settings: pydantic would make plain texts of them."""

from typing import Any

from pydantic_core import CoreSchema, core_schema

from ..document.placeholder import is_placeholder


def keep_placeholders(schema: CoreSchema) -> CoreSchema:
    """A model's schema in which each text may also be a placeholder; its form is checked once it is known.

    Models inside it have been through this already.
    """
    kept: CoreSchema = _kept(schema, is_outermost=True)
    return kept


def _kept(schema: Any, *, is_outermost: bool = False) -> Any:
    if isinstance(schema, list):
        return [_kept(each) for each in schema]
    if not isinstance(schema, dict) or (schema.get("type") == "model" and not is_outermost):
        return schema
    if schema.get("type") == "str":
        return core_schema.no_info_wrap_validator_function(_text, schema)
    return {key: _kept(inner) for key, inner in schema.items()}


def _text(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Any:
    return value if is_placeholder(value) else validate(value)

"""What every part of the settings is made of: the model, and the shapes of names, texts and numbers."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from ..document.host_name import to_ascii
from .late_texts import keep_placeholders


def _whole(value: Any) -> Any:
    # Numbers reach a plugin as floats: 443.0 is 443. A text that looks like a number is not one.
    if isinstance(value, bool | str):
        raise ValueError("not a whole number")  # noqa: TRY004 (pydantic gathers ValueError only)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]


Port = Annotated[Whole, Field(ge=1, le=64999)]
"""A frontend or backend port; 65200-65535 belong to the platform (Microsoft: Application Gateway components)."""


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$")]
"""The name of a part of the gateway: Azure's rule for sub-resources, 1 to 80 characters."""


Text = Annotated[str, Field(min_length=1)]


HostName = Annotated[Text, AfterValidator(to_ascii)]
"""A host name; an international one is written as DNS has it (`xn--…`)."""


Duration = Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?[hms])+$")]


class Model(BaseModel):
    """Frozen, camelCase from outside, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True, str_strip_whitespace=False
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Each text of a model may be a placeholder."""
        return keep_placeholders(handler(source))


def given_keys(model: Model, *besides: str) -> list[str]:
    """The keys that were given, as config files spell them; the fields of `besides` do not count."""
    return sorted(str(type(model).model_fields[name].alias) for name in model.model_fields_set - {*besides})

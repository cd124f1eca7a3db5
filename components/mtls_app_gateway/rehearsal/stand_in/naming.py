"""What azure-native fills in before it checks: a name made from the resource's own, and a location."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .kinds import ResourceKind
from .wire import UNKNOWN, is_unknown


def is_named_by_us(name: str, logical_name: str) -> bool:
    """Whether a name is one that was made here: the logical name and eight hexadecimal digits."""
    digits = name.removeprefix(logical_name)
    return name.startswith(logical_name) and len(digits) == 8 and set(digits) <= set("0123456789abcdef")


def with_defaults(
    kind: ResourceKind,
    inputs: Mapping[str, Any],
    olds: Mapping[str, Any],
    *,
    logical_name: str,
    seed: bytes,
    location_of: Callable[[str], str],
) -> dict[str, Any]:
    """The inputs with a name and a location.

    The name of before is kept, even where the resource has another name in Pulumi now. `location_of` gives the location
    of things in a resource group.
    """
    filled = dict(inputs)
    if not filled.get(kind.name_input):
        made = f"{logical_name}{hashlib.sha256(seed).hexdigest()[:8]}"
        filled[kind.name_input] = olds.get(kind.name_input) or made
    if kind.located and not filled.get("location"):
        group = filled.get("resourceGroupName")
        filled["location"] = UNKNOWN if is_unknown(group) else location_of(str(group))
    return filled

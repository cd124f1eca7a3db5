"""What azure-native adds to inputs before it checks them: a generated name, a location, and two markers.

The markers are inputs of the provider's own: the API version, and that a name was generated, so that a new resource can
be created before the old one is deleted. They stay in the state and are not sent. Whether azure-native adds the second
for a name that Pulumi proposed (`pulumi:autonaming`) is not known; it is not added here.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .kinds import ResourceKind
from .wire import UNKNOWN, is_unknown

API_VERSION = "azureApiVersion"
CREATE_FIRST = "__createBeforeDelete"


def without_markers(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs without the provider's own markers."""
    return {key: value for key, value in inputs.items() if key not in (API_VERSION, CREATE_FIRST)}


def with_defaults(
    kind: ResourceKind,
    inputs: Mapping[str, Any],
    olds: Mapping[str, Any],
    *,
    logical_name: str,
    seed: bytes,
    location_of: Callable[[str], str],
    proposed_name: str | None = None,
) -> dict[str, Any]:
    """The inputs with a name, a location and the markers.

    An earlier name is kept, even where the resource has another name in Pulumi now. `location_of` gives the location of
    a resource group.
    """
    filled = {**inputs, API_VERSION: kind.api_version}
    if not filled.get(kind.name_input):
        before = olds.get(kind.name_input)
        made = f"{logical_name}{hashlib.sha256(seed).hexdigest()[:8]}"
        filled[kind.name_input] = before or proposed_name or made
        if olds.get(CREATE_FIRST) if before else proposed_name is None:
            filled[CREATE_FIRST] = True
    if kind.located and not filled.get("location"):
        group = filled.get("resourceGroupName")
        filled["location"] = UNKNOWN if is_unknown(group) else location_of(str(group))
    return filled

"""What azure-native fills in before it checks: a name made from the resource's own, a location, and two notes.

The notes are inputs that nobody wrote: the API version, and that a name was made by the provider, so that a new
resource can be created before the old one is deleted. They stay in the state and go nowhere else. Whether azure-native
writes the second for a name that Pulumi proposed (`pulumi:autonaming`) is not known; it is not written here.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .kinds import ResourceKind
from .wire import UNKNOWN, is_unknown

API_VERSION = "azureApiVersion"
CREATE_FIRST = "__createBeforeDelete"


def without_notes(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that somebody wrote, and those that stand for them."""
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
    """The inputs with a name, a location and the notes.

    The name of before is kept, even where the resource has another name in Pulumi now. `location_of` gives the location
    of things in a resource group.
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

"""What an sslProfile of a document says its listeners do with client certificates."""

from collections.abc import Mapping
from typing import Any

from ..escaping import quoted
from ..problems import Problem
from .azure import Mode
from .problem_rows import MODE_UNKNOWN


def mode_of(profile: Mapping[str, Any]) -> Mode | Problem | None:
    """The mode of an sslProfile: None where none is said, a problem where Azure has no such mode.

    Azure reads the words of its enumerations in any case.
    """
    bag = profile.get("properties") or {}
    said = (bag.get("clientAuthConfiguration") or {}).get("verifyClientAuthMode")
    if said is None:
        return None
    found = next((mode for mode in Mode if mode.casefold() == str(said).casefold()), None)
    return unknown_mode(str(profile.get("name")), said) if found is None else found


def unknown_mode(profile: str, said: object) -> Problem:
    """The problem with a mode that Azure does not have."""
    return MODE_UNKNOWN.problem(
        where=f"sslProfiles/{profile}.properties.clientAuthConfiguration.verifyClientAuthMode",
        saw=f"Azure has no mode {quoted(str(said), 80)}",
        fix=f"Say {' or '.join(Mode)}.",
    )

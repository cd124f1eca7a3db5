"""Adds trusted CA chains to a gateway document."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, cast

from .references import Parts, self_reference

_CHAINS = "trustedClientCertificates"


def with_trusted_chains(
    document: Mapping[str, Any], data: Mapping[str, str], trusted_by: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """A copy of a document with further trusted CA chains.

    Args:
        document: a canonical document, which stays as it is.
        data: what each new entry of `trustedClientCertificates` holds, by its name.
        trusted_by: the names of the new entries that a profile trusts beside its own, by the profile's place.
    """
    changed: dict[str, Any] = deepcopy(dict(document))
    if not data:
        return changed
    changed["properties"].setdefault(_CHAINS, []).extend(
        {"name": name, "properties": {"data": text}} for name, text in data.items()
    )
    for place, entry in Parts(changed).placed("sslProfiles"):
        profile = cast(dict[str, Any], entry)
        if names := trusted_by.get(place):
            attached = profile.setdefault("properties", {}).setdefault(_CHAINS, [])
            attached.extend(self_reference(_CHAINS, name) for name in names)
    return changed

"""Asked is not got: compare the client authentication that was asked for with what the provider returned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .arm_types import api_version

_FIX = (
    "Do not use this gateway until it does: whoever applied the change does not know the property, or somebody "
    f"changed the gateway meanwhile. API {api_version()} is needed."
)
_CHECKS = ("verifyClientAuthMode", "verifyClientCertIssuerDN", "verifyClientRevocation")


@dataclass(frozen=True, slots=True)
class Received:
    """The collections that decide on client authentication, as Pulumi's outputs spell them.

    What has no id was not returned: it is what was asked for, and it does not count.
    """

    ssl_profiles: Sequence[Mapping[str, Any]]
    trusted_client_certificates: Sequence[Mapping[str, Any]]
    http_listeners: Sequence[Mapping[str, Any]]

    @property
    def modes(self) -> dict[str, str]:
        """Each profile's mode; a profile without one has none here."""
        return {
            str(profile["name"]): str(mode)
            for profile in self.ssl_profiles
            if (mode := (profile.get("clientAuthConfiguration") or {}).get("verifyClientAuthMode")) is not None
        }


def check_received(asked: Mapping[str, Any], got: Received) -> tuple[Problem, ...]:
    """Where what came back differs from `asked`, the gateway's inputs in Pulumi's spelling, or lacks it."""
    return tuple(_differences(asked, got))


def _differences(asked: Mapping[str, Any], got: Received) -> Iterator[Problem]:
    entries = _by_name(got.trusted_client_certificates)
    for entry in asked.get("trustedClientCertificates", ()):
        if _fold(entry["name"]) not in entries:
            yield _lacks(f"trustedClientCertificates/{entry['name']}", "the trusted CA chain is not there")
    profiles = _by_name(got.ssl_profiles)
    for profile in asked.get("sslProfiles", ()):
        where = f"sslProfiles/{profile['name']}"
        if (found := profiles.get(_fold(profile["name"]))) is None:
            yield _lacks(where, "the profile is not there")
        else:
            yield from _profile_differences(where, profile, found)
    listeners = _by_name(got.http_listeners)
    for listener in asked.get("httpListeners", ()):
        wanted = _targets([listener.get("sslProfile")])
        seen = _targets([listeners.get(_fold(listener["name"]), {}).get("sslProfile")])
        if wanted != seen:
            yield _lacks(
                f"httpListeners/{listener['name']}",
                f"its profile was to be {_word(wanted)} and is {_word(seen)}",
            )


def _profile_differences(where: str, asked: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Problem]:
    wanted, seen = asked["clientAuthConfiguration"], got.get("clientAuthConfiguration") or {}
    for key in _CHECKS:
        if key in wanted and _fold(wanted[key]) != _fold(seen.get(key)):
            yield _lacks(where, f"{key} was to be {wanted[key]} and is {seen.get(key, 'not there')}")
    chains = _targets(asked.get("trustedClientCertificates") or ())
    attached = _targets(got.get("trustedClientCertificates") or ())
    if chains != attached:
        yield _lacks(where, f"the CA chains were to be {_word(chains)} and are {_word(attached)}")


def _lacks(where: str, saw: str) -> Problem:
    return Problem("asked-is-not-got", where, saw, _FIX)


def _by_name(parts: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    # Pulumi puts the input in the place of an output that did not come back. Azure alone gives ids.
    return {_fold(part.get("name")): part for part in parts if part.get("id")}


def _targets(references: Sequence[Mapping[str, Any] | None]) -> frozenset[str]:
    """The names that references end in, whatever the id before them; Azure ignores case."""
    return frozenset(_fold(str(reference["id"]).rsplit("/", 1)[-1]) for reference in references if reference)


def _fold(value: Any) -> str:
    return str(value).casefold()


def _word(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"

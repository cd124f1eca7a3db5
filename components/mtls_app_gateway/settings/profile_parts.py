"""Writes the client authentication of the gateway document: profiles, trusted CA chains and TLS policies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .implied import ClientAuthentication
from .origins import From
from .settings import TlsPolicy


@dataclass(frozen=True, slots=True)
class TrustedEntry:
    """One `trustedClientCertificates` entry: a name, and base64 of a chain's PEM or the placeholder for it."""

    name: str
    data: str


def profile_collections(
    profiles: Iterable[ClientAuthentication], trusted: Mapping[str, Sequence[TrustedEntry]]
) -> dict[str, From]:
    """The collections of the document that authenticate clients.

    Args:
        trusted: each profile's entries, by the profile's name.
    """
    return {
        "trustedClientCertificates": From("strict", list(_trusted_client_certificates(trusted))),
        "sslProfiles": From("profiles", [_profile(profile, trusted.get(profile.name, ())) for profile in profiles]),
    }


def tls_policy_part(setting: str, policy: TlsPolicy) -> From:
    """A TLS policy, of the gateway or of a profile."""
    if policy.policy_name is not None:
        name = From(f"{setting}.policyName", policy.policy_name.value)
        return From(setting, {"policyType": "Predefined", "policyName": name})
    own = {
        "policyType": "CustomV2",
        "minProtocolVersion": policy.min_protocol_version and policy.min_protocol_version.value,
        "cipherSuites": From(f"{setting}.cipherSuites", list(policy.cipher_suites)),
    }
    return From(setting, own)


def _trusted_client_certificates(trusted: Mapping[str, Sequence[TrustedEntry]]) -> Iterator[dict[str, Any]]:
    """Each entry once, though several profiles may trust it; in the order in which they are given."""
    for entry in dict.fromkeys(entry for entries in trusted.values() for entry in entries):
        yield {"name": entry.name, "properties": {"data": entry.data}}


def _profile(profile: ClientAuthentication, entries: Sequence[TrustedEntry]) -> From:
    strict, policy = profile.strict, profile.tls_policy
    # Without a mode Azure would take its default; the mode that is wanted is not known.
    mode = From(profile.at("mode"), profile.mode.value if profile.mode else Placeholder(profile.at("mode")))
    properties: dict[str, Any] = {"clientAuthConfiguration": {"verifyClientAuthMode": mode}}
    if profile.is_strict:
        properties["clientAuthConfiguration"] |= {
            "verifyClientCertIssuerDN": From(profile.at("strict.verifyIssuerDn"), strict and strict.verify_issuer_dn),
            "verifyClientRevocation": From(profile.at("strict.revocation"), strict and strict.revocation.value),
        }
        properties["trustedClientCertificates"] = _attached(profile, entries)
    properties["sslPolicy"] = policy and tls_policy_part(profile.at("tlsPolicy"), policy)
    return From(profile.where or "mode", {"name": profile.name, "properties": properties})


def _attached(profile: ClientAuthentication, entries: Sequence[TrustedEntry]) -> From:
    """The references to a profile's chains: not known where there are to be some and none could be read."""
    setting = profile.at("strict.trustedCaChains")
    if not entries and (profile.strict is None or profile.strict.trusted_ca_chains):
        return From(setting, Placeholder(setting))
    return From(setting, [self_reference("trustedClientCertificates", entry.name) for entry in entries])

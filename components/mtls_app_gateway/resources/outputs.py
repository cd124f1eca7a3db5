"""What the component gives to the stack, made from the plan and what the provider returned."""

import json
from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi

from ..certificates import CaChain
from ..document.default_ports import DEFAULT_PORTS
from ..settings.enums import FrontendKind
from ..settings.planning import Plan, PlannedProfile
from ..settings.settings import GatewaySettings
from .gateway_resource import ApplicationGateway
from .placeholders import fill, placeholders_in


class TrustedChain(TypedDict):
    """A CA chain on the gateway, for one profile."""

    name: str
    """The entry's name."""
    profile: str
    """The profile that it is for."""
    enforced: bool
    """Whether the profile is Strict; else the chain is staged, and no client is refused for it."""
    fingerprints: list[str]
    """The SHA-256 fingerprints of its certificates, the root last."""
    expires: str
    """When the first of its certificates expires, ISO 8601."""
    issuer: str
    """The issuer that the gateway compares with the client certificate's, where the issuer DN is verified."""


def trusted_chains(plan: Plan, later: Mapping[str, pulumi.Output[CaChain]]) -> pulumi.Output[list[TrustedChain]]:
    """Each profile's chains in their order; `later` holds those that are known later, by their placeholders."""
    known = {(chain.name, chain.data): chain for profile in plan.profiles for chain in profile.chains}
    entries = [(profile, entry) for profile in plan.profiles for entry in profile.entries]
    chains = [later[it.data] if it.data in later else known[(it.name, it.data)] for _, it in entries]
    return pulumi.Output.all(*chains).apply(
        lambda found: [_trusted_chain(chain, profile) for chain, (profile, _) in zip(found, entries, strict=True)]
    )


def expiry_by_profile(chains: list[TrustedChain]) -> dict[str, str]:
    """When the first certificate of each profile's chains expires."""
    return {
        profile: min(chain["expires"] for chain in chains if chain["profile"] == profile)
        for profile in dict.fromkeys(chain["profile"] for chain in chains)
    }


def _trusted_chain(chain: CaChain, profile: PlannedProfile) -> TrustedChain:
    return {
        "name": chain.name,
        "profile": profile.name,
        "enforced": profile.is_strict,
        "fingerprints": list(chain.fingerprints),
        "expires": chain.expires.isoformat(),
        "issuer": chain.issuer_dn,
    }


def private_address(settings: GatewaySettings) -> str | None:
    """The address of the private listeners; None where there are none."""
    return settings.private_ip.address if settings.private_ip else None


def listener_url(settings: GatewaySettings, public_host: str | None) -> str:
    """The URL of the first listener: by its first host name without a wildcard, else by its frontend's address."""
    listener = settings.listeners[0]
    host_names = [name for name in listener.host_names if "*" not in name and "?" not in name]
    scheme = listener.protocol.lower()
    port = "" if listener.port == DEFAULT_PORTS[scheme] else f":{listener.port}"
    host = private_address(settings) if listener.frontend is FrontendKind.PRIVATE else public_host
    return f"{scheme}://{host_names[0] if host_names else host}{port}/"


def document_text(plan: Plan, values: Mapping[str, Any], gateway: ApplicationGateway) -> pulumi.Output[str]:
    """The gateway document as JSON, once all its placeholders have their values."""
    needed = {each: values[each] for each in dict.fromkeys(placeholders_in(plan.document))}
    # Where the settings leave it to the provider, only the provider knows it.
    location = gateway.returned("location") if plan.settings.location is None else pulumi.Output.from_input(None)

    def text(known: list[Any]) -> str:
        filled, provider_location = known
        document = fill(plan.document, filled)
        if provider_location is not None:
            first = {key: document[key] for key in ("type", "apiVersion", "name")}
            document = {**first, "location": provider_location, **document}
        return json.dumps(document, indent=2)

    return pulumi.Output.all(pulumi.Output.all(**needed), location).apply(text)

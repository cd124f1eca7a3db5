"""The component: a public address, a network and a gateway that authenticates its clients, as one resource."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from ..certificates import CaChain
from ..document.placeholder import is_placeholder
from ..document.spelling import flatten
from ..settings.change_effects import judge_address_update, judge_gateway_update, placement_of
from ..settings.implied import address_zones
from ..settings.planning import Plan, PlannedProfile, plan_gateway
from ..settings.settings import GatewaySettings, Protocol
from ..settings.to_document import NAME_SLOT, PUBLIC_IP_SLOT, SUBNET_SLOT
from .arguments import MtlsAppGatewayArgs
from .changes import judged_placement, judged_update, placing_inputs
from .gateway_resource import ApplicationGateway
from .late_values import Arrival, chain_later, known_pfx_problems, listener_secrets
from .network import GatewayNetwork
from .placeholders import Taken, fill, slots_in, take
from .pool_members import late_members
from .providers import choose_provider
from .reporting import run_error, tell, tell_chains
from .returned import returned_modes

TOKEN = "mtls-app-gateway:index:MtlsAppGateway"  # noqa: S105 - a resource type, no secret


class TrustedChain(TypedDict):
    """A CA chain as it stands on the gateway, for one profile."""

    name: str
    """The entry's name."""
    profile: str
    """The profile that it is for."""
    enforced: bool
    """Whether the profile is Strict; else the chain is staged and nobody is refused for it."""
    fingerprints: list[str]
    """The SHA-256 fingerprints of its certificates, the root last."""
    expires: str
    """When the first of its certificates expires, ISO 8601."""
    issuer: str
    """The issuer that the gateway compares with the client certificate's, where the issuer DN is verified."""


class MtlsAppGateway(pulumi.ComponentResource):
    """A mutual-TLS edge in front of a backend: Azure Application Gateway v2, its network and its public address."""

    gateway_id: pulumi.Output[str]
    """The gateway's id in Azure."""
    public_address: pulumi.Output[str]
    """The address that clients reach."""
    fqdn: pulumi.Output[str | None]
    """The address's name under the region's cloudapp domain, if a label was given."""
    url: pulumi.Output[str]
    """Where to knock: the first listener."""
    modes: pulumi.Output[dict[str, str]]
    """Each profile's mode, as the provider returned it."""
    trusted_chains: pulumi.Output[list[TrustedChain]]
    """The CA chains on the gateway, enforced and staged."""
    nearest_ca_expiry: pulumi.Output[str | None]
    """When the first of the trusted CA certificates expires, ISO 8601."""
    ca_expiry: pulumi.Output[dict[str, str]]
    """The same for each profile that has chains."""
    document: pulumi.Output[str]
    """The gateway document as JSON: the ARM resource at API 2025-03-01, without secrets."""

    def __init__(self, name: str, args: MtlsAppGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        at = datetime.now(UTC)
        with run_error():
            taken, plan = plan_component(args, at)
        placement = placing_inputs(fill(placement_of(plan.settings), taken.values))
        hooks = pulumi.ResourceOptions(hooks=judged_placement(name, self))
        super().__init__(TOKEN, name, placement, pulumi.ResourceOptions.merge(opts, hooks))
        tell(plan.problems, self)
        for profile in plan.profiles:
            tell_chains(profile, self)
        with run_error():
            choice = choose_provider(self, name, opts.parent if opts is not None else None)
        common = {
            "resource_group_name": choice.gate(fill(plan.settings.resource_group_name, taken.values)),
            "location": fill(plan.settings.location, taken.values),
            "tags": fill(plan.settings.tags, taken.values) or None,
        }
        address = self._public_ip(name, plan.settings, common, taken)
        values: dict[str, Any] = {**taken.values, PUBLIC_IP_SLOT: choice.neighbour(address.id)}
        if plan.settings.network.subnet_id is None:
            network = GatewayNetwork(name, plan.settings, common, taken.values, pulumi.ResourceOptions(parent=self))
            values[SUBNET_SLOT] = network.subnet.id
        arrival = Arrival(at, plan.settings.ca_expiry_warning_days, self)
        later = _later_chains(plan, taken, arrival)
        values |= {slot: chain.apply(lambda known: known.data) for slot, chain in later.items()}
        values |= late_members(plan.settings, taken.values, arrival)
        trusted = _trusted_chains(plan, later)
        inputs = flatten(plan.document)
        gateway = ApplicationGateway(
            f"{name}-gateway",
            {**_inputs(inputs, plan.settings, values, arrival), "resourceGroupName": common["resource_group_name"]},
            pulumi.ResourceOptions(
                parent=self,
                provider=choice.provider,
                custom_timeouts=pulumi.CustomTimeouts(**plan.settings.timeouts.model_dump()),
                hooks=judged_update(f"{name}-gateway", judge_gateway_update, self),
            ),
        )
        self._set_outputs(plan=plan, asked=inputs, gateway=gateway, address=address, values=values, trusted=trusted)

    def _public_ip(
        self, name: str, settings: GatewaySettings, common: Mapping[str, Any], taken: Taken
    ) -> azure_native.network.PublicIPAddress:
        label = settings.public_ip.domain_name_label
        return azure_native.network.PublicIPAddress(
            f"{name}-public-ip",
            public_ip_address_name=fill(settings.public_ip.name, taken.values),
            sku=azure_native.network.PublicIPAddressSkuArgs(name="Standard"),
            public_ip_allocation_method="Static",
            zones=address_zones(settings),
            dns_settings=azure_native.network.PublicIPAddressDnsSettingsArgs(
                domain_name_label=fill(label, taken.values)
            )
            if label is not None
            else None,
            **common,
            opts=pulumi.ResourceOptions(
                parent=self,
                # None, so that a component which is protected protects its address too.
                protect=settings.public_ip.protect or None,
                hooks=judged_update(f"{name}-public-ip", judge_address_update, self),
            ),
        )

    def _set_outputs(
        self,
        *,
        plan: Plan,
        asked: Mapping[str, Any],
        gateway: ApplicationGateway,
        address: azure_native.network.PublicIPAddress,
        values: Mapping[str, Any],
        trusted: pulumi.Output[list[TrustedChain]],
    ) -> None:
        self.gateway_id = gateway.id
        self.public_address = address.ip_address.apply(str)
        # Without a label there is no name, and what a provider leaves out would be unknown in every preview.
        has_label = plan.settings.public_ip.domain_name_label is not None
        named = address.dns_settings.apply(lambda dns: dns.fqdn if dns is not None else None)
        self.fqdn = named if has_label else pulumi.Output.from_input(None)
        self.url = pulumi.Output.all(self.fqdn, self.public_address).apply(
            lambda hosts: _url(plan.settings, hosts[0] or hosts[1])
        )
        self.modes = returned_modes(fill(asked, values), gateway, address.id)
        self.trusted_chains = trusted
        self.nearest_ca_expiry = trusted.apply(lambda chains: min((chain["expires"] for chain in chains), default=None))
        self.ca_expiry = trusted.apply(_expiry_by_profile)
        self.document = _document_text(plan, {**values, NAME_SLOT: gateway.name}, gateway)
        self.register_outputs(
            {
                "gatewayId": self.gateway_id,
                "publicAddress": self.public_address,
                "fqdn": self.fqdn,
                "url": self.url,
                "modes": self.modes,
                "trustedChains": self.trusted_chains,
                "nearestCaExpiry": self.nearest_ca_expiry,
                "caExpiry": self.ca_expiry,
                "document": self.document,
            }
        )


def plan_component(args: Mapping[str, Any], at: datetime) -> tuple[Taken, Plan]:
    """Everything that can be decided before anything is registered.

    Raises:
        GatewayError: with every problem.
    """
    sources: Mapping[str, str] = getattr(args, "sources", {})  # A stack's config knows where its values came from.
    taken = take(args)
    others = (*taken.problems, *known_pfx_problems(taken, at, sources))
    return taken, plan_gateway(taken.given, at=at, sources=sources, others=others)


def _later_chains(plan: Plan, taken: Taken, arrival: Arrival) -> dict[str, pulumi.Output[CaChain]]:
    return {
        entry.data: chain_later(taken.values[entry.data], entry.name, profile.authentication, arrival)
        for profile in plan.profiles
        for entry in profile.entries
        if is_placeholder(entry.data)
    }


def _inputs(
    inputs: Mapping[str, Any], settings: GatewaySettings, values: Mapping[str, Any], arrival: Arrival
) -> dict[str, Any]:
    filled: dict[str, Any] = fill(inputs, values)
    if settings.gateway_name is None:
        del filled["applicationGatewayName"]
    for position, certificate in enumerate(settings.listener_certificates):
        where = f"listenerCertificates[{position}].pfx"
        filled["sslCertificates"][position] |= listener_secrets(certificate, where, values, arrival)
    return filled


def _trusted_chains(plan: Plan, later: Mapping[str, pulumi.Output[CaChain]]) -> pulumi.Output[list[TrustedChain]]:
    """Each profile's chains in their order, those that arrive later among them."""
    known = {(chain.name, chain.data): chain for profile in plan.profiles for chain in profile.chains}
    places = [(profile, entry) for profile in plan.profiles for entry in profile.entries]
    chains = [later[it.data] if it.data in later else known[(it.name, it.data)] for _, it in places]
    return pulumi.Output.all(*chains).apply(
        lambda found: [_trusted_chain(chain, profile) for chain, (profile, _) in zip(found, places, strict=True)]
    )


def _expiry_by_profile(chains: list[TrustedChain]) -> dict[str, str]:
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


def _url(settings: GatewaySettings, host: str) -> str:
    listener = settings.listeners[0]
    named = [name for name in listener.host_names if "*" not in name and "?" not in name]
    scheme, usual = ("https", 443) if listener.protocol is Protocol.HTTPS else ("http", 80)
    port = "" if listener.port == usual else f":{listener.port}"
    return f"{scheme}://{named[0] if named else host}{port}/"


def _document_text(plan: Plan, values: Mapping[str, Any], gateway: ApplicationGateway) -> pulumi.Output[str]:
    needed = {slot: values[slot] for slot in dict.fromkeys(slots_in(plan.document))}
    # Where the settings leave it to the provider, only the provider knows it.
    location = gateway.returned("location") if plan.settings.location is None else pulumi.Output.from_input(None)

    def text(known: list[Any]) -> str:
        filled, chosen = known
        document = fill(plan.document, filled)
        if chosen is not None:
            document = {
                **{key: document[key] for key in ("type", "apiVersion", "name")},
                "location": chosen,
                **document,
            }
        return json.dumps(document, indent=2)

    return pulumi.Output.all(pulumi.Output.all(**needed), location).apply(text)

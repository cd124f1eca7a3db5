"""The component: a public address, a network and a gateway that authenticates its clients, as one resource."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pulumi

from ..certificates import CaChain
from ..document.placeholder import is_placeholder
from ..document.spelling import flatten
from ..settings.change_effects import judge_gateway_update, placement_of
from ..settings.frontend_parts import PUBLIC_IP_PLACEHOLDER, SUBNET_PLACEHOLDER
from ..settings.planning import Plan, plan_gateway
from ..settings.settings import GatewaySettings
from ..settings.to_document import NAME_PLACEHOLDER
from .arguments import MtlsAppGatewayArgs
from .changes import judged_placement, judged_update, placing_inputs
from .gateway_lock import lock_gateway
from .gateway_resource import ApplicationGateway
from .late_values import LateChecks, chain_later, known_pfx_problems, listener_secrets, roots_later
from .network import GatewayNetwork
from .outputs import TrustedChain, document_text, expiry_by_profile, listener_url, private_address, trusted_chains
from .placeholders import SeparatedArguments, fill, separate
from .pool_members import late_members
from .providers import choose_provider
from .public_address import PublicAddress, public_address
from .reporting import log_chains, log_problems, run_error
from .returned import compared_modes

TOKEN = "mtls-app-gateway:index:MtlsAppGateway"  # noqa: S105 - a resource type, no secret


class MtlsAppGateway(pulumi.ComponentResource):
    """A mutual-TLS edge in front of a backend: Azure Application Gateway v2, its network and its public address."""

    gateway_id: pulumi.Output[str]
    """The gateway's id in Azure."""
    public_address: pulumi.Output[str | None]
    """The public address; none where every listener is private."""
    private_address: pulumi.Output[str | None]
    """The address of the private listeners, if there are any."""
    fqdn: pulumi.Output[str | None]
    """The public address's name under the region's cloudapp domain, if it has one."""
    url: pulumi.Output[str]
    """The URL of the first listener."""
    modes: pulumi.Output[dict[str, str]]
    """Each profile's mode, as the provider returned it."""
    trusted_chains: pulumi.Output[list[TrustedChain]]
    """The CA chains on the gateway, enforced and staged."""
    nearest_ca_expiry: pulumi.Output[str | None]
    """When the first of the trusted CA certificates expires, ISO 8601."""
    ca_expiry: pulumi.Output[dict[str, str]]
    """The same for each profile that has chains."""
    document: pulumi.Output[str]
    """The gateway document as JSON: the ARM resource, without secrets."""

    def __init__(self, name: str, args: MtlsAppGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        now = datetime.now(UTC)
        with run_error():
            arguments, plan = plan_component(args, now)
        settings = plan.settings
        placement = placing_inputs(fill(placement_of(settings), arguments.values))
        hooks = pulumi.ResourceOptions(hooks=judged_placement(name, self))
        super().__init__(TOKEN, name, placement, pulumi.ResourceOptions.merge(opts, hooks))
        log_problems(plan.problems, self)
        for profile in plan.profiles:
            log_chains(profile, self)
        with run_error():
            choice = choose_provider(self, name, opts.parent if opts is not None else None)
            inputs = flatten(plan.document)
        common = {
            "resourceGroupName": choice.gate(fill(settings.resource_group_name, arguments.values)),
            "location": fill(settings.location, arguments.values),
            "tags": fill(settings.tags, arguments.values) or None,
        }
        address = public_address(name, settings, common, arguments.values, self)
        values: dict[str, Any] = dict(arguments.values)
        subnet_id: pulumi.Input[str] = fill(settings.network.subnet_id, values)
        if settings.network.subnet_id is None:
            network = GatewayNetwork(
                name,
                settings,
                common,
                values,
                public_address=address.address,
                component=self,
            )
            values[SUBNET_PLACEHOLDER] = subnet_id = network.subnet.id
        neighbour_id = choice.neighbour(pulumi.Output.from_input(address.made.id if address.made else subnet_id))
        # One input that waits for the check is enough: the gateway is registered once all of them are known.
        if address.made:
            values[PUBLIC_IP_PLACEHOLDER] = neighbour_id
        else:
            inputs["gatewayIPConfigurations"][0]["subnet"]["id"] = neighbour_id
        checks = LateChecks(now, settings.ca_expiry_warning_days, self)
        later = _later_chains(plan, arguments, checks)
        values |= {placeholder: chain.apply(lambda known: known.data) for placeholder, chain in later.items()}
        values |= roots_later(settings, arguments.values, checks)
        values |= late_members(settings, arguments.values, checks)
        gateway = ApplicationGateway(
            f"{name}-gateway",
            {**_inputs(inputs, settings, values, checks), "resourceGroupName": common["resourceGroupName"]},
            pulumi.ResourceOptions(
                parent=self,
                provider=choice.provider,
                custom_timeouts=pulumi.CustomTimeouts(**settings.timeouts.model_dump()),
                hooks=judged_update(f"{name}-gateway", judge_gateway_update, self),
            ),
        )
        lock_gateway(name, settings, gateway.id, self)
        self._set_outputs(
            plan=plan,
            requested=inputs,
            gateway=gateway,
            address=address,
            neighbour_id=neighbour_id,
            values=values,
            trusted=trusted_chains(plan, later),
        )

    def _set_outputs(
        self,
        *,
        plan: Plan,
        requested: Mapping[str, Any],
        gateway: ApplicationGateway,
        address: PublicAddress,
        neighbour_id: pulumi.Output[str],
        values: Mapping[str, Any],
        trusted: pulumi.Output[list[TrustedChain]],
    ) -> None:
        self.gateway_id = gateway.id
        self.public_address = address.address
        self.private_address = pulumi.Output.from_input(private_address(plan.settings))
        self.fqdn = address.fqdn
        self.url = pulumi.Output.all(self.fqdn, self.public_address).apply(
            lambda hosts: listener_url(plan.settings, hosts[0] or hosts[1])
        )
        self.modes = compared_modes(fill(requested, values), gateway, neighbour_id)
        self.trusted_chains = trusted
        self.nearest_ca_expiry = trusted.apply(lambda chains: min((chain["expires"] for chain in chains), default=None))
        self.ca_expiry = trusted.apply(expiry_by_profile)
        self.document = document_text(plan, {**values, NAME_PLACEHOLDER: gateway.name}, gateway)
        self.register_outputs(
            {
                "gatewayId": self.gateway_id,
                "publicAddress": self.public_address,
                "privateAddress": self.private_address,
                "fqdn": self.fqdn,
                "url": self.url,
                "modes": self.modes,
                "trustedChains": self.trusted_chains,
                "nearestCaExpiry": self.nearest_ca_expiry,
                "caExpiry": self.ca_expiry,
                "document": self.document,
            }
        )


def plan_component(args: Mapping[str, Any], now: datetime) -> tuple[SeparatedArguments, Plan]:
    """Everything that can be decided before anything is registered.

    Raises:
        GatewayError: with every problem.
    """
    sources: Mapping[str, str] = getattr(args, "sources", {})  # A stack's config knows where its values came from.
    arguments = separate(args)
    others = (*arguments.problems, *known_pfx_problems(arguments, now, sources))
    return arguments, plan_gateway(arguments.settings, now=now, sources=sources, others=others)


def _later_chains(plan: Plan, arguments: SeparatedArguments, checks: LateChecks) -> dict[str, pulumi.Output[CaChain]]:
    return {
        entry.data: chain_later(arguments.values[entry.data], entry.name, profile.authentication, checks)
        for profile in plan.profiles
        for entry in profile.entries
        if is_placeholder(entry.data)
    }


def _inputs(
    inputs: Mapping[str, Any], settings: GatewaySettings, values: Mapping[str, Any], checks: LateChecks
) -> dict[str, Any]:
    filled: dict[str, Any] = fill(inputs, values)
    if settings.gateway_name is None:
        del filled["applicationGatewayName"]
    for index, certificate in enumerate(settings.listener_certificates):
        where = f"listenerCertificates[{index}].pfx"
        filled["sslCertificates"][index] |= listener_secrets(certificate, where, values, checks)
    return filled

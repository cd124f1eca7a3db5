"""From settings and trusted CA chains to the gateway document: the ARM resource as plain data.

What is known only later has a placeholder in the document, `$input/<path>`. No private key and no password is ever in
it: a PFX listener certificate has a name there and nothing more. Each part records the setting that made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..document.arm_types import GATEWAY_TYPE
from ..document.azure import API
from ..document.placeholder import Placeholder
from ..document.references import without_unused
from ..problems import Problem
from .arm import with_arm
from .backend_parts import RootEntry, backend_collections
from .frontend_parts import subnet
from .http_redirects import http_redirects
from .implied import profiles_of
from .listener_parts import error_page_parts, listener_collections
from .origins import From, Origins, part
from .profile_parts import TrustedEntry, profile_collections, tls_policy_part
from .route_parts import route_collections
from .settings import Autoscale, GatewaySettings

Document = dict[str, Any]

NAME_PLACEHOLDER = Placeholder("gatewayName")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document on its way: of any settings that could be parsed, with a placeholder for what could not be read."""

    document: Document
    """With rewrite rule sets that no route uses, so that what they hold can be judged."""
    origins: Origins
    problems: tuple[Problem, ...] = ()
    """What is wrong with `arm`."""
    kept: frozenset[str] = frozenset()
    """The names, in small letters, of the rewrite rule sets that `arm` gives: used or not, they are kept."""


def finished(draft: Draft) -> Document:
    """The draft's document without the rewrite rule sets that no route uses."""
    return without_unused(draft.document, "rewriteRuleSets", draft.kept)


def draft_document(
    settings: GatewaySettings,
    trusted: Mapping[str, Sequence[TrustedEntry]],
    unread: frozenset[str] = frozenset(),
    roots: Mapping[str, RootEntry] | None = None,
) -> Draft:
    """The document for any settings that could be parsed, and which setting made which part.

    Args:
        trusted: each profile's entries, by the profile's name, in the order they were given. Those of a Passthrough
            profile are staged: part of the gateway, and attached to no profile.
        unread: the top-level settings that could not be read.
        roots: the entry of each trusted root that could be read, by the path of its setting.
    """
    from_http = http_redirects(settings)
    properties: dict[str, Any] = {
        **_size(settings),
        "enableHttp2": From("http2", settings.http2),
        "customErrorConfigurations": error_page_parts("errorPages", settings.error_pages),
        "sslPolicy": tls_policy_part("tlsPolicy", settings.tls_policy),
        "gatewayIPConfigurations": [part(settings.network.ip_configuration_name, "network", subnet=subnet(settings))],
        **listener_collections(settings, from_http),
        **profile_collections(profiles_of(settings), trusted),
        **backend_collections(settings, roots or {}),
        **route_collections(settings, from_http),
        "firewallPolicy": From("wafPolicyId", settings.waf_policy_id and {"id": settings.waf_policy_id}),
    }
    origins = Origins()
    document = origins.settle({**_envelope(settings), "properties": properties}, unread)
    merged = with_arm(document, origins, settings)
    return Draft(merged.document, origins, merged.problems, merged.rewrites)


def _envelope(settings: GatewaySettings) -> Document:
    identity = {"type": "UserAssigned", "userAssignedIdentities": {settings.identity_id: {}}}
    return {
        "type": GATEWAY_TYPE,
        "apiVersion": API.version,
        "name": From("gatewayName", settings.gateway_name or NAME_PLACEHOLDER),
        "location": From("location", settings.location),
        # In order, so that the same tags are the same text: they cross a plugin's boundary in any.
        "tags": From("tags", dict(sorted(settings.tags.items())) or None),
        "zones": From("zones", list(settings.zones) or None),
        "identity": From("identityId", identity if settings.identity_id is not None else None),
    }


def _size(settings: GatewaySettings) -> dict[str, Any]:
    sku: dict[str, Any] = {"name": settings.sku.value, "tier": settings.sku.value}
    if settings.capacity is not None:
        return {"sku": From("sku", {**sku, "capacity": From("capacity", settings.capacity)})}
    scale = settings.autoscale or Autoscale()
    return {
        "sku": From("sku", sku),
        "autoscaleConfiguration": From(
            "autoscale",
            {
                "minCapacity": From("autoscale.minCapacity", scale.min_capacity),
                "maxCapacity": From("autoscale.maxCapacity", scale.max_capacity),
            },
        ),
    }

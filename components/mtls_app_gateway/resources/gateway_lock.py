"""The lock on the gateway, where one is asked for.

It refers to the gateway's id, so Pulumi deletes the lock before the gateway. Other locks are not seen: one that someone
else made stops a `destroy`.
"""

import pulumi

from ..settings.settings import GatewaySettings
from .azure_resource import LOCK, AzureResource

_NOTES = (
    "Made by Pulumi with the gateway. To delete the gateway, take the setting lock away first, or destroy the stack."
)


def lock_gateway(name: str, settings: GatewaySettings, gateway_id: pulumi.Input[str], parent: pulumi.Resource) -> None:
    """Register the lock; whoever deploys it needs `Microsoft.Authorization/locks/write` and `/delete`."""
    if settings.lock is not None:
        inputs = {"scope": gateway_id, "level": settings.lock.value, "notes": _NOTES}
        AzureResource(LOCK, f"{name}-lock", inputs, pulumi.ResourceOptions(parent=parent))

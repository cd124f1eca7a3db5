"""A mutual-TLS edge, Azure Application Gateway v2, as a Pulumi component.

Importing the package does not import Pulumi: the component is loaded when it is first asked for, so
that the command line starts quickly.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .resources.arguments import MtlsAppGatewayArgs as MtlsAppGatewayArgs
    from .resources.component import MtlsAppGateway as MtlsAppGateway
    from .resources.gateway_resource import GatewayProvider as GatewayProvider

__all__ = ["GatewayProvider", "MtlsAppGateway", "MtlsAppGatewayArgs"]

_HOME = {
    "MtlsAppGateway": "component",
    "MtlsAppGatewayArgs": "arguments",
    "GatewayProvider": "gateway_resource",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".resources.{_HOME[name]}", __name__), name)

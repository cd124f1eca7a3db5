"""A mutual-TLS edge, Azure Application Gateway v2, as a Pulumi component.

Importing the package does not import Pulumi: the component is loaded when it is first asked for, so
that the command line starts quickly.
"""

import sys
from types import ModuleType
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
    module = f"{__name__}.resources.{_HOME[name]}"
    return getattr(sys.modules.get(module) or _load(module), name)


def _load(module: str) -> ModuleType:
    """Import a module together with Pulumi and azure-native.

    These make some hundred thousand objects, of which none is garbage: nobody looks for any meanwhile.
    """
    import gc
    from importlib import import_module

    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if was_collecting:
            gc.enable()

"""A mutual-TLS edge, Azure Application Gateway v2, as a Pulumi component.

Importing the package imports neither Pulumi nor the component: the command line starts quickly, and works where
Pulumi is not installed. The component is loaded when a program first names it; it needs the extra `pulumi`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .resources.arguments import MtlsAppGatewayArgs as MtlsAppGatewayArgs
    from .resources.component import MtlsAppGateway as MtlsAppGateway
    from .resources.gateway_resource import GatewayProvider as GatewayProvider
    from .resources.parse_mode import parse_mode as parse_mode

    __version__: str

__all__ = ["GatewayProvider", "MtlsAppGateway", "MtlsAppGatewayArgs", "__version__", "parse_mode"]

_MODULES = {
    "MtlsAppGateway": "component",
    "MtlsAppGatewayArgs": "arguments",
    "parse_mode": "parse_mode",
    "GatewayProvider": "gateway_resource",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("mtls-app-gateway")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = f"{__name__}.resources.{_MODULES[name]}"
    return getattr(sys.modules.get(module) or _load(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _load(module: str) -> ModuleType:
    """Import a module together with Pulumi.

    An import makes many objects, none of which is garbage: the collector does not look for any meanwhile.
    """
    import gc
    from importlib import import_module

    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in {"pulumi", "pulumi_azure_native"}:
            raise
        raise ModuleNotFoundError(
            "The component MtlsAppGateway needs Pulumi and azure-native. Install both with it: "
            "pip install 'mtls-app-gateway[pulumi]'",
            name=error.name,
        ) from None
    finally:
        if was_collecting:
            gc.enable()

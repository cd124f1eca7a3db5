"""Which frontends a gateway has, public, private or both, and their parts of the gateway document."""

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .enums import FrontendKind
from .origins import From, part
from .settings import GatewaySettings, Listener, PrivateIp

PUBLIC_IP_PLACEHOLDER = Placeholder("publicIp.id")
SUBNET_PLACEHOLDER = Placeholder("network.subnetId")


def listens(settings: GatewaySettings, kind: FrontendKind) -> bool:
    """Whether a listener is on this frontend."""
    return any(listener.frontend is kind for listener in settings.listeners)


def has_public_address(settings: GatewaySettings) -> bool:
    """Whether the gateway has a public address: not where every listener is private, unless it is kept unused."""
    return settings.public_ip.keep_unused or not settings.listeners or listens(settings, FrontendKind.PUBLIC)


def subnet(settings: GatewaySettings) -> From:
    """The reference to the gateway's subnet."""
    return From("network.subnetId", {"id": settings.network.subnet_id or SUBNET_PLACEHOLDER})


def frontend_parts(settings: GatewaySettings) -> list[From]:
    """The frontend IP configurations. A private one that no listener uses would not keep its address, so none is made.

    Source: Microsoft, Application Gateway frontend IP configuration.
    """
    frontends = []
    if has_public_address(settings):
        address = {"id": settings.public_ip.id or PUBLIC_IP_PLACEHOLDER}
        frontends.append(
            part(settings.public_ip.frontend_name, "publicIp", publicIPAddress=From("publicIp.id", address))
        )
    if listens(settings, FrontendKind.PRIVATE):
        private = _private_ip(settings)
        made = part(
            private.name,
            "privateIp",
            subnet=subnet(settings),
            privateIPAllocationMethod=From("privateIp.address", "Static"),
            privateIPAddress=From("privateIp.address", private.address),
        )
        frontends.append(made)
    return frontends


def frontend_of(settings: GatewaySettings, listener: Listener) -> dict[str, str]:
    """The reference to the frontend of a listener."""
    is_private = listener.frontend is FrontendKind.PRIVATE
    name = _private_ip(settings).name if is_private else settings.public_ip.frontend_name
    return self_reference("frontendIPConfigurations", name)


def _private_ip(settings: GatewaySettings) -> PrivateIp:
    # A listener without it is refused; its document is reviewed all the same.
    return settings.private_ip or PrivateIp()

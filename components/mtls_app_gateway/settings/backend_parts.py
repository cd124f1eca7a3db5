"""Writes the backends of the gateway document: pools, how they are spoken to, and their probes."""

from collections.abc import Iterator
from typing import Any

from ..document.references import self_reference
from .origins import From, part
from .settings import Backend, GatewaySettings, HostNameFrom, Protocol

_LEAST_DRAINING, _MOST_DRAINING = 60, 3600


def backend_collections(settings: GatewaySettings) -> dict[str, From]:
    """The collections of the document that backends make."""
    backends = list(_backends(settings))
    return {
        "backendAddressPools": From("backends", [_pool(*each) for each in backends]),
        "backendHttpSettingsCollection": From("backends", [_backend_settings(*each) for each in backends]),
        "probes": From("backends", [_probe(*each) for each in backends]),
    }


def _backends(settings: GatewaySettings) -> Iterator[tuple[str, Backend]]:
    """Each backend with its path in the settings."""
    return ((f"backends[{index}]", backend) for index, backend in enumerate(settings.backends))


def _pool(setting: str, backend: Backend) -> From:
    members = [{"fqdn": name} for name in backend.fqdns]
    members += [{"ipAddress": address} for address in backend.ip_addresses]
    return part(backend.name, setting, backendAddresses=From(setting, members))


def _backend_settings(setting: str, backend: Backend) -> From:
    port = backend.port or (443 if backend.protocol is Protocol.HTTPS else 80)
    from_member = backend.host_name is None and backend.host_name_from is HostNameFrom.BACKEND
    return part(
        backend.name,
        setting,
        port=port,
        protocol=backend.protocol.value,
        hostName=backend.host_name,
        pickHostNameFromBackendAddress=From(f"{setting}.hostNameFrom", from_member or None),
        requestTimeout=backend.request_timeout,
        connectionDraining=_draining(backend),
        cookieBasedAffinity=From(f"{setting}.affinityCookie", backend.affinity_cookie and "Enabled"),
        affinityCookieName=From(f"{setting}.affinityCookie", backend.affinity_cookie),
        dedicatedBackendConnection=From(f"{setting}.dedicatedConnections", backend.dedicated_connections or None),
        probe=self_reference("probes", backend.name),
    )


def _draining(backend: Backend) -> dict[str, Any] | None:
    """Without it every update of the gateway cuts off the requests that last longer than 30 seconds.

    Microsoft, Application Gateway HTTP settings configuration: connection draining.
    """
    draining = backend.connection_draining
    if not draining.enabled:
        return None
    slowest = min(backend.request_timeout or 0, _MOST_DRAINING)
    return {"enabled": True, "drainTimeoutInSec": draining.timeout or max(_LEAST_DRAINING, slowest)}


def _probe(setting: str, backend: Backend) -> From:
    probe = backend.probe
    return part(
        backend.name,
        f"{setting}.probe",
        protocol=From(f"{setting}.protocol", backend.protocol.value),
        path=probe.path,
        host=From(f"{setting}.probe.hostName", probe.host_name),
        pickHostNameFromBackendHttpSettings=True if probe.host_name is None else None,
        interval=probe.interval,
        timeout=probe.timeout,
        unhealthyThreshold=probe.unhealthy_threshold,
        match={"statusCodes": From(f"{setting}.probe.statusCodes", list(probe.status_codes))},
    )

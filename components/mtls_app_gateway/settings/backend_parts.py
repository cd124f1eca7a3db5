"""Writes the backends of the gateway document: pools, how they are spoken to, and their probes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..document.default_ports import DEFAULT_PORTS
from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .backend_settings import Backend
from .enums import HostNameFrom
from .origins import From, part
from .settings import GatewaySettings

_LEAST_DRAINING, _MOST_DRAINING = 60, 3600


@dataclass(frozen=True, slots=True)
class RootEntry:
    """One `trustedRootCertificates` entry: base64 of PEM, or the Key Vault secret id, or a placeholder of either."""

    name: str
    data: str | None = None
    key_vault_secret_id: str | None = None


def backend_collections(settings: GatewaySettings, roots: Mapping[str, RootEntry]) -> dict[str, From]:
    """The collections of the document that backends make.

    Args:
        roots: the entry of each trusted root that could be read, by the path of its setting.
    """
    backends = list(_backends(settings))
    with_settings = [each for each in backends if each[1].settings_of is None]
    return {
        "trustedRootCertificates": From("backends", [_root(*each) for each in _each_once(roots)] or None),
        "backendAddressPools": From("backends", [_pool(*each) for each in backends]),
        "backendHttpSettingsCollection": From("backends", [_backend_settings(*each, roots) for each in with_settings]),
        "probes": From("backends", [_probe(*each) for each in with_settings]),
    }


def _backends(settings: GatewaySettings) -> Iterator[tuple[str, Backend]]:
    """Each backend with its path in the settings."""
    return ((f"backends[{index}]", backend) for index, backend in enumerate(settings.backends))


def _pool(setting: str, backend: Backend) -> From:
    members = [{"fqdn": name} for name in backend.fqdns]
    members += [{"ipAddress": address} for address in backend.ip_addresses]
    return part(backend.name, setting, backendAddresses=From(setting, members))


def _each_once(roots: Mapping[str, RootEntry]) -> Iterator[tuple[str, RootEntry]]:
    """Each entry with the setting that gave it first, though several backends may trust it."""
    first: dict[RootEntry, str] = {}
    for setting, entry in roots.items():
        first.setdefault(entry, setting)
    return ((setting, entry) for entry, setting in first.items())


def _root(setting: str, entry: RootEntry) -> From:
    return part(entry.name, setting, data=entry.data, keyVaultSecretId=entry.key_vault_secret_id)


def _trusted(setting: str, backend: Backend, roots: Mapping[str, RootEntry]) -> list[Any] | str | None:
    """The references to a backend's roots: not known where one of them could not be read."""
    paths = [f"{setting}.trustedRoots[{index}]" for index in range(len(backend.trusted_roots))]
    if any(path not in roots for path in paths):
        return Placeholder(f"{setting}.trustedRoots")
    names = dict.fromkeys(roots[path].name for path in paths)
    return [self_reference("trustedRootCertificates", name) for name in names] or None


def _backend_settings(setting: str, backend: Backend, roots: Mapping[str, RootEntry]) -> From:
    port = backend.port or DEFAULT_PORTS[backend.protocol.lower()]
    from_member = backend.host_name is None and backend.host_name_from is HostNameFrom.BACKEND
    return part(
        backend.name,
        setting,
        port=port,
        protocol=backend.protocol.value,
        hostName=backend.host_name,
        pickHostNameFromBackendAddress=From(f"{setting}.hostNameFrom", from_member or None),
        trustedRootCertificates=From(f"{setting}.trustedRoots", _trusted(setting, backend, roots)),
        sniName=backend.sni_name,
        # Left out, both are on.
        validateCertChainAndExpiry=_off(f"{setting}.unsafeUnverifiedChain", backend.unsafe_unverified_chain),
        validateSNI=_off(f"{setting}.unsafeUnverifiedName", backend.unsafe_unverified_name),
        requestTimeout=backend.request_timeout,
        connectionDraining=_draining(backend),
        cookieBasedAffinity=From(f"{setting}.affinityCookie", backend.affinity_cookie and "Enabled"),
        affinityCookieName=From(f"{setting}.affinityCookie", backend.affinity_cookie),
        dedicatedBackendConnection=From(f"{setting}.dedicatedConnections", backend.dedicated_connections or None),
        probe=self_reference("probes", backend.name),
    )


def _off(setting: str, is_off: bool) -> From:
    return From(setting, False if is_off else None)


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
        port=probe.port,
        interval=probe.interval,
        timeout=probe.timeout,
        unhealthyThreshold=probe.unhealthy_threshold,
        minServers=probe.min_servers or None,
        match={
            "statusCodes": From(f"{setting}.probe.statusCodes", list(probe.status_codes)),
            "body": From(f"{setting}.probe.body", probe.body),
        },
    )

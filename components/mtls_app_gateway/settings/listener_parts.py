"""Writes the listeners of the gateway document, and what they stand on: frontends, ports and certificates."""

from collections.abc import Sequence

from ..document.placeholder import Placeholder
from ..document.references import self_reference
from .enums import Protocol
from .frontend_parts import frontend_of, frontend_parts
from .http_redirects import HTTP_REDIRECT, HttpRedirect, ports_of
from .implied import certificate_of, profile_of
from .origins import From, part, whole
from .settings import GatewaySettings, Listener


def listener_collections(settings: GatewaySettings, from_http: Sequence[HttpRedirect]) -> dict[str, From | list[From]]:
    """The collections of the document that clients meet first."""
    return {
        "frontendIPConfigurations": frontend_parts(settings),
        "frontendPorts": From(
            "listeners",
            [part(_port_name(port), "listeners", port=From("listeners", port)) for port in ports_of(settings)],
        ),
        "sslCertificates": From(
            "listenerCertificates",
            [
                part(each.name, f"listenerCertificates[{index}]", keyVaultSecretId=each.key_vault_secret_id)
                for index, each in enumerate(settings.listener_certificates)
            ],
        ),
        "httpListeners": From(
            "listeners",
            [
                *(_listener(settings, f"listeners[{index}]", each) for index, each in enumerate(settings.listeners)),
                *(whole(_listener(settings, HTTP_REDIRECT, redirect.listener)) for redirect in from_http),
            ],
        ),
    }


def _port_name(port: int) -> str:
    return f"port-{port}"


def _listener(settings: GatewaySettings, setting: str, listener: Listener) -> From:
    setting_of_certificate, profile = f"{setting}.certificate", profile_of(listener)
    name = certificate_of(settings, listener)
    certificate = self_reference("sslCertificates", name) if name else Placeholder(setting_of_certificate)
    return part(
        listener.name,
        setting,
        frontendIPConfiguration=From(f"{setting}.frontend", frontend_of(settings, listener)),
        frontendPort=From(f"{setting}.port", self_reference("frontendPorts", _port_name(listener.port))),
        protocol=listener.protocol.value,
        hostNames=list(listener.host_names) or None,
        sslCertificate=From(setting_of_certificate, certificate if listener.protocol is Protocol.HTTPS else None),
        sslProfile=From(f"{setting}.profile", profile and self_reference("sslProfiles", profile)),
    )

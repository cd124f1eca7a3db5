"""The rules of how the gateway verifies a backend, where settings leave it open."""

from collections.abc import Iterator

from ..escaping import quoted
from ..problems import Finding, Rule
from .enums import Protocol
from .implied import given_roots
from .settings import GatewaySettings
from .shapes import given_keys


def _root_source(settings: GatewaySettings) -> Iterator[Finding]:
    for where, root in given_roots(settings):
        if (root.data is None) == (root.key_vault_secret_id is None):
            saw = "neither data nor a Key Vault secret" if root.data is None else "data and a Key Vault secret"
            yield Finding(where, saw)


def _tls_in_plain(settings: GatewaySettings) -> Iterator[Finding]:
    for index, backend in enumerate(settings.backends):
        given = {
            "trustedRoots": bool(backend.trusted_roots),
            "sniName": backend.sni_name is not None,
            "unsafeUnverifiedChain": backend.unsafe_unverified_chain,
            "unsafeUnverifiedName": backend.unsafe_unverified_name,
        }
        if backend.protocol is Protocol.HTTP:
            for key in (key for key, is_given in given.items() if is_given):
                yield Finding(f"backends[{index}].{key}", "the backend speaks plain HTTP, and shows no certificate")


_OF_THE_POOL = ("name", "fqdns", "ip_addresses", "settings_of")


def _settings_of(settings: GatewaySettings) -> Iterator[Finding]:
    own = [backend.name for backend in settings.backends if backend.settings_of is None]
    for index, backend in enumerate(settings.backends):
        if backend.settings_of is not None and backend.settings_of not in own:
            saw = f"there is no backend {quoted(backend.settings_of)} with settings of its own"
            fix = f"Name one of {', '.join(own)}." if own else ""
            yield Finding(f"backends[{index}].settingsOf", saw, fix)


def _settings_twice(settings: GatewaySettings) -> Iterator[Finding]:
    for index, backend in enumerate(settings.backends):
        if backend.settings_of is not None:
            for key in given_keys(backend, *_OF_THE_POOL):
                saw = f"the settings are those of {quoted(backend.settings_of)}"
                yield Finding(f"backends[{index}].{key}", saw)


BACKEND_RULES = (
    Rule(
        code="backend-settings-unknown",
        demands="A backend that has the settings of another one names one that has its own.",
        source="Azure REST API 2025-03-01, applicationGateways: a reference reaches a part",
        remedy="Name a backend that has settings of its own.",
        check=_settings_of,
    ),
    Rule(
        code="backend-settings-twice",
        demands="A backend has settings of its own, or those of another one.",
        source="Azure REST API 2025-03-01, applicationGateways: a rule names one backendHttpSettings",
        remedy="Take settingsOf away, or everything beside it but name, fqdns and ipAddresses.",
        check=_settings_twice,
    ),
    Rule(
        code="trusted-root-source",
        demands="A trusted root is given as data or as a Key Vault secret.",
        source="Azure REST API 2025-03-01, applicationGateways: trustedRootCertificates",
        remedy="Give data or keyVaultSecretId, one of them.",
        check=_root_source,
    ),
    Rule(
        code="http-backend-with-tls",
        demands="Only an HTTPS backend says how its certificate is verified.",
        source="this product's own decision: what has no effect must not look like verification",
        remedy="Use Https, or take it away.",
        check=_tls_in_plain,
    ),
)

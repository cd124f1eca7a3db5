"""The rules of how the gateway verifies a backend, where settings leave it open."""

from collections.abc import Iterator

from ..problems import Finding, Rule
from .enums import Protocol
from .implied import given_roots
from .settings import GatewaySettings


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


BACKEND_RULES = (
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

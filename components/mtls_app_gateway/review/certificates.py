"""The rules of certificates: a listener has one, found in Key Vault when it is renewed too, by an identity.

Source: Microsoft, TLS termination with Key Vault certificates.
"""

import re
from collections.abc import Iterator

from ..document.backend_view import BackendRoot
from ..document.gateway import Certificate, Gateway, Listener
from ..escaping import quoted
from ..problems import Finding, Row, Rule, Severity, rule_of
from .checks import for_each

_SECRET_ID = re.compile(r"https://[A-Za-z0-9-]+\.[a-z0-9.-]+/secrets/[A-Za-z0-9-]+(/[A-Za-z0-9]+)?/?")
_SOURCE = "Microsoft, TLS termination with Key Vault certificates"


def _place(certificate: Certificate | BackendRoot) -> str:
    return f"{certificate.place}.properties.keyVaultSecretId"


@for_each(lambda gateway: gateway.listeners)
def _missing(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    if listener.is_tls and listener.certificate is None:
        saw = f"{quoted(listener.name)} speaks {listener.protocol} and shows no certificate"
        yield Finding(f"{listener.place}.properties.sslCertificate", saw)


def _all(gateway: Gateway) -> Iterator[Certificate | BackendRoot]:
    yield from gateway.certificates
    yield from gateway.trusted_roots


@for_each(_all)
def _id_malformed(_gateway: Gateway, certificate: Certificate | BackendRoot) -> Iterator[Finding]:
    given = certificate.key_vault_secret_id
    if given is not None and not _SECRET_ID.fullmatch(given):
        yield Finding(_place(certificate), "it is not a Key Vault secret ID")


@for_each(lambda gateway: gateway.certificates)
def _id_versioned(_gateway: Gateway, certificate: Certificate) -> Iterator[Finding]:
    found = _SECRET_ID.fullmatch(certificate.key_vault_secret_id or "")
    if found and found.group(1):
        yield Finding(_place(certificate), "the id names a version, so a renewed certificate is never picked up")


def _identity_missing(gateway: Gateway) -> Iterator[Finding]:
    in_vault = (each for each in _all(gateway) if not each.knows("key_vault_secret_id") or _is_in_vault(each))
    if not gateway.has_identity and (first := next(in_vault, None)):
        saw = f"the certificate {quoted(first.name)} is in Key Vault and no identity may read it"
        yield Finding("identity", saw)


def _is_in_vault(certificate: Certificate | BackendRoot) -> bool:
    return certificate.key_vault_secret_id is not None


CERTIFICATE_MISSING = Row(
    code="certificate-missing",
    demands="Each HTTPS listener shows a certificate that exists.",
    source="Microsoft, Application Gateway listener configuration",
    remedy="Give a listener certificate, and name it where there are several.",
)
"""In settings too, which may leave open which of several certificates it is."""

CERTIFICATE_RULES = (
    rule_of(CERTIFICATE_MISSING, _missing),
    Rule(
        code="secret-id-malformed",
        demands="A Key Vault secret id is one.",
        source=_SOURCE,
        remedy="Write https://VAULT.vault.azure.net/secrets/NAME, for a certificate of the vault too.",
        check=_id_malformed,
    ),
    Rule(
        code="secret-id-versioned",
        demands="A Key Vault secret id names no version.",
        source=_SOURCE,
        remedy="Leave the version out; the gateway then looks for a new one every four hours.",
        severity=Severity.WARNING,
        check=_id_versioned,
    ),
    Rule(
        code="identity-missing",
        demands="An identity may read Key Vault.",
        source=_SOURCE,
        remedy="Give the id of a user-assigned identity that has Key Vault Secrets User on the vault.",
        check=_identity_missing,
    ),
)

"""The rules of listener certificates in Key Vault: an id that finds renewed ones too, and an identity to read them.

Source: Microsoft, TLS termination with Key Vault certificates.
"""

import re
from collections.abc import Iterator

from ..document.gateway import Certificate, Gateway
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each

_SECRET_ID = re.compile(r"https://[A-Za-z0-9-]+\.[a-z0-9.-]+/secrets/[A-Za-z0-9-]+(/[A-Za-z0-9]+)?/?")
_SOURCE = "Microsoft, TLS termination with Key Vault certificates"


def _place(certificate: Certificate) -> str:
    return f"{certificate.place}.properties.keyVaultSecretId"


@for_each(lambda gateway: gateway.certificates)
def _id_malformed(_gateway: Gateway, certificate: Certificate) -> Iterator[Finding]:
    given = certificate.key_vault_secret_id
    if given is not None and not _SECRET_ID.fullmatch(given):
        yield Finding(_place(certificate), "it is not a Key Vault secret ID")


@for_each(lambda gateway: gateway.certificates)
def _id_versioned(_gateway: Gateway, certificate: Certificate) -> Iterator[Finding]:
    found = _SECRET_ID.fullmatch(certificate.key_vault_secret_id or "")
    if found and found.group(1):
        yield Finding(_place(certificate), "the id names a version, so a renewed certificate is never picked up")


def _identity_missing(gateway: Gateway) -> Iterator[Finding]:
    in_vault = [each for each in gateway.certificates if not each.knows("key_vault_secret_id") or _is_in_vault(each)]
    if in_vault and not gateway.has_identity:
        saw = f"the certificate {quoted(in_vault[0].name)} is in Key Vault and no identity may read it"
        yield Finding("identity", saw)


def _is_in_vault(certificate: Certificate) -> bool:
    return certificate.key_vault_secret_id is not None


CERTIFICATE_RULES = (
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

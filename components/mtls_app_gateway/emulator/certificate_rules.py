"""What Azure wants of the certificates in a gateway: the chains it is to trust, and those its listeners show."""

from collections.abc import Callable, Iterator

from . import certificates
from .arm_rules import Question, Rule

_TROUBLESHOOTING = "Microsoft Learn, application-gateway/mutual-authentication-troubleshooting"
_LIMITS = "Microsoft Learn, application-gateway limits"
_CHAIN_BYTES = 25 * 1024
_PFX_CHARACTERS = 16384


def _chains(question: Question) -> Iterator[tuple[str, str]]:
    for name, properties in question.parts("trustedClientCertificates"):
        yield f"{question.put.id}/trustedClientCertificates/{name}", str(properties.get("data") or "")


def _is_blank(data: str) -> bool:
    try:
        return not certificates.pem_text(data).strip()
    except ValueError:
        return False


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    """The chains that are PEM text at all; whatever else is wrong with the others is another rule's business."""
    for identity, data in _chains(question):
        try:
            text = certificates.pem_text(data)
            certificates.certificates_in(text)
        except ValueError:
            continue
        if text.strip():
            yield identity, text


def _says_something(question: Question) -> Iterator[str]:
    for identity, data in _chains(question):
        if _is_blank(data):
            yield f"Trusted client certificate {identity} must specify data."


def _holds_no_key(question: Question) -> Iterator[str]:
    for identity, text in _texts(question):
        if "PRIVATE KEY-----" in text:
            yield f"Trusted client certificate {identity} must not have a private key."


def _is_pem(question: Question) -> Iterator[str]:
    for identity, data in _chains(question):
        if _is_blank(data):
            continue
        try:
            if certificates.certificates_in(certificates.pem_text(data)):
                continue
        except ValueError:
            pass
        yield f"Data of trusted client certificate {identity} is invalid."


def _holds_an_authority(question: Question) -> Iterator[str]:
    for identity, text in _texts(question):
        found = certificates.certificates_in(text)
        if found and not any(map(certificates.is_authority, found)):
            yield f"Trusted client certificate {identity} does not contain any CA certificate."


def _holds_one_root(question: Question) -> Iterator[str]:
    for identity, text in _texts(question):
        authorities = [found for found in certificates.certificates_in(text) if certificates.is_authority(found)]
        roots = len([found for found in authorities if certificates.is_self_issued(found)])
        if authorities and roots != 1:
            yield f"Only one root CA is allowed in trusted client certificate {identity}; it has {roots}."


def _is_small(question: Question) -> Iterator[str]:
    for identity, text in _texts(question):
        if len(text.encode()) > _CHAIN_BYTES:
            yield f"Trusted client certificate {identity} is larger than 25 KB."


def _are_few(question: Question) -> Iterator[str]:
    if (count := len(list(question.parts("trustedClientCertificates")))) > 200:
        yield f"The gateway has {count} trusted client certificates; 200 are allowed."
    for name, properties in question.parts("sslProfiles"):
        if (count := len(properties.get("trustedClientCertificates") or ())) > 100:
            yield f"SSL profile {name} has {count} trusted client certificates; 100 are allowed."


def _pfx_is_small(question: Question) -> Iterator[str]:
    for name, properties in question.parts("sslCertificates"):
        if len(str(properties.get("data") or "")) > _PFX_CHARACTERS:
            identity = f"{question.put.id}/sslCertificates/{name}"
            yield f"Data too big for certificate {identity}. Max data length supported is {_PFX_CHARACTERS}."


def _pfx_opens(question: Question) -> Iterator[str]:
    for name, properties in question.parts("sslCertificates"):
        if "data" not in properties:
            continue
        try:
            certificates.open_pfx(str(properties["data"]), properties.get("password"))
        except ValueError:
            yield f"Data or Password for certificate {question.put.id}/sslCertificates/{name} is invalid."


def _pfx_has_one_source(question: Question) -> Iterator[str]:
    for name, properties in question.parts("sslCertificates"):
        if ("data" in properties) == ("keyVaultSecretId" in properties):
            yield f"SSL certificate {name} must have either data or keyVaultSecretId."


def _client_rule(name: str, code: str | None, check: Callable[[Question], Iterator[str]]) -> Rule:
    return Rule(name, code and f"ApplicationGateway{code}", _TROUBLESHOOTING, check)


RULES = (
    _client_rule("chain-says-something", "TrustedClientCertificateMustSpecifyData", _says_something),
    _client_rule("chain-holds-no-key", "TrustedClientCertificateMustNotHavePrivateKey", _holds_no_key),
    _client_rule("chain-is-pem", "TrustedClientCertificateInvalidData", _is_pem),
    _client_rule(
        "chain-holds-an-authority", "TrustedClientCertificateDoesNotContainAnyCACertificate", _holds_an_authority
    ),
    _client_rule("chain-holds-one-root", "OnlyOneRootCAAllowedInTrustedClientCertificate", _holds_one_root),
    Rule("chain-is-small", None, _LIMITS, _is_small),
    Rule("chains-are-few", None, _LIMITS, _are_few),
    Rule(
        "pfx-is-small",
        "ApplicationGatewaySslCertificateDataTooBig",
        "github.com/hashicorp/terraform-provider-azurerm/issues/31172",
        _pfx_is_small,
    ),
    Rule(
        "pfx-opens",
        "ApplicationGatewaySslCertificateInvalidData",
        "github.com/elastic/azure-marketplace/issues/181",
        _pfx_opens,
    ),
    Rule("pfx-has-one-source", None, "Azure REST API 2025-03-01, applicationGateways", _pfx_has_one_source),
)
"""In the order of ARM's documentation: what is empty, what is no certificate, what is the wrong one."""

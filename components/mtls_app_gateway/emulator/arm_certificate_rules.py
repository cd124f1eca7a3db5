"""ARM's rules about a gateway's certificates: the client CA chains it trusts, and those its listeners present."""

from collections.abc import Callable, Iterator

from . import arm_certificates
from .arm_rules import ArmRule, Request

_TROUBLESHOOTING = "Microsoft Learn, application-gateway/mutual-authentication-troubleshooting"
_LIMITS = "Microsoft Learn, application-gateway limits"
_CHAIN_BYTES = 25 * 1024
_PFX_CHARACTERS = 16384


def _chains(request: Request) -> Iterator[tuple[str, str]]:
    for name, properties in request.parts("trustedClientCertificates"):
        yield f"{request.put.id}/trustedClientCertificates/{name}", str(properties.get("data") or "")


def _is_blank(data: str) -> bool:
    try:
        return not arm_certificates.pem_text(data).strip()
    except ValueError:
        return False


def _texts(request: Request) -> Iterator[tuple[str, str]]:
    """The chains that are PEM text; `_is_pem` refuses the others."""
    for identity, data in _chains(request):
        try:
            text = arm_certificates.pem_text(data)
            arm_certificates.pem_certificates(text)
        except ValueError:
            continue
        if text.strip():
            yield identity, text


def _has_data(request: Request) -> Iterator[str]:
    for identity, data in _chains(request):
        if _is_blank(data):
            yield f"Trusted client certificate {identity} must specify data."


def _has_no_key(request: Request) -> Iterator[str]:
    for identity, text in _texts(request):
        if "PRIVATE KEY-----" in text:
            yield f"Trusted client certificate {identity} must not have a private key."


def _is_pem(request: Request) -> Iterator[str]:
    for identity, data in _chains(request):
        if _is_blank(data):
            continue
        try:
            if arm_certificates.pem_certificates(arm_certificates.pem_text(data)):
                continue
        except ValueError:
            pass
        yield f"Data of trusted client certificate {identity} is invalid."


def _has_an_authority(request: Request) -> Iterator[str]:
    for identity, text in _texts(request):
        found = arm_certificates.pem_certificates(text)
        if found and not any(map(arm_certificates.is_authority, found)):
            yield f"Trusted client certificate {identity} does not contain any CA certificate."


def _has_one_root(request: Request) -> Iterator[str]:
    for identity, text in _texts(request):
        authorities = list(filter(arm_certificates.is_authority, arm_certificates.pem_certificates(text)))
        roots = len(list(filter(arm_certificates.is_self_issued, authorities)))
        if authorities and roots != 1:
            yield f"Only one root CA is allowed in trusted client certificate {identity}; it has {roots}."


def _is_small(request: Request) -> Iterator[str]:
    for identity, text in _texts(request):
        if len(text.encode()) > _CHAIN_BYTES:
            yield f"Trusted client certificate {identity} is larger than 25 KB."


def _are_few(request: Request) -> Iterator[str]:
    if (count := len(list(request.parts("trustedClientCertificates")))) > 200:
        yield f"The gateway has {count} trusted client certificates; 200 are allowed."
    for name, properties in request.parts("sslProfiles"):
        if (count := len(properties.get("trustedClientCertificates") or ())) > 100:
            yield f"SSL profile {name} has {count} trusted client certificates; 100 are allowed."


def _pfx_is_small(request: Request) -> Iterator[str]:
    for name, properties in request.parts("sslCertificates"):
        if len(str(properties.get("data") or "")) > _PFX_CHARACTERS:
            identity = f"{request.put.id}/sslCertificates/{name}"
            yield f"Data too big for certificate {identity}. Max data length supported is {_PFX_CHARACTERS}."


def _pfx_opens(request: Request) -> Iterator[str]:
    for name, properties in request.parts("sslCertificates"):
        if "data" not in properties:
            continue
        try:
            arm_certificates.open_pfx(str(properties["data"]), properties.get("password"))
        except ValueError:
            yield f"Data or Password for certificate {request.put.id}/sslCertificates/{name} is invalid."


def _pfx_has_one_source(request: Request) -> Iterator[str]:
    for name, properties in request.parts("sslCertificates"):
        if ("data" in properties) == ("keyVaultSecretId" in properties):
            yield f"SSL certificate {name} must have either data or keyVaultSecretId."


def _client_rule(name: str, code: str | None, check: Callable[[Request], Iterator[str]]) -> ArmRule:
    return ArmRule(name, code and f"ApplicationGateway{code}", _TROUBLESHOOTING, check)


CERTIFICATE_RULES = (
    _client_rule("chain-has-data", "TrustedClientCertificateMustSpecifyData", _has_data),
    _client_rule("chain-has-no-key", "TrustedClientCertificateMustNotHavePrivateKey", _has_no_key),
    _client_rule("chain-is-pem", "TrustedClientCertificateInvalidData", _is_pem),
    _client_rule("chain-has-an-authority", "TrustedClientCertificateDoesNotContainAnyCACertificate", _has_an_authority),
    _client_rule("chain-has-one-root", "OnlyOneRootCAAllowedInTrustedClientCertificate", _has_one_root),
    ArmRule("chain-is-small", None, _LIMITS, _is_small),
    ArmRule("chains-are-few", None, _LIMITS, _are_few),
    ArmRule(
        "pfx-is-small",
        "ApplicationGatewaySslCertificateDataTooBig",
        "github.com/hashicorp/terraform-provider-azurerm/issues/31172",
        _pfx_is_small,
    ),
    ArmRule(
        "pfx-opens",
        "ApplicationGatewaySslCertificateInvalidData",
        "github.com/elastic/azure-marketplace/issues/181",
        _pfx_opens,
    ),
    ArmRule("pfx-has-one-source", None, "Azure REST API 2025-03-01, applicationGateways", _pfx_has_one_source),
)
"""In the order of ARM's documentation: no data, no certificate, the wrong certificate."""

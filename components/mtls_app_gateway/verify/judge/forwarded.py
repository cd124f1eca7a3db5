"""Application Gateway's client-certificate variables: the value of a header template for a certificate.

The formats are nginx's, as captured from live gateways. Pure. A template with other variables is not evaluated.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding

from ...certificates.distinguished_name import distinguished_name
from ...document.azure import Mode

_PLACEHOLDER = re.compile(r"\{([a-z]+_[A-Za-z0-9_-]+)\}")


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA1()).hex()  # noqa: S303 - what the gateway forwards


def _serial(certificate: x509.Certificate) -> str:
    digits = f"{certificate.serial_number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _moment(moment: datetime) -> str:
    # strftime would write the month in the user's language.
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * moment.month - 3 : 3 * moment.month]
    return f"{month} {moment.day:2d} {moment:%H:%M:%S} {moment.year} GMT"


_FACTS: Mapping[str, Callable[[x509.Certificate], str]] = {
    "var_client_certificate": lambda certificate: quote(certificate.public_bytes(Encoding.PEM), safe=""),
    "var_client_certificate_fingerprint": _fingerprint,
    "var_client_certificate_issuer": lambda certificate: distinguished_name(certificate.issuer),
    "var_client_certificate_subject": lambda certificate: distinguished_name(certificate.subject),
    "var_client_certificate_serial": _serial,
    "var_client_certificate_start_date": lambda certificate: _moment(certificate.not_valid_before_utc),
    "var_client_certificate_end_date": lambda certificate: _moment(certificate.not_valid_after_utc),
}
_VERIFICATION = "var_client_certificate_verification"


def forwarded_value(template: str, certificate: x509.Certificate | None, mode: Mode | None) -> str | None:
    """The value that the backend gets where a route sets a header to this template.

    Returns:
        An empty text where the header is absent, None where the value cannot be predicted.
    """
    placeholders = set(_PLACEHOLDER.findall(template))
    if mode is None and _VERIFICATION in placeholders:
        return None
    shown = None if mode is None else certificate
    if placeholders - {*_FACTS, _VERIFICATION}:
        return None
    return _PLACEHOLDER.sub(lambda found: _value(found[1], shown, mode), template)


def _value(name: str, certificate: x509.Certificate | None, mode: Mode | None) -> str:
    if name == _VERIFICATION:
        return _verification(certificate, mode)
    return _FACTS[name](certificate) if certificate else ""


def _verification(certificate: x509.Certificate | None, mode: Mode | None) -> str:
    if mode is Mode.STRICT:
        return "SUCCESS"
    return "PASSTHROUGH" if certificate else "NONE"

"""Reads a server's certificate and the names of the CAs that it trusts. Never raises."""

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from ...certificates.distinguished_name import distinguished_name
from ...certificates.name_reading import read_name
from .observation import ServerCertificate, excerpt


@lru_cache(maxsize=16)
def server_certificate(chain: tuple[bytes, ...]) -> ServerCertificate | None:
    """The server's own certificate, the first of its chain; None where none can be read."""
    try:
        own, *others = map(x509.load_der_x509_certificate, chain)
        return ServerCertificate(
            subject=distinguished_name(own.subject),
            issuer=distinguished_name(own.issuer),
            names=_alternative_names(own),
            not_before=own.not_valid_before_utc,
            not_after=own.not_valid_after_utc,
            sha256=own.fingerprint(SHA256()).hex(),
            sent_along=tuple(distinguished_name(other.subject) for other in others),
        )
    except (ValueError, TypeError, x509.InvalidVersion):
        return None


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(excerpt(str(name.value)) for name in names if isinstance(name, x509.DNSName | x509.IPAddress))


@lru_cache(maxsize=1024)
def name_from(der: bytes) -> str | None:
    """A distinguished name from its DER; None for other bytes."""
    try:
        return distinguished_name(read_name(der))
    except (ValueError, TypeError):
        return None

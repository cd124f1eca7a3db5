"""The callers for a live gateway: strangers with certificates minted for the run, and the user's own certificates."""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ...certificates import CaChain
from ...problems import GatewayError
from ...processes.input_file import read_file
from ..problem_rows import CLIENT_CERTIFICATE_UNUSABLE
from .question import Caller, ClientCertificate, Expect
from .strangers import expired, forged, self_signed_stranger, wrong_purpose

MAX_KEY_BYTES = 1_048_576
"""More than any file with a certificate or key has, comments included."""


def strangers(chains: Sequence[CaChain], folder: Path) -> tuple[Caller, ...]:
    """Callers that every Strict gateway refuses; their throwaway certificates and keys are written into the folder.

    Where a trusted chain is known, their certificates name its issuer, as far as the fault allows.
    """
    issuer = chains[0].paths[0][0].parsed.subject if chains else None
    minted = {
        "self-signed": ("a self-signed certificate", self_signed_stranger()),
        "expired": ("an expired certificate of a stranger", expired(issuer)),
        "wrong purpose": ("a server's certificate, of a stranger", wrong_purpose(issuer)),
    }
    if issuer:
        minted["forged issuer"] = ("a certificate that claims a trusted issuer", forged(issuer))
    return tuple(
        Caller(f"stranger, {name}", describes, stranger.write(folder, name.replace(" ", "-")), is_stranger=True)
        for name, (describes, stranger) in minted.items()
    )


def own_caller(
    name: str, certificate: Path, key: Path, *, key_password: str | None = None, expect: Expect | None = None
) -> Caller:
    """The caller with this certificate, PEM with its intermediates below it, and this key.

    Only certificates are read here; the key is left to the TLS library.

    Raises:
        GatewayError: where the file has no readable certificate.
    """
    try:
        found = x509.load_pem_x509_certificates(read_file(certificate, MAX_KEY_BYTES))
    except OSError as error:
        raise _unreadable(certificate, str(error.strerror)) from None
    except ValueError:
        raise _unreadable(certificate, "there is no PEM certificate in it that can be read") from None
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in found).decode("ascii")
    return Caller(
        name,
        f"the certificate in {certificate.name}",
        ClientCertificate(pem, certificate, key, key_password),
        expect=expect,
    )


def _unreadable(path: Path, saw: str) -> GatewayError:
    return CLIENT_CERTIFICATE_UNUSABLE.error(str(path), saw)

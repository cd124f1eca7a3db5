"""Mints what the environment "local" keeps secret: a throwaway server certificate, worth nothing to anybody else."""

import base64
import secrets

from mtls_app_gateway.rehearsal.authority import Authority, KeyKind, LeafUse


def listener_secrets() -> tuple[str, str]:
    """A certificate for `localhost`, good for a year, as a PKCS#12 file in base64; and the password of the file."""
    password = secrets.token_hex(16)  # Azure takes letters and digits only.
    server = Authority.create("Local Server CA").issue(
        "localhost", purpose=LeafUse.SERVER, host_names=("localhost", "127.0.0.1"), key=KeyKind.RSA2048
    )
    return base64.b64encode(server.pfx(password)).decode("ascii"), password

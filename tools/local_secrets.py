"""Mints what the environment "local" keeps secret: a throwaway server certificate, worth nothing to anybody else."""

import base64
import secrets
from collections.abc import Mapping

from mtls_app_gateway.rehearsal.authority import Authority, KeyKind, Purpose


def listener_secrets() -> Mapping[str, str]:
    """The stack's secret config by key: a PKCS#12 file in base64 for `localhost`, good for a year, and its password."""
    password = secrets.token_urlsafe(24)
    server = Authority.create("Local Server CA").issue(
        "localhost", purpose=Purpose.SERVER, host_names=("localhost", "127.0.0.1"), key=KeyKind.RSA2048
    )
    return {
        "listener-pfx": base64.b64encode(server.pfx(password)).decode("ascii"),
        "listener-password": password,
    }

"""Real CAs without a subject key identifier, beside rehearsal CAs of the same names: each one's clients pass."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.authority import Credential, write_credential
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.nginx.client_check import client_check
from mtls_app_gateway.rehearsal.rehearsal_chain import RehearsalChain, rehearsal_chain_for, with_rehearsal_chains

from ..certificates.handmade import (
    CLIENT_AUTH,
    Handmade,
    Key,
    authority_key_id,
    basic_constraints,
    common_name,
    extended_key_usage,
    handmade_root,
    key_usage,
    p256,
)
from ..certificates.minting import pem_of
from .documents import document, listener, part, strict, trusted
from .knocking import ClientFiles, knock

NOW = datetime.now(UTC)
CA = (basic_constraints(ca=True), key_usage(5, 6))


@cache
def rsa_key(number: int) -> Key:  # noqa: ARG001 - one for each number
    return rsa.generate_private_key(65537, 2048)


def real(key: Callable[[int], Key], *, names_key: bool) -> tuple[Handmade, Handmade, Handmade]:
    """A client, its issuer and its root, none with a subject key identifier."""
    root = handmade_root(common_name("Real Root"), key(1), NOW, CA)
    ours = (lambda above: (authority_key_id(above),)) if names_key else (lambda _: ())
    issuing = root.issue(common_name("Real Issuing"), key(2), (*CA, *ours(root.key)))
    client_extensions = (key_usage(0), extended_key_usage(CLIENT_AUTH), *ours(issuing.key))
    return issuing.issue(common_name("real"), key(3), client_extensions), issuing, root


def shown(folder: Path, client: Handmade, *issuers: Handmade) -> ClientFiles:
    chain, key = folder / f"real-{len(issuers)}.pem", folder / "real.key.pem"
    chain.write_text("".join(pem_of(each.der) for each in (client, *issuers)))
    key.write_bytes(client.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return ClientFiles(chain, key)


def chain_of(*certificates: Handmade) -> dict[str, Any]:
    data = "".join(pem_of(each.der) for each in certificates)
    return part("real", data=base64.b64encode(data.encode()).decode())


def rehearsed(entry: dict[str, Any]) -> RehearsalChain:
    made = rehearsal_chain_for(trusted(entry), now=NOW)
    assert made is not None
    return made


def test_the_order_of_a_bundle_decides_the_same_issuer_for_both() -> None:
    """
    With the issuer check on, two CAs below one root admit one name, and the rehearsal CAs add no other.
    """
    root = handmade_root(common_name("Real Root"), p256(1), NOW, CA)
    first, second = (root.issue(common_name(f"Int {number}"), p256(number), CA) for number in (1, 2))
    entry = chain_of(second, first, root)
    gateway = document(
        [listener("closed", 8462, "strict")],
        sslProfiles=[strict("strict", "real", issuer_dn=True)],
        trustedClientCertificates=[entry],
    )
    changed = with_rehearsal_chains(gateway, [rehearsed(entry)])

    assert ("CN=Int 2",) == client_check(view(changed).profiles[0]).issuers


@pytest.mark.parametrize("names_key", [False, True], ids=["no identifier", "issuer's identifier"])
@pytest.mark.parametrize("key", [p256, rsa_key], ids=["P-256", "RSA"])
def test_clients_of_both_pass(
    show: Callable[[dict[str, object]], RunningGateway], tmp_path: Path, key: Callable[[int], Key], names_key: bool
) -> None:
    """
    Real client and rehearsal client, each with and without its intermediate, and each from a further intermediate.
    """
    client, issuing, root = real(key, names_key=names_key)
    entry = chain_of(issuing, root)
    made = rehearsed(entry)
    gateway = document(
        [listener("closed", 8462, "strict")],
        sslProfiles=[strict("strict", "real", issuer_dn=False)],
        trustedClientCertificates=[entry],
    )
    local = show(with_rehearsal_chains(gateway, [made]))
    below = made.issuer.intermediate("Below")
    callers = {"real, chain": shown(tmp_path, client, issuing), "real, alone": shown(tmp_path, client)}
    for name, credential in (
        ("rehearsal", made.issuer.issue()),
        ("rehearsal, alone", Credential((alone := made.issuer.issue()).certificate, alone.private_key, ())),
        ("rehearsal, below", below.issue()),
        ("rehearsal, root's", made.root.issue()),
    ):
        callers[name] = ClientFiles(*write_credential(credential, tmp_path, name.replace(" ", "-")))

    for version in ("TLSv1.2", "TLSv1.3"):
        met = {name: knock(local, "closed", each, version=version).status for name, each in callers.items()}

        assert dict.fromkeys(callers, 200) == met

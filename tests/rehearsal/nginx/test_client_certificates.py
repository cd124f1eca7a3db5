"""What becomes of every caller at a listener of each kind: the measured table, in real handshakes."""

import dataclasses

import pytest
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway

from ..knocking import VERSIONS, ClientFiles, knock

NONE, SHOWN, VERIFIED = (200, "NONE"), (200, "PASSTHROUGH"), (200, "SUCCESS")
MISSING, REFUSED = (400, "No required SSL certificate was sent"), (400, "The SSL certificate error")

# caller, Passthrough, Strict, Strict with issuer DN, Strict with OCSP
TABLE = [
    ("nothing", NONE, MISSING, MISSING, MISSING),
    ("RSA", SHOWN, VERIFIED, VERIFIED, VERIFIED),
    ("P-256", SHOWN, VERIFIED, VERIFIED, VERIFIED),
    ("Ed25519", SHOWN, VERIFIED, VERIFIED, VERIFIED),
    ("P-256, leaf only", SHOWN, VERIFIED, VERIFIED, VERIFIED),
    ("issued by the root", SHOWN, VERIFIED, REFUSED, VERIFIED),
    ("expired", SHOWN, REFUSED, REFUSED, REFUSED),
    ("not yet valid", SHOWN, REFUSED, REFUSED, REFUSED),
    ("for servers", SHOWN, REFUSED, REFUSED, REFUSED),
    ("weak key", SHOWN, REFUSED, REFUSED, REFUSED),
    ("no purpose", SHOWN, VERIFIED, VERIFIED, VERIFIED),
    ("untrusted", SHOWN, REFUSED, REFUSED, REFUSED),
    ("forged", SHOWN, REFUSED, REFUSED, REFUSED),
    ("self-signed", SHOWN, REFUSED, REFUSED, REFUSED),
    ("sibling", SHOWN, VERIFIED, REFUSED, VERIFIED),
    ("sibling, leaf only", SHOWN, REFUSED, REFUSED, REFUSED),
    ("revoked", SHOWN, VERIFIED, VERIFIED, REFUSED),
    ("unknown", SHOWN, VERIFIED, VERIFIED, REFUSED),
    ("responder down", SHOWN, VERIFIED, VERIFIED, REFUSED),
    ("no responder", SHOWN, VERIFIED, VERIFIED, REFUSED),
]


CASES = [
    pytest.param(caller, listener, expected, id=f"{caller} at {listener}")
    for caller, *row in TABLE
    for listener, expected in zip(("passthrough", "strict", "issuer", "ocsp"), row, strict=True)
]


@pytest.mark.parametrize(("caller", "listener", "expected"), CASES)
def test_what_a_caller_meets(
    local: RunningGateway, callers: dict[str, ClientFiles | None], caller: str, listener: str, expected: tuple[int, str]
) -> None:
    """
    In either TLS version a finished handshake, and then what is known: the backend, or 400 in the gateway's words.
    """
    status, word = expected
    for version in VERSIONS:
        met = knock(local, listener, callers[caller], version=version)

        assert (status, version) == (met.status, met.tls)
        if status == 200:
            assert word == met.backend_headers["x-client-verification"]
        else:
            assert f"<center>{word}</center>" in met.text


def test_every_caller_is_in_the_table(callers: dict[str, ClientFiles | None]) -> None:
    """
    No caller is made and then forgotten; the two that try patience have tests of their own.
    """
    assert {row[0] for row in TABLE} | {"silent", "slow"} == set(callers)


@pytest.mark.parametrize("caller", ["nothing", "P-256", "expired"])
def test_a_listener_without_a_profile_asks_for_no_certificate(
    local: RunningGateway, callers: dict[str, ClientFiles | None], caller: str
) -> None:
    """
    Where no profile is set every caller passes as one without a certificate.
    """
    met = knock(local, "nobody", callers[caller])

    assert 200 == met.status
    assert "x-client-cert" not in met.backend_headers


@pytest.mark.parametrize("listener", ["passthrough", "strict"])
def test_plain_http_at_an_https_port_is_400(local: RunningGateway, listener: str) -> None:
    """
    A caller who speaks plain HTTP to the HTTPS port gets the gateway's page, not a broken connection.
    """
    deaf = tuple(dataclasses.replace(each, certificate=None) for each in local.listeners)
    met = knock(dataclasses.replace(local, listeners=deaf), listener)

    assert 400 == met.status
    assert "The plain HTTP request was sent to HTTPS port" in met.text
    assert "Microsoft-Azure-Application-Gateway/v2" in met.text


@pytest.mark.parametrize("caller", ["P-256", "expired", "for servers"])
def test_method_query_and_body_survive(
    local: RunningGateway, callers: dict[str, ClientFiles | None], caller: str
) -> None:
    """
    In Passthrough a POST arrives as it was sent, also with a certificate that nginx alone would refuse.
    """
    met = knock(
        local, "passthrough", callers[caller], method="POST", target="/a%2Fb/c%20d?x=1&y=%26", body=b"the body" * 5000
    )

    received = met.forwarded
    assert ("POST", "/a%2Fb/c%20d", "x=1&y=%26") == (received["method"], received["path"], received["query"])
    assert "the body" * 5000 == received["body"]

"""The identity headers as the backend gets them: the gateway's variables in their formats, and nobody else's values."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from mtls_app_gateway.rehearsal.authority import Authority, Credential, padding, write_credential
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway

from ..conftest import Authorities
from ..documents import (
    basic_rule,
    document,
    headers_set,
    listener,
    passthrough,
    rewrite_set,
)
from ..knocking import ClientFiles, knock


@pytest.fixture(scope="module")
def named() -> x509.Name:
    attributes = [
        (NameOID.COUNTRY_NAME, "FI"),
        (NameOID.ORGANIZATION_NAME, 'Contoso, "Oy" + Söhne'),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "IoT"),
        (NameOID.EMAIL_ADDRESS, "device@example.com"),
        (NameOID.COMMON_NAME, "device-1"),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


@pytest.fixture(scope="module")
def credential(named: x509.Name) -> Credential:
    return Authority.create(subject=x509.Name([*named][:3])).issue(
        subject=named,
        not_before=datetime(2025, 1, 6, 3, 4, 5, tzinfo=UTC),
        not_after=datetime(2045, 12, 16, 13, 41, 9, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def received(credential: Credential, local: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    shown = ClientFiles(*write_credential(credential, tmp_path_factory.mktemp("device"), "device"))
    return knock(local, "passthrough", shown).backend_headers


def test_the_certificate_is_escaped_pem_of_the_leaf(received: dict[str, str], credential: Credential) -> None:
    """
    The leaf alone, as PEM, with everything escaped that is not a letter, a digit or a hyphen.
    """
    value = received["x-client-cert"]

    assert quote(credential.certificate_pem, safe="") == value
    assert value.startswith("-----BEGIN%20CERTIFICATE-----%0A")
    assert value.endswith("%0A-----END%20CERTIFICATE-----%0A")


def test_the_fingerprint_is_sha1_in_lower_case(received: dict[str, str], credential: Credential) -> None:
    """
    40 hexadecimal digits in lower case, nothing between them.
    """
    digest = credential.certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303 (Azure's choice)

    assert digest == received["x-client-fingerprint"]


def test_names_are_rfc_2253(received: dict[str, str]) -> None:
    """
    Most specific part first, commas without a space, other characters as escaped UTF-8 bytes.
    """
    issuer = r"OU=IoT,O=Contoso\, \"Oy\" \+ S\C3\B6hne,C=FI"

    assert f"CN=device-1,emailAddress=device@example.com,{issuer}" == received["x-client-subject"]
    assert issuer == received["x-client-issuer"]


def test_the_serial_number_is_upper_case_hexadecimal(received: dict[str, str], credential: Credential) -> None:
    """
    Whole bytes, upper case.
    """
    number = credential.certificate.serial_number

    assert f"{number:X}".zfill((number.bit_length() + 7) // 8 * 2) == received["x-client-serial"]


def test_dates_are_written_as_openssl_does(received: dict[str, str]) -> None:
    """
    Month, day padded with a space, time, year and GMT.
    """
    assert "Jan  6 03:04:05 2025 GMT" == received["x-client-from"]
    assert "Dec 16 13:41:09 2045 GMT" == received["x-client-until"]


@pytest.mark.parametrize("listener_name", ["passthrough", "strict"])
def test_what_a_client_sends_under_our_names_never_arrives(
    local: RunningGateway, callers: dict[str, ClientFiles | None], listener_name: str
) -> None:
    """
    An identity header the caller wrote himself is replaced, and one with an underscore is dropped.
    """
    spoofed = {"X-Client-Cert": "spoofed", "x-client-subject": "CN=spoofed", "X_Client_Cert": "spoofed"}

    met = knock(local, listener_name, callers["P-256"], headers=spoofed)

    assert "spoofed" not in met.text
    assert met.backend_headers["x-client-cert"].startswith("-----BEGIN%20CERTIFICATE-----")


def test_without_a_certificate_the_headers_are_absent(local: RunningGateway) -> None:
    """
    Nothing to say is said by leaving the header out, even when the caller sent one; only the verification says NONE.
    """
    met = knock(local, "passthrough", headers={"X-Client-Cert": "spoofed", "X-Client-Subject": "CN=spoofed"})

    sent = {name: value for name, value in met.backend_headers.items() if name.startswith("x-client")}
    assert {"x-client-verification": "NONE"} == sent


def test_the_gateways_own_headers_are_always_sent(local: RunningGateway) -> None:
    """
    Address with port, protocol, Azure's port and not this machine's, original host and URL, and a trace id.
    """
    met = knock(
        local,
        "passthrough",
        target="/a?b=c",
        headers={"X-Forwarded-For": "192.0.2.1"},
        host="app.example.com",
        sni="localhost",
    )

    headers = met.backend_headers
    assert re.fullmatch(r"192\.0\.2\.1, 127\.0\.0\.1:\d+", headers["x-forwarded-for"])
    assert ("https", "8451") == (headers["x-forwarded-proto"], headers["x-forwarded-port"])
    assert ("app.example.com", "/a?b=c") == (headers["x-original-host"], headers["x-original-url"])
    assert re.fullmatch(r"[0-9a-f]{32}", headers["x-appgw-trace-id"])
    assert "keep-alive" == headers["connection"]


def test_a_large_certificate_arrives_whole(local: RunningGateway, authorities: Authorities, tmp_path: Path) -> None:
    """
    A certificate of twelve kilobytes is one header of sixteen, and none of it is lost.
    """
    large = authorities.a1.issue("large", extensions=[padding(12_000)])
    shown = ClientFiles(*write_credential(large, tmp_path, "large"))

    for name in ("passthrough", "strict"):
        met = knock(local, name, shown)
        assert quote(large.certificate_pem, safe="") == met.backend_headers["x-client-cert"]


def test_all_other_variables_have_a_value(show: Callable[[Any], RunningGateway]) -> None:
    """
    Each server variable of a request is what Azure says it is.
    """
    expected = {
        "add_x_forwarded_for_proxy": "127.0.0.1",
        "client_ip": "127.0.0.1",
        "cookie_session": "abc",
        "host": "localhost",
        "http_method": "GET",
        "http_version": "HTTP/1.1",
        "query_string": "x=1&y=2",
        "request_query": "x=1&y=2",
        "request_scheme": "https",
        "request_uri": "/a/b?x=1&y=2",
        "server_port": "8461",
        "ssl_connection_protocol": "TLSv1.3",
        "ssl_enabled": "On",
        "uri_path": "/a/b",
        "ciphers_used": "TLS_AES_256_GCM_SHA384",
    }
    values = {f"V_{name}".replace("_", "-"): f"{{var_{name}}}" for name in expected}
    rules = rewrite_set("all", {"actionSet": {"requestHeaderConfigurations": headers_set(**values)}})
    gateway = document(
        [listener("tls", 8461, "passthrough")],
        rules=[basic_rule("tls", rewrite="all")],
        sslProfiles=[passthrough()],
        rewriteRuleSets=[rules],
    )

    met = knock(show(gateway), "tls", target="/a/b?x=1&y=2", headers={"Cookie": "session=abc"})

    headers = met.backend_headers
    assert expected == {name: headers.get(f"v-{name.replace('_', '-')}") for name in expected}

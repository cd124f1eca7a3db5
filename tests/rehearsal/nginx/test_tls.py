"""Versions, suites, chains and sessions: what the handshake itself must be like."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from mtls_app_gateway.document.azure import TlsVersion, tls_policy
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.authority import Authority, write_credential
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.nginx.tls import served_tls

from ..documents import chain, document, listener, passthrough, strict
from ..knocking import ADDRESS, VERSIONS, ClientFiles, context, knock, listener_of

Show = Callable[[Any], RunningGateway]

GCM = ["ECDHE-{}-AES256-GCM-SHA384", "ECDHE-{}-AES128-GCM-SHA256"]
CBC = ["ECDHE-{}-AES256-SHA384", "ECDHE-{}-AES128-SHA256"]
OTHERS = ["ECDHE-{}-CHACHA20-POLY1305", "ECDHE-{}-AES256-SHA", "ECDHE-{}-AES256-CCM", "AES256-GCM-SHA384"]


def custom(*suites: str, **more: Any) -> dict[str, Any]:
    return {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_2", "cipherSuites": list(suites), **more}


def accepted(local: RunningGateway, key: str) -> list[str]:
    """The TLS 1.2 suites that a listener agrees to, asked one by one."""
    return [suite for each in (*GCM, *CBC, *OTHERS) if _agrees(local, suite := each.format(key))]


def _agrees(local: RunningGateway, suite: str) -> bool:
    try:
        return knock(local, "tls", version="TLSv1.2", ciphers=f"{suite}:@SECLEVEL=0").cipher == suite
    except ssl.SSLError:
        return False


def named(suites: list[str], key: str) -> list[str]:
    return [suite.format(key) for suite in suites]


@pytest.mark.parametrize(
    ("policy", "suites"),
    [
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101"}, [*GCM, *CBC]),
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"}, GCM),
        (None, [*GCM, *CBC]),
    ],
)
def test_predefined_policies_have_exactly_their_suites(
    show: Show, policy: dict[str, Any] | None, suites: list[str]
) -> None:
    """
    In TLS 1.2 the documented suites and no others; without a policy the default one's.
    """
    local = show(document([listener("tls", 8471)], sslPolicy=policy))

    assert named(suites, "ECDSA") == accepted(local, "ECDSA")


def test_a_custom_policy_has_its_own_suites(show: Show) -> None:
    """
    CustomV2 with suites for RSA alone gets an RSA certificate, or nobody could connect.
    """
    policy = custom("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256")
    local = show(document([listener("tls", 8471)], sslPolicy=policy))

    assert named(GCM[1:], "RSA") == accepted(local, "RSA")
    assert [] == accepted(local, "ECDSA")


def test_tls_13_has_azures_two_suites(local: RunningGateway) -> None:
    """
    TLS 1.3 with AES 256 first, and no CHACHA20.
    """
    assert "TLS_AES_256_GCM_SHA384" == knock(local, "passthrough", version="TLSv1.3").cipher
    directives = [
        each.arguments for each in served_tls(tls_policy(None)).directives() if each.name == "ssl_conf_command"
    ]
    assert [("Ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")] == directives


def test_a_policy_may_stop_tls_12(show: Show) -> None:
    """
    With TLS 1.3 as the least version, a caller with 1.2 fails in the handshake.
    """
    local = show(document([listener("tls", 8471)], sslPolicy=custom(minProtocolVersion="TLSv1_3")))

    assert 200 == knock(local, "tls", version="TLSv1.3").status
    with pytest.raises(ssl.SSLError):
        knock(local, "tls", version="TLSv1.2")


def test_a_profile_has_its_own_policy(show: Show) -> None:
    """
    The policy of a listener's profile counts before the gateway's.
    """
    profile = passthrough(sslPolicy=custom(minProtocolVersion="TLSv1_3"))
    local = show(document([listener("tls", 8471, "passthrough"), listener("other", 8472)], sslProfiles=[profile]))

    assert 200 == knock(local, "other", version="TLSv1.2").status
    with pytest.raises(ssl.SSLError):
        knock(local, "tls", version="TLSv1.2")


CBC_SHA1 = ["ECDHE-{}-AES256-SHA", "ECDHE-{}-AES128-SHA"]
OF_RSA = ["AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA256", "AES128-SHA256", "AES256-SHA", "AES128-SHA"]
ALL = [*GCM, *CBC, *CBC_SHA1, *OF_RSA, "DHE-RSA-AES256-GCM-SHA384", "ECDHE-{}-CHACHA20-POLY1305"]
OLD = {
    "AppGwSslPolicy20150501": ([*GCM, *CBC, *CBC_SHA1], [*GCM, *CBC, *CBC_SHA1, *OF_RSA]),
    "AppGwSslPolicy20170401": ([*GCM, *CBC, *CBC_SHA1], [*GCM, *CBC_SHA1, *OF_RSA]),
    "AppGwSslPolicy20170401S": ([*GCM, *CBC, *CBC_SHA1], [*GCM, *CBC_SHA1, *OF_RSA]),
}
"""The suites that Microsoft's overview lists for TLS 1.2, with an elliptic key and with RSA."""


@pytest.mark.parametrize("name", OLD)
def test_older_policies_have_exactly_their_suites(show: Show, name: str) -> None:
    """
    A policy of 2015 or 2017 is served with its own suites in TLS 1.2, and speaks neither TLS 1.1 nor TLS 1.3.
    """
    local = show(document([listener("tls", 8471)], sslPolicy={"policyType": "Predefined", "policyName": name}))

    with_elliptic_key, _ = OLD[name]
    assert set(named(with_elliptic_key, "ECDSA")) == {suite for suite in named(ALL, "ECDSA") if _agrees(local, suite)}
    assert (TlsVersion.V1_2,) == served_tls(tls_policy({"policyName": name})).versions
    with pytest.raises(ssl.SSLError):
        knock(local, "tls", version="TLSv1.3")


@pytest.mark.parametrize("name", OLD)
def test_what_older_policies_say_for_rsa(name: str) -> None:
    """
    The suites for a listener certificate with an RSA key are the overview's too.
    """
    (ciphers,) = [
        each.arguments[0]
        for each in served_tls(tls_policy({"policyName": name})).directives()
        if each.name == "ssl_ciphers"
    ]

    assert set(named(OLD[name][1], "RSA")) == {suite for suite in str(ciphers).split(":") if "ECDSA" not in suite}


def test_a_custom_policy_of_the_old_kind(show: Show) -> None:
    """
    Custom is TLS 1.2 with the suites that it names, without those that Application Gateway v2 never agrees to.
    """
    suites = ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"]
    policy = {"policyType": "Custom", "minProtocolVersion": "TLSv1_0", "cipherSuites": suites}
    local = show(document([listener("tls", 8471)], sslPolicy=policy))

    assert ["AES128-SHA"] == [suite for suite in named(ALL, "RSA") if _agrees(local, suite)]
    said = "; ".join(local.not_rehearsed)
    assert "the TLS suite TLS_RSA_WITH_3DES_EDE_CBC_SHA" in said
    assert "TLS_DHE" not in said
    assert "TLS 1.0 and 1.1, which the TLS policy Custom allows and Azure retired" in said


@pytest.mark.parametrize(
    ("policy", "served", "unserved"),
    [
        ({"policyName": "AppGwSslPolicy20990101"}, ("TLS 1.2", "TLS 1.3"), ("TLS 1.2", "TLS 1.3")),
        ({"policyType": "Custom", "cipherSuites": ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]}, ("TLS 1.2",), ("TLS 1.2",)),
        (custom("TLS_RSA_WITH_3DES_EDE_CBC_SHA"), ("TLS 1.3",), ("TLS 1.2",)),
    ],
)
def test_what_cannot_be_served_as_it_says_is_reported(
    policy: dict[str, Any], served: tuple[str, ...], unserved: tuple[str, ...]
) -> None:
    """
    A policy that is not known, or that leaves no suite for TLS 1.2, says which versions are not served as it says.
    """
    found = served_tls(tls_policy(policy))

    assert (served, unserved) == (found.versions, found.unserved)
    assert found.not_rehearsed


@pytest.mark.parametrize("version", VERSIONS)
def test_no_session_is_resumed(local: RunningGateway, callers: dict[str, ClientFiles | None], version: str) -> None:
    """
    A second connection that offers the first one's session is a full handshake, with the certificate looked at again.
    """
    at = listener_of(local, "strict")
    made = context(local, callers["P-256"], version)
    session = None
    for _ in range(2):
        with (
            socket.create_connection((ADDRESS, at.local_port), timeout=5) as plain,
            made.wrap_socket(plain, server_hostname=at.host, session=session) as tls,
        ):
            tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while tls.recv(4096):
                pass
            assert not tls.session_reused
            session = tls.session


def test_long_chains_are_followed(show: Show, tmp_path: Path) -> None:
    """
    Five intermediates between leaf and root are no matter.
    """
    lowest = root = Authority.create("Root")
    for number in range(5):
        lowest = lowest.intermediate(f"Intermediate {number}")
    shown = ClientFiles(*write_credential(lowest.issue("deep"), tmp_path, "deep"))
    gateway = document(
        [listener("tls", 8471, "strict")],
        sslProfiles=[strict("strict", "root")],
        trustedClientCertificates=[chain("root", root.bundle_pem)],
    )

    assert 200 == knock(show(gateway), "tls", shown).status


def test_a_hundred_large_chains_can_be_trusted(show: Show, tmp_path: Path) -> None:
    """
    More CA names than a handshake can carry: callers under the first chain and under the last pass, and it is said.
    """
    unit = "x" * 60
    chains = []
    for number in range(100):
        subject = [(NameOID.ORGANIZATION_NAME, unit), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
        names = [(NameOID.COMMON_NAME, f"{unit[:40]}-{number}"), (NameOID.LOCALITY_NAME, unit), *subject]
        top = Authority.create(subject=x509.Name([x509.NameAttribute(oid, value) for oid, value in names]))
        for level in range(3):
            more = [(NameOID.TITLE, f"level {level}"), *names]
            top = top.intermediate(subject=x509.Name([x509.NameAttribute(oid, value) for oid, value in more]))
        chains.append(top)
    parts = [chain(f"c{number}", each.bundle_pem) for number, each in enumerate(chains)]
    gateway = document(
        [listener("tls", 8471, "strict")],
        sslProfiles=[strict("strict", *(each["name"] for each in parts), issuer_dn=True)],
        trustedClientCertificates=parts,
    )
    local = show(gateway)

    for number in (0, 99):
        shown = ClientFiles(*write_credential(chains[number].issue("caller"), tmp_path, f"caller-{number}"))
        for version in VERSIONS:
            assert 200 == knock(local, "tls", shown, version=version).status
    assert any("too long for one handshake" in said for said in local.not_rehearsed)


STRANGE = 'Contoso "Süd", ~ $1 \\ + {x}; <#> default'


@pytest.mark.parametrize(("common_name", "status"), [(STRANGE, 200), (STRANGE.replace("Contoso", "contoso"), 400)])
def test_issuer_names_are_compared_to_the_letter(show: Show, tmp_path: Path, common_name: str, status: int) -> None:
    """
    A name full of signs that mean something to nginx is matched as it is, and is another in another case.
    """
    root = Authority.create("Root")
    uploaded = root.intermediate(STRANGE)
    caller = root.intermediate(common_name).issue("caller") if status != 200 else uploaded.issue("caller")
    shown = ClientFiles(*write_credential(caller, tmp_path, "caller"))
    gateway = document(
        [listener("tls", 8471, "strict")],
        sslProfiles=[strict("strict", "root", issuer_dn=True)],
        trustedClientCertificates=[chain("root", uploaded.bundle_pem)],
    )

    assert status == knock(show(gateway), "tls", shown).status


def test_a_chain_without_an_authority_is_refused(show: Show) -> None:
    """
    A trusted CA chain that holds nothing of use stops the rehearsal with its name.
    """
    leaf = Authority.create("Root").issue("leaf").certificate_pem
    gateway = document(
        [listener("tls", 8471, "strict")],
        sslProfiles=[strict("strict", "partners")],
        trustedClientCertificates=[chain("partners", leaf)],
    )

    with pytest.raises(GatewayError, match="no-authority: trustedClientCertificates 'partners'"):
        show(gateway)


def test_strict_without_a_chain_asks_for_no_certificate_and_says_so(show: Show) -> None:
    """
    A Strict profile with a TLS policy and no chain is what it is on Azure: open, and named as such.
    """
    profile = strict("strict", sslPolicy={"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"})
    local = show(document([listener("tls", 8471, "strict")], sslProfiles=[profile]))

    assert 200 == knock(local, "tls").status
    assert listener_of(local, "tls").mode is None
    assert any("no caller is asked for a certificate" in said for said in local.not_rehearsed)


def test_http_2_is_spoken_where_asked(show: Show) -> None:
    """
    With enableHttp2 the listener agrees to h2, without it to HTTP/1.1 alone.
    """
    for wanted, agreed in ((True, "h2"), (False, "http/1.1")):
        local = show(document([listener("tls", 8471)], enableHttp2=wanted))
        made = context(local, None)
        made.set_alpn_protocols(["h2", "http/1.1"])
        at = listener_of(local, "tls")
        with (
            socket.create_connection((ADDRESS, at.local_port), timeout=5) as plain,
            made.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            assert agreed == tls.selected_alpn_protocol()


def test_profiles_that_share_a_port_are_pointed_out(show: Show, callers: dict[str, ClientFiles | None]) -> None:
    """
    Two profiles behind one port: each works for its name, none lets in by the other's, and what is open is said.
    """
    root = Authority.create("Root")
    gateway = document(
        [
            listener("strict", 8473, "strict", hostName="strict.example.com"),
            listener("open", 8473, "passthrough", hostName="open.example.com"),
        ],
        sslProfiles=[passthrough(), strict("strict", "root")],
        trustedClientCertificates=[chain("root", root.bundle_pem)],
    )
    local = show(gateway)

    assert 400 == knock(local, "strict", callers["P-256"]).status
    assert 200 == knock(local, "open", callers["P-256"]).status
    crossed = knock(local, "open", callers["P-256"], host="strict.example.com", sni="open.example.com")
    assert 421 == crossed.status
    assert any("SNI and Host name listeners of different profiles" in said for said in local.not_rehearsed)


def test_raw_pem_is_taken_too(show: Show, tmp_path: Path) -> None:
    """
    Data that is PEM and not base64 of it, which live gateways have been seen to accept, is read all the same.
    """
    root = Authority.create("Root")
    shown = ClientFiles(*write_credential(root.issue("caller"), tmp_path, "caller"))
    raw = {"name": "root", "properties": {"data": root.bundle_pem}}
    gateway = document(
        [listener("tls", 8471, "strict")], sslProfiles=[strict("strict", "root")], trustedClientCertificates=[raw]
    )

    assert 200 == knock(show(gateway), "tls", shown).status

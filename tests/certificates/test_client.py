"""Whether a Strict gateway lets a client in is told step by step, in the words of its access log."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from mtls_app_gateway.certificates import CaChain, ClientVerdict, Outcome, verify_client
from mtls_app_gateway.rehearsal.authority import (
    Authority,
    Credential,
    KeyKind,
    LeafUse,
    padding,
    self_signed,
)

from .handmade import (
    CLIENT_AUTH,
    authority_extensions,
    client_extensions,
    common_name,
    extended_key_usage,
    extension,
    handmade_root,
    key_usage,
    oid,
    p256,
    sequence,
    tlv,
)
from .minting import AT, DAY, load, pem_of, root, rsa_key, weak_rsa_key

URL = "http://ocsp.example.com/"


@dataclass(frozen=True)
class Edge:
    """A gateway that trusts root and issuing, and the authorities that clients may come from."""

    root: Authority
    issuing: Authority
    sibling: Authority
    stranger: Authority
    chains: tuple[CaChain, ...]


@pytest.fixture(scope="module")
def edge() -> Edge:
    top = root()
    issuing = top.intermediate("Issuing")
    return Edge(
        top,
        issuing,
        top.intermediate("Sibling"),
        Authority.create("Example Root", now=AT),
        load(issuing.bundle_pem).chains,
    )


def knock(
    edge: Edge, client: Credential, *, alone: bool = False, issuer: bool = True, ocsp: bool = False
) -> ClientVerdict:
    sent = client.certificate_pem if alone else client.chain_pem
    return verify_client(sent, edge.chains, now=AT, verify_issuer_dn=issuer, verify_revocation=ocsp)


Caller = Callable[[Edge], Credential]

ADMITTED: dict[str, Caller] = {
    "valid": lambda edge: edge.issuing.issue(ocsp_url=URL),
    "valid, RSA": lambda edge: edge.issuing.issue(ocsp_url=URL, key=rsa_key()),
    "valid, Ed25519": lambda edge: edge.issuing.issue(ocsp_url=URL, key=KeyKind.ED25519),
}

OPEN: dict[str, tuple[str, str, Caller]] = {
    "no purpose": (
        "purpose",
        "no extendedKeyUsage: OpenSSL takes that, Microsoft asks for clientAuth",
        lambda edge: edge.issuing.issue(purpose=None),
    ),
    "weak key": (
        "key",
        "client: an RSA key of 1024 bits, which OpenSSL refuses by default; what Azure does is not known",
        lambda edge: edge.issuing.issue(key=weak_rsa_key()),
    ),
    "a curve of few servers": (
        "key",
        "secp224r1: not every TLS server takes such a key",
        lambda edge: edge.issuing.issue(key=ec.derive_private_key(5, ec.SECP224R1())),
    ),
    "the issuer's name in another case": (
        "issuer",
        "CN=ISSUING, where CN=Issuing is accepted; whether Azure treats these two as different is not known",
        lambda edge: replace_issuer(edge, "ISSUING"),
    ),
}

REFUSED: dict[str, tuple[str, str, Caller]] = {
    "expired": (
        "validity",
        "certificate has expired",
        lambda edge: edge.issuing.issue(not_before=AT - 9 * DAY, not_after=AT - DAY),
    ),
    "not yet valid": (
        "validity",
        "certificate is not yet valid",
        lambda edge: edge.issuing.issue(not_before=AT + DAY),
    ),
    "wrong purpose": (
        "purpose",
        "unsuitable certificate purpose",
        lambda edge: edge.issuing.issue(purpose=LeafUse.SERVER),
    ),
    "no signing": (
        "purpose",
        "unsuitable certificate purpose",
        lambda edge: edge.issuing.issue(extensions=[(encipherment_only(), True)]),
    ),
    "issued by the root": (
        "issuer",
        "Unable to verify the client certificate issuer",
        lambda edge: edge.root.issue(),
    ),
    "sibling issuer": (
        "issuer",
        "Unable to verify the client certificate issuer",
        lambda edge: edge.sibling.issue(),
    ),
    "untrusted": (
        "chain",
        "unable to get local issuer certificate",
        lambda edge: edge.stranger.intermediate("Theirs").issue(),
    ),
    "forged": ("chain", "unable to verify the first certificate", lambda edge: edge.stranger.issue()),
    "self-signed": ("chain", "self-signed certificate", lambda _: self_signed(now=AT)),
    "no responder": ("responder", "certificate status request failed", lambda edge: edge.issuing.issue()),
}


def replace_issuer(edge: Edge, common_name: str) -> Credential:
    """A client of the issuing CA that spells its name in another way."""
    respelt = edge.root.intermediate(common_name, key=edge.issuing.private_key)
    return dataclasses.replace(respelt.issue(), issuers=())


def encipherment_only() -> x509.KeyUsage:
    others = ["content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"]
    flags = dict.fromkeys([*others, "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(digital_signature=False, key_encipherment=True, **flags)


def step(verdict: ClientVerdict, name: str) -> tuple[Outcome, str]:
    (found,) = (one for one in verdict.steps if one.name == name)
    return found.outcome, found.saw


@pytest.mark.parametrize("caller", ADMITTED)
def test_who_is_let_in(edge: Edge, caller: str) -> None:
    """
    A client with a chain to the trusted root, valid, from the admitted issuer, with a responder, is let in.
    """
    verdict = knock(edge, ADMITTED[caller](edge))

    assert verdict.is_admitted
    assert verdict.ssl_client_verify == "SUCCESS"


@pytest.mark.parametrize("caller", REFUSED)
def test_who_is_refused_and_why(edge: Edge, caller: str) -> None:
    """
    Whoever is refused is refused at the step that is wrong, with the reason that the access log gives.
    """
    name, reason, make = REFUSED[caller]
    verdict = knock(edge, make(edge), ocsp=True)
    failed = [one.name for one in verdict.steps if one.outcome is Outcome.FAILED]

    assert not verdict.is_admitted
    assert failed[0] == name
    assert verdict.ssl_client_verify == f"FAILED:{reason}"


@pytest.mark.parametrize(
    ("expected", "make"),
    [
        (
            "client was not signed by the trusted CA CN=Example Root: same name, other key",
            lambda edge: edge.stranger.issue().certificate_pem,
        ),
        (
            "client was not signed by the trusted CA CN=Example Root: same name, other key",
            lambda edge: edge.stranger.issue().certificate_pem + edge.stranger.certificate_pem,
        ),
        (
            "Theirs was not signed by the trusted CA CN=Example Root: same name, other key",
            lambda edge: edge.stranger.intermediate("Theirs").issue().chain_pem,
        ),
        (
            "no way from its issuer CN=Nobody's to a trusted root",
            lambda _: Authority.create("Nobody's", now=AT).issue().certificate_pem,
        ),
        (
            "no way from its issuer CN=Sibling to a trusted root",
            lambda edge: edge.sibling.issue().certificate_pem + edge.stranger.intermediate("Theirs").certificate_pem,
        ),
    ],
    ids=["its issuer", "its issuer, sent along", "an intermediate's issuer", "another name", "sent for nothing"],
)
def test_an_issuer_of_a_trusted_name_and_another_key_is_told(
    edge: Edge, expected: str, make: Callable[[Edge], str]
) -> None:
    """
    Where a CA of the issuer's name is trusted and its key did not sign, that is what the step says.
    """
    verdict = verify_client(make(edge), edge.chains, now=AT)

    assert (Outcome.FAILED, expected) == step(verdict, "chain")


def test_a_trusted_issuer_that_signed_is_not_called_another(edge: Edge) -> None:
    """
    Where the way breaks above an authority that did sign, its key is not blamed.
    """
    barred = edge.root.intermediate("Barred", path_length=0)
    verdict = verify_client(barred.intermediate("Below").issue().chain_pem, load(barred.bundle_pem).chains, now=AT)

    assert (Outcome.FAILED, "Barred: path length constraint exceeded") == step(verdict, "chain")


def test_a_sibling_that_does_not_send_its_issuer_has_no_chain(edge: Edge) -> None:
    """
    A leaf alone, from an intermediate that was not uploaded, cannot be verified.
    """
    verdict = knock(edge, edge.sibling.issue(), alone=True)

    assert verdict.ssl_client_verify == "FAILED:unable to verify the first certificate"


def test_a_client_expired_before_its_issuer_began_has_a_chain_and_no_validity(edge: Edge) -> None:
    """
    Where no moment sees the whole path valid, the path is still the path.
    """
    verdict = knock(edge, edge.issuing.issue(not_before=AT - 900 * DAY, not_after=AT - 800 * DAY))

    assert step(verdict, "chain") == (Outcome.PASSED, "Example Root ← Issuing ← client")
    assert step(verdict, "validity")[0] is Outcome.FAILED


def test_an_expired_authority_is_named(edge: Edge) -> None:
    """
    If the client is valid and its issuer is not, the issuer is what expired.
    """
    old = edge.root.intermediate("Old", not_before=AT - 9 * DAY, not_after=AT - DAY)
    chains = load(old.bundle_pem).chains
    verdict = verify_client(old.issue(not_before=AT - 9 * DAY).certificate_pem, chains, now=AT)

    assert step(verdict, "validity") == (Outcome.FAILED, "Old expired on 2026-02-28")


def test_an_authority_that_may_not_issue_clients_refuses_them_all(edge: Edge) -> None:
    """
    The purpose is asked of every certificate on the path.
    """
    servers = edge.root.intermediate("Servers", extensions=[(x509.ExtendedKeyUsage([LeafUse.SERVER.oid]), False)])
    verdict = verify_client(servers.issue().certificate_pem, load(servers.bundle_pem).chains, now=AT)

    assert step(verdict, "purpose") == (Outcome.FAILED, "Servers has an extendedKeyUsage without clientAuth")


@pytest.mark.parametrize("caller", OPEN)
def test_what_nobody_knows_is_open_and_no_answer(edge: Edge, caller: str) -> None:
    """
    An open step says why, and makes neither a yes nor a no of the whole.
    """
    name, saw, make = OPEN[caller]
    verdict = knock(edge, make(edge))

    assert (Outcome.OPEN, saw) == step(verdict, name)
    assert verdict.is_admitted is None
    assert verdict.ssl_client_verify is None


def test_an_open_step_does_not_outweigh_a_failed_one(edge: Edge) -> None:
    """
    A client that is refused anyway is refused, whatever else is not known of it.
    """
    verdict = knock(edge, edge.issuing.issue(key=weak_rsa_key(), purpose=LeafUse.SERVER))

    assert verdict.is_admitted is False
    assert verdict.ssl_client_verify == "FAILED:unsuitable certificate purpose"


def test_a_responder_that_decides_is_open(edge: Edge) -> None:
    """
    Where revocation is checked, the responder's answer decides, and it is not asked from here.
    """
    verdict = knock(edge, edge.issuing.issue(ocsp_url=URL), ocsp=True)

    assert step(verdict, "responder") == (Outcome.OPEN, f"{URL}, not asked from here")
    assert verdict.is_admitted is None


def test_a_self_issued_intermediate_is_open(edge: Edge) -> None:
    """
    An authority that signed itself a new key is followed by some releases of OpenSSL and not by others.
    """
    renewed = edge.root.intermediate(subject=edge.root.certificate.subject)
    client = renewed.issue().certificate_pem + renewed.certificate_pem
    verdict = verify_client(client, edge.chains, now=AT)

    assert step(verdict, "chain") == (
        Outcome.OPEN,
        "Example Root has its issuer's name and another key: OpenSSL 3 follows it, OpenSSL 4 does not",
    )


def test_a_user_in_a_constrained_uri_is_open(edge: Edge) -> None:
    """
    Releases of OpenSSL take the user of a URI for a part of its host, or not.
    """
    constraints = x509.NameConstraints([x509.UniformResourceIdentifier("a.example")], None)
    bound = edge.root.intermediate("Bound", extensions=[(constraints, True)])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("https://u@a.example/")])
    verdict = knock(edge, bound.issue(extensions=[(names, False)]), issuer=False)

    assert step(verdict, "chain")[0] is Outcome.OPEN


def test_a_name_constraint_that_is_broken_is_told_in_the_engines_words(edge: Edge) -> None:
    """
    The reason is OpenSSL's, and names the certificate.
    """
    bound = edge.root.intermediate(
        "Bound", extensions=[(x509.NameConstraints([x509.DNSName("a.example")], None), True)]
    )
    verdict = knock(edge, bound.issue("b", extensions=[(x509.SubjectAlternativeName([x509.DNSName("b")]), False)]))

    assert step(verdict, "chain") == (Outcome.FAILED, "b: permitted subtree violation")
    assert verdict.ssl_client_verify == "FAILED:permitted subtree violation"


def test_a_forgery_with_the_right_key_identifier_fails_by_its_signature() -> None:
    """
    Where names and key identifiers agree, the signature is what is wrong.
    """
    trusted = handmade_root(common_name("Trusted"), p256(1), AT)
    forged = trusted.issue(common_name("client"), p256(3), client_extensions(p256(1)), issuer_key=p256(9))
    verdict = verify_client(forged.der, load(trusted.der).chains, now=AT)

    assert step(verdict, "chain") == (
        Outcome.FAILED,
        "client: certificate signature failure",
    )
    assert verdict.ssl_client_verify == "FAILED:certificate signature failure"


def test_what_openssl_reads_and_this_library_does_not_is_open(edge: Edge) -> None:
    """
    A certificate of version 2 is refused by the one and taken by the other.
    """
    old = handmade_root(common_name("old"), p256(3), AT, (), version=1)
    for data in (old.der, pem_of(old.der)):
        verdict = verify_client(data, edge.chains, now=AT)

        assert verdict.is_admitted is None
        assert [one.name for one in verdict.steps] == ["certificate"]


def test_an_intermediate_that_cannot_be_read_is_open(edge: Edge) -> None:
    """
    Without all that the client sends, its path is not known.
    """
    verdict = verify_client(edge.issuing.issue().chain_pem + pem_of(b"0\x03\x02\x01\x01"), edge.chains, now=AT)

    assert step(verdict, "certificate") == (
        Outcome.OPEN,
        "block 3 cannot be read here: 5 bytes that are not a certificate",
    )
    assert verdict.is_admitted is None


def test_a_key_of_an_unknown_kind_is_open() -> None:
    """
    OpenSSL breaks off where it does not know the client's key, and releases differ about those of authorities.
    """
    unknown = sequence(sequence(oid("1.3.6.1.4.1.99999.2")), tlv(3, bytes(33)))
    trusted = handmade_root(common_name("Trusted"), p256(1), AT)
    client = trusted.issue(common_name("client"), p256(3), client_extensions(p256(1)), spki=unknown)
    odd = trusted.issue(common_name("Odd"), p256(4), authority_extensions(p256(4), p256(1)), spki=unknown)
    below = odd.issue(common_name("client"), p256(3), client_extensions(p256(4)))

    for shown, saw in (
        ([client], "OpenSSL ends the handshake when it reads these certificates"),
        ([below, odd], "Odd: not every release of OpenSSL knows such a key"),
    ):
        verdict = verify_client("".join(pem_of(each.der) for each in shown), load(trusted.der).chains, now=AT)

        assert step(verdict, "chain") == (Outcome.OPEN, saw)
        assert verdict.is_admitted is None


def test_a_trusted_ca_that_openssl_does_not_read_is_open(edge: Edge) -> None:
    """
    A gateway that cannot load its CAs is not this room's to predict.
    """
    (chain,) = edge.chains
    unreadable = tuple(dataclasses.replace(each, der=b"0") for each in chain.certificates)
    verdict = verify_client(
        edge.issuing.issue().chain_pem, [dataclasses.replace(chain, certificates=unreadable)], now=AT
    )

    assert step(verdict, "chain") == (Outcome.OPEN, "OpenSSL does not read the trusted CA Issuing")


def test_a_client_for_servers_by_its_netscape_type_is_refused_in_the_engines_words() -> None:
    """
    A purpose that fails for a reason without words of our own has OpenSSL's.
    """
    trusted = handmade_root(common_name("Trusted"), p256(1), AT)
    server = extension("2.16.840.1.113730.1.1", tlv(3, b"\x00\x40"))
    client = trusted.issue(common_name("client"), p256(3), client_extensions(p256(1), server))
    verdict = verify_client(client.der, load(trusted.der).chains, now=AT)

    assert step(verdict, "purpose") == (Outcome.FAILED, "client: unsuitable certificate purpose")


def test_key_agreement_alone_is_enough() -> None:
    """
    A client may sign or agree on a key: OpenSSL asks for one of the two.
    """
    trusted = handmade_root(common_name("Trusted"), p256(1), AT)
    client = trusted.issue(common_name("client"), p256(3), (key_usage(4), extended_key_usage(CLIENT_AUTH)))
    verdict = verify_client(client.der, load(trusted.der).chains, now=AT)

    assert step(verdict, "purpose") == (Outcome.PASSED, "clientAuth")
    assert verdict.is_admitted


@pytest.mark.parametrize(("expected", "intermediates"), [(Outcome.PASSED, 10), (Outcome.OPEN, 11)])
def test_how_deep_a_gateway_follows_is_open_beyond_ten(edge: Edge, expected: Outcome, intermediates: int) -> None:
    """
    The rehearsal follows ten intermediates; what Azure follows is not documented.
    """
    above = edge.root
    sent: list[str] = []
    for number in range(intermediates):
        above = above.intermediate(f"Level {number}")
        sent.insert(0, above.certificate_pem)
    verdict = verify_client(above.issue().certificate_pem + "".join(sent), edge.chains, now=AT)

    assert step(verdict, "chain")[0] is expected


def test_more_than_a_handshake_holds_is_open(edge: Edge) -> None:
    """
    OpenSSL takes 100 KB of certificates from a client unless told otherwise.
    """
    heavy = edge.root.intermediate("Heavy", extensions=[padding(110_000)])
    verdict = knock(edge, heavy.issue(), issuer=False)

    assert step(verdict, "chain") == (Outcome.OPEN, "the client sends more than 102,400 bytes of certificates")


def test_what_is_not_asked_for_is_open(edge: Edge) -> None:
    """
    Without the issuer check and without the revocation check, neither refuses anybody.
    """
    verdict = knock(edge, edge.sibling.issue(), issuer=False, ocsp=False)

    assert verdict.is_admitted
    assert step(verdict, "issuer") == (
        Outcome.NOT_ASKED,
        "CN=Sibling, where CN=Issuing is accepted; matters only with the issuer check",
    )
    assert step(verdict, "responder")[0] is Outcome.NOT_ASKED


def test_the_responder_is_named_and_not_asked(edge: Edge) -> None:
    """
    The responder in the certificate is said, and whether it answers is left open.
    """
    verdict = knock(edge, edge.issuing.issue(ocsp_url=URL))

    assert step(verdict, "responder") == (Outcome.NOT_ASKED, f"{URL}, not asked from here")


def test_nobody_passes_where_nothing_is_trusted(edge: Edge) -> None:
    """
    Without a chain there is no root to end in.
    """
    verdict = verify_client(edge.issuing.issue().chain_pem, (), now=AT)

    assert verdict.ssl_client_verify == "FAILED:unable to get local issuer certificate"


@pytest.mark.parametrize("data", ["", "hello", "-----"])
def test_a_file_without_a_certificate_is_no_client(edge: Edge, data: str) -> None:
    """
    Who has no certificate is refused as somebody who sent none.
    """
    verdict = verify_client(data, edge.chains, now=AT)

    assert not verdict.is_admitted
    assert verdict.client is None
    assert verdict.ssl_client_verify == "NONE"


def test_a_key_beside_the_certificate_is_passed_over(edge: Edge) -> None:
    """
    A client's own file may hold its key: it is neither read nor a problem.
    """
    client = edge.issuing.issue(ocsp_url=URL)
    verdict = verify_client(client.key_pem + client.chain_pem, edge.chains, now=AT)

    assert verdict.is_admitted
    assert client.key_pem.splitlines()[1] not in str(verdict)


def test_an_authority_can_be_looked_at_as_a_client(edge: Edge) -> None:
    """
    A file of nothing but authorities presents its first.
    """
    verdict = verify_client(edge.issuing.certificate_pem, edge.chains, now=AT)

    assert verdict.client is not None
    assert verdict.client.label == "Issuing"


@pytest.mark.parametrize(
    ("expected", "key"),
    [("P-256", KeyKind.P256), ("P-384", KeyKind.P384), ("Ed25519", KeyKind.ED25519), ("RSA 2048", KeyKind.RSA2048)],
)
def test_keys_are_called_what_people_call_them(edge: Edge, expected: str, key: KeyKind) -> None:
    """
    The kind of a key is said in everyday words.
    """
    client = knock(edge, edge.issuing.issue(key=rsa_key() if key is KeyKind.RSA2048 else key)).client

    assert client is not None
    assert client.key_kind == expected

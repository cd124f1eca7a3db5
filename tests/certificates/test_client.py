"""Whether a Strict gateway lets a client in is told step by step, in the words of its access log."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography import x509
from mtls_app_gateway.certificates import CaChain, ClientVerdict, Outcome, verify_client
from mtls_app_gateway.rehearsal.authority import Authority, Credential, KeyKind, Purpose, self_signed

from .minting import AT, DAY, load, root, rsa_key, weak_rsa_key

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
        Authority.create("Example Root", at=AT),
        load(issuing.bundle_pem).chains,
    )


def knock(
    edge: Edge, client: Credential, *, alone: bool = False, issuer: bool = True, ocsp: bool = True
) -> ClientVerdict:
    sent = client.certificate_pem if alone else client.chain_pem
    return verify_client(sent, edge.chains, at=AT, verify_issuer_dn=issuer, verify_revocation=ocsp)


Caller = Callable[[Edge], Credential]

ADMITTED: dict[str, Caller] = {
    "valid": lambda edge: edge.issuing.issue(ocsp_url=URL),
    "valid, RSA": lambda edge: edge.issuing.issue(ocsp_url=URL, key=rsa_key()),
    "valid, Ed25519": lambda edge: edge.issuing.issue(ocsp_url=URL, key=KeyKind.ED25519),
    "no purpose": lambda edge: edge.issuing.issue(ocsp_url=URL, purpose=None),
    "weak key": lambda edge: edge.issuing.issue(ocsp_url=URL, key=weak_rsa_key()),
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
        "Unsupported certificate purpose",
        lambda edge: edge.issuing.issue(purpose=Purpose.SERVER),
    ),
    "no signing": (
        "purpose",
        "Unsupported certificate purpose",
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
        "Unable to get local issuer certificate",
        lambda edge: edge.stranger.intermediate("Theirs").issue(),
    ),
    "forged": ("chain", "certificate signature failure", lambda edge: edge.stranger.issue()),
    "self-signed": ("chain", "self-signed certificate", lambda _: self_signed(at=AT)),
    "no responder": ("responder", "certificate status request failed", lambda edge: edge.issuing.issue()),
}


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
    verdict = knock(edge, make(edge))
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
            lambda _: Authority.create("Nobody's", at=AT).issue().certificate_pem,
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
    verdict = verify_client(make(edge), edge.chains, at=AT)

    assert (Outcome.FAILED, expected) == step(verdict, "chain")


def test_a_trusted_issuer_that_signed_is_not_called_another(edge: Edge) -> None:
    """
    Where the way breaks above an authority that did sign, its key is not blamed.
    """
    barred = edge.root.intermediate("Barred", path_length=0)
    verdict = verify_client(barred.intermediate("Below").issue().chain_pem, load(barred.bundle_pem).chains, at=AT)

    assert (Outcome.FAILED, "no way from its issuer CN=Below to a trusted root") == step(verdict, "chain")


def test_a_sibling_that_does_not_send_its_issuer_has_no_chain(edge: Edge) -> None:
    """
    A leaf alone, from an intermediate that was not uploaded, cannot be verified.
    """
    verdict = knock(edge, edge.sibling.issue(), alone=True)

    assert verdict.ssl_client_verify == "FAILED:Unable to verify the first certificate"


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
    verdict = verify_client(old.issue(not_before=AT - 9 * DAY).certificate_pem, chains, at=AT)

    assert step(verdict, "validity") == (Outcome.FAILED, "Old expired on 2026-02-28")


def test_an_authority_that_may_not_issue_clients_refuses_them_all(edge: Edge) -> None:
    """
    The purpose is asked of every certificate on the path.
    """
    servers = edge.root.intermediate("Servers", extensions=[(x509.ExtendedKeyUsage([Purpose.SERVER.oid]), False)])
    verdict = verify_client(servers.issue().certificate_pem, load(servers.bundle_pem).chains, at=AT)

    assert step(verdict, "purpose") == (Outcome.FAILED, "Servers has an extendedKeyUsage without clientAuth")


def test_a_root_of_an_unusual_kind_leaves_the_chain_open() -> None:
    """
    Where the library has no opinion of a key, the step is open and not failed.
    """
    odd = Authority.create("Odd", at=AT, key=KeyKind.ED25519)
    verdict = verify_client(odd.issue().certificate_pem, load(odd.bundle_pem).chains, at=AT)

    assert verdict.is_admitted
    assert step(verdict, "chain")[0] is Outcome.OPEN


def test_what_is_not_asked_for_is_open(edge: Edge) -> None:
    """
    Without the issuer check and without the revocation check, neither refuses anybody.
    """
    verdict = knock(edge, edge.sibling.issue(), issuer=False, ocsp=False)

    assert verdict.is_admitted
    assert step(verdict, "issuer") == (
        Outcome.OPEN,
        "CN=Sibling, where CN=Issuing is admitted; matters only with the issuer check",
    )
    assert step(verdict, "responder")[0] is Outcome.OPEN


def test_the_responder_is_named_and_not_asked(edge: Edge) -> None:
    """
    The responder in the certificate is said, and whether it answers is left open.
    """
    verdict = knock(edge, edge.issuing.issue(ocsp_url=URL))

    assert step(verdict, "responder") == (Outcome.OPEN, f"{URL}, not asked from here")


def test_nobody_passes_where_nothing_is_trusted(edge: Edge) -> None:
    """
    Without a chain there is no root to end in.
    """
    verdict = verify_client(edge.issuing.issue().chain_pem, (), at=AT)

    assert verdict.ssl_client_verify == "FAILED:Unable to get local issuer certificate"


@pytest.mark.parametrize("data", ["", "hello", "-----"])
def test_a_file_without_a_certificate_is_no_client(edge: Edge, data: str) -> None:
    """
    Who has no certificate is refused as somebody who sent none.
    """
    verdict = verify_client(data, edge.chains, at=AT)

    assert not verdict.is_admitted
    assert verdict.client is None
    assert verdict.ssl_client_verify == "NONE"


def test_a_key_beside_the_certificate_is_passed_over(edge: Edge) -> None:
    """
    A client's own file may hold its key: it is neither read nor a problem.
    """
    client = edge.issuing.issue(ocsp_url=URL)
    verdict = verify_client(client.key_pem + client.chain_pem, edge.chains, at=AT)

    assert verdict.is_admitted
    assert client.key_pem.splitlines()[1] not in str(verdict)


def test_an_authority_can_be_looked_at_as_a_client(edge: Edge) -> None:
    """
    A file of nothing but authorities presents its first.
    """
    verdict = verify_client(edge.issuing.certificate_pem, edge.chains, at=AT)

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

"""The throwaway authority: what it issues is what a rehearsal asked for, and its keys are kept to their owner."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from mtls_app_gateway.rehearsal.authority import (
    Authority,
    KeyKind,
    LeafUse,
    padding,
    pem,
    self_signed,
    write_credential,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("Example Root", now=AT)


def test_a_root_vouches_for_itself(root: Authority) -> None:
    """
    A root is self-signed, says it is an authority, and is valid at its own moment.
    """
    certificate = root.certificate
    certificate.verify_directly_issued_by(certificate)

    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_before_utc <= AT <= certificate.not_valid_after_utc


def test_a_chain_goes_from_the_leaf_to_the_root(root: Authority) -> None:
    """
    A peer sends leaf and intermediates without the root; a gateway is given the authorities with the root.
    """
    upper = root.intermediate("Upper")
    lower = upper.intermediate("Lower")
    leaf = lower.issue("alice")

    assert leaf.chain_pem == pem(leaf.certificate, lower.certificate, upper.certificate)
    assert lower.bundle_pem == pem(lower.certificate, upper.certificate, root.certificate)
    for child, parent in [(leaf, lower), (lower, upper), (upper, root)]:
        child.certificate.verify_directly_issued_by(parent.certificate)


@pytest.mark.parametrize(
    ("purpose", "oids"),
    [
        (LeafUse.CLIENT, [ExtendedKeyUsageOID.CLIENT_AUTH]),
        (LeafUse.SERVER, [ExtendedKeyUsageOID.SERVER_AUTH]),
        (LeafUse.OCSP_SIGNING, [ExtendedKeyUsageOID.OCSP_SIGNING]),
    ],
)
def test_a_leaf_says_what_it_is_for(root: Authority, purpose: LeafUse, oids: list[x509.ObjectIdentifier]) -> None:
    """
    The extended key usage of a leaf is exactly the purpose asked for.
    """
    usage = root.issue(purpose=purpose).certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert oids == list(usage.value)


def test_a_leaf_may_say_no_purpose_at_all(root: Authority) -> None:
    """
    Without a purpose a leaf has no extended key usage.
    """
    with pytest.raises(x509.ExtensionNotFound):
        root.issue(purpose=None).certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_a_leaf_names_hosts_addresses_and_its_responder(root: Authority) -> None:
    """
    Host names and addresses are distinguished, and the OCSP responder stands in the authority information access.
    """
    leaf = root.issue(host_names=["edge.example.com", "127.0.0.1"], ocsp_url="http://127.0.0.1:2560/").certificate
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (responder,) = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value

    assert names.get_values_for_type(x509.DNSName) == ["edge.example.com"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert responder.access_location.value == "http://127.0.0.1:2560/"


def test_validity_is_what_was_asked_for(root: Authority) -> None:
    """
    A leaf can be expired or not yet valid.
    """
    expired = root.issue(not_before=AT - timedelta(days=9), not_after=AT - timedelta(days=1)).certificate
    future = root.issue(not_before=AT + timedelta(days=1)).certificate

    assert expired.not_valid_after_utc < AT
    assert future.not_valid_before_utc > AT


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_of_key_can_issue(kind: KeyKind) -> None:
    """
    A root of each kind of key issues a leaf that verifies, and its key can be read back from PEM.
    """
    authority = Authority.create(key=kind, now=AT)
    leaf = authority.issue().certificate
    leaf.verify_directly_issued_by(authority.certificate)
    again = load_pem_private_key(authority.key_pem.encode(), None)

    assert again.public_key() == authority.certificate.public_key()


def test_a_key_made_earlier_is_used(root: Authority) -> None:
    """
    A renewed root may keep its key.
    """
    renewed = Authority.create("Example Root", key=root.private_key, now=AT)

    assert renewed.certificate.public_key() == root.certificate.public_key()
    assert renewed.certificate != root.certificate


def test_a_cross_signed_authority_has_one_name_and_key_under_two_roots(root: Authority) -> None:
    """
    Cross-signing keeps the name and key of an authority and puts it under another root.
    """
    other = Authority.create("Other Root", now=AT)
    issuing = root.intermediate("Issuing")
    crossed = other.cross_sign(issuing)
    issuing.issue().certificate.verify_directly_issued_by(crossed.certificate)

    assert crossed.certificate.subject == issuing.certificate.subject
    assert crossed.certificate.issuer == other.certificate.subject


def test_a_whole_name_takes_the_place_of_the_common_name(root: Authority) -> None:
    """
    Authorities and leaves can be given a whole distinguished name.
    """
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"), x509.NameAttribute(NameOID.COMMON_NAME, "Bücher CA")]
    )

    assert name == Authority.create(subject=name, now=AT).certificate.subject
    assert name == root.intermediate(subject=name).certificate.subject
    assert name == root.issue(subject=name).certificate.subject


def test_an_extension_given_takes_the_place_of_its_kind(root: Authority) -> None:
    """
    An authority can be made that does not say it is one, and a leaf that is far too large.
    """
    plain = Authority.create(now=AT, extensions=[(x509.BasicConstraints(ca=False, path_length=None), True)])
    large = root.issue(extensions=[padding(20_000)])

    assert not plain.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert len(large.certificate_pem) > 20_000


def test_a_self_signed_leaf_has_no_issuer() -> None:
    """
    A self-signed caller vouches for itself and is no authority.
    """
    lone = self_signed(now=AT)
    lone.certificate.verify_directly_issued_by(lone.certificate)

    assert lone.issuers == ()
    assert not lone.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize("password", [None, "letters4and7digits"])
def test_a_pfx_holds_key_certificate_and_chain(root: Authority, password: str | None) -> None:
    """
    A PFX opens with its password and holds the whole chain.
    """
    leaf = root.intermediate().issue()
    opened = pkcs12.load_pkcs12(leaf.pfx(password), password.encode() if password else None)

    assert opened.cert is not None
    assert leaf.certificate == opened.cert.certificate
    assert set(leaf.issuers) == {extra.certificate for extra in opened.additional_certs}


def test_now_is_the_default_moment() -> None:
    """
    Without a moment given, what is issued is valid now.
    """
    now = datetime.now(UTC)
    certificate = Authority.create().issue().certificate

    assert certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def test_no_private_key_shows_in_a_repr(root: Authority) -> None:
    """
    What is printed of a credential is its kind and subject.
    """
    assert repr(root) == "<Authority CN=Example Root>"
    assert repr(root.issue("alice")) == "<Credential CN=alice>"


def test_a_written_key_is_for_its_owner_alone(root: Authority, tmp_path: Path) -> None:
    """
    The key file has mode 0600, also where a file of looser mode stood before.
    """
    (tmp_path / "alice.key.pem").touch(mode=0o644)
    leaf = root.intermediate().issue("alice")
    certificate_path, key_path = write_credential(leaf, tmp_path, "alice")

    assert certificate_path.read_text() == leaf.chain_pem
    assert key_path.read_text() == leaf.key_pem
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600

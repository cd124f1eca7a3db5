"""Each rule has bundles that break it and one that keeps it, and breaks it with the severity and code of its row."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from mtls_app_gateway.certificates import GivenBundle, check_chain_counts, check_pfx, load_chains, load_root
from mtls_app_gateway.certificates.public_roots import PUBLIC_ROOTS
from mtls_app_gateway.certificates.rules import RULES
from mtls_app_gateway.problems import Problem
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse, padding, pem, self_signed

from .handmade import authority_extensions, common_name, handmade_root, integer, p256, tlv
from .minting import (
    AT,
    DAY,
    base64_of,
    der,
    load,
    named_md5,
    pem_of,
    problems_of,
    root,
    rsa_key,
    rules_of,
    signed_over_sha1,
    weak_rsa_key,
    with_broken_signature,
)

Given = Callable[[], list[Problem]]


@dataclass(frozen=True)
class Example:
    """What breaks a rule, with a part of what is said, and what keeps it."""

    broken: Given
    says: str
    kept: Given
    others: set[str] = field(default_factory=set)
    """The rules that are broken with it, because they must be."""


def bundles(*makers: Callable[[], bytes | str], split: bool = False, verify_issuer_dn: bool = False) -> Given:
    return lambda: problems_of(*(make() for make in makers), split=split, verify_issuer_dn=verify_issuer_dn)


def good() -> str:
    return root().intermediate("Issuing").bundle_pem


GOOD = bundles(good)


def authority(**arguments: Any) -> Callable[[], str]:
    return lambda: Authority.create("Example Root", now=AT, **arguments).bundle_pem


def issuing(**arguments: Any) -> Callable[[], str]:
    return lambda: root().intermediate("Issuing", **arguments).bundle_pem


def named(*names: str) -> Given:
    def check() -> list[Problem]:
        given = [GivenBundle(root(f"CA {index}").bundle_pem, "a.pem", name=name) for index, name in enumerate(names)]
        return list(load_chains(given, now=AT).problems)

    return check


def counts(gateway: int | None = None, **profiles: int) -> Given:
    return lambda: list(check_chain_counts(profiles, gateway=gateway))


def pfx(make: Callable[[], str], password: str | None = None, at: datetime = AT) -> Given:
    return lambda: list(check_pfx(make(), password, where="the listener", now=at))


def trusted(make: Callable[[], str]) -> Given:
    return lambda: list(load_root(GivenBundle(make(), "the root"), now=AT)[1])


ROOT_GOOD = trusted(lambda: root().bundle_pem)


def without_root() -> str:
    return root().intermediate("Issuing").certificate_pem


def with_key() -> str:
    authority = root()
    return authority.bundle_pem + authority.key_pem


def two_roots() -> str:
    return root("One").bundle_pem + root("Two").bundle_pem


def heavy() -> str:
    return root().intermediate("Heavy", extensions=[padding(20_000)]).bundle_pem


def crossing() -> str:
    """Six storeys of three authorities that all sign each other: 729 ways up."""
    storey = [root()]
    all_of_them = [storey[0].certificate]
    for number in range(6):
        below = [storey[0].intermediate(f"{number}{side}") for side in "abc"]
        all_of_them += [above.cross_sign(one).certificate for one in below for above in storey]
        storey = below
    return pem(*all_of_them)


def loose_intermediate() -> str:
    return good() + root("Another").intermediate("Loose").certificate_pem


def forged_intermediate() -> str:
    lower = root().intermediate("Issuing")
    return pem(with_broken_signature(lower.certificate), *lower.issuers)


def forged_root() -> str:
    return pem(with_broken_signature(root().certificate))


def key_usage(*, signs: bool) -> x509.KeyUsage:
    others = ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
    flags = dict.fromkeys([*others, "encipher_only", "decipher_only"], False)
    return x509.KeyUsage(digital_signature=True, key_cert_sign=signs, crl_sign=signs, **flags)


def usage_without_signing() -> str:
    return root().intermediate("Issuing", extensions=[(key_usage(signs=False), True)]).bundle_pem


def too_deep() -> str:
    return Authority.create("Example Root", now=AT, path_length=0).intermediate("Issuing").bundle_pem


def deep_enough() -> str:
    return Authority.create("Example Root", now=AT, path_length=1).intermediate("Issuing").bundle_pem


def with_sha1() -> str:
    top = Authority.create("Example Root", now=AT, key=rsa_key())
    return pem(signed_over_sha1(top, top.intermediate("Issuing")), top.certificate)


def with_broken_sha1() -> str:
    top = Authority.create("Example Root", now=AT, key=rsa_key())
    return pem(with_broken_signature(signed_over_sha1(top, top.intermediate("Issuing"))), top.certificate)


def with_sha1_root() -> str:
    top = Authority.create("Example Root", now=AT, key=rsa_key())
    return pem(signed_over_sha1(top, top))


def with_md5() -> str:
    top = Authority.create("Example Root", now=AT, key=rsa_key())
    return pem(named_md5(top.intermediate("Issuing").certificate), top.certificate)


def with_odd_extension() -> str:
    """A basicConstraints that is no DER, which the cryptography library refuses to read."""
    odd = x509.UnrecognizedExtension(x509.BasicConstraints.oid, b"\x30\x01")
    return Authority.create("Example Root", now=AT, extensions=[(odd, True)]).bundle_pem


def with_one_extension_twice() -> bytes:
    """The subject key identifier turned into a second key usage in place."""
    key_identifier, key_usage = bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d0f")
    return der(root().certificate).replace(key_identifier, key_usage)


def with_purpose(purpose: LeafUse) -> Callable[[], str]:
    return issuing(extensions=[(x509.ExtendedKeyUsage([purpose.oid]), False)])


def two_issuers() -> str:
    top = root()
    return pem(top.intermediate("A").certificate, top.intermediate("B").certificate, top.certificate)


def with_leaf() -> str:
    top = root()
    return top.bundle_pem + top.issue("client").certificate_pem


def one_server(**arguments: Any) -> Callable[[], str]:
    return lambda: base64_of(root().intermediate("Issuing").issue("server", purpose=LeafUse.SERVER, **arguments))


def protected(password: str) -> Callable[[], str]:
    return lambda: base64_of(root().issue("server"), password)


def legacy(password: str) -> Callable[[], str]:
    """As `openssl pkcs12 -export -legacy` writes it."""
    builder = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    encryption = builder.hmac_hash(hashes.SHA1()).build(password.encode())  # noqa: S303 - what old gateways take

    def make() -> str:
        leaf = root().issue("server")
        data = pkcs12.serialize_key_and_certificates(None, leaf.private_key, leaf.certificate, leaf.issuers, encryption)
        return base64.b64encode(data).decode()

    return make


def tireless(password: str) -> Callable[[], str]:
    """A PFX whose password is to be proved by 2^31 - 1 rounds, which would take minutes."""

    def make() -> str:
        data = base64.b64decode(protected(password)())
        # MacData (RFC 7292 section 4): a digest, a salt and, as the last bytes, the rounds. Salt and digest are random.
        size = next(size for size in range(60, 128) if data[-size : 3 - size] == bytes([0x30, size - 2, 0x30]))
        rounds = next(length for length in range(1, 5) if data[-length - 2 : -length] == bytes([0x02, length]))
        mac = tlv(0x30, data[2 - size : -rounds - 2], integer(2**31 - 1))
        return base64.b64encode(tlv(0x30, data[4:-size], mac)).decode()

    return make


def pfx_of(*, key: bool, certificate: bool) -> Callable[[], str]:
    def make() -> str:
        leaf = root().issue("server")
        data = pkcs12.serialize_key_and_certificates(
            None,
            leaf.private_key if key else None,
            leaf.certificate if key and certificate else None,
            [leaf.certificate] if certificate else None,
            serialization.NoEncryption(),
        )
        return base64.b64encode(data).decode()

    return make


def lone_server() -> str:
    leaf = root().issue("server")
    data = pkcs12.serialize_key_and_certificates(
        None, leaf.private_key, leaf.certificate, None, serialization.NoEncryption()
    )
    return base64.b64encode(data).decode()


def encoded(data: bytes) -> Callable[[], str]:
    return lambda: base64.b64encode(data).decode()


PFX_GOOD = pfx(one_server())

EXAMPLES: dict[str, list[Example]] = {
    "bundle-empty": [
        Example(bundles(str), "no data", GOOD),
        Example(bundles(lambda: " \n"), "nothing but blanks", GOOD),
    ],
    "bundle-too-large": [Example(bundles(lambda: good() * 2000), "more than 1,048,576 bytes", GOOD)],
    "too-many-certificates": [
        Example(
            bundles(lambda: pem(*(root(f"CA {number}").certificate for number in range(501))), split=True),
            "more than 500 certificates",
            GOOD,
            {"too-many-paths"},
        )
    ],
    "private-key-inside": [Example(bundles(with_key), "a block PRIVATE KEY", GOOD)],
    "pfx-given": [Example(bundles(lambda: root().pfx("secret")), "a PFX (PKCS#12) file", GOOD)],
    "not-certificates": [Example(bundles(lambda: b"\x00\xff" * 50), "100 bytes that are neither", GOOD)],
    "block-undelimited": [
        Example(bundles(lambda: good()[:-30]), "BEGIN CERTIFICATE without its END", GOOD, {"no-root"})
    ],
    "block-damaged": [Example(bundles(lambda: good() + pem_of(b"1")), "1 bytes that are not a certificate", GOOD)],
    "no-authority": [
        Example(bundles(lambda: root().issue("client").certificate_pem), "only certificates of clients", GOOD),
        Example(bundles(lambda: pem_of(b"1", "X509 CRL")), "no certificate at all", GOOD, {"block-left-out"}),
    ],
    "self-signed-not-authority": [
        Example(bundles(lambda: self_signed(now=AT).certificate_pem), "without basicConstraints CA:TRUE", GOOD)
    ],
    "no-root": [
        Example(bundles(without_root), "issued by CN=Example Root, which is not in the bundle", GOOD),
        Example(bundles(loose_intermediate, split=True), "issued by CN=Another", bundles(good, split=True)),
    ],
    "several-roots": [Example(bundles(two_roots), "2 roots: 'One'", bundles(two_roots, split=True))],
    "chain-too-large": [
        Example(bundles(heavy), "2 certificates; the largest: 'Heavy' 27,", GOOD),
        Example(bundles(heavy, split=True), "'Heavy' 27,", GOOD),
    ],
    "too-many-paths": [Example(bundles(crossing), "more than 200 chains", bundles(two_issuers))],
    "signature-invalid": [Example(bundles(forged_intermediate), "was not signed with that key", GOOD)],
    "root-signature-invalid": [Example(bundles(forged_root), "did not sign itself", GOOD)],
    "key-cert-sign-missing": [
        Example(
            bundles(usage_without_signing),
            "lacks keyCertSign",
            bundles(issuing(extensions=[(key_usage(signs=True), True)])),
        )
    ],
    "path-length-exceeded": [
        Example(bundles(too_deep), "allows 0 intermediates below it; 'Issuing' lies deeper", bundles(deep_enough))
    ],
    "issuer-missing": [
        Example(bundles(loose_intermediate), "issued by CN=Another, which is not in the bundle", GOOD),
        Example(
            bundles(lambda: good() + root().intermediate("Loose").certificate_pem),
            "a CA of that name is, but it has another key",
            GOOD,
        ),
    ],
    "several-chains": [
        Example(bundles(two_issuers, verify_issuer_dn=True), "Azure will accept the issuer CN=A", bundles(two_issuers)),
        Example(
            bundles(two_issuers, verify_issuer_dn=True),
            "not CN=B",
            bundles(two_issuers, split=True, verify_issuer_dn=True),
        ),
        Example(bundles(two_issuers, verify_issuer_dn=True), "CN=A", bundles(good, verify_issuer_dn=True)),
    ],
    "expired": [
        Example(
            bundles(issuing(not_before=AT - 9 * DAY, not_after=AT - DAY)),
            "expired on 2026-02-28",
            bundles(issuing(not_after=AT + 31 * DAY)),
        )
    ],
    "not-yet-valid": [Example(bundles(issuing(not_before=AT + DAY)), "valid from 2026-03-02 on", GOOD)],
    "expires-soon": [
        Example(bundles(issuing(not_after=AT + 30 * DAY)), "in 30 days", bundles(issuing(not_after=AT + 31 * DAY)))
    ],
    "client-purpose-missing": [
        Example(bundles(with_purpose(LeafUse.SERVER)), "lacks clientAuth", bundles(with_purpose(LeafUse.CLIENT)))
    ],
    "weak-key": [
        Example(bundles(authority(key=weak_rsa_key())), "an RSA key of 1024 bits", bundles(authority(key=rsa_key()))),
        Example(
            bundles(authority(key=ec.generate_private_key(ec.SECP192R1()))),
            "a key on the curve secp192r1, of 192 bits",
            bundles(authority()),
        ),
    ],
    "weak-hash": [
        Example(bundles(with_sha1), "signed with SHA1", bundles(with_sha1_root)),
        Example(bundles(with_broken_sha1), "signed with SHA1", GOOD, {"signature-invalid"}),
        Example(bundles(with_md5), "signed with MD5", GOOD, {"partly-unread"}),
    ],
    "partly-unread": [
        Example(bundles(with_odd_extension), "cannot be read: its extensions", GOOD),
        Example(
            bundles(with_one_extension_twice),
            "cannot be read: its extensions",
            GOOD,
            {"root-signature-invalid"},
        ),
    ],
    "leaf-left-out": [Example(bundles(with_leaf), "not a CA certificate; left out", GOOD)],
    "block-left-out": [Example(bundles(lambda: good() + pem_of(b"1", "X509 CRL")), "a block X509 CRL", GOOD)],
    "duplicate-certificate": [Example(bundles(lambda: 2 * root().bundle_pem), "once more", GOOD)],
    "chain-name-invalid": [
        Example(named("-partners"), "'-partners'", named("partners_")),
        Example(named("p" * 81), "'ppp", named("p" * 80)),
    ],
    "chain-name-not-unique": [Example(named("partners", "Partners"), "which a.pem has too", named("one", "two"))],
    "chain-repeated": [],
    "nobody-admitted": [
        Example(
            bundles(authority(not_before=AT - 9 * DAY, not_after=AT - DAY)),
            "no chain is valid on 2026-03-01; roots: 'Example Root'",
            bundles(authority(not_before=AT - 9 * DAY, not_after=AT - DAY), good),
            {"expired"},
        )
    ],
    "too-many-chains-in-profile": [Example(counts(edge=101), "101 chains", counts(edge=100, other=100))],
    "too-many-chains-on-gateway": [
        Example(counts(one=100, two=100, three=1), "201 chains", counts(one=100, two=100)),
        Example(counts(one=1, gateway=201), "201 chains", counts(one=100, two=100, three=100, gateway=200)),
    ],
    "pfx-empty": [Example(pfx(str), "no data", PFX_GOOD)],
    "pfx-not-base64": [
        Example(pfx(good), "PEM text", PFX_GOOD),
        Example(pfx(lambda: "pässwort"), "not base64", PFX_GOOD),
    ],
    "pfx-unreadable": [Example(pfx(encoded(b"0" * 99)), "99 bytes that are not a PFX", PFX_GOOD)],
    "pfx-password-wrong": [
        Example(pfx(protected("right"), "wrong"), "a password that does not open it", pfx(protected("right"), "right")),
        Example(pfx(protected("right")), "no password", pfx(protected("right"), "right")),
    ],
    "pfx-too-many-rounds": [
        Example(pfx(tireless("Pass1"), "Pass1"), "2,147,5", pfx(protected("Pass1"), "Pass1")),
    ],
    "pfx-encrypted-with-aes": [
        Example(pfx(protected("Pass1"), "Pass1"), "encrypted with AES", pfx(legacy("Pass1"), "Pass1")),
    ],
    "pfx-too-large": [
        Example(pfx(one_server(extensions=[padding(17_000)])), "bytes", PFX_GOOD),
        Example(pfx(encoded(bytes(65_537))), "65,537 bytes", PFX_GOOD),
    ],
    "pfx-perhaps-too-large": [Example(pfx(one_server(extensions=[padding(11_000)])), "as base64", PFX_GOOD)],
    "pfx-password-characters": [
        Example(pfx(legacy("pass word"), "pass word"), "other characters", pfx(legacy("Pass1"), "Pass1")),
        Example(pfx(legacy("pässwort"), "pässwort"), "other characters", pfx(legacy("Pass1"), "Pass1")),
    ],
    "pfx-without-key": [Example(pfx(pfx_of(key=False, certificate=True)), "no private key inside", PFX_GOOD)],
    "pfx-without-certificate": [
        Example(pfx(pfx_of(key=True, certificate=False)), "no certificate that belongs to", PFX_GOOD)
    ],
    "pfx-expired": [
        Example(
            pfx(one_server(not_before=AT - 9 * DAY, not_after=AT - DAY)), "'server' expired on 2026-02-28", PFX_GOOD
        )
    ],
    "pfx-not-yet-valid": [Example(pfx(one_server(not_before=AT + DAY)), "valid from 2026-03-02 on", PFX_GOOD)],
    "pfx-chain-missing": [
        Example(pfx(lone_server), "'server' alone, without its issuer 'Example Root'", PFX_GOOD),
        Example(pfx(lone_server), "alone", pfx(lambda: base64_of(self_signed(now=AT, purpose=LeafUse.SERVER)))),
    ],
    "trusted-root-private-key": [
        Example(trusted(with_key), "a block PRIVATE KEY", ROOT_GOOD),
        Example(trusted(lambda: root().key_pem), "a block PRIVATE KEY", ROOT_GOOD),
    ],
    "trusted-root-form": [
        Example(trusted(str), "no data", ROOT_GOOD),
        Example(trusted(lambda: "no certificate"), "14 bytes", ROOT_GOOD),
    ],
    "trusted-root-missing": [
        Example(trusted(without_root), "only certificates that others issued: 'Issuing', issued by CN=", ROOT_GOOD),
        Example(
            trusted(lambda: pem_of(b"1", "X509 CRL")), "no certificate at all", ROOT_GOOD, {"trusted-root-left-out"}
        ),
    ],
    "trusted-root-several": [Example(trusted(two_roots), "2 roots: 'One', 'Two'", ROOT_GOOD)],
    "trusted-root-not-authority": [
        Example(
            trusted(lambda: pem(self_signed(now=AT, purpose=LeafUse.SERVER).certificate)),
            "self-signed, and not a CA",
            ROOT_GOOD,
        )
    ],
    "trusted-root-validity": [
        Example(trusted(authority(not_before=AT - 9 * DAY, not_after=AT - DAY)), "expired on 2026-02-28", ROOT_GOOD),
        Example(trusted(authority(not_before=AT + DAY)), "valid from 2026-03-02 on", ROOT_GOOD),
        Example(
            trusted(authority(not_after=AT + 30 * DAY)),
            "expires on 2026-03-31, in 30 days",
            trusted(authority(not_after=AT + 31 * DAY)),
        ),
    ],
    "trusted-root-weak": [Example(trusted(authority(key=weak_rsa_key())), "an RSA key of 1024 bits", ROOT_GOOD)],
    "trusted-root-left-out": [
        Example(trusted(good), "not a root; left out", ROOT_GOOD),
        Example(trusted(lambda: root().bundle_pem + pem_of(b"1", "X509 CRL")), "a block X509 CRL", ROOT_GOOD),
    ],
}

# What takes more than a row.
TOLD_APART = {"public-root", "chain-repeated"}
CASES = [(code, example) for code, examples in EXAMPLES.items() for example in examples]
ROWS = {rule.code: rule for rule in RULES}


def test_every_rule_has_an_example() -> None:
    """
    No rule stands in the table without a bundle that breaks it.
    """
    assert set(ROWS) == set(EXAMPLES) | TOLD_APART
    assert len(ROWS) == len(RULES)


@pytest.mark.parametrize(("code", "example"), CASES, ids=[code for code, _ in CASES])
def test_a_rule_is_broken_and_kept(code: str, example: Example) -> None:
    """
    What breaks the rule is told with its severity and code, and breaks no other; what keeps it is silent about it.
    """
    found = example.broken()
    told = [problem for problem in found if problem.rule == code]

    assert {code, *example.others} == set(rules_of(found))
    assert {(ROWS[code].severity, ROWS[code].azure_code)} == {(one.severity, one.azure_code) for one in told}
    assert example.says in told[0].saw
    assert code not in rules_of(example.kept())


@pytest.mark.parametrize("name", [None, "backends"])
def test_a_trusted_root_goes_up_alone(name: str | None) -> None:
    """
    Of a chain only the root is an entry, as PEM in base64, under the given name or one that its content makes.
    """
    top = root("Example Root")
    given = top.intermediate("Issuing").bundle_pem
    loaded, _ = load_root(GivenBundle(given, "a.pem", name=name), now=AT)

    assert loaded is not None
    assert top.certificate_pem == base64.b64decode(loaded.data).decode()
    assert name == loaded.name or re.fullmatch("example-root-[0-9a-f]{8}", loaded.name)


def test_a_trusted_root_with_an_error_is_none() -> None:
    """
    What a gateway might refuse is not sent to one.
    """
    assert load_root(GivenBundle(two_roots(), "a.pem"), now=AT)[0] is None


def test_a_chain_given_twice_goes_up_once_under_one_name() -> None:
    """
    The same certificates under one name are one entry; under two names they stay two, and it is said.
    """
    bundle = good()
    once = load_chains([GivenBundle(bundle, "a.pem"), GivenBundle(bundle, "b.pem")], now=AT)
    twice = load_chains([GivenBundle(bundle, "a.pem", name="a"), GivenBundle(bundle, "b.pem", name="b")], now=AT)

    assert ["chain-repeated"] == rules_of(list(once.problems)) == rules_of(list(twice.problems))
    assert [["a.pem"], ["a.pem", "b.pem"]] == [[chain.source for chain in one.chains] for one in (once, twice)]
    assert once.problems[0].where == "b.pem"


def test_self_issued_authorities_do_not_count_in_a_path() -> None:
    """
    An authority that allows none below it may have a new key of its own below it (RFC 5280 section 6.1.4 (l)).
    """
    top = handmade_root(common_name("Top root"), p256(1), AT)
    limited = top.issue(common_name("Limited"), p256(2), authority_extensions(p256(2), top.key, path_length=0))
    renewed = limited.issue(limited.subject, p256(3), authority_extensions(p256(3), limited.key))
    another = limited.issue(common_name("Other"), p256(4), authority_extensions(p256(4), limited.key))

    assert [] == problems_of("".join(pem_of(each.der) for each in (renewed, limited, top)))
    assert ["path-length-exceeded"] == rules_of(
        problems_of("".join(pem_of(each.der) for each in (another, limited, top)))
    )


@pytest.mark.parametrize(("expected", "curve"), [([], ec.SECP224R1()), (["weak-key"], ec.SECP192R1())])
def test_a_curve_is_weak_below_224_bits(expected: list[str], curve: ec.EllipticCurve) -> None:
    """
    P-224 has the 112 bits of strength that RSA-2048 has; P-192 has not.
    """
    assert expected == rules_of(problems_of(Authority.create(now=AT, key=ec.generate_private_key(curve)).bundle_pem))


def test_a_public_root_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A root whose key is a public authority's is named; one of nobody's is not.
    """
    top = root()
    key = top.certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert problems_of(top.bundle_pem) == []
    monkeypatch.setitem(PUBLIC_ROOTS, hashlib.sha256(key).hexdigest(), "Public CA 1")
    (problem,) = problems_of(top.bundle_pem)

    assert (problem.rule, problem.severity) == ("public-root", "warning")
    assert problem.saw.startswith("'Public CA 1' is a public root")


def test_a_bundle_that_keeps_all_rules_has_no_problem() -> None:
    """
    A root and an intermediate with an RSA key are nothing to talk about.
    """
    assert problems_of(root().intermediate("Issuing", key=rsa_key()).bundle_pem) == []


def test_a_cross_signed_authority_with_one_root_here_may_be_split() -> None:
    """
    A second certificate for an authority whose other root is not given does not stop the bundle, it warns.
    """
    top = root()
    lower = top.intermediate("Issuing")
    bundle = lower.bundle_pem + pem(root("Another").cross_sign(lower).certificate)

    assert ["issuer-missing"] == rules_of(problems_of(bundle)) == rules_of(problems_of(bundle, split=True))


def test_an_authority_with_one_good_way_up_is_good() -> None:
    """
    Where pathLenConstraint closes one way to a root and another is open, clients can pass.
    """
    narrow, wide = Authority.create("Narrow", now=AT, path_length=0), root("Wide")
    lower = narrow.intermediate("Issuing")
    bundle = pem(lower.certificate, narrow.certificate, wide.certificate, wide.cross_sign(lower).certificate)

    assert "path-length-exceeded" not in rules_of(problems_of(bundle, split=True))


def test_an_authority_renewed_under_its_old_key_is_no_root() -> None:
    """
    A self-issued certificate that the old key signed for the new one lies below the old root (RFC 5280 section 3.2).

        Example Root (old key) -> Example Root (new key)
    """
    old, new = root(), root()
    bundle = pem(old.certificate, old.cross_sign(new).certificate)

    assert problems_of(bundle) == []


def test_a_signature_of_an_unknown_kind_is_said_to_be_unchecked() -> None:
    """
    An absurd RSA exponent is not worked through, and the rules say that they did not look.
    """
    key = rsa_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    public = rsa.RSAPublicNumbers(e=2**64 + 13, n=key.public_key().public_numbers().n).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(root("Odd").certificate.subject)
        .issuer_name(root("Odd").certificate.subject)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(AT - DAY)
        .not_valid_after(AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    odd = builder.sign(key, hashes.SHA256())
    (problem,) = problems_of(der(odd))

    assert (problem.rule, problem.saw) == ("partly-unread", "cannot be read: its signature")


def dsa_authority(bits: int) -> bytes:
    key = dsa.generate_private_key(bits)
    name = root("Old").certificate.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - DAY)
        .not_valid_after(AT + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return der(builder.sign(key, hashes.SHA256()))


def test_a_dsa_key_is_weak_whatever_its_size() -> None:
    """
    DSA is told of; its signature is checked.
    """
    (problem,) = problems_of(dsa_authority(1024))

    assert (problem.rule, problem.saw) == ("weak-key", "a DSA key of 1024 bits")


def test_a_key_on_an_unknown_curve_is_said_to_be_unread() -> None:
    """
    An authority whose key the library cannot read is taken, with a word about it.
    """
    p256, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
    (examined,) = load(der(root().certificate).replace(p256, unknown)).bundles
    (problem,) = examined.problems

    assert (problem.rule, problem.saw) == ("partly-unread", "cannot be read: its public key, its signature")
    assert examined.chains[0].root.key_kind == "another kind of key"


def test_paths_are_followed_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A bound on steps ends what the bound on paths would not.
    """
    monkeypatch.setattr("mtls_app_gateway.certificates.paths._MAX_STEPS", 1)

    assert ["too-many-paths"] == rules_of(problems_of(good()))


def test_more_than_ten_of_a_kind_are_counted() -> None:
    """
    A flood of one problem is told ten times and then counted.
    """
    found = problems_of(good() + 40 * pem_of(b"1"))

    assert ["block-damaged"] * 11 == rules_of(found)
    assert found[-1].saw == "the same in 30 more places"


@pytest.mark.parametrize("data", [with_key, lambda: root().pfx("secret"), lambda: root().pfx()])
def test_no_private_key_is_ever_shown(data: Callable[[], bytes | str]) -> None:
    """
    Nothing that is said about a bundle holds any part of a key that was in it.
    """
    given = data()
    shown = str(load_chains([GivenBundle(given, "a.pem")], now=AT)) + "\n".join(map(str, problems_of(given)))
    text = given if isinstance(given, str) else base64.b64encode(given).decode()
    body = [line for line in text.splitlines()[-4:] if len(line) > 20 and "-----" not in line]

    assert body
    assert not any(line[:20] in shown for line in body)


@pytest.mark.parametrize("password", ["very secret 1", "verySecret2"])
def test_no_password_is_ever_shown(password: str) -> None:
    """
    Neither a wrong password nor a PFX shows in what is said about it.
    """
    data = base64_of(root().issue("server"), "another")
    shown = "\n".join(map(str, check_pfx(data, password, where="the listener", now=AT)))

    assert "pfx-password-wrong" in shown
    assert password not in shown
    assert data[:20] not in shown

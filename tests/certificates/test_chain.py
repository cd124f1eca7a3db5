"""One set of certificates is one chain: one order, one text, one name, one issuer that Azure takes from it."""

import base64
import random

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from mtls_app_gateway.certificates import CaChain, read_chain
from mtls_app_gateway.rehearsal.authority import Authority, pem

from .minting import AT, DAY, load, pkcs7_of, root


def only_chain(*data: bytes | str, split: bool = False) -> CaChain:
    (chain,) = load(*data, split=split).chains
    return chain


def labels(chain: CaChain) -> list[str]:
    return [certificate.label for certificate in chain.certificates]


def test_a_chain_runs_from_the_lowest_authority_to_the_root() -> None:
    """
    Root first or leaf first: out comes leaf to root, as PEM with LF and as base64 of it.
    """
    top = root()
    lower = top.intermediate("Upper").intermediate("Lower")
    chain = only_chain(pem(*reversed([lower.certificate, *lower.issuers])))

    assert labels(chain) == ["Lower", "Upper", "Example Root"]
    assert chain.pem == lower.bundle_pem
    assert chain.data == base64.b64encode(lower.bundle_pem.encode()).decode()
    assert chain.size == len(lower.bundle_pem)
    assert chain.root.label == "Example Root"


def test_twenty_shuffled_forms_are_one_chain() -> None:
    """
    The same certificates, shuffled, doubled and encoded in every way, give the same entry to the last byte.
    """
    top, other = root(), root("Other Root")
    upper = top.intermediate("Upper")
    certificates = [
        top.certificate,
        upper.certificate,
        upper.intermediate("A").certificate,
        upper.intermediate("B").certificate,
        top.intermediate("C").certificate,
        other.cross_sign(upper).certificate,
    ]
    shuffle = random.Random(7)  # noqa: S311 - a fixed order of tests, no secret
    chains = set()
    for number in range(20):
        some = [*certificates, shuffle.choice(certificates)]
        shuffle.shuffle(some)
        forms: list[bytes | str] = [
            pem(*some),
            pem(*some).replace("\n", "\r\n"),
            pkcs7_of(some, Encoding.DER),
            base64.b64encode(pkcs7_of(some, Encoding.PEM)),
        ]
        chain = only_chain(forms[number % len(forms)])
        chains.add((chain.name, chain.data, chain.issuer_dn, chain.expires, chain.fingerprints))

    assert len(chains) == 1


def test_chains_are_found_by_key_and_not_by_name_alone() -> None:
    """
    Two authorities of one name and different keys each get the root that signed them.
    """
    first, second = root(), root()
    below = second.intermediate("Issuing")
    split = load(pem(first.certificate, below.certificate, second.certificate), split=True).chains

    assert {(second.certificate, below.certificate), (first.certificate,)} == {
        tuple(certificate.parsed for certificate in reversed(chain.certificates)) for chain in split
    }


def test_a_cross_signed_intermediate_makes_two_chains() -> None:
    """
    One authority under two roots is split into two entries that share what lies below it.

        Root A -> Upper ┐
                        ├-> Issuing
        Root B -> Upper ┘
    """
    root_a, root_b = root("Root A"), root("Root B")
    upper = root_a.intermediate("Upper")
    issuing = upper.intermediate("Issuing")
    bundle = pem(issuing.certificate, upper.certificate, root_b.cross_sign(upper).certificate)
    chains = load(bundle + pem(root_a.certificate, root_b.certificate), split=True).chains

    assert sorted(labels(chain) for chain in chains) == [
        ["Issuing", "Upper", "Root A"],
        ["Issuing", "Upper", "Root B"],
    ]
    assert len({chain.name for chain in chains}) == 2


def test_authorities_in_a_circle_are_not_lost() -> None:
    """
    Two authorities that issued each other, and a root that issued one of them, all go up.
    """
    top = root()
    a = top.intermediate("A")
    b = a.intermediate("B")
    chain = only_chain(pem(top.certificate, a.certificate, b.certificate, b.cross_sign(a).certificate))

    assert sorted(labels(chain)) == ["A", "A", "B", "Example Root"]


def test_a_name_is_made_of_the_root_and_the_content() -> None:
    """
    Unless given, the name of an entry follows from its certificates, so that a new authority is a new entry.
    """
    top = root("Über CA (2026)")
    first, second = only_chain(top.intermediate("A").bundle_pem), only_chain(top.intermediate("B").bundle_pem)

    assert first.name.startswith("uber-ca-2026-")
    assert first.name != second.name
    assert first.name == only_chain(first.pem).name
    assert only_chain(root("日本").bundle_pem).name.startswith("ca-")


def test_a_given_name_is_kept_and_marked_when_the_bundle_is_split() -> None:
    """
    The parts of a bundle that is split share its name and differ by their content.
    """
    from mtls_app_gateway.certificates import GivenBundle, load_chains

    bundle = root("A").bundle_pem + root("B").bundle_pem
    (whole,) = load_chains([GivenBundle(root("A").bundle_pem, "a.pem", name="partners")], now=AT).chains
    parts = load_chains([GivenBundle(bundle, "a.pem", name="partners", split=True)], now=AT).chains

    assert whole.name == "partners"
    assert [len("partners-") + 8] * 2 == [len(part.name) for part in parts]
    assert all(part.name.startswith("partners-") for part in parts)


def test_a_chain_expires_with_the_first_of_its_certificates() -> None:
    """
    What counts is the nearest end of validity.
    """
    soon = root().intermediate("Issuing", not_after=AT + 90 * DAY)

    assert only_chain(soon.bundle_pem).expires == AT + 90 * DAY


# The issuer name that Azure takes from a file: the five scenarios of
# https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview#verify-client-certificate-dn


def extracted(*authorities: Authority, leaf_of: Authority) -> set[str | None]:
    """The issuer taken of these authorities and a leaf: by the chain we make, and by the file in the order given."""
    bundle = pem(
        leaf_of.issue().certificate,
        *dict.fromkeys(
            certificate for authority in authorities for certificate in (authority.certificate, *authority.issuers)
        ),
    )
    return {only_chain(bundle).issuer_dn, read_chain(bundle, "").issuer_dn}


def test_scenario_1_the_intermediate() -> None:
    """
    root -> intermediate -> leaf: the intermediate's subject.
    """
    intermediate = root().intermediate("Intermediate")

    assert extracted(intermediate, leaf_of=intermediate) == {"CN=Intermediate"}


def test_scenario_2_the_lowest_intermediate() -> None:
    """
    root -> intermediate1 -> intermediate2 -> leaf: the subject of intermediate2.
    """
    second = root().intermediate("Intermediate 1").intermediate("Intermediate 2")

    assert extracted(second, leaf_of=second) == {"CN=Intermediate 2"}


def test_scenario_3_the_root() -> None:
    """
    root -> leaf: the root's subject.
    """
    top = root()

    assert extracted(top, leaf_of=top) == {"CN=Example Root"}


def test_scenario_4_the_first_of_two_chains_of_the_same_length() -> None:
    """
    root -> intermediate1 -> leaf, and root -> intermediate2 -> leaf: the subject of intermediate1.
    """
    top = root()
    first, second = top.intermediate("Intermediate 1"), top.intermediate("Intermediate 2")

    assert extracted(first, second, leaf_of=second) == {"CN=Intermediate 1"}


def test_scenario_5_the_lowest_of_the_longest_chain() -> None:
    """
    root -> intermediate1 -> leaf, and root -> intermediate2 -> intermediate3 -> leaf: the subject of intermediate3.
    """
    top = root()
    first, third = top.intermediate("Intermediate 1"), top.intermediate("Intermediate 2").intermediate("Intermediate 3")

    assert extracted(first, third, leaf_of=first) == {"CN=Intermediate 3"}


def test_scenario_4_in_a_file_as_it_stands_the_order_counts() -> None:
    """
    Of a file that somebody uploaded, the first chain is the first in the file; of ours, the first by name.
    """
    top = root()
    first, second = top.intermediate("Intermediate 1"), top.intermediate("Intermediate 2")
    bundle = pem(second.certificate, first.certificate, top.certificate)

    assert read_chain(bundle, "").issuer_dn == "CN=Intermediate 2"
    assert only_chain(bundle).issuer_dn == "CN=Intermediate 1"


def test_a_file_without_an_authority_has_no_issuer() -> None:
    """
    Where there is no chain there is no name.
    """
    assert read_chain("", "").issuer_dn is None


@pytest.mark.parametrize(("expected", "verify_issuer_dn"), [(True, False), (False, True)])
def test_an_expired_issuer_admits_nobody_only_where_issuers_are_verified(
    expected: bool, verify_issuer_dn: bool
) -> None:
    """
    Under a valid root others may still issue; where one issuer is admitted, its whole path has to be valid.
    """
    expired = root().intermediate("Issuing", not_before=AT - 9 * DAY, not_after=AT - DAY)
    chain = only_chain(expired.bundle_pem)

    assert expected == chain.can_admit(AT, verify_issuer_dn=verify_issuer_dn)


def test_no_authority_stands_above_itself() -> None:
    """
    Two roots that signed each other give a path to each, and none that comes back to where it was.
    """
    a, b = root("A"), root("B")
    issuing = a.intermediate("Issuing")
    bundle = pem(*(one.certificate for one in (issuing, a, b, a.cross_sign(b), b.cross_sign(a))))

    found = load(bundle, split=True).bundles[0].examination.paths.found

    assert [["Issuing", "A"], ["Issuing", "A", "B"]] == sorted(
        ([step.label for step in path] for path in found), key=len
    )


def test_an_authority_is_its_name_and_its_key() -> None:
    """
    Certificates of one CA by two issuers are one authority; another key of that name is another.
    """
    first, issuing = root("A"), root("A").intermediate("Issuing")
    crossed, other = first.cross_sign(issuing), first.intermediate("Issuing")
    read = [load(each.bundle_pem).bundles[0].examination.authorities[0] for each in (issuing, crossed, other)]

    assert read[0] != read[1]
    assert read[0].authority == read[1].authority != read[2].authority

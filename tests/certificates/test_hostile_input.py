"""Whatever bytes come, a report comes out: never an exception, never a long wait."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from mtls_app_gateway.certificates import GivenBundle, load_chains, verify_client
from mtls_app_gateway.rehearsal.authority import Authority, padding, pem

from .handmade import authority_extensions, common_name, handmade_root, p256
from .minting import AT, der, pem_of, root

ISSUING = root().intermediate("Issuing")
SEEDS = [
    ISSUING.bundle_pem.encode(),
    der(ISSUING.certificate),
    ISSUING.issue().pfx("secret"),
    ISSUING.key_pem.encode(),
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Bytes that were a bundle once: cut, joined, with some of them changed."""
    data = bytearray(b"".join(draw(st.lists(st.one_of(st.sampled_from(SEEDS), st.binary(max_size=40)), max_size=4))))
    for place, value in draw(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6)):
        if data:
            data[place % len(data)] = value
    return bytes(data[: draw(st.integers(0, 6000))])


@settings(max_examples=300, deadline=1000, derandomize=True)
@given(data=st.one_of(mangled(), st.binary(max_size=300), st.text(max_size=200)), split=st.booleans())
def test_every_input_gives_a_report(data: bytes | str, split: bool) -> None:
    """
    Any bytes or text load into chains or problems, within a second.
    """
    loaded = load_chains([GivenBundle(data, "a.pem", split=split)], now=AT, verify_issuer_dn=True)
    verify_client(data, loaded.chains, now=AT)

    assert loaded.chains or loaded.problems


def seconds(data: bytes | str, *, split: bool = False) -> float:
    """Processor time, so that other work on the machine does not count."""
    start = time.process_time()
    load_chains([GivenBundle(data, "a.pem", split=split)], now=AT)
    return time.process_time() - start


def test_a_hundred_megabytes_are_refused_at_once() -> None:
    """
    Size alone decides: nothing of it is read.
    """
    assert seconds(bytes(100_000_000)) < 0.1


def test_fifty_thousand_certificates_are_refused_at_once() -> None:
    """
    A bundle of very many certificates is refused by its size.
    """
    assert seconds(root().bundle_pem * 50_000) < 0.1


def test_a_flood_of_markers_takes_no_time() -> None:
    """
    A megabyte of BEGIN lines without an END is read once.
    """
    assert seconds(b"-----BEGIN CERTIFICATE-----\n" * 37_000) < 1


def test_a_megabyte_of_one_certificate_is_bounded() -> None:
    """
    A certificate that fills the bundle is read, weighed and refused.
    """
    assert seconds(Authority.create(extensions=[padding(750_000)]).bundle_pem) < 1


def test_five_hundred_authorities_of_one_name_are_bounded() -> None:
    """
    Where each could be the issuer of each other, the signatures looked at are bounded.
    """
    top = root()
    many = [Authority.create("Example Root", now=AT).certificate for _ in range(250)]
    many += [top.cross_sign(Authority.create("Example Root", now=AT)).certificate for _ in range(250)]

    assert seconds(pem(*many), split=True) < 1


def test_a_chain_of_five_hundred_is_bounded() -> None:
    """
    A chain deeper than any is followed to its end.
    """
    authority = root()
    certificates = [authority.certificate]
    for number in range(499):
        authority = authority.intermediate(f"CA {number}")
        certificates.append(authority.certificate)

    assert seconds(pem(*certificates)) < 1


def test_authorities_that_all_sign_each_other_are_bounded() -> None:
    """
    Where 22 authorities have signed each other there are more paths than can be followed, and few are.
    """
    tops = [handmade_root(common_name(f"CA {number}"), p256(100 + number), AT) for number in range(22)]
    crossed = [
        top.issue(other.subject, other.key, authority_extensions(other.key, top.key))
        for top in tops
        for other in tops
        if other is not top
    ]
    data = "".join(pem_of(one.der) for one in (*crossed, *tops))

    loaded = load_chains([GivenBundle(data, "crossed.pem")], now=AT)

    assert "too-many-paths" in [problem.rule for problem in loaded.problems]
    assert all(len(path) <= 22 for path in loaded.bundles[0].examination.paths.found)
    assert loaded.bundles[0].examination.paths.found

"""What is predicted of a client is what nginx makes of it, for every shape that parts one judge from another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from mtls_app_gateway.certificates import CaChain, ClientVerdict, verify_client
from mtls_app_gateway.certificates.forms import read_contents
from OpenSSL import SSL, crypto

from ..certificates.client_shapes import Shape, shapes
from .nginx_judge import HANDSHAKE_FAILED, as_pem, judging, ssl_client_verify

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Judgement:
    """What was predicted of a client, and what nginx said in one or two versions of TLS."""

    label: str
    verdict: ClientVerdict
    observed: tuple[str, ...]


@pytest.fixture(scope="module")
def judgements(tmp_path_factory: pytest.TempPathFactory) -> list[Judgement]:
    """Every shape that OpenSSL can send, shown to nginx; those about keys in both versions of TLS."""
    sendable = [shape for shape in shapes(NOW) if all(map(is_readable, (*shape.shown, *shape.trusted)))]
    trusted = list(dict.fromkeys(shape.trusted for shape in sendable))
    chains = {each: chain(each) for each in trusted}
    with judging(tmp_path_factory.mktemp("judge"), trusted) as sockets:
        place = dict(zip(trusted, sockets, strict=True))
        return [
            Judgement(
                shape.label,
                verify_client("".join(map(as_pem, shape.shown)), [chains[shape.trusted]], now=NOW),
                tuple(
                    ssl_client_verify(place[shape.trusted], shape.shown, shape.key, version=version)
                    for version in versions(shape)
                ),
            )
            for shape in sendable
        ]


def is_readable(der: bytes) -> bool:
    try:
        crypto.load_certificate(crypto.FILETYPE_ASN1, der)
    except crypto.Error:
        return False
    return True


def chain(trusted: tuple[bytes, ...]) -> CaChain:
    """The certificates as a chain, whatever the rules would say of them."""
    certificates = tuple(each for der in trusted for each in read_contents(der).certificates)
    return CaChain("trusted", "trusted", certificates, (certificates,), "")


def versions(shape: Shape) -> Iterator[int]:
    """TLS 1.3, in which clients send whatever they have; both where the kind of key makes a difference."""
    yield SSL.TLS1_3_VERSION
    if any(word in shape.label for word in ("RSA", "P-", "Ed", "secp", "brain", "DSA")):
        yield SSL.TLS1_2_VERSION


def test_the_prediction_is_what_nginx_says_or_is_open(judgements: list[Judgement]) -> None:
    """
    Over all shapes no prediction is wrong: admission and reason are nginx's, unless it is said to be open, and why.
    """
    assert [] == [
        (each.label, each.verdict.ssl_client_verify, each.observed)
        for each in judgements
        if each.verdict.is_admitted is not None and {each.verdict.ssl_client_verify} != set(each.observed)
    ]


def test_most_predictions_are_not_open(judgements: list[Judgement]) -> None:
    """
    A judge that says of everything that it is open is never wrong, and of no use.
    """
    opened = [each.label for each in judgements if each.verdict.is_admitted is None]

    assert len(judgements) > 700
    assert len(opened) < len(judgements) / 6
    assert all(each.verdict.ssl_client_verify is None for each in judgements if each.label in opened)


def test_only_a_client_whose_key_is_open_gets_no_handshake(judgements: list[Judgement]) -> None:
    """
    Wherever nginx breaks off, or takes the client for one without a certificate, that was said to depend on the key.
    """
    for each in judgements:
        if any(said == HANDSHAKE_FAILED or "<html>" in said for said in each.observed):
            assert ["key"] == [step.name for step in each.verdict.steps if step.outcome == "open"], each.label

"""No identity header of a caller's own making reaches the backend: in every mode, on every path, however it is sent.

What is proved is proved of the rehearsal's nginx with the document's rewrites. nginx itself refuses or drops some of
these requests before any rewrite: header names with signs other than letters, digits and `-`, blanks in a name, both a
length and chunks, trailers in HTTP/2. Whether Azure does the same is not known from here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.review.review import review

from .conftest import Authorities
from .documents import IDENTITY
from .knocking import ClientFiles, context, listener_of
from .spoofing.clients import Connect, Http1Client, Http2Client, connector
from .spoofing.gateway import (
    OPEN,
    OWN_NAMES,
    PASSTHROUGH,
    PATHS,
    PORTS,
    STRICT,
    settings_gateway,
    spoofed_gateway,
)
from .spoofing.http2_requests import requests
from .spoofing.raw_requests import FORGED, TECHNIQUES, Attempt, Spoof, attempts
from .spoofing.recording_backend import Recorded, RecordingBackend, plain_name

RAW, WELL_FORMED = 2_000, 500
"""How many requests are sent at least in HTTP/1 and in HTTP/2, in all modes together."""
NAMES = tuple(IDENTITY)
MODES = ((STRICT, True), (STRICT, False), (PASSTHROUGH, True), (PASSTHROUGH, False), (OPEN, False))
"""Listeners, and whether the caller shows a certificate."""


@dataclass(frozen=True)
class Spoofed:
    """A gateway in front of a backend that keeps what it gets."""

    gateway: LocalGateway
    backend: RecordingBackend
    certificate: ClientFiles
    bundle_pem: str

    def show(self, document: dict[str, Any]) -> RunningGateway:
        """A gateway, in front of a backend that got nothing yet."""
        self.backend.received.clear()
        return self.gateway.show(document)

    def connect(self, running: RunningGateway, name: str, *, is_certified: bool) -> Connect:
        shown = self.certificate if is_certified else None
        return connector(listener_of(running, name).local_port, context(running, shown))


@pytest.fixture(scope="module")
def spoofed(
    authorities: Authorities, callers: dict[str, ClientFiles | None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Spoofed]:
    certificate = callers["P-256"]
    assert certificate is not None
    folder = tmp_path_factory.mktemp("spoofed")
    with RecordingBackend() as backend, LocalGateway(folder, backend=backend.address) as gateway:
        yield Spoofed(gateway, backend, certificate, authorities.a1.bundle_pem)


def repeatable(seed: int) -> Random:
    """The same choices in every run."""
    return Random(seed)  # noqa: S311 - requests, no secrets


def forged(received: list[Recorded], names: Sequence[str] = NAMES) -> list[tuple[str, bytes]]:
    """The identity headers at the backend that a caller has made up."""
    found = (header for request in received for header in request.identity(names))
    return [(name, value) for name, value in found if FORGED.encode() in value]


def as_the_gateway_makes_them(
    received: list[Recorded], identity_headers: Sequence[str] = NAMES
) -> Counter[tuple[str, int]]:
    """How many requests each listener sent on, by the number of identity headers; no header stands there twice."""
    listeners = {str(port).encode(): name for name, port in PORTS.items()}
    counted: Counter[tuple[str, int]] = Counter()
    for request in received:
        names = [name for name, _ in request.identity(identity_headers)]
        assert len(set(names)) == len(names)
        assert [] == request.values("Transfer-Encoding")
        (port,) = request.values("X-Forwarded-Port")
        counted[listeners[port], len(names)] += 1
    return counted


def test_no_raw_request_brings_a_header_of_its_own(spoofed: Spoofed) -> None:
    """
    2,000 requests in HTTP/1: the backend gets the gateway's own headers, each once, or none; most requests reach it.
    """
    running, statuses, sent = spoofed.show(spoofed_gateway(spoofed.bundle_pem)), Counter[int](), 0
    for seed, (name, is_certified) in enumerate(MODES):
        made = attempts(NAMES, PATHS[name], RAW // len(MODES), repeatable(seed))
        client = Http1Client(spoofed.connect(running, name, is_certified=is_certified))
        client.send(made)
        sent += sum(attempt.requests for attempt in made)
        statuses += client.statuses

    assert sent >= RAW
    assert [] == forged(spoofed.backend.received)
    found = as_the_gateway_makes_them(spoofed.backend.received)
    everything = len(NAMES)
    assert {(STRICT, everything), (PASSTHROUGH, everything), (PASSTHROUGH, 1), (OPEN, 0)} == found.keys()
    assert min(found.values()) > 200
    assert statuses.keys() >= {200, 301, 400}


def test_no_well_formed_request_brings_a_header_of_its_own(spoofed: Spoofed) -> None:
    """
    500 requests in HTTP/2, with trailers, bodies and odd paths: the backend gets the gateway's own headers, or none.
    """
    running, statuses, closed = spoofed.show(spoofed_gateway(spoofed.bundle_pem)), Counter[int](), 0
    for seed, (name, is_certified) in enumerate(MODES):
        client = Http2Client(spoofed.connect(running, name, is_certified=is_certified))
        client.send(requests(NAMES, PATHS[name], WELL_FORMED // len(MODES), repeatable(seed)))
        statuses, closed = statuses + client.statuses, closed + client.closed

    assert [] == forged(spoofed.backend.received)
    found = as_the_gateway_makes_them(spoofed.backend.received)
    everything = len(NAMES)
    assert {(STRICT, everything), (PASSTHROUGH, everything), (PASSTHROUGH, 1), (OPEN, 0)} == found.keys()
    assert min(found.values()) > 60
    assert statuses.total() + closed >= WELL_FORMED
    assert statuses.keys() >= {200, 301, 400}


def test_no_request_brings_a_header_to_a_gateway_of_settings(spoofed: Spoofed) -> None:
    """
    The same requests at a gateway that this project makes of settings with paths, redirects and rewrites.
    """
    running = spoofed.show(settings_gateway(spoofed.bundle_pem))
    for seed, (name, is_certified) in enumerate(MODES):
        connect = spoofed.connect(running, name, is_certified=is_certified)
        Http1Client(connect).send(attempts(OWN_NAMES, PATHS[name], 200, repeatable(seed)))
        Http2Client(connect).send(requests(OWN_NAMES, PATHS[name], 50, repeatable(seed)))

    assert [] == forged(spoofed.backend.received, OWN_NAMES)
    found = as_the_gateway_makes_them(spoofed.backend.received, OWN_NAMES)
    assert {(STRICT, 2), (PASSTHROUGH, 2), (PASSTHROUGH, 1), (OPEN, 0)} == found.keys()
    assert min(found.values()) > 100


@pytest.mark.parametrize(("path_rule", "name"), [("door", OPEN), ("reports", STRICT), ("devices", PASSTHROUGH)])
def test_one_path_without_its_rewrites_is_found(spoofed: Spoofed, path_rule: str, name: str) -> None:
    """
    Where one path neither sets nor deletes the headers, the same requests bring them to the backend, and there alone.
    """
    running = spoofed.show(spoofed_gateway(spoofed.bundle_pem, without_rewrites=path_rule))
    connect = spoofed.connect(running, name, is_certified=name == STRICT)
    Http1Client(connect).send(attempts(NAMES, PATHS[name], 200, repeatable(1)))
    over_http1 = spoofed.backend.received.copy()
    spoofed.backend.received.clear()
    Http2Client(connect).send(requests(NAMES, PATHS[name], 50, repeatable(1)))

    for received in (over_http1, spoofed.backend.received):
        assert len(forged(received)) > 10
        at_the_rest = [each for each in received if each.head.startswith((b"GET / HTTP/1.", b"OPTIONS / HTTP/1."))]
        assert at_the_rest
        assert [] == forged(at_the_rest)


@pytest.mark.parametrize(("path_rule", "places"), [("", 0), ("door", 1), ("reports", 1), ("devices", 1)])
def test_the_review_finds_the_same_path(path_rule: str, places: int, authorities: Authorities) -> None:
    """
    What the requests show of a gateway is what the review says of its document: nothing of the one with all rewrites.
    """
    gateway = view(spoofed_gateway(authorities.a1.bundle_pem, without_rewrites=path_rule))
    found = [problem.where for problem in review(gateway) if problem.rule == "identity-header-passed-on"]

    assert places == len(found)


@pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda each: each.__name__.strip("_"))
def test_every_technique_sends_what_it_says(technique: object) -> None:
    """
    Each attempt has the forged value in its bytes, and ends with the end of a request: nothing waits for more.
    """
    assert callable(technique)
    for seed in range(20):
        attempt = technique(Spoof(repeatable(seed), "/api/orders", "X-Client-Cert", f"{FORGED}-0"))
        assert isinstance(attempt, Attempt)
        assert FORGED.encode() in attempt.data
        assert not attempt.is_last or attempt.data.endswith(b"Connection: close\r\n\r\n")


def test_the_backend_reads_as_the_most_lenient_does() -> None:
    """
    Case, signs, folds and bare line ends do not hide a header from the record.
    """
    head = b"GET / HTTP/1.1\r\nx_client.CERT : a\r\nX-Other: b\rX-Client-Cert:\r\n c\nX-Client_Serial:d"
    request = Recorded(head)

    assert [("x-client-cert", b"a"), ("x-client-cert", b"c"), ("x-client-serial", b"d")] == request.identity(NAMES)
    assert "x-client-cert" == plain_name(b" X_Client.Cert\t")

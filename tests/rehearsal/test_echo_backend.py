"""The backend that answers with what it received."""

import json
from collections.abc import Iterator
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.echo_backend import EchoBackend


@pytest.fixture
def backend() -> Iterator[EchoBackend]:
    with EchoBackend() as running:
        yield running


def ask(address: str, path: str = "/", **given: object) -> str:
    with urlopen(Request(f"http://{address}{path}", **given), timeout=5) as answer:  # type: ignore[arg-type]  # noqa: S310 (loopback)
        return str(answer.read().decode())


def test_it_echoes_the_request(backend: EchoBackend) -> None:
    """
    Method, path, query, headers and body come back as JSON.
    """
    address = backend.serve(["app"])["app"]

    reported = json.loads(ask(address, "/a%20b?c=d", data=b"body", method="PUT", headers={"X-One": "1"}))

    assert ("app", "PUT", "/a%20b", "c=d", "body") == tuple(
        reported[key] for key in ("pool", "method", "path", "query", "body")
    )
    assert "1" == reported["headers"]["X-One"]


def test_each_pool_has_its_own_port(backend: EchoBackend) -> None:
    """
    The answer tells the pool; a pool that stays keeps its port, one that goes closes it.
    """
    first = backend.serve(["a", "b"])
    second = backend.serve(["b", "c"])

    assert ["b", "c"] == [json.loads(ask(address))["pool"] for address in second.values()]
    assert first["b"] == second["b"]
    with pytest.raises(URLError):
        ask(first["a"])


def test_a_browser_gets_a_page(backend: EchoBackend) -> None:
    """
    Who asks for HTML gets it, with the names in the certificate and nothing in it that a caller could run.
    """
    leaf = Authority.create("Root").issue("device <1>")
    headers = {"Accept": "text/html", "X-Evil": "<script>", "X-Client-Cert": quote(leaf.certificate_pem, safe="")}

    page = ask(backend.serve(["app"])["app"], "/<b>?<i>".replace("<", "%3C"), headers=headers)

    assert "CN=device \\&lt;1\\&gt;" in page
    assert "not verified here" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_what_is_no_certificate_is_said_to_be_none(backend: EchoBackend) -> None:
    """
    A header that only looks like a certificate does not stop the answer.
    """
    reported = json.loads(
        ask(backend.serve(["app"])["app"], headers={"X-Client-Cert": "-----BEGIN%20CERTIFICATE-----%0A"})
    )

    assert {"X-Client-Cert": {"unreadable": "this is not a certificate"}} == reported["certificates"]

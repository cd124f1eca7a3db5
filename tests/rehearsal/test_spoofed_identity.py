"""Whatever a caller sends, no identity header of its own making reaches the backend, rewrites of a user's or not."""

import json
import random
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.to_document import draft_document, finished

from .knocking import ADDRESS, ClientFiles, context, listener_of

MADE_UP = "made-up-by-the-caller"
REQUESTS = 600
"""Through each listener."""
SETTINGS: dict[str, Any] = {
    "resourceGroupName": "rg-edge",
    "mode": "Passthrough",
    "listenerCertificates": [{"keyVaultSecretId": "https://v.vault.azure.net/secrets/c"}],
    "listeners": [
        {"name": "mtls"},
        {"name": "open", "port": 8443, "profile": "none"},
        {"name": "plain", "port": 8080, "protocol": "Http"},
    ],
    "backends": [{"fqdns": ["app.example.com"]}],
    "routes": [
        {
            "name": "mtls",
            "listener": "mtls",
            "priority": 1,
            "rewrites": ["always", "sometimes", "moved"],
            "paths": [{"name": "a", "paths": ["/a"], "rewrites": ["sometimes"]}, {"name": "b", "paths": ["//old/*"]}],
        },
        {"name": "open", "listener": "open", "priority": 2, "rewrites": ["moved", "sometimes"]},
        {"name": "plain", "listener": "plain", "priority": 3, "rewrites": ["sometimes", "always"]},
    ],
    "rewrites": [
        {"name": "always", "requestHeaders": {"X-Copied": "{http_req_X-Any}", "Accept": ""}},
        {
            "name": "sometimes",
            "conditions": [{"variable": "http_req_X-Any", "pattern": "^(.+)$", "ignoreCase": True}],
            "requestHeaders": {"X-Captured": "{http_req_X-Any_1}"},
        },
        {
            "name": "moved",
            "conditions": [{"variable": "var_uri_path", "pattern": "^/old(/.*)$"}],
            "url": {"path": "/new{var_uri_path_1}", "queryString": "was={var_query_string}"},
        },
    ],
    "identityHeaders": {"certificate": "X-Client-Cert", "verification": "X-Client-Verify"},
    "hideServer": True,
    "strictTransportSecurity": {},
}
NAMES = ("X-Client-Cert", "X-Client-Verify")


@pytest.fixture
def local(show: Callable[[Any], RunningGateway]) -> RunningGateway:
    """The gateway of the settings on this machine."""
    parsed = parse_settings(SETTINGS)
    assert () == parsed.problems
    return show(finished(draft_document(parsed.settings, {})))


def spellings(name: str) -> Iterator[str]:
    """Names that something on the way may take for the same."""
    yield from (name, name.lower(), name.upper(), name.title(), name.swapcase())
    yield from (name.replace("-", "_"), name.replace("-", "_", 1), name.replace("-", "."), f"{name} ", f"{name}\t")
    yield from (f" {name}", f"{name}\x00", f"{name}\r", f":{name}", f"\t{name}")


def requests(count: int) -> Iterator[bytes]:
    """Raw requests, each with made-up identities in some of many forms."""
    choose = random.Random(20251124)  # noqa: S311 - the same requests in each run
    names = [spelled for name in NAMES for spelled in spellings(name)]
    targets = ["/", "/old/x", "/old/x?a=1", "/%6fld/x", "//old/x", "/a?X-Client-Cert=1", "http://other.example/old/x"]
    for _ in range(count):
        lines = [f"{name}: {MADE_UP}" for name in choose.sample(names, choose.randint(1, 2))]
        lines += choose.choice(([], ["X-Any: 1"], ["X-Any: X-Client-Cert"], [f"X-Any: a\r\n {NAMES[0]}: {MADE_UP}"]))
        lines += choose.choice(([], ["Connection: X-Client-Cert"], ["Content-Length: 0"], ["TE: trailers"]))
        choose.shuffle(lines)
        end = choose.choice(("\r\n", "\r\n", "\n"))
        head = [f"GET {choose.choice(targets)} HTTP/{choose.choice(('1.1', '1.0'))}", "Host: app.example.com"]
        yield (end.join([*head, *lines, "Connection: close", "", ""])).encode()


def answered(local: RunningGateway, name: str, client: ssl.SSLContext, request: bytes) -> bytes:
    """All that comes back for one raw request."""
    found = listener_of(local, name)
    with socket.create_connection((ADDRESS, found.local_port), timeout=10) as plain:
        connection = plain
        if name != "plain":
            connection = client.wrap_socket(plain, server_hostname=found.host)
        with connection:
            connection.sendall(request)
            parts = []
            while part := connection.recv(65_536):
                parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("caller", ["mtls", "mtls with a certificate", "open", "plain"])
def test_no_made_up_identity_arrives(
    caller: str, local: RunningGateway, callers: dict[str, ClientFiles | None]
) -> None:
    """
    Through each listener and in every form, the backend sees the gateway's identity headers or none.
    """
    name, _, with_certificate = caller.partition(" ")
    shown = next(files for files in callers.values() if files is not None) if with_certificate else None
    client, reached, rewritten = context(local, shown), 0, set()
    for request in requests(REQUESTS):
        answer = answered(local, name, client, request)
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            continue
        reached += 1
        forwarded = json.loads(body)
        for header, value in forwarded["headers"].items():
            spelled = header.lower().replace("_", "-").strip()
            if spelled in {each.lower() for each in NAMES}:
                assert MADE_UP not in value, (request, forwarded)
        rewritten |= {header for header in ("X-Copied", "X-Captured") if header in forwarded["headers"]}
        rewritten |= {"moved"} & {"moved" if forwarded["path"].startswith("/new/") else ""}
    assert reached > REQUESTS / 4
    assert {"mtls": 3, "open": 2, "plain": 2}[name] == len(rewritten)

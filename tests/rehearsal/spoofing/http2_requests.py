"""Well-formed HTTP/2 requests that carry an identity header of the caller's own making."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .raw_requests import FORGED

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    headers: Headers
    body: bytes = b""
    trailers: Headers = ()


def requests(names: Sequence[str], paths: Sequence[str], number: int, random: Random) -> list[Request]:
    """So many requests, with any name and any path."""
    return [_request(random, random.choice(paths), random.choice(names).lower(), at) for at in range(number)]


def _request(random: Random, path: str, name: str, number: int) -> Request:
    value = f"{FORGED}-{number}"
    body = random.choice((b"", b"", f"GET / HTTP/1.1\r\n{name}: {value}\r\n\r\n".encode()))
    trailers = [(name, value)] if random.random() < 0.1 else []
    sign = random.choice("_.~!+*'`|^%&#$")
    spoofs = random.choice((
        [(name, value)],
        [(name, value), (name, f"{value}-again")],
        [(name, ""), (name, value)],
        [(name.replace("-", "_"), value), (name.replace("-", sign), value), (name, value)],
        [("te", "trailers"), ("trailer", name), (name, value)],
        [(name, f"{value}\t, {value}  {value}")],
        [(name, value * 100)],
        [("cookie", f"{name}={value}"), ("cookie", "a=b"), (name, value)],
        [(name, f"{value}-{at}") for at in range(40)],
        [("forwarded", f"for={value}"), ("x-forwarded-for", value), (name, value)],
    ))  # fmt: skip
    targets = (
        path,
        path,
        f"/{path}",
        f"/.{path}",
        f"/x/..{path}",
        f"/%2e{path}",
        f"{path};{name}={value}",
        path.replace("a", "%61"),
        f"{path}%0d%0a{name}:%20{value}",
        f"{path}?x=%0d%0a{name}:%20{value}",
    )
    head = [
        (":method", "POST" if body else random.choice(("GET", "DELETE", "OPTIONS", "PUT"))),
        (":scheme", "https"),
        (":authority", random.choice(("localhost", "other.example.com", "localhost:1"))),
        (":path", random.choice(targets)),
        ("x-team", random.choice(("red", "blue", "none"))),
    ]
    if body and random.random() < 0.5:
        head.append(("content-length", str(len(body))))
    return Request((*head, *spoofs), body, trailers)

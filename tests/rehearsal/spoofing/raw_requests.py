"""HTTP/1 requests, as bytes, that carry an identity header where a parser may overlook or misread it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

FORGED = "forged"
"""Is in the value of every header that a caller makes up."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is sent at once, and how many requests it is."""

    data: bytes
    requests: int = 1
    is_last: bool = False
    """Nobody knows how many requests the other side sees: the connection is read to its end, and not used again."""


@dataclass(frozen=True, slots=True)
class Spoof:
    """One identity header to be sent, and where."""

    random: Random
    path: str
    name: str
    value: str

    @property
    def header(self) -> str:
        return f"{self.name}: {self.value}"

    def request(self, *lines: str, method: str = "GET", target: str | None = None, body: str = "") -> str:
        """A request with these lines beside its Host, at some place among others."""
        others = ["Host: localhost", "Accept: */*", f"X-Team: {self.random.choice(('red', 'blue', 'none'))}"]
        place = self.random.randrange(1, len(others) + 1)
        head = [f"{method} {target or self.path} HTTP/1.1", *others[:place], *lines, *others[place:]]
        return "\r\n".join([*head, "", body])

    def attempt(self, *lines: str, method: str = "GET", target: str | None = None) -> Attempt:
        return Attempt(self.request(*lines, method=method, target=target).encode("latin-1"))


Technique = Callable[[Spoof], Attempt]


def attempts(names: Sequence[str], paths: Sequence[str], number: int, random: Random) -> list[Attempt]:
    """At least so many requests, every technique in its turn, with any name and any path."""
    made: list[Attempt] = []
    while sum(attempt.requests for attempt in made) < number:
        technique = TECHNIQUES[len(made) % len(TECHNIQUES)]
        made.append(technique(Spoof(random, random.choice(paths), random.choice(names), f"{FORGED}-{len(made)}")))
    return made


def _plain(spoof: Spoof) -> Attempt:
    return spoof.attempt(spoof.header)


def _duplicates(spoof: Spoof) -> Attempt:
    return spoof.attempt(spoof.header, f"{spoof.name}: {spoof.value}-again", f"{spoof.name.upper()}: {spoof.value}")


def _many(spoof: Spoof) -> Attempt:
    return spoof.attempt(*(f"{spoof.header}-{at}" for at in range(60)))


def _other_case(spoof: Spoof) -> Attempt:
    name = "".join(spoof.random.choice((letter.lower(), letter.upper())) for letter in spoof.name)
    return spoof.attempt(f"{name}: {spoof.value}")


def _other_signs(spoof: Spoof) -> Attempt:
    sign = spoof.random.choice("_.~!+*'`|^%&#$")
    names = (spoof.name.replace("-", sign), spoof.name.replace("-", sign, 1), f"{sign}{spoof.name}")
    return spoof.attempt(*(f"{name}: {spoof.value}" for name in names))


def _blank_in_the_name(spoof: Spoof) -> Attempt:
    blank = spoof.random.choice((" ", "\t", "\x0b", "\x0c", "\xa0", "  "))
    return _last(spoof.request(f"{spoof.name}{blank}: {spoof.value}"))


def _blank_before_the_name(spoof: Spoof) -> Attempt:
    blank = spoof.random.choice((" ", "\t", "\r", "\x00"))
    return _last(spoof.request(f"{blank}{spoof.header}"))


def _folded(spoof: Spoof) -> Attempt:
    fold = spoof.random.choice((f"X-Other: a\r\n {spoof.header}", f"{spoof.name}:\r\n\t{spoof.value}"))
    return _last(spoof.request(fold))


def _blank_value(spoof: Spoof) -> Attempt:
    return spoof.attempt(f"{spoof.name}: \t {spoof.value} \t", f"{spoof.name}:", f"{spoof.name}:{spoof.value}")


def _odd_line_ends(spoof: Spoof) -> Attempt:
    end = spoof.random.choice(("\n", "\r", "\n\r", "\r\r\n", "\x00\r\n", "\x85"))
    return _last(spoof.request(f"X-Other: a{end}{spoof.header}"))


def _no_colon(spoof: Spoof) -> Attempt:
    return _last(spoof.request(f"{spoof.name} {spoof.value}", f": {spoof.header}", f"{spoof.name};: {spoof.value}"))


def _listed_as_hop_by_hop(spoof: Spoof) -> Attempt:
    return spoof.attempt(f"Connection: keep-alive, {spoof.name}", spoof.header, f"Keep-Alive: {spoof.header}")


def _upgrade(spoof: Spoof) -> Attempt:
    lines = (f"Connection: Upgrade, HTTP2-Settings, {spoof.name}", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAA")
    return _last(spoof.request(*lines, spoof.header))


def _absolute(spoof: Spoof) -> Attempt:
    host = spoof.random.choice(("localhost", "other.example.com", "localhost:1", "user@localhost"))
    return spoof.attempt(spoof.header, target=f"{spoof.random.choice(('http', 'https'))}://{host}{spoof.path}")


def _other_path(spoof: Spoof) -> Attempt:
    path, injected = spoof.path, f"%0d%0a{spoof.name}:%20{spoof.value}"
    paths = (
        f"/{path}",
        f"/.{path}",
        f"/x/..{path}",
        f"/%2e{path}",
        f"{path}/./",
        f"{path}/../x",
        f"{path}//",
        f"{path};{spoof.name}={spoof.value}/x",
        path.replace("a", "%61").replace("o", "%6F"),
        path.upper(),
        f"{path}{injected}",
        f"{path}?a={injected}",
        f"{path}/%252e%252e/",
        f"{path}#{spoof.header.replace(' ', '')}",
        f"{path}\\..\\x",
    )
    return spoof.attempt(spoof.header, target=spoof.random.choice(paths))


def _blank_in_the_path(spoof: Spoof) -> Attempt:
    return _last(spoof.request(spoof.header, target=f"{spoof.path} HTTP/1.1\r\n{spoof.header}\r\nX-Rest: /"))


def _method(spoof: Spoof) -> Attempt:
    method = spoof.random.choice(("DELETE", "OPTIONS", "PATCH", "PUT", "POST", "REPORT", spoof.name.upper()))
    return spoof.attempt(spoof.header, "Content-Length: 0", method=method)


def _body(spoof: Spoof) -> Attempt:
    body = spoof.request(spoof.header)
    head = spoof.request(spoof.header, f"Content-Length: {len(body)}", "Expect: 100-continue", method="POST")
    return Attempt((head + body).encode("latin-1"))


def _chunks(spoof: Spoof) -> Attempt:
    lines = ("Transfer-Encoding: chunked", f"Trailer: {spoof.name}", "TE: trailers", spoof.header)
    body = f"5;{spoof.name}={spoof.value}\r\nhello\r\n0\r\n{spoof.header}\r\n{spoof.name}: {spoof.value}\r\n\r\n"
    return Attempt((spoof.request(*lines, method="POST") + body).encode("latin-1"))


def _length_and_chunks(spoof: Spoof) -> Attempt:
    """A length that takes in a request after the last chunk, or ends before it."""
    hidden = spoof.request(spoof.header)
    body = f"0\r\n\r\n{hidden}"
    length = spoof.random.choice((len(body), 4, 5, 0))
    lines = [f"Content-Length: {length}", "Transfer-Encoding: chunked"]
    spoof.random.shuffle(lines)
    return _last(spoof.request(*lines, method="POST") + body)


def _odd_chunks(spoof: Spoof) -> Attempt:
    """A Transfer-Encoding that one parser takes for chunked and another does not."""
    encodings = (
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding:\tchunked",
        "Transfer-Encoding:\x0bchunked",
        'Transfer-Encoding: "chunked"',
        "Transfer-Encoding: CHUNKED",
        "Transfer_Encoding: chunked",
        "Transfer-Encoding:\r\n chunked",
        "X-Other: a\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    )
    body = f"0\r\n\r\n{spoof.request(spoof.header)}"
    return _last(spoof.request(spoof.random.choice(encodings), method="POST") + body)


def _odd_lengths(spoof: Spoof) -> Attempt:
    body = spoof.request(spoof.header)
    length = spoof.random.choice(
        (f"+{len(body)}", "0x10", f"{len(body)}, 0", "-1", "", f"0\r\nContent-Length: {len(body)}")
    )
    return _last(spoof.request(f"Content-Length: {length}", method="POST") + body)


def _odd_chunk_sizes(spoof: Spoof) -> Attempt:
    size = spoof.random.choice(("0x0", "00000000000000000", "-1", " 0", "0 ", "ffffffffffffffff1", "0\n"))
    body = f"{size}\r\n\r\n{spoof.request(spoof.header)}"
    return _last(spoof.request("Transfer-Encoding: chunked", method="POST") + body)


def _pipelined(spoof: Spoof) -> Attempt:
    count = spoof.random.randint(2, 4)
    return Attempt("".join(spoof.request(spoof.header) for _ in range(count)).encode("latin-1"), count)


def _old_version(spoof: Spoof) -> Attempt:
    version = spoof.random.choice(("1.0", "1.2", "0.9", "2.0"))
    return _last(spoof.request(spoof.header).replace("HTTP/1.1", f"HTTP/{version}", 1))


def _two_hosts(spoof: Spoof) -> Attempt:
    return _last(spoof.request(f"Host: {spoof.value}", spoof.header))


def _last(request: str) -> Attempt:
    """The request, and one behind it that ends the connection, whatever became of the first."""
    end = "GET /end HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return Attempt((request + end).encode("latin-1"), is_last=True)


TECHNIQUES: tuple[Technique, ...] = (
    _plain, _duplicates, _many, _other_case, _other_signs, _blank_in_the_name, _blank_before_the_name, _folded,
    _blank_value, _odd_line_ends, _no_colon, _listed_as_hop_by_hop, _upgrade, _absolute, _other_path, _other_path,
    _other_path, _blank_in_the_path, _method, _body, _chunks, _length_and_chunks, _odd_chunks, _odd_lengths,
    _odd_chunk_sizes, _pipelined, _old_version, _two_hosts,
)  # fmt: skip

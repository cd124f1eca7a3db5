"""The kinds of things a caller may have to meet, as values that say themselves in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..knock.observation import Phrase


@dataclass(frozen=True, slots=True)
class Admitted:
    """The gateway lets the caller through; what the backend then says is the backend's affair."""

    or_own_400_page: bool = False
    """The gateway refuses with a 400 page of its own: a 400 without the gateway's name could be either's."""

    def __str__(self) -> str:
        return "let in"


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway finishes the handshake and answers HTTP 400 with a page that says one of these."""

    phrases: tuple[Phrase, ...]
    """None where the gateway has a 400 page of its own."""

    def __str__(self) -> str:
        said = " or ".join(f'"{phrase}"' for phrase in self.phrases)
        return f"HTTP 400, {said}" if said else "HTTP 400"


@dataclass(frozen=True, slots=True)
class VersionRefused:
    """The handshake ends because of its version."""

    def __str__(self) -> str:
        return "refused in the TLS handshake"


@dataclass(frozen=True, slots=True)
class CertificateAsked:
    """The handshake asks the client for a certificate, or does not."""

    is_asked: bool

    def __str__(self) -> str:
        return "asked for a certificate" if self.is_asked else "not asked for a certificate"


@dataclass(frozen=True, slots=True)
class ServerTrusted:
    """The listener's certificate is valid for the host, now, and comes from a trusted CA."""

    def __str__(self) -> str:
        return "shown a valid server certificate"


@dataclass(frozen=True, slots=True)
class HeadersArrive:
    """What the backend receives in the identity headers."""

    values: tuple[tuple[str, str | None], ...]
    """Each header with its value; empty: it is not there; None: whatever it is, the caller has not written it."""

    def __str__(self) -> str:
        kinds = {
            "{} from the gateway": [name for name, value in self.values if value],
            "no {}": [name for name, value in self.values if value == ""],
            "{} not from the caller": [name for name, value in self.values if value is None],
        }
        return "backend gets " + "; ".join(words.format(named(names)) for words, names in kinds.items() if names)


def named(names: Sequence[str]) -> str:
    """Some names, and how many more."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} others"


@dataclass(frozen=True, slots=True)
class BackendReachedBy:
    """How the gateway speaks to the backend."""

    transport: str

    def __str__(self) -> str:
        return f"backend reached by {self.transport.upper()}"


@dataclass(frozen=True, slots=True)
class PlainRefused:
    """Plain HTTP on a TLS port is answered HTTP 400."""

    def __str__(self) -> str:
        return "HTTP 400"


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody has said what Azure does here: what is observed is reported and not judged."""

    reason: str

    def __str__(self) -> str:
        return f"not known: {self.reason}"


Expected = (
    Admitted
    | Refused
    | VersionRefused
    | CertificateAsked
    | ServerTrusted
    | HeadersArrive
    | BackendReachedBy
    | PlainRefused
    | NotKnown
)

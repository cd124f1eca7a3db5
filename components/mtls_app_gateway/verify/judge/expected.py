"""The kinds of expected results, as values with a text for each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..knock.observation import Phrase
from ..promise.promised_redirect import PromisedRedirect


@dataclass(frozen=True, slots=True)
class Admitted:
    """The gateway lets the caller through; the backend's answer does not matter."""

    or_own_400_page: bool = False
    """The gateway has a custom 400 page: a 400 without the gateway's name may be its own or the backend's."""
    over_https: bool = field(default=False, compare=False)
    """The gateway reaches a backend over HTTPS, so it may refuse the backend's certificate."""

    def __str__(self) -> str:
        return "let in"


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway finishes the handshake and answers HTTP 400 with a page that has one of these phrases."""

    phrases: tuple[Phrase, ...]
    """Empty where the gateway has a custom 400 page."""

    def __str__(self) -> str:
        said = " or ".join(f'"{phrase}"' for phrase in self.phrases)
        return f"HTTP 400, {said}" if said else "HTTP 400"


@dataclass(frozen=True, slots=True)
class VersionRefused:
    """The handshake fails because of its version."""

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
class HeadersForwarded:
    """The identity headers that the backend gets."""

    values: tuple[tuple[str, str | None], ...]
    """Each header with its value: empty where it is absent, None for any value that the caller has not sent."""

    def __str__(self) -> str:
        kinds = {
            "{} from the gateway": [name for name, value in self.values if value],
            "no {}": [name for name, value in self.values if value == ""],
            "{} not from the caller": [name for name, value in self.values if value is None],
        }
        return "backend gets " + "; ".join(words.format(named(names)) for words, names in kinds.items() if names)


def named(names: Sequence[str]) -> str:
    """One or two names, or the first and how many others."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} others"


@dataclass(frozen=True, slots=True)
class BackendReachedBy:
    """How the gateway speaks to the backend."""

    transport: str

    def __str__(self) -> str:
        return f"backend reached by {self.transport.upper()}"


@dataclass(frozen=True, slots=True)
class PoolReached:
    """The backend pool that the path leads to."""

    pool: str

    def __str__(self) -> str:
        return f"led to {self.pool}"


@dataclass(frozen=True, slots=True)
class BackendRefused:
    """The gateway lets the caller in, does not accept the backend's certificate, and answers HTTP 502."""

    why: str

    def __str__(self) -> str:
        return f"let in; HTTP 502, because the backend's certificate {self.why}"


@dataclass(frozen=True, slots=True)
class Redirected:
    """The gateway redirects the client, and no backend gets the request."""

    redirect: PromisedRedirect

    def __str__(self) -> str:
        return f"redirected to {self.redirect}"


@dataclass(frozen=True, slots=True)
class PlainRefused:
    """Plain HTTP on a TLS port is answered HTTP 400."""

    def __str__(self) -> str:
        return "HTTP 400"


@dataclass(frozen=True, slots=True)
class NotKnown:
    """It is not known what Azure does here: the observation is reported and not judged."""

    reason: str

    def __str__(self) -> str:
        return f"not known: {self.reason}"


Expected = (
    Admitted
    | Refused
    | VersionRefused
    | CertificateAsked
    | ServerTrusted
    | HeadersForwarded
    | BackendReachedBy
    | BackendRefused
    | PlainRefused
    | PoolReached
    | Redirected
    | NotKnown
)

"""The rules of the identity headers: names that arrive, and facts that somebody has verified.

Source: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

import re
from collections.abc import Iterator

from ..document.azure import Mode
from ..document.reserved_headers import reserved_by
from ..escaping import quoted
from ..problems import Severity
from .identity_headers import header_names
from .implied import profiles_of
from .rule import Finding, Rule, repeated
from .settings import GatewaySettings

_FACTS = ("subject", "issuer", "serial", "fingerprint")
_HEADER_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


def _header_name_malformed(settings: GatewaySettings) -> Iterator[Finding]:
    for fact, name in header_names(settings.identity_headers).items():
        if not _HEADER_NAME.fullmatch(name):
            yield Finding(
                f"identityHeaders.{fact}",
                f"{quoted(name, 40)} is no header name the gateway forwards",
                "Use letters, digits and hyphens only, the first and the last no hyphen.",
            )


def _header_name_reserved(settings: GatewaySettings) -> Iterator[Finding]:
    for fact, name in header_names(settings.identity_headers).items():
        source = reserved_by(name)
        if source is not None:
            yield Finding(
                f"identityHeaders.{fact}",
                f"{name!r} has another purpose ({source}), and the gateway would overwrite or delete it",
                "Choose a name like X-Client-Cert.",
            )


def _header_name_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    names = header_names(settings.identity_headers)
    for position, name in repeated(names.values()):
        fact = list(names)[position]
        yield Finding(
            f"identityHeaders.{fact}", f"{name!r} carries another fact already", "Give each fact its own header."
        )


def _header_empty_at_api_management(settings: GatewaySettings) -> Iterator[Finding]:
    for fact, name in header_names(settings.identity_headers).items():
        if name.lower() == "x-arr-clientcert":
            yield Finding(
                f"identityHeaders.{fact}",
                "API Management's v2 tiers have been seen to empty X-ARR-ClientCert",
                "Use X-Client-Cert, unless the backend is App Service and reads this name itself.",
            )


def _facts_unverified(settings: GatewaySettings) -> Iterator[Finding]:
    headers = settings.identity_headers
    asked = [fact for fact in _FACTS if getattr(headers, fact) is not None]
    lenient = [profile.name for profile in profiles_of(settings) if profile.mode == Mode.PASSTHROUGH]
    if asked and lenient and not headers.unsafe_unverified_facts:
        for fact in asked:
            yield Finding(
                f"identityHeaders.{fact}",
                f"the profile {lenient[0]!r} is Passthrough, where nobody has verified the {fact}",
                "Forward the certificate alone and let the backend verify it, use Strict, or say "
                "identityHeaders.unsafeUnverifiedFacts: true.",
            )


def _facts_unsafe(settings: GatewaySettings) -> Iterator[Finding]:
    headers = settings.identity_headers
    lenient = [profile.name for profile in profiles_of(settings) if profile.mode == Mode.PASSTHROUGH]
    if headers.unsafe_unverified_facts and lenient and any(getattr(headers, fact) for fact in _FACTS):
        yield Finding(
            "identityHeaders.unsafeUnverifiedFacts",
            f"facts of the profile {lenient[0]!r} are forwarded though anybody can make them up",
            "The backend must not decide by them.",
        )


_READS = ("identityHeaders",)
IDENTITY_HEADER_RULES = (
    Rule("header-name-malformed", "An identity header has a name that is forwarded.", _READS, _header_name_malformed),
    Rule(
        "header-name-reserved",
        "An identity header is none that HTTP, a proxy or the gateway uses.",
        _READS,
        _header_name_reserved,
    ),
    Rule("header-name-repeated", "Each identity header carries one fact.", _READS, _header_name_repeated),
    Rule(
        "header-emptied",
        "The backend keeps the identity header.",
        _READS,
        _header_empty_at_api_management,
        severity=Severity.WARNING,
    ),
    Rule(
        "facts-unverified",
        "Subject, issuer, serial and fingerprint are forwarded only where the gateway verified them.",
        ("identityHeaders", "mode", "strict", "profiles"),
        _facts_unverified,
    ),
    Rule(
        "facts-unsafe",
        "Unverified facts are a known risk.",
        ("identityHeaders", "mode", "strict", "profiles"),
        _facts_unsafe,
        severity=Severity.WARNING,
    ),
)

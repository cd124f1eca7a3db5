"""The rules of a TLS policy's own cipher suites: known to Azure, named once, not weak.

Sources: Azure's schema, for the suites that a policy may name; Microsoft, Configure TLS policy versions and cipher
suites on Application Gateway, for TLS 1.3, whose suites are always included and cannot be named.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import cast

from ..document.arm_types import Shape, object_type
from ..escaping import quoted
from ..problems import Severity
from .authentication_rules import policies_of
from .rule import Finding, Rule, repeated
from .settings import GatewaySettings


def known_suites() -> tuple[str, ...]:
    """The cipher suites that Azure's schema has for a policy of one's own."""
    return cast(Shape, object_type("ApplicationGatewaySslPolicy").properties["cipherSuites"].shape.items).enum


def _suites(settings: GatewaySettings) -> Iterator[tuple[str, str]]:
    for where, policy in policies_of(settings):
        for position, suite in enumerate(policy.cipher_suites):
            yield f"{where}.cipherSuites[{position}]", suite


def _cipher_suite_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    for where, suite in _suites(settings):
        if suite not in known_suites():
            yield Finding(where, f"{quoted(suite)} is no cipher suite that Azure's policies have", _hint(suite))


def _hint(suite: str) -> str:
    if suite.startswith("TLS_") and "_WITH_" not in suite:
        return "Leave the suites of TLS 1.3 out: they are always included."
    near = get_close_matches(suite[:60].upper(), known_suites(), n=1)
    return f"Did you mean {near[0]}?" if near else "Write a name like TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384."


def _cipher_suite_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    for where, policy in policies_of(settings):
        for position, suite in repeated(policy.cipher_suites):
            yield Finding(f"{where}.cipherSuites[{position}]", f"{quoted(suite)} is named already", "Take it away.")


def _cipher_suite_weak(settings: GatewaySettings) -> Iterator[Finding]:
    # Azure's schema has no suite without encryption, so 3DES is the weakest that can be asked for.
    for where, suite in _suites(settings):
        if "_3DES_" in suite:
            yield Finding(
                where,
                f"{quoted(suite)} encrypts with 3DES, which offers less than 128 bits of security (RFC 9325, 4.1; "
                "CVE-2016-2183)",
                "Take it away; every client that knows TLS 1.2 has better ones.",
            )


_READS = ("tlsPolicy", "profiles")
CIPHER_SUITE_RULES = (
    Rule("cipher-suite-unknown", "A cipher suite is one of Azure's.", _READS, _cipher_suite_unknown),
    Rule("cipher-suite-repeated", "A cipher suite is named once.", _READS, _cipher_suite_repeated),
    Rule("cipher-suite-weak", "No cipher suite is weak.", _READS, _cipher_suite_weak, severity=Severity.WARNING),
)

"""The rules of TLS policies: one generation, none retired, cipher suites known to Azure, named once and not weak.

Sources: Microsoft, Application Gateway TLS policy overview, and Configure TLS policy versions and cipher suites;
Azure's schema, for the suites that a policy may name.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import cast

from ..document.arm_types import Shape, object_type
from ..document.azure import Generation, TlsPolicy
from ..document.gateway import Gateway, Profile
from ..escaping import quoted
from ..problems import Finding, Rule, Severity
from .checks import for_each, repeated

_ADVISED = "AppGwSslPolicy20220101S"


def _policies(gateway: Gateway) -> Iterator[tuple[str, TlsPolicy]]:
    """The gateway's TLS policy and those of profiles, with their places."""
    yield "properties.sslPolicy", gateway.tls_policy
    for profile in gateway.profiles:
        if profile.tls_policy is not None:
            yield f"{profile.place}.properties.sslPolicy", profile.tls_policy


def _own_suites(gateway: Gateway) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The cipher suites of the policies that name their own, with the places of the lists."""
    for place, policy in _policies(gateway):
        if policy.name is None:
            yield f"{place}.cipherSuites", policy.suites


def _retired(gateway: Gateway) -> Iterator[Finding]:
    for place, policy in _policies(gateway):
        if policy.is_retired:
            yield Finding(f"{place}.policyName", f"{policy.name} allows TLS 1.0 and 1.1, retired in August 2025")
        elif policy.retired_versions:
            saw = f"a policy of its own that allows {policy.retired_versions[0]}, retired in August 2025"
            yield Finding(f"{place}.minProtocolVersion", saw)


def _generations(gateway: Gateway) -> Iterator[Finding]:
    policies = tuple(_policies(gateway))
    old = [place for place, policy in policies if policy.generation is Generation.OLD]
    new = [place for place, policy in policies if policy.generation is not Generation.OLD]
    if old and new:
        yield Finding(old[0], "a policy of the generation of 2015 to 2017 here, and a newer one elsewhere")


@for_each(lambda gateway: gateway.profiles)
def _weaker(gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    policy, whole = profile.tls_policy, gateway.tls_policy
    if policy is not None and policy.generation is not None and whole.generation is not None:
        more = [*policy.versions, *policy.suites]
        added = [str(each) for each in more if each not in {*whole.versions, *whole.suites}]
        if added:
            saw = f"the profile {quoted(profile.name)} allows what the gateway does not: {', '.join(added[:3])}"
            yield Finding(f"{profile.place}.properties.sslPolicy", f"{saw}{' and more' if len(added) > 3 else ''}")


@for_each(_own_suites)
def _suite_unknown(_gateway: Gateway, own: tuple[str, tuple[str, ...]]) -> Iterator[Finding]:
    place, suites = own
    for index, suite in enumerate(suites):
        if suite not in known_suites():
            saw = f"{quoted(suite)} is no cipher suite that Azure's policies have"
            yield Finding(f"{place}[{index}]", saw, _hint(suite))


def known_suites() -> tuple[str, ...]:
    """The cipher suites that Azure's schema has for a policy of one's own."""
    return cast(Shape, object_type("ApplicationGatewaySslPolicy").properties["cipherSuites"].shape.items).enum


def _hint(suite: str) -> str:
    if suite.startswith("TLS_") and "_WITH_" not in suite:
        return "Leave the suites of TLS 1.3 out: they are always included."
    near = get_close_matches(suite[:60].upper(), known_suites(), n=1)
    return f"Did you mean {near[0]}?" if near else ""


@for_each(_own_suites)
def _suite_repeated(_gateway: Gateway, own: tuple[str, tuple[str, ...]]) -> Iterator[Finding]:
    place, suites = own
    for index, suite in repeated(suites):
        yield Finding(f"{place}[{index}]", f"{quoted(suite)} is named already")


@for_each(_own_suites)
def _suite_weak(_gateway: Gateway, own: tuple[str, tuple[str, ...]]) -> Iterator[Finding]:
    # Azure's schema has no suite without encryption, so 3DES is the weakest that can be asked for.
    place, suites = own
    for index, suite in enumerate(suites):
        if "_3DES_" in suite:
            saw = f"{quoted(suite)} encrypts with 3DES, which offers less than 128 bits of security"
            yield Finding(f"{place}[{index}]", saw)


TLS_POLICY_RULES = (
    Rule(
        code="cipher-suite-unknown",
        demands="A cipher suite is one of Azure's.",
        source="Azure REST API 2025-03-01, applicationGateways: ApplicationGatewaySslPolicy.cipherSuites",
        remedy="Write a name like TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384.",
        check=_suite_unknown,
    ),
    Rule(
        code="cipher-suite-repeated",
        demands="A cipher suite is named once.",
        source="Azure REST API 2025-03-01, applicationGateways: ApplicationGatewaySslPolicy.cipherSuites",
        remedy="Take it away.",
        check=_suite_repeated,
    ),
    Rule(
        code="cipher-suite-weak",
        demands="No cipher suite is weak.",
        source="RFC 9325, section 4.1; CVE-2016-2183",
        remedy="Take it away; every client that knows TLS 1.2 has better ones.",
        severity=Severity.WARNING,
        check=_suite_weak,
    ),
    Rule(
        code="tls-policy-retired",
        demands="No TLS policy is retired.",
        source="Microsoft, Application Gateway TLS policy overview",
        remedy=f"Write {_ADVISED}.",
        azure_code="ApplicationGatewayDeprecatedTlsVersionUsedInSslPolicy",
        check=_retired,
    ),
    Rule(
        code="tls-policy-weaker",
        demands="A profile's TLS policy allows no more than the gateway's.",
        source="this product's own decision: a listener that is weaker than the others is meant to be seen",
        remedy="Take the profile's policy away, or keep it where a client needs it.",
        severity=Severity.NOTE,
        check=_weaker,
    ),
    Rule(
        code="tls-policy-generations",
        demands="All TLS policies of a gateway are of one generation.",
        source="Microsoft, Application Gateway TLS policy overview",
        remedy="Use policies of 2022 or own cipher suites everywhere: one gateway takes one generation.",
        azure_code="ApplicationGatewaySslPolicyMisMatch",
        check=_generations,
    ),
)

"""The rules of client authentication: profiles that do what they say, and listeners that ask for a certificate.

Sources: Microsoft, Overview of mutual authentication with Application Gateway; what live gateways do.
"""

from collections.abc import Iterator

from ..document.azure import Mode
from ..document.gateway import Gateway, Layer, Listener, Profile
from ..escaping import quoted
from ..problems import Finding, Row, Rule, Severity, rule_of
from .checks import for_each


@for_each(lambda gateway: gateway.profiles)
def _strict_without_chain(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode is Mode.STRICT and not profile.chains:
        place = f"{profile.place}.properties.trustedClientCertificates"
        yield Finding(place, "the mode is Strict and no CA chain is trusted")


@for_each(lambda gateway: gateway.profiles)
def _profile_unused(gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    # A reference that reaches nothing names no profile that exists.
    if all(listener.profile is not profile for listener in gateway.listeners if listener.knows("profile")):
        saw = f"no listener uses the profile {quoted(profile.name)}, so it authenticates no client"
        yield Finding(profile.place, saw)


@for_each(lambda gateway: gateway.profiles)
def _tls_policy_in_passthrough(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode is Mode.PASSTHROUGH and profile.tls_policy is not None:
        yield Finding(f"{profile.place}.properties.sslPolicy", "a TLS policy inside a Passthrough profile")


@for_each(lambda gateway: gateway.profiles)
def _mode_unsaid(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode_as_written is None and profile.asks_clients:
        saw = f"the profile {quoted(profile.name)} has chains and no mode, so Azure's default decides"
        yield Finding(f"{profile.place}.properties.clientAuthConfiguration", saw)


@for_each(lambda gateway: gateway.profiles)
def _chains_in_passthrough(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode is Mode.PASSTHROUGH and profile.chains:
        place = f"{profile.place}.properties.trustedClientCertificates"
        yield Finding(
            place, f"the profile {quoted(profile.name)} is Passthrough, which verifies nothing, and has chains"
        )


@for_each(lambda gateway: gateway.profiles)
def _checks_in_passthrough(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode is Mode.PASSTHROUGH:
        given = {
            "verifyClientCertIssuerDN": profile.verify_issuer_dn,
            "verifyClientRevocation": profile.verify_revocation,
        }
        for key in (key for key, is_on in given.items() if is_on):
            saw = f"the profile {quoted(profile.name)} is Passthrough, where this check has no effect"
            yield Finding(f"{profile.place}.properties.clientAuthConfiguration.{key}", saw)


@for_each(lambda gateway: gateway.profiles)
def _issuer_unchecked(_gateway: Gateway, profile: Profile) -> Iterator[Finding]:
    if profile.mode is Mode.STRICT and profile.knows("chains") and not profile.verify_issuer_dn:
        wide = [chain.name for chain in profile.chains if len(chain.given.authorities) > 1]
        if wide:
            saw = f"whichever CA of {', '.join(map(quoted, wide))} issued a certificate, it is let in"
            yield Finding(f"{profile.place}.properties.clientAuthConfiguration.verifyClientCertIssuerDN", saw)


@for_each(lambda gateway: gateway.listeners)
def _passthrough_on_layer_4(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    if listener.kind is Layer.L4 and listener.mode is Mode.PASSTHROUGH:
        saw = f"{quoted(listener.name)} verifies no certificate, and layer 4 has no header that could carry one"
        yield Finding(f"{listener.place}.properties.sslProfile", saw)


@for_each(lambda gateway: gateway.listeners)
def _listener_without_profile(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    if listener.kind is Layer.HTTP and listener.is_tls and listener.profile is None:
        saw = f"the HTTPS listener {quoted(listener.name)} has no sslProfile, so it asks no client for a certificate"
        yield Finding(listener.place, saw)


@for_each(lambda gateway: gateway.listeners)
def _http_listener_with_tls(_gateway: Gateway, listener: Listener) -> Iterator[Finding]:
    if listener.kind is Layer.HTTP and not listener.is_tls:
        saw = "a plain HTTP listener can neither show nor ask for a certificate"
        for key, part in (("sslProfile", listener.profile), ("sslCertificate", listener.certificate)):
            if part is not None:
                yield Finding(f"{listener.place}.properties.{key}", saw)


HTTP_LISTENER_WITH_TLS = Row(
    code="http-listener-with-tls",
    demands="A plain HTTP listener has no TLS settings.",
    source="Microsoft, Application Gateway listener configuration",
    remedy="Take it away, or make the protocol Https.",
)
"""In settings too, from which no such listener is written."""

CLIENT_AUTHENTICATION_RULES = (
    rule_of(HTTP_LISTENER_WITH_TLS, _http_listener_with_tls),
    Rule(
        code="strict-without-chain",
        demands="Strict trusts at least one CA chain.",
        source="Microsoft, Overview of mutual authentication; what live gateways do",
        remedy="Name at least one CA chain; with a TLS policy and none, Azure would ask no client for a certificate.",
        check=_strict_without_chain,
    ),
    Rule(
        code="mode-unsaid",
        demands="A profile says its mode.",
        source="Azure REST API 2025-03-01, applicationGateways: clientAuthConfiguration.verifyClientAuthMode",
        remedy="Write verifyClientAuthMode: Strict or Passthrough; a tool that does not know it drops it in silence.",
        severity=Severity.WARNING,
        check=_mode_unsaid,
    ),
    Rule(
        code="chains-in-passthrough",
        demands="A Passthrough profile has no CA chain attached.",
        source="an observation: a tool that drops the mode makes a profile with chains Strict",
        remedy="Take the chains from the profile; the gateway may keep them for the day it becomes Strict.",
        severity=Severity.WARNING,
        check=_chains_in_passthrough,
    ),
    Rule(
        code="checks-in-passthrough",
        demands="A Passthrough profile asks for no check that only Strict makes.",
        source="Microsoft, Overview of mutual authentication: Passthrough verifies nothing",
        remedy="Take the check away, or make the mode Strict.",
        severity=Severity.WARNING,
        check=_checks_in_passthrough,
    ),
    Rule(
        code="issuer-dn-unchecked",
        demands="Where a chain has intermediates, the issuer of client certificates is compared.",
        source="Microsoft, Overview of mutual authentication: verify client certificate DN",
        remedy="Switch verifyClientCertIssuerDN on, unless all CAs under the root may issue clients.",
        severity=Severity.NOTE,
        check=_issuer_unchecked,
    ),
    Rule(
        code="passthrough-on-layer-4",
        demands="A layer 4 listener with client authentication is Strict.",
        source="Microsoft, TLS/TCP proxy overview: no header is forwarded on layer 4",
        remedy="Make the mode Strict.",
        severity=Severity.WARNING,
        check=_passthrough_on_layer_4,
    ),
    Rule(
        code="profile-unused",
        demands="Each profile is used by a listener.",
        source="Microsoft, Overview of mutual authentication",
        remedy="Name it in a listener's profile, or take it away.",
        check=_profile_unused,
    ),
    Rule(
        code="tls-policy-in-passthrough",
        demands="A Passthrough profile has no TLS policy of its own.",
        source="an observation: live gateways use a profile with a TLS policy and no mode or chain for TLS alone",
        remedy="Leave it out: a tool that drops the mode would then switch client authentication off in silence; "
        "the gateway's TLS policy holds for this profile too.",
        severity=Severity.WARNING,
        check=_tls_policy_in_passthrough,
    ),
    Rule(
        code="listener-without-profile",
        demands="An HTTPS listener asks its clients for a certificate.",
        source="Microsoft, Overview of mutual authentication",
        remedy="Give it a profile, unless clients without a certificate are wanted here.",
        severity=Severity.NOTE,
        check=_listener_without_profile,
    ),
)

"""The rules of what profiles and TLS policies must say before they can be written: modes, blocks, names.

Sources: Microsoft's overview of mutual authentication and its TLS policy pages.
"""

from collections.abc import Iterator

from ..problems import Finding, Row, Rule, rule_of
from .implied import profile_of, profiles_of
from .settings import DEFAULT_PROFILE, NO_PROFILE, GatewaySettings, TlsPolicy


def _mode_missing(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.mode is None:
            yield Finding(profile.at("mode"), "no mode is given")


def _strict_block_missing(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.is_strict and profile.strict is None:
            yield Finding(profile.at("strict"), "the mode is Strict and there is no strict block")


def _profile_name_reserved(settings: GatewaySettings) -> Iterator[Finding]:
    for position, profile in enumerate(settings.profiles):
        if profile.name.lower() in {DEFAULT_PROFILE, NO_PROFILE}:
            yield Finding(f"profiles[{position}].name", f"{profile.name!r} is a word of the settings")


def _profile_unknown(settings: GatewaySettings) -> Iterator[Finding]:
    known = [profile.name for profile in profiles_of(settings)]
    for position, listener in enumerate(settings.listeners):
        wanted = profile_of(listener)
        if wanted is not None and wanted not in known:
            yield Finding(
                f"listeners[{position}].profile",
                f"there is no profile {wanted!r}",
                f"The profiles are {', '.join(known) or 'none yet'}; {NO_PROFILE} asks no client for a certificate.",
            )


def _policies(settings: GatewaySettings) -> Iterator[tuple[str, TlsPolicy]]:
    """The gateway's TLS policy and those of profiles, with their paths."""
    yield "tlsPolicy", settings.tls_policy
    for profile in profiles_of(settings):
        if profile.tls_policy is not None:
            yield profile.at("tlsPolicy"), profile.tls_policy


def _tls_policy_shape(settings: GatewaySettings) -> Iterator[Finding]:
    for where, policy in _policies(settings):
        own = policy.min_protocol_version is not None or bool(policy.cipher_suites)
        if policy.policy_name is not None and own:
            yield Finding(
                where,
                "a predefined policy and cipher suites or versions of one's own",
                "Give policyName alone, or minProtocolVersion and cipherSuites.",
            )
        # TLS 1.3 alone has no suites to name: they are always included.
        is_whole = policy.min_protocol_version and (policy.cipher_suites or policy.min_protocol_version == "TLSv1_3")
        if policy.policy_name is None and not is_whole:
            yield Finding(
                where,
                "neither a predefined policy nor a complete custom one",
                "Give policyName, or both minProtocolVersion and cipherSuites; for TLS 1.3 alone, "
                "minProtocolVersion: TLSv1_3.",
            )


MODE_MISSING = Row(
    code="mode-missing",
    demands="The mode of each profile is given.",
    source="this product's own decision: the mode is a security decision, which has no default",
    remedy="Say mode: Passthrough (nothing is verified here, the backend decides) or mode: Strict.",
)
"""Of a profile in `arm` too, in which no setting is missing."""

PROFILE_RULES = (
    rule_of(MODE_MISSING, _mode_missing),
    Rule(
        code="strict-block-missing",
        demands="Strict has a strict block.",
        source="this product's own decision: Strict without a chain asks no client for a certificate, or refuses all",
        remedy="Add strict: with trustedCaChains, the CAs whose clients may come in.",
        check=_strict_block_missing,
    ),
    Rule(
        code="profile-name-reserved",
        demands="A profile has a name of its own.",
        source="this product's own decision: `default` is the profile of the top-level settings, `none` is no profile",
        remedy="Choose another name; the default profile is the mode and strict block at the top.",
        check=_profile_name_reserved,
    ),
    Rule(
        code="profile-unknown",
        demands="A listener's profile exists.",
        source="Azure REST API 2025-03-01, applicationGateways: a reference reaches a part",
        remedy="Name a profile that exists, or none.",
        check=_profile_unknown,
    ),
    Rule(
        code="tls-policy-shape",
        demands="A TLS policy is predefined or one's own, not both.",
        source="Microsoft, Application Gateway TLS policy overview",
        remedy="Give policyName, or both minProtocolVersion and cipherSuites.",
        azure_code="ApplicationGatewaySslPolicyPropertyNotSupportedForPolicyType",
        check=_tls_policy_shape,
    ),
)

"""The rules of client authentication: the mode contract, the profiles, the TLS policies.

Sources: Microsoft's overview of mutual authentication, its TLS policy pages, and the error codes that
deployments report; Passthrough exists from API 2025-03-01 on.
"""

from collections.abc import Iterator

from ..document.azure import PREDEFINED_POLICIES, Generation, Mode
from ..problems import Severity
from .implied import profile_of, profiles_of
from .rule import Finding, Rule
from .settings import DEFAULT_PROFILE, NO_PROFILE, GatewaySettings, TlsPolicy

_ADVISED = "AppGwSslPolicy20220101S"
_OLD = {name for name, policy in PREDEFINED_POLICIES.items() if policy.generation is Generation.OLD}
_RETIRED = {name for name, policy in PREDEFINED_POLICIES.items() if policy.is_retired}


def _mode_missing(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.mode is None:
            yield Finding(
                profile.at("mode"),
                "the mode is not said",
                "Say mode: Passthrough (nothing is verified here, the backend decides) or mode: Strict.",
            )


def _strict_block_missing(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.is_strict and profile.strict is None:
            yield Finding(
                profile.at("strict"),
                "the mode is Strict and there is no strict block",
                "Add strict: with trustedCaChains, the CAs whose clients may come in.",
            )


def _strict_without_chain(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.is_strict and profile.strict is not None and not profile.strict.trusted_ca_chains:
            yield Finding(
                profile.at("strict.trustedCaChains"),
                "the mode is Strict and no CA chain is trusted",
                "Name at least one CA chain; with a TLS policy and none, Azure would ask nobody for a certificate.",
            )


def _profile_name_reserved(settings: GatewaySettings) -> Iterator[Finding]:
    for position, profile in enumerate(settings.profiles):
        if profile.name.lower() in {DEFAULT_PROFILE, NO_PROFILE}:
            yield Finding(
                f"profiles[{position}].name",
                f"{profile.name!r} has a meaning of its own",
                "Choose another name; the default profile is the mode and strict block at the top.",
            )


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


def _profile_unused(settings: GatewaySettings) -> Iterator[Finding]:
    used = {profile_of(listener) for listener in settings.listeners}
    for profile in profiles_of(settings):
        if profile.name not in used:
            yield Finding(
                profile.where or "mode",
                f"no listener uses the profile {profile.name!r}, so it authenticates nobody",
                "Name it in a listener's profile, or take it away.",
            )


def policies_of(settings: GatewaySettings) -> Iterator[tuple[str, TlsPolicy]]:
    """The gateway's TLS policy and those of profiles, with the paths where they stand."""
    yield "tlsPolicy", settings.tls_policy
    for profile in profiles_of(settings):
        if profile.tls_policy is not None:
            yield profile.at("tlsPolicy"), profile.tls_policy


def _tls_policy_shape(settings: GatewaySettings) -> Iterator[Finding]:
    for where, policy in policies_of(settings):
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
                "neither a predefined policy nor a whole one of one's own",
                "Give policyName, or both minProtocolVersion and cipherSuites; for TLS 1.3 alone, "
                "minProtocolVersion: TLSv1_3.",
            )


def _tls_policy_retired(settings: GatewaySettings) -> Iterator[Finding]:
    for where, policy in policies_of(settings):
        if policy.policy_name in _RETIRED:
            yield Finding(
                f"{where}.policyName",
                f"{policy.policy_name} allows TLS 1.0 and 1.1, retired in August 2025",
                f"Write {_ADVISED}.",
            )


def _tls_policy_generations(settings: GatewaySettings) -> Iterator[Finding]:
    policies = tuple(policies_of(settings))
    old = [where for where, policy in policies if policy.policy_name in _OLD]
    if old and len(old) < len(policies):
        new = [where for where, _ in policies if where not in old]
        yield Finding(
            old[0],
            f"an older policy here and a newer one at {new[0]}",
            "One gateway takes policies of one generation: use 2022 or own cipher suites everywhere.",
        )


def _tls_policy_in_passthrough(settings: GatewaySettings) -> Iterator[Finding]:
    for profile in profiles_of(settings):
        if profile.mode is Mode.PASSTHROUGH and profile.tls_policy is not None:
            yield Finding(
                profile.at("tlsPolicy"),
                "a TLS policy inside a Passthrough profile",
                "Leave it out: a tool that drops the mode would then switch client authentication off in silence; "
                "the gateway's tlsPolicy holds for this profile too.",
            )


AUTHENTICATION_RULES = (
    Rule("mode-missing", "The mode of each profile is said.", ("mode", "strict", "profiles"), _mode_missing),
    Rule("strict-block-missing", "Strict has a strict block.", ("mode", "strict", "profiles"), _strict_block_missing),
    Rule(
        "strict-without-chain",
        "Strict trusts at least one CA chain.",
        ("mode", "strict", "profiles"),
        _strict_without_chain,
    ),
    Rule("profile-name-reserved", "A profile has a name of its own.", ("profiles",), _profile_name_reserved),
    Rule("profile-unknown", "A listener's profile exists.", ("mode", "profiles", "listeners"), _profile_unknown),
    Rule("profile-unused", "Each profile is used by a listener.", ("mode", "profiles", "listeners"), _profile_unused),
    Rule(
        "tls-policy-shape",
        "A TLS policy is predefined or one's own, not both.",
        ("tlsPolicy", "profiles"),
        _tls_policy_shape,
        "ApplicationGatewaySslPolicyPropertyNotSupportedForPolicyType",
    ),
    Rule(
        "tls-policy-retired",
        "No TLS policy is retired.",
        ("tlsPolicy", "profiles"),
        _tls_policy_retired,
        "ApplicationGatewayDeprecatedTlsVersionUsedInSslPolicy",
    ),
    Rule(
        "tls-policy-generations",
        "All TLS policies of a gateway are of one generation.",
        ("tlsPolicy", "profiles"),
        _tls_policy_generations,
        "ApplicationGatewaySslPolicyMisMatch",
    ),
    Rule(
        "tls-policy-in-passthrough",
        "A Passthrough profile has no TLS policy of its own.",
        ("tlsPolicy", "profiles", "mode"),
        _tls_policy_in_passthrough,
        severity=Severity.WARNING,
    ),
)

"""Asked is not got: compares the requested client authentication with what the provider returned.

Compared is all that decides who gets in and what a backend may believe: profiles, CA chains and their certificates,
listeners and their frontends, the rewrite sets that write identity headers, and where the rules and path maps that use
them lead; and which backends the gateway believes: their protocol, their trusted roots, and what of their certificate
is verified. Whatever else a requested rewrite set does to headers is compared too, such as Strict-Transport-Security.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..certificates.forms import read_contents
from ..problems import Problem
from .azure import API
from .problem_rows import ASKED_IS_NOT_GOT
from .references import default_of

_FIX = (
    f"Do not use this gateway until it does. Either whoever applied the change does not know the property: API "
    f"{API.version} is needed. Or a transform or another writer changed the gateway: stop that. Then run `pulumi up "
    "--refresh`, which sends the gateway again; a plain `pulumi up` does not, because no input changed."
)
_CHECKS = ("verifyClientAuthMode", "verifyClientCertIssuerDN", "verifyClientRevocation")
_LEADS = {
    "rewriteRuleSet": "its rewrite set",
    "backendAddressPool": "its pool",
    "loadDistributionPolicy": "its load distribution policy",
    "redirectConfiguration": "its redirect",
}
_WAY = {"httpListener": "its listener", "urlPathMap": "its path map", **_LEADS}
_DEFAULT = {default_of(key): part for key, part in _LEADS.items()}
_PATH_WAY = {**_LEADS, "firewallPolicy": "its WAF policy"}
_VERIFICATION = ("validateCertChainAndExpiry", "validateSNI")
"""On where they are left out (Azure REST API 2025-03-01, applicationGateways)."""
_LISTENERS = ("httpListeners", "listeners")
_HEADERS = {"requestHeaderConfigurations": "", "responseHeaderConfigurations": "the response header "}
"""The headers that a rewrite rule writes, and what comes before their names in words."""


@dataclass(frozen=True, slots=True)
class ReturnedGateway:
    """The collections that decide on client authentication, as Pulumi's outputs spell them.

    Azure gives each part an id. A part without one is the request, which Pulumi's SDK put in place of a missing
    output; it does not count as returned.
    """

    ssl_profiles: Sequence[Mapping[str, Any]] = ()
    trusted_client_certificates: Sequence[Mapping[str, Any]] = ()
    http_listeners: Sequence[Mapping[str, Any]] = ()
    listeners: Sequence[Mapping[str, Any]] = ()
    """The layer 4 ones."""
    rewrite_rule_sets: Sequence[Mapping[str, Any]] = ()
    request_routing_rules: Sequence[Mapping[str, Any]] = ()
    url_path_maps: Sequence[Mapping[str, Any]] = ()
    trusted_root_certificates: Sequence[Mapping[str, Any]] = ()
    backend_http_settings: Sequence[Mapping[str, Any]] = ()

    @property
    def modes(self) -> dict[str, str]:
        """Each profile's mode; a profile without one has none here."""
        return {
            str(profile["name"]): str(mode)
            for profile in self.ssl_profiles
            if (mode := (profile.get("clientAuthConfiguration") or {}).get("verifyClientAuthMode")) is not None
        }


def check_returned(asked: Mapping[str, Any], got: ReturnedGateway) -> tuple[Problem, ...]:
    """The differences of what the provider returned from the requested inputs, which are in Pulumi's spelling."""
    return (
        *_chain_differences(asked, got),
        *_profile_differences(asked, got),
        *_listener_differences(asked, got),
        *_rewrite_differences(asked, got),
        *_rule_differences(asked, got),
        *_path_map_differences(asked, got),
        *_root_differences(asked, got),
        *_backend_differences(asked, got),
    )


def _chain_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    entries = _by_name(got.trusted_client_certificates)
    for entry in asked.get("trustedClientCertificates", ()):
        where = f"trustedClientCertificates/{entry['name']}"
        if (found := entries.get(_fold(entry["name"]))) is None:
            yield _lacks(where, "the trusted CA chain is not there")
        elif not _same_certificates(_certificates(entry.get("data")), found):
            yield _lacks(where, "the trusted CA chain holds other certificates")


def _same_certificates(wanted: frozenset[bytes], found: Mapping[str, Any]) -> bool:
    """Whether each text of certificates that came back agrees: Azure may write them anew, or leave one text out.

    Nowhere is it documented that the validated text repeats the whole chain, so it may hold a part of it.
    """
    data, validated = _certificates(found.get("data")), _certificates(found.get("validatedCertData"))
    return (not data or data == wanted) and validated <= wanted


def _certificates(text: Any) -> frozenset[bytes]:
    return frozenset(read_contents(str(text or "")).seen)


def _profile_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    profiles = _by_name(got.ssl_profiles)
    for profile in asked.get("sslProfiles", ()):
        where = f"sslProfiles/{profile['name']}"
        if (found := profiles.get(_fold(profile["name"]))) is None:
            yield _lacks(where, "the profile is not there")
        else:
            yield from _check_differences(where, profile, found)


def _check_differences(where: str, asked: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Problem]:
    wanted, seen = asked["clientAuthConfiguration"], got.get("clientAuthConfiguration") or {}
    for key in _CHECKS:
        if key in wanted and _fold(wanted[key]) != _fold(seen.get(key)):
            yield _lacks(where, f"{key} was to be {wanted[key]} and is {seen.get(key, 'not there')}")
    chains = _targets(asked.get("trustedClientCertificates") or ())
    attached = _targets(got.get("trustedClientCertificates") or ())
    if chains != attached:
        yield _lacks(where, f"the CA chains were to be {_word(chains)} and are {_word(attached)}")


def _listener_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    listeners = _by_name(got.http_listeners)
    for listener in asked.get("httpListeners", ()):
        where, found = f"httpListeners/{listener['name']}", listeners.get(_fold(listener["name"]), {})
        wanted, seen = _targets([listener.get("sslProfile")]), _targets([found.get("sslProfile")])
        if wanted != seen:
            yield _lacks(where, f"its profile was to be {_word(wanted)} and is {_word(seen)}")
        elif wanted and _fold(found.get("protocol")) != _fold(listener.get("protocol")):
            # A profile does nothing on a listener that does not speak TLS.
            yield _lacks(where, f"its protocol was to be {listener.get('protocol')} and is {found.get('protocol')}")
        frontend, other = (_targets([each.get("frontendIPConfiguration")]) for each in (listener, found))
        if found and frontend != other:
            # A private listener must not be on the public address.
            yield _lacks(where, f"its frontend was to be {_word(frontend)} and is {_word(other)}")
    for collection, returned in zip(_LISTENERS, (got.http_listeners, got.listeners), strict=True):
        requested = {_fold(listener["name"]) for listener in asked.get(collection, ())}
        for name, listener in _by_name(returned).items():
            if name not in requested:
                yield _lacks(f"{collection}/{listener['name']}", "the listener was not asked for")


def _rewrite_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    """Differences in the headers that the requested rewrite sets write; other headers do not count."""
    sets = _by_name(got.rewrite_rule_sets)
    for requested in asked.get("rewriteRuleSets", ()):
        returned = tuple(_header_actions(sets.get(_fold(requested["name"]), {})))
        wanted = tuple(_header_actions(requested))
        for header in dict.fromkeys(name for name, _ in wanted):
            before, after = _actions_on(header, wanted), _actions_on(header, returned)
            if before != after:
                saw = f"{header} was to be {' and '.join(before)} and is {' and '.join(after) or 'left alone'}"
                yield _lacks(f"rewriteRuleSets/{requested['name']}", saw)


def _header_actions(rewrite_set: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each header that a rewrite set writes, and what becomes of it, in words."""
    for rule in rewrite_set.get("rewriteRules") or ():
        for key, kind in _HEADERS.items():
            for header in (rule.get("actionSet") or {}).get(key) or ():
                value = header.get("headerValue")
                is_conditional = bool(rule.get("conditions") or header.get("headerValueMatcher"))
                action = f"set to {value}" if value else "deleted"
                yield f"{kind}{header.get('headerName')}", action + (" under a condition" if is_conditional else "")


def _actions_on(header: str, actions: Sequence[tuple[str, str]]) -> list[str]:
    return sorted({action for name, action in actions if _fold(name) == _fold(header)})


def _rule_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    rules = _by_name(got.request_routing_rules)
    for rule in asked.get("requestRoutingRules", ()):
        where = f"requestRoutingRules/{rule['name']}"
        if (found := rules.get(_fold(rule["name"]))) is None:
            yield _lacks(where, "the rule is not there")
            continue
        yield from _way_differences(where, _WAY, rule, found)


def _way_differences(
    where: str, way: Mapping[str, str], asked: Mapping[str, Any], got: Mapping[str, Any]
) -> Iterator[Problem]:
    """Differences in where these properties point; `way` has what each is called."""
    for key, part in way.items():
        wanted, seen = _targets([asked.get(key)]), _targets([got.get(key)])
        if wanted != seen:
            yield _lacks(where, f"{part} was to be {_word(wanted)} and is {_word(seen)}")


def _path_map_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    maps = _by_name(got.url_path_maps)
    for path_map in asked.get("urlPathMaps", ()):
        where = f"urlPathMaps/{path_map['name']}"
        if (found := maps.get(_fold(path_map["name"]))) is None:
            yield _lacks(where, "the path map is not there")
            continue
        yield from _way_differences(where, _DEFAULT, path_map, found)
        yield from _path_rule_differences(where, path_map.get("pathRules") or (), found.get("pathRules") or ())


def _path_rule_differences(
    where: str, asked: Sequence[Mapping[str, Any]], got: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    """Differences in the path rules of a map: which there are, in which order, and where each leads."""
    wanted, seen = ([str(rule.get("name")) for rule in rules] for rules in (asked, got))
    if list(map(_fold, wanted)) != list(map(_fold, seen)):
        saw = f"its path rules were to be {_listed(wanted)} and are {_listed(seen)}"
        yield _lacks(where, saw)
        return
    for rule, found in zip(asked, got, strict=True):
        place = f"{where}/pathRules/{rule['name']}"
        paths, returned = rule.get("paths") or (), found.get("paths") or ()
        if list(map(_fold, paths)) != list(map(_fold, returned)):
            yield _lacks(place, f"its paths were to be {_listed(paths)} and are {_listed(returned)}")
        yield from _way_differences(place, _PATH_WAY, rule, found)


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts) or "none"


def _root_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    roots = _by_name(got.trusted_root_certificates)
    for root in asked.get("trustedRootCertificates", ()):
        where = f"trustedRootCertificates/{root['name']}"
        if (found := roots.get(_fold(root["name"]))) is None:
            yield _lacks(where, "the trusted root is not there")
            continue
        data, secret = _certificates(found.get("data")), found.get("keyVaultSecretId")
        if data and data != _certificates(root.get("data")):
            yield _lacks(where, "the trusted root holds another certificate")
        elif secret and _fold(secret) != _fold(root.get("keyVaultSecretId")):
            yield _lacks(where, f"it was to be {root.get('keyVaultSecretId', 'given as data')} and is {secret}")


def _backend_differences(asked: Mapping[str, Any], got: ReturnedGateway) -> Iterator[Problem]:
    returned = _by_name(got.backend_http_settings)
    for settings in asked.get("backendHttpSettingsCollection", ()):
        where = f"backendHttpSettingsCollection/{settings['name']}"
        if (found := returned.get(_fold(settings["name"]))) is None:
            yield _lacks(where, "the settings are not there")
            continue
        for key, default in (("protocol", None), *((key, True) for key in _VERIFICATION)):
            wanted, seen = settings.get(key, default), found.get(key, default)
            if _fold(wanted) != _fold(seen):
                yield _lacks(where, f"{key} was to be {wanted} and is {'not there' if seen is None else seen}")
        if "sniName" in settings and _fold(settings["sniName"]) != _fold(found.get("sniName")):
            yield _lacks(where, "the name that is verified, sniName, is not the requested one")
        roots, attached = (_targets(each.get("trustedRootCertificates") or ()) for each in (settings, found))
        if roots != attached:
            yield _lacks(where, f"the trusted roots were to be {_word(roots)} and are {_word(attached)}")


def _lacks(where: str, saw: str) -> Problem:
    return ASKED_IS_NOT_GOT.problem(where, saw, _FIX)


def _by_name(parts: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    # Pulumi puts the input in the place of an output that did not come back. Azure alone gives ids.
    return {_fold(part.get("name")): part for part in parts if part.get("id")}


def _targets(references: Sequence[Mapping[str, Any] | None]) -> frozenset[str]:
    """The names that references end in, whatever the id before them; Azure ignores case."""
    return frozenset(_fold(str(reference["id"]).rsplit("/", 1)[-1]) for reference in references if reference)


def _fold(value: Any) -> str:
    return str(value).casefold()


def _word(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"

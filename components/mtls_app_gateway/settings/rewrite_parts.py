"""Writes the rewrite rule sets of the gateway document: the user's rewrites, and behind them those that are ours.

A route has one rewrite rule set. In it come the rewrites that the route names, in its order, then the response headers
of settings of their own, then the identity headers, without a condition: what comes last decides.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .enums import Protocol
from .identity_header_sets import DELETE_IDENTITY, IDENTITY_RULE, SET_IDENTITY, identity_rule
from .implied import profile_of
from .origins import From
from .rewrite_settings import Rewrite, StrictTransportSecurity
from .settings import GatewaySettings, Listener

HIDE_SERVER = "hide-server"
STRICT_TRANSPORT = "strict-transport-security"
OUR_RULES = (HIDE_SERVER, STRICT_TRANSPORT, IDENTITY_RULE)
"""The names of our own rules; no rewrite of a user's may have one."""
HIDDEN_HEADERS = ("Server", "X-Powered-By")
STRICT_TRANSPORT_HEADER = "Strict-Transport-Security"

_SEQUENCES = {HIDE_SERVER: 98, STRICT_TRANSPORT: 99}
"""Behind the rewrites of users, of which a set takes 40, and before the identity headers."""
_LONGEST_NAME = 80
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class RewriteSetContent:
    """What is in a route's rewrite rule set; routes with the same content share one."""

    identifies: bool
    """Whether the identity headers are set, rather than deleted."""
    is_transport_strict: bool = False
    """Whether browsers are asked to use HTTPS alone."""
    rewrites: tuple[str, ...] = ()
    """The names of the user's rewrites, in their order."""

    @property
    def name(self) -> str:
        """The set's name, made of the names of its content, so that no edit of a rewrite changes it."""
        names = (STRICT_TRANSPORT,) * self.is_transport_strict + self.rewrites
        whole = ".".join((SET_IDENTITY if self.identifies else DELETE_IDENTITY, *names))
        if len(whole) <= _LONGEST_NAME and not any("." in name for name in names):
            return whole
        digest = hashlib.sha256("\0".join(names).encode()).hexdigest()[:_DIGEST]
        return f"{whole[: _LONGEST_NAME - _DIGEST - 1]}-{digest}"


def content_of(settings: GatewaySettings, listener: Listener | None, rewrites: Iterable[str] = ()) -> RewriteSetContent:
    """What is in the rewrite rule set of a route of this listener; the name of no rewrite is left out."""
    known = {rewrite.name for rewrite in settings.rewrites}
    is_https = listener is not None and listener.protocol is Protocol.HTTPS
    return RewriteSetContent(
        identifies=listener is not None and profile_of(listener) is not None,
        is_transport_strict=is_https and settings.strict_transport_security is not None,
        rewrites=tuple(dict.fromkeys(name for name in rewrites if name in known)),
    )


def rewrite_sets(settings: GatewaySettings, used: Iterable[RewriteSetContent]) -> From:
    """The rewrite rule sets with this content, behind sets for all that no route uses, so that it can be judged."""
    contents = tuple(used)
    named = {name for content in contents for name in content.rewrites}
    spare = (
        RewriteSetContent(identifies=True, is_transport_strict=settings.strict_transport_security is not None),
        RewriteSetContent(identifies=False),
        *(
            RewriteSetContent(identifies=False, rewrites=(each.name,))
            for each in settings.rewrites
            if each.name not in named
        ),
    )
    return From("identityHeaders", [_rewrite_set(settings, content) for content in dict.fromkeys((*spare, *contents))])


def _rewrite_set(settings: GatewaySettings, content: RewriteSetContent) -> From:
    rules = [*_rules(settings, content), identity_rule(settings.identity_headers, identifies=content.identifies)]
    made = {"name": content.name, "properties": {"rewriteRules": rules}}
    return From("rewrites" if content.rewrites else "identityHeaders", made)


def _rules(settings: GatewaySettings, content: RewriteSetContent) -> Iterator[From]:
    """The rules of a set, apart from that of the identity headers."""
    given = {rewrite.name: (f"rewrites[{index}]", rewrite) for index, rewrite in enumerate(settings.rewrites)}
    for sequence, name in enumerate(content.rewrites, start=1):
        yield _rule(*given[name], sequence)
    if settings.hide_server:
        yield _responses("hideServer", HIDE_SERVER, dict.fromkeys(HIDDEN_HEADERS, ""))
    if content.is_transport_strict and settings.strict_transport_security is not None:
        value = _strict_transport(settings.strict_transport_security)
        yield _responses("strictTransportSecurity", STRICT_TRANSPORT, {STRICT_TRANSPORT_HEADER: value})


def _responses(setting: str, name: str, headers: Mapping[str, str]) -> From:
    """The rule of a setting that changes the headers of every response."""
    actions = [{"headerName": header, "headerValue": value} for header, value in headers.items()]
    rule = {"name": name, "ruleSequence": _SEQUENCES[name], "actionSet": {"responseHeaderConfigurations": actions}}
    return From(setting, rule)


def _strict_transport(wanted: StrictTransportSecurity) -> str:
    flags = {"includeSubDomains": wanted.include_sub_domains, "preload": wanted.preload}
    return "; ".join((f"max-age={wanted.max_age}", *(name for name, is_wanted in flags.items() if is_wanted)))


def _rule(setting: str, rewrite: Rewrite, sequence: int) -> From:
    url = rewrite.url
    actions = {
        "requestHeaderConfigurations": _headers(f"{setting}.requestHeaders", rewrite.request_headers),
        "responseHeaderConfigurations": _headers(f"{setting}.responseHeaders", rewrite.response_headers),
        "urlConfiguration": From(
            f"{setting}.url",
            url
            and {
                "modifiedPath": From(f"{setting}.url.path", url.path),
                "modifiedQueryString": From(f"{setting}.url.queryString", url.query_string),
                "reroute": From(f"{setting}.url.reroute", url.reroute or None),
            },
        ),
    }
    return From(
        setting,
        {
            "name": From(f"{setting}.name", rewrite.name),
            "ruleSequence": sequence,
            "conditions": list(_conditions(f"{setting}.conditions", rewrite)) or None,
            "actionSet": actions,
        },
    )


def _conditions(setting: str, rewrite: Rewrite) -> Iterator[From]:
    for index, condition in enumerate(rewrite.conditions):
        where = f"{setting}[{index}]"
        yield From(
            where,
            {
                "variable": From(f"{where}.variable", condition.variable),
                "pattern": From(f"{where}.pattern", condition.pattern),
                "ignoreCase": condition.ignore_case,
                "negate": condition.negate,
            },
        )


def _headers(setting: str, headers: Mapping[str, str]) -> list[From] | None:
    """The actions on headers by name, in one order: the keys of an object reach a plugin in any."""
    actions = [
        From(f"{setting}.{name}", {"headerName": name, "headerValue": value}) for name, value in sorted(headers.items())
    ]
    return actions or None

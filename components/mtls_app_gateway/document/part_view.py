"""Makes the typed readings of parts that point to no other part."""

from collections.abc import Iterator
from typing import Any

from .azure import Mode
from .backend_view import BackendRoot, Pool
from .bag import Bag, Json, list_in, object_in, objects
from .gateway import (
    Certificate,
    Condition,
    ErrorPage,
    HeaderAction,
    RewriteRule,
    Stated,
    TrustedChain,
    UrlAction,
)
from .placeholder import is_placeholder
from .references import iter_parts

_WITHOUT_EFFECT: tuple[Any, ...] = (None, False, "", [], {}, "Disabled", {"enabled": False})


def mode(word: object) -> Mode | None:
    """Azure reads the words of its enumerations in any case."""
    return next((mode for mode in Mode if mode.casefold() == str(word).casefold()), None)


def spoken(bag: Bag) -> dict[str, Any]:
    """How a backend is spoken to."""
    return {
        "protocol": bag.read("protocol", "protocol", "Http"),
        "port": bag.optional("port", "port", int),
        "host_name": bag.optional("host_name", "hostName", str),
        "host_name_from_member": bag.read("host_name_from_member", "pickHostNameFromBackendAddress", False),
        "path": bag.optional("path", "path", str),
        "request_timeout": bag.optional("request_timeout", "requestTimeout", int),
        "sni_name": bag.optional("sni_name", "sniName", str),
        "verifies_chain": bag.read("verifies_chain", "validateCertChainAndExpiry", True),
        "verifies_name": bag.read("verifies_name", "validateSNI", True),
    }


def certificate(bag: Bag) -> Certificate:
    """A certificate of a listener."""
    return Certificate(key_vault_secret_id=bag.optional("key_vault_secret_id", "keyVaultSecretId", str), **bag.identity)


def trusted_chain(bag: Bag) -> TrustedChain:
    """An entry of `trustedClientCertificates`."""
    return TrustedChain(data=bag.optional("data", "data", str) or "", **bag.identity)


def trusted_root(bag: Bag) -> BackendRoot:
    """An entry of `trustedRootCertificates`."""
    secret = bag.optional("key_vault_secret_id", "keyVaultSecretId", str)
    data = bag.optional("data", "data", str) or ""
    return BackendRoot(key_vault_secret_id=secret, data=data, **bag.identity)


def pool(bag: Bag) -> Pool:
    """A backend address pool."""
    members = []
    for member in list_in(bag.values.get("backendAddresses")):
        # Which of both Azure takes is not documented, so both are members.
        for address in [each for key in ("fqdn", "ipAddress") if (each := object_in(member).get(key))] or [None]:
            if isinstance(address, str) and not is_placeholder(address):
                members.append(address)
            else:
                bag.is_unknown("members")
    return Pool(members=tuple(members), known_members=tuple(members), **bag.identity)


def rewrite_rule(entry: Json, place: str) -> RewriteRule:
    """One rule of a rewrite rule set, which has no `properties` of its own."""
    bag = Bag(place, {"name": entry.get("name", ""), "properties": entry})
    actions = bag.object("actionSet")
    url = object_in(actions.get("urlConfiguration"))
    return RewriteRule(
        sequence=bag.read("sequence", "ruleSequence", 0),
        conditions=tuple(
            _condition(each, f"{place}.conditions[{index}]")
            for index, each in enumerate(objects(entry.get("conditions")))
        ),
        request_headers=tuple(_headers(actions, place, "requestHeaderConfigurations")),
        response_headers=tuple(_headers(actions, place, "responseHeaderConfigurations")),
        url=UrlAction(url.get("modifiedPath"), url.get("modifiedQueryString"), url.get("reroute") is True)
        if url
        else None,
        **bag.identity,
    )


def _condition(entry: Json, place: str) -> Condition:
    return Condition(
        variable=str(entry.get("variable", "")),
        pattern=str(entry.get("pattern", "")),
        ignore_case=entry.get("ignoreCase") is True,
        negate=entry.get("negate") is True,
        place=place,
    )


def _headers(actions: Json, place: str, key: str) -> Iterator[HeaderAction]:
    for index, entry in enumerate(objects(actions.get(key))):
        yield HeaderAction(
            name=str(entry.get("headerName", "")),
            value=str(entry.get("headerValue", "")),
            has_matcher="headerValueMatcher" in entry,
            place=f"{place}.actionSet.{key}[{index}]",
        )


def error_pages(values: Json, place: str) -> tuple[ErrorPage, ...]:
    """The error pages of the gateway or of a listener, whose properties are in this place."""
    return tuple(_error_pages(values, place))


def _error_pages(values: Json, place: str) -> Iterator[ErrorPage]:
    for index, page in enumerate(objects(values.get("customErrorConfigurations"))):
        url = page.get("customErrorPageUrl")
        known = url if isinstance(url, str) and not is_placeholder(url) else None
        yield ErrorPage(str(page.get("statusCode")), known, f"{place}.customErrorConfigurations[{index}]")


def stated(document: Json) -> Iterator[Stated]:
    """Every property that has an effect, of the gateway and then of its parts."""
    properties = object_in(document.get("properties"))
    yield from (Stated("", "", key) for key, value in properties.items() if value not in _WITHOUT_EFFECT)
    for _, part, entry in iter_parts(document):
        bag = object_in(entry.get("properties"))
        yield from (Stated(part.collection, part.name, key) for key in bag if bag[key] not in _WITHOUT_EFFECT)

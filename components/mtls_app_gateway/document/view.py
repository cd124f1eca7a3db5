"""Makes the typed reading of a gateway document: references resolved, Azure's defaults filled in.

Total: a document that breaks rules has a view too, with nothing where a reference reaches nothing. It judges nothing.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypedDict, TypeVar

from ..certificates import read_chain
from .azure import DEFAULT_MODE, Mode, TlsPolicy, tls_policy
from .gateway import (
    Backend,
    Certificate,
    Condition,
    Frontend,
    Gateway,
    HeaderAction,
    Layer,
    Listener,
    Pool,
    Profile,
    Redirect,
    RewriteRule,
    RewriteSet,
    Route,
    Stated,
    TrustedChain,
    UrlAction,
)
from .placeholder import is_placeholder
from .references import Parts, iter_parts

Json = Mapping[str, Any]
_Value = TypeVar("_Value", str, int, bool)
_NO_PRIORITY = 20_001
"""Behind every priority that Azure takes."""


def view(document: Json) -> Gateway:
    """The typed reading of a canonical document, as the reader and the writer make it."""
    return _Viewing(document).gateway()


class _Identity(TypedDict):
    name: str
    place: str
    defaults: frozenset[str]
    unknown: frozenset[str]


class _Bag:
    """The `properties` of one part, and what reading them showed: defaults taken, values that are not known yet."""

    def __init__(self, place: str, entry: Json) -> None:
        found = entry.get("properties")
        self.name = str(entry.get("name", ""))
        self.place = place
        self.values: Json = found if isinstance(found, Mapping) else {}
        self._defaults: set[str] = set()
        self._unknown: set[str] = set()

    def read(self, attribute: str, key: str, default: _Value, inside: Json | None = None) -> _Value:
        """A value of the default's type; the default where it is left out, is a placeholder or is of another type."""
        value = (self.values if inside is None else inside).get(key)
        if type(value) is type(default) and not is_placeholder(value):
            return value
        (self._defaults if value is None else self._unknown).add(attribute)
        return default

    def optional(self, attribute: str, key: str, kind: type[_Value]) -> _Value | None:
        """A value of this type, or None where there is none or it is not known."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, kind) and not is_placeholder(value):
            return value
        self._unknown.add(attribute)
        return None

    def texts(self, attribute: str, key: str) -> tuple[str, ...]:
        """The texts of a list; a placeholder among them is left out and makes the attribute unknown."""
        values = _list(self.values.get(key))
        known = tuple(value for value in values if isinstance(value, str) and not is_placeholder(value))
        if len(known) < len(values):
            self._unknown.add(attribute)
        return known

    def object(self, key: str) -> Json:
        return _object(self.values.get(key))

    def defaulted(self, attribute: str) -> None:
        """Say that Azure's default was taken."""
        self._defaults.add(attribute)

    def is_unknown(self, attribute: str) -> None:
        """Say that a value cannot be known."""
        self._unknown.add(attribute)

    @property
    def identity(self) -> _Identity:
        """What `Part` has, once everything was read."""
        return {
            "name": self.name,
            "place": self.place,
            "defaults": frozenset(self._defaults),
            "unknown": frozenset(self._unknown),
        }


class _Viewing:
    """One document on its way into its view. Each part is made once, and known by its place."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.properties = _object(document.get("properties"))
        self.parts = Parts(document)

    def gateway(self) -> Gateway:
        name = self.document.get("name")
        sku = _object(self.properties.get("sku"))
        return Gateway(
            name=name if isinstance(name, str) and not is_placeholder(name) else None,
            sku=str(sku["name"]) if "name" in sku else None,
            subnet_id=next(self._subnet_ids(), None),
            http2=self.properties.get("enableHttp2") is True,
            tls_policy=self.tls_policy,
            frontends=tuple(self.frontends.values()),
            certificates=tuple(self.certificates.values()),
            trusted_chains=tuple(self.trusted_chains.values()),
            profiles=tuple(self.profiles.values()),
            listeners=(*self._listeners("httpListeners"), *self._listeners("listeners")),
            pools=tuple(self.pools.values()),
            rewrite_sets=tuple(self.rewrite_sets.values()),
            stated=tuple(self._stated()),
        )

    @cached_property
    def tls_policy(self) -> TlsPolicy:
        return tls_policy(_object(self.properties.get("sslPolicy")))

    @cached_property
    def frontends(self) -> dict[str, Frontend]:
        return {bag.place: self._frontend(bag) for bag in self._bags("frontendIPConfigurations")}

    def _frontend(self, bag: _Bag) -> Frontend:
        public, subnet = bag.object("publicIPAddress"), bag.object("subnet")
        address = public.get("id") or subnet.get("id")
        if is_placeholder(address):
            bag.is_unknown("address_id")
        return Frontend(
            is_private=bool(subnet) or "privateIPAddress" in bag.values,
            address_id=str(address) if address and not is_placeholder(address) else None,
            **bag.identity,
        )

    def _subnet_ids(self) -> Iterator[str]:
        for bag in self._bags("gatewayIPConfigurations"):
            identity = bag.object("subnet").get("id")
            if isinstance(identity, str) and not is_placeholder(identity):
                yield identity

    @cached_property
    def certificates(self) -> dict[str, Certificate]:
        made = {}
        for bag in self._bags("sslCertificates"):
            secret = bag.optional("key_vault_secret_id", "keyVaultSecretId", str)
            made[bag.place] = Certificate(key_vault_secret_id=secret, **bag.identity)
        return made

    @cached_property
    def trusted_chains(self) -> dict[str, TrustedChain]:
        return {bag.place: _trusted_chain(bag) for bag in self._bags("trustedClientCertificates")}

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        return {bag.place: self._profile(bag) for bag in self._bags("sslProfiles")}

    def _profile(self, bag: _Bag) -> Profile:
        wanted = bag.object("clientAuthConfiguration")
        word = wanted.get("verifyClientAuthMode")
        if word is None:
            bag.defaulted("mode")
        mode = DEFAULT_MODE if word is None else _mode(word)
        if mode is None:
            bag.is_unknown("mode")
        policy = bag.object("sslPolicy")
        return Profile(
            mode=mode,
            mode_as_written=None if word is None else str(word),
            chains=tuple(self._reached(bag.values.get("trustedClientCertificates"), self.trusted_chains)),
            verify_issuer_dn=bag.read("verify_issuer_dn", "verifyClientCertIssuerDN", False, wanted),
            verify_revocation=bag.read("verify_revocation", "verifyClientRevocation", "None", wanted) == "OCSP",
            tls_policy=tls_policy(policy) if policy else None,
            **bag.identity,
        )

    @cached_property
    def pools(self) -> dict[str, Pool]:
        return {bag.place: _pool(bag) for bag in self._bags("backendAddressPools")}

    @cached_property
    def rewrite_sets(self) -> dict[str, RewriteSet]:
        made = {}
        for bag in self._bags("rewriteRuleSets"):
            rules = [
                _rewrite_rule(each, f"{bag.place}.properties.rewriteRules[{index}]")
                for index, each in enumerate(_list(bag.values.get("rewriteRules")))
                if isinstance(each, Mapping)
            ]
            made[bag.place] = RewriteSet(rules=tuple(sorted(rules, key=lambda rule: rule.sequence)), **bag.identity)
        return made

    def _listeners(self, collection: str) -> Iterator[Listener]:
        is_http = collection == "httpListeners"
        rules = self._rules("requestRoutingRules" if is_http else "routingRules")
        for bag in self._bags(collection):
            used_by = [rule for target, rule in rules if target == bag.place]
            yield self._listener(bag, Layer.HTTP if is_http else Layer.L4, used_by)

    def _rules(self, collection: str) -> list[tuple[str | None, _Bag]]:
        """Each routing rule with the place of its listener, in the order in which Azure tries them."""
        key = "httpListener" if collection == "requestRoutingRules" else "listener"
        found = ((self.parts.place_of(bag.values.get(key)), bag) for bag in self._bags(collection))
        return sorted(found, key=lambda pair: pair[1].read("priority", "priority", _NO_PRIORITY))

    def _listener(self, bag: _Bag, kind: Layer, rules: list[_Bag]) -> Listener:
        protocol = bag.read("protocol", "protocol", "Http" if kind is Layer.HTTP else "Tcp")
        profile = self._one(bag.values.get("sslProfile"), self.profiles)
        names = bag.texts("host_names", "hostNames")
        single = bag.optional("host_names", "hostName", str)
        priority = rules[0].values.get("priority") if rules else None
        return Listener(
            kind=kind,
            frontend=self._one(bag.values.get("frontendIPConfiguration"), self.frontends),
            port=self._port(bag),
            protocol=protocol,
            host_names=names or ((single,) if single else ()),
            certificate=self._one(bag.values.get("sslCertificate"), self.certificates),
            profile=profile,
            tls_policy=profile.tls_policy if profile and profile.tls_policy else self.tls_policy,
            rules=tuple(rule.name for rule in rules),
            priority=priority if isinstance(priority, int) else None,
            routes=tuple(self._routes(rules[0])) if rules else (),
            error_pages=_error_pages(bag.values) | _error_pages(self.properties),
            **bag.identity,
        )

    def _port(self, bag: _Bag) -> int | None:
        entry = self.parts.find(bag.values.get("frontendPort"))
        port = _object((entry or {}).get("properties")).get("port")
        return port if isinstance(port, int) else None

    def _routes(self, rule: _Bag) -> Iterator[Route]:
        path_map = self.parts.find(rule.values.get("urlPathMap"))
        if path_map is None:
            yield self._route(rule, rule.values)
            return
        place = self.parts.place_of(rule.values.get("urlPathMap")) or ""
        bag = _Bag(place, path_map)
        for index, each in enumerate(_objects(bag.values.get("pathRules"))):
            inner = _Bag(f"{place}.properties.pathRules[{index}]", each)
            paths = inner.texts("paths", "paths")
            yield self._route(inner, inner.values, path_map=bag.name, paths=paths)
        keys = ("backendAddressPool", "backendHttpSettings", "rewriteRuleSet", "redirectConfiguration")
        default = {key: bag.values.get(f"default{key[0].upper()}{key[1:]}") for key in keys}
        yield self._route(bag, default, path_map=bag.name)

    def _route(
        self, bag: _Bag, values: Json, *, path_map: str | None = None, paths: tuple[str, ...] | None = None
    ) -> Route:
        pool = self._one(values.get("backendAddressPool"), self.pools)
        return Route(
            paths=paths,
            path_map=path_map,
            backend=self._backend(pool, values.get("backendHttpSettings") or values.get("backendSettings"))
            if pool
            else None,
            redirect=self._redirect(values.get("redirectConfiguration")),
            rewrite=self._one(values.get("rewriteRuleSet"), self.rewrite_sets),
            **bag.identity,
        )

    def _backend(self, pool: Pool, reference: Any) -> Backend:
        bag = _Bag(self.parts.place_of(reference) or pool.place, self.parts.find(reference) or {})
        return Backend(
            pool=pool,
            protocol=bag.read("protocol", "protocol", "Http"),
            port=bag.optional("port", "port", int),
            host_name=bag.optional("host_name", "hostName", str),
            host_name_from_member=bag.read("host_name_from_member", "pickHostNameFromBackendAddress", False),
            path=bag.optional("path", "path", str),
            request_timeout=bag.optional("request_timeout", "requestTimeout", int),
            **bag.identity,
        )

    def _redirect(self, reference: Any) -> Redirect | None:
        entry, place = self.parts.find(reference), self.parts.place_of(reference)
        if entry is None or place is None:
            return None
        bag = _Bag(place, entry)
        target = self.parts.find(bag.values.get("targetListener"))
        return Redirect(
            kind=bag.optional("kind", "redirectType", str),
            target_listener=str(target.get("name", "")) if target else None,
            target_url=bag.optional("target_url", "targetUrl", str),
            # Left out, both have been seen to behave as true, though documented as false.
            include_path=bag.read("include_path", "includePath", True),
            include_query=bag.read("include_query", "includeQueryString", True),
            **bag.identity,
        )

    def _bags(self, collection: str) -> Iterator[_Bag]:
        for place, entry in self.parts.placed(collection):
            yield _Bag(place, entry)

    def _one(self, reference: Any, made: Mapping[str, Any]) -> Any:
        return made.get(self.parts.place_of(reference) or "")

    def _reached(self, references: Any, made: Mapping[str, TrustedChain]) -> Iterator[TrustedChain]:
        for reference in _list(references):
            if (found := self._one(reference, made)) is not None:
                yield found

    def _stated(self) -> Iterator[Stated]:
        yield from (Stated("", "", key) for key, value in self.properties.items() if value not in _WITHOUT_EFFECT)
        for _, part, entry in iter_parts(self.document):
            bag = _object(entry.get("properties"))
            yield from (Stated(part.collection, part.name, key) for key in bag if bag[key] not in _WITHOUT_EFFECT)


_WITHOUT_EFFECT: tuple[Any, ...] = (None, False, "", [], {}, "Disabled", {"enabled": False})


def _trusted_chain(bag: _Bag) -> TrustedChain:
    data = bag.optional("chains", "data", str) or ""
    return TrustedChain(data=data, given=read_chain(data, bag.name), **bag.identity)


def _pool(bag: _Bag) -> Pool:
    members = []
    for member in _list(bag.values.get("backendAddresses")):
        address = _object(member).get("fqdn") or _object(member).get("ipAddress")
        if isinstance(address, str) and not is_placeholder(address):
            members.append(address)
        else:
            bag.is_unknown("members")
    return Pool(members=tuple(members), **bag.identity)


def _rewrite_rule(entry: Json, place: str) -> RewriteRule:
    # A rewrite rule has no `properties` of its own.
    bag = _Bag(place, {"name": entry.get("name", ""), "properties": entry})
    actions = bag.object("actionSet")
    url = _object(actions.get("urlConfiguration"))
    return RewriteRule(
        sequence=bag.read("sequence", "ruleSequence", 0),
        conditions=tuple(_condition(each) for each in _objects(entry.get("conditions"))),
        request_headers=tuple(_header(each) for each in _objects(actions.get("requestHeaderConfigurations"))),
        response_headers=tuple(_header(each) for each in _objects(actions.get("responseHeaderConfigurations"))),
        url=UrlAction(url.get("modifiedPath"), url.get("modifiedQueryString"), url.get("reroute") is True)
        if url
        else None,
        **bag.identity,
    )


def _condition(entry: Json) -> Condition:
    return Condition(
        variable=str(entry.get("variable", "")),
        pattern=str(entry.get("pattern", "")),
        ignore_case=entry.get("ignoreCase") is True,
        negate=entry.get("negate") is True,
    )


def _header(entry: Json) -> HeaderAction:
    return HeaderAction(
        name=str(entry.get("headerName", "")),
        value=str(entry.get("headerValue", "")),
        has_matcher="headerValueMatcher" in entry,
    )


def _error_pages(bag: Json) -> frozenset[str]:
    return frozenset(str(page.get("statusCode")) for page in _objects(bag.get("customErrorConfigurations")))


def _mode(word: object) -> Mode | None:
    """Azure reads the words of its enumerations in any case."""
    return next((mode for mode in Mode if mode.casefold() == str(word).casefold()), None)


def _object(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> Iterator[Json]:
    return (each for each in _list(value) if isinstance(each, Mapping))

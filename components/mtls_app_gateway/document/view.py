"""Makes the typed reading of a gateway document: references resolved, Azure's defaults filled in.

Total: a document that breaks rules has a view too, with nothing where a reference reaches nothing. It judges nothing.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from .backend_view import Backend, BackendSettings, Pool
from .bag import Bag, Json, list_in, object_in, objects
from .gateway import (
    Gateway,
    InstanceRange,
    Layer,
    Listener,
    Named,
    Redirect,
    Route,
    RoutingRule,
)
from .part_view import (
    error_pages,
    spoken,
    stated,
)
from .placeholder import is_placeholder
from .references import COLLECTIONS, Reference, default_of, unused_parts
from .viewed_parts import ViewedParts

_OWN_WAY = ("backendAddressPool", "loadDistributionPolicy", "redirectConfiguration")
_NO_PRIORITY = 20_001
"""Behind every priority that Azure takes."""


def view(document: Json) -> Gateway:
    """The typed reading of a canonical document, as the reader and the writer make it."""
    return _Viewing(document).gateway()


class _Viewing(ViewedParts):
    """One document on its way into its view."""

    def gateway(self) -> Gateway:
        name = self.document.get("name")
        sku = object_in(self.properties.get("sku"))
        scale = object_in(self.properties.get("autoscaleConfiguration"))
        policy = object_in(self.properties.get("firewallPolicy")).get("id")
        zones = self.document.get("zones")
        return Gateway(
            unknown=frozenset(self._unknown()),
            name=name if isinstance(name, str) and not is_placeholder(name) else None,
            sku=str(sku["name"]) if "name" in sku else None,
            subnet_id=next(self._subnet_ids(), None),
            http2=self.properties.get("enableHttp2") is True,
            error_pages=self.error_pages,
            tls_policy=self.tls_policy,
            frontends=tuple(self.frontends.values()),
            certificates=tuple(self.certificates.values()),
            trusted_chains=tuple(self.trusted_chains.values()),
            profiles=tuple(self.profiles.values()),
            listeners=(*self._listeners("httpListeners"), *self._listeners("listeners")),
            trusted_roots=tuple(self.trusted_roots.values()),
            pools=tuple(self.pools.values()),
            backend_settings=tuple(
                BackendSettings(**self._spoken(bag), **bag.identity)
                for bag in self.bags("backendHttpSettingsCollection")
            ),
            rewrite_sets=tuple(self.rewrite_sets.values()),
            rules=tuple(map(self._routing_rule, self.bags("requestRoutingRules"))),
            zones=tuple(map(str, list_in(zones))),
            autoscale=InstanceRange(scale.get("minCapacity", 0), scale.get("maxCapacity")) if scale else None,
            has_identity=bool(self.document.get("identity")),
            firewall_policy_id=None if policy is None else str(policy),
            has_firewall_configuration="webApplicationFirewallConfiguration" in self.properties,
            counts={key: len(list_in(value)) for key, value in self.properties.items() if key in COLLECTIONS},
            unused=tuple(Named(part.collection, part.name, place) for place, part in self.unused or ()),
            stated=tuple(stated(self.document)),
        )

    def _unknown(self) -> Iterator[str]:
        """The gateway's attributes that cannot be known."""
        yield from (attribute for key, attribute in _WHOLE.items() if key in self.later)
        if self.later & COLLECTIONS:
            yield from ("counts", "unused")
        if self.unused is None:
            yield "unused"
        if is_placeholder(self.document.get("zones")):
            yield "zones"
        if is_placeholder(self.document.get("identity")):
            yield "has_identity"

    @cached_property
    def unused(self) -> tuple[tuple[str, Reference], ...] | None:
        return unused_parts(self.document)

    def _subnet_ids(self) -> Iterator[str]:
        for bag in self.bags("gatewayIPConfigurations"):
            identity = bag.object("subnet").get("id")
            if isinstance(identity, str) and not is_placeholder(identity):
                yield identity

    def _listeners(self, collection: str) -> Iterator[Listener]:
        is_http = collection == "httpListeners"
        rules = self._rules("requestRoutingRules" if is_http else "routingRules")
        for bag in self.bags(collection):
            used_by = [rule for target, rule in rules if target == bag.place]
            yield self._listener(bag, Layer.HTTP if is_http else Layer.L4, used_by)

    def _rules(self, collection: str) -> list[tuple[str | None, Bag]]:
        """Each routing rule with the place of its listener, in the order in which Azure tries them."""
        key = "httpListener" if collection == "requestRoutingRules" else "listener"
        found = ((self.parts.place_of(bag.values.get(key)), bag) for bag in self.bags(collection))
        return sorted(found, key=lambda pair: pair[1].read("priority", "priority", _NO_PRIORITY))

    def _listener(self, bag: Bag, kind: Layer, rules: list[Bag]) -> Listener:
        protocol = bag.read("protocol", "protocol", "Http" if kind is Layer.HTTP else "Tcp")
        profile = self.one(bag, "profile", "sslProfile", self.profiles)
        if "sslPolicy" in self.later:
            bag.is_unknown("tls_policy")
        names = bag.texts("host_names", "hostNames")
        single = bag.optional("host_names", "hostName", str)
        priority = rules[0].values.get("priority") if rules else None
        if self.later & {"requestRoutingRules", "routingRules"}:
            for attribute in ("rules", "priority", "routes"):
                bag.is_unknown(attribute)
        return Listener(
            kind=kind,
            frontend=self.one(bag, "frontend", "frontendIPConfiguration", self.frontends),
            port=self._port(bag),
            protocol=protocol,
            host_names=names or ((single,) if single else ()),
            has_single_host_name=bool(single) and not names,
            certificate=self.one(bag, "certificate", "sslCertificate", self.certificates),
            profile=profile,
            tls_policy=profile.tls_policy if profile and profile.tls_policy else self.tls_policy,
            rules=tuple(rule.name for rule in rules),
            priority=priority if isinstance(priority, int) else None,
            routes=tuple(self._routes(rules[0])) if rules else (),
            # Microsoft, Custom error pages: any page of a listener replaces all of the gateway's.
            error_pages=error_pages(bag.values, f"{bag.place}.properties") or self.error_pages,
            **bag.identity,
        )

    def _routing_rule(self, bag: Bag) -> RoutingRule:
        listener = self.parts.place_of(bag.values.get("httpListener"))
        if listener is None:
            bag.is_unknown("listener")
        return RoutingRule(listener=listener, priority=bag.optional("priority", "priority", int), **bag.identity)

    def _port(self, bag: Bag) -> int | None:
        entry = self.parts.find(bag.values.get("frontendPort"))
        if entry is None:
            bag.is_unknown("port")
        port = object_in((entry or {}).get("properties")).get("port")
        return port if isinstance(port, int) else None

    def _routes(self, rule: Bag) -> Iterator[Route]:
        path_map = self.parts.find(rule.values.get("urlPathMap"))
        if path_map is None:
            yield self._route(rule, rule.values)
            return
        place = self.parts.place_of(rule.values.get("urlPathMap")) or ""
        bag = Bag(place, path_map)
        for index, each in enumerate(objects(bag.values.get("pathRules"))):
            inner = Bag(f"{place}.properties.pathRules[{index}]", each)
            paths = inner.texts("paths", "paths")
            yield self._route(inner, inner.values, path_map=bag.name, paths=paths)
        default = {key: bag.values.get(default_of(key)) for key in (*_OWN_WAY, "backendHttpSettings", "rewriteRuleSet")}
        yield self._route(bag, default, path_map=bag.name)
        if any(rule.values.get(key) is not None for key in _OWN_WAY):
            # Which of both Azure takes is not documented, so the rule's own way counts too.
            yield self._route(rule, rule.values)

    def _route(
        self, bag: Bag, values: Json, *, path_map: str | None = None, paths: tuple[str, ...] | None = None
    ) -> Route:
        bag.values = values
        pool = self.one(bag, "backend", "backendAddressPool", self.pools)
        rewrite = self.one(bag, "rewrite", "rewriteRuleSet", self.rewrite_sets)
        policy = bag.object("firewallPolicy").get("id")
        return Route(
            paths=paths,
            path_map=path_map,
            backend=self._backend(pool, values.get("backendHttpSettings") or values.get("backendSettings"))
            if pool
            else None,
            redirect=self._redirect(values.get("redirectConfiguration")),
            rewrite=rewrite,
            spread_over=tuple(self._spread(bag, values.get("loadDistributionPolicy"))),
            firewall_policy_id=None if policy is None else str(policy),
            **bag.identity,
        )

    def _spread(self, bag: Bag, reference: Any) -> Iterator[Pool]:
        """The pools that a load distribution policy names."""
        for each in objects(Bag("", self.parts.find(reference) or {}).values.get("loadDistributionTargets")):
            pool = self.pools.get(self.parts.place_of(Bag("", each).values.get("backendAddressPool")) or "")
            if pool is None:
                bag.is_unknown("spread_over")
            else:
                yield pool

    def _backend(self, pool: Pool, reference: Any) -> Backend:
        bag = Bag(self.parts.place_of(reference) or pool.place, self.parts.find(reference) or {})
        return Backend(pool=pool, **self._spoken(bag), **bag.identity)

    def _spoken(self, bag: Bag) -> dict[str, Any]:
        """How a backend is spoken to, and the roots that its certificate may be issued under."""
        roots = self.reached(bag, "trusted_roots", "trustedRootCertificates", self.trusted_roots)
        return {**spoken(bag), "trusted_roots": roots}

    def _redirect(self, reference: Any) -> Redirect | None:
        entry, place = self.parts.find(reference), self.parts.place_of(reference)
        if entry is None or place is None:
            return None
        bag = Bag(place, entry)
        target = self.parts.find(bag.values.get("targetListener"))
        if target is None and bag.values.get("targetListener") is not None:
            bag.is_unknown("target_listener")
        return Redirect(
            kind=bag.optional("kind", "redirectType", str),
            target_listener=str(target.get("name", "")) if target else None,
            target_url=bag.optional("target_url", "targetUrl", str),
            # Left out, both have been seen to behave as true, though documented as false.
            include_path=bag.read("include_path", "includePath", True),
            include_query=bag.read("include_query", "includeQueryString", True),
            **bag.identity,
        )


_WHOLE = {
    "sku": "sku",
    "sslPolicy": "tls_policy",
    "autoscaleConfiguration": "autoscale",
    "firewallPolicy": "firewall_policy_id",
    "frontendIPConfigurations": "frontends",
    "sslCertificates": "certificates",
    "trustedClientCertificates": "trusted_chains",
    "sslProfiles": "profiles",
    "httpListeners": "listeners",
    "listeners": "listeners",
    "trustedRootCertificates": "trusted_roots",
    "backendAddressPools": "pools",
    "backendHttpSettingsCollection": "backend_settings",
    "rewriteRuleSets": "rewrite_sets",
    "requestRoutingRules": "rules",
}
"""The gateway's properties, and the attribute of the view that is unknown where one is not known as a whole."""

"""The parts of a gateway document that others point to, each read once and known by its place."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from .azure import DEFAULT_MODE, TlsPolicy, tls_policy
from .backend_view import BackendRoot, Pool
from .bag import Bag, Json, list_in, object_in
from .gateway import Certificate, ErrorPage, Frontend, Profile, RewriteSet, TrustedChain
from .part_view import certificate, error_pages, mode, pool, rewrite_rule, trusted_chain, trusted_root
from .placeholder import is_placeholder
from .references import COLLECTIONS, Parts

_Made = TypeVar("_Made")


class ViewedParts:
    """The parts of one document; each collection is read when it is asked for."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.properties = object_in(document.get("properties"))
        self.parts = Parts(document)
        self.later = {key for key, value in self.properties.items() if _is_later(value, key in COLLECTIONS)}
        """The collections and properties that are not known as a whole."""

    @cached_property
    def tls_policy(self) -> TlsPolicy:
        return tls_policy(object_in(self.properties.get("sslPolicy")))

    @cached_property
    def error_pages(self) -> tuple[ErrorPage, ...]:
        return error_pages(self.properties, "properties")

    @cached_property
    def frontends(self) -> dict[str, Frontend]:
        return {bag.place: self._frontend(bag) for bag in self.bags("frontendIPConfigurations")}

    def _frontend(self, bag: Bag) -> Frontend:
        public, subnet = bag.object("publicIPAddress"), bag.object("subnet")
        address = public.get("id") or subnet.get("id")
        if is_placeholder(address):
            bag.is_unknown("address_id")
        return Frontend(
            is_private=bool(subnet) or "privateIPAddress" in bag.values,
            address_id=str(address) if address and not is_placeholder(address) else None,
            is_public=bool(public),
            private_address=bag.optional("private_address", "privateIPAddress", str),
            allocation=bag.optional("allocation", "privateIPAllocationMethod", str),
            **bag.identity,
        )

    @cached_property
    def certificates(self) -> dict[str, Certificate]:
        return {bag.place: certificate(bag) for bag in self.bags("sslCertificates")}

    @cached_property
    def trusted_chains(self) -> dict[str, TrustedChain]:
        return {bag.place: trusted_chain(bag) for bag in self.bags("trustedClientCertificates")}

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        return {bag.place: self._profile(bag) for bag in self.bags("sslProfiles")}

    def _profile(self, bag: Bag) -> Profile:
        wanted = bag.object("clientAuthConfiguration")
        word = wanted.get("verifyClientAuthMode")
        if word is None:
            bag.defaulted("mode")
        said = DEFAULT_MODE if word is None else mode(word)
        if said is None:
            bag.is_unknown("mode")
        policy = bag.object("sslPolicy")
        chains = self.reached(bag, "chains", "trustedClientCertificates", self.trusted_chains)
        return Profile(
            mode=said,
            mode_as_written=None if word is None else str(word),
            chains=chains,
            verify_issuer_dn=bag.read("verify_issuer_dn", "verifyClientCertIssuerDN", False, wanted),
            verify_revocation=bag.read("verify_revocation", "verifyClientRevocation", "None", wanted) == "OCSP",
            tls_policy=tls_policy(policy) if policy else None,
            **bag.identity,
        )

    @cached_property
    def trusted_roots(self) -> dict[str, BackendRoot]:
        return {bag.place: trusted_root(bag) for bag in self.bags("trustedRootCertificates")}

    @cached_property
    def pools(self) -> dict[str, Pool]:
        return {bag.place: pool(bag) for bag in self.bags("backendAddressPools")}

    @cached_property
    def rewrite_sets(self) -> dict[str, RewriteSet]:
        made = {}
        for bag in self.bags("rewriteRuleSets"):
            rules = [
                rewrite_rule(each, f"{bag.place}.properties.rewriteRules[{index}]")
                for index, each in enumerate(list_in(bag.values.get("rewriteRules")))
                if isinstance(each, Mapping)
            ]
            made[bag.place] = RewriteSet(rules=tuple(sorted(rules, key=lambda rule: rule.sequence)), **bag.identity)
        return made

    def bags(self, collection: str) -> Iterator[Bag]:
        for place, entry in self.parts.placed(collection):
            yield Bag(place, entry)

    def one(self, bag: Bag, attribute: str, key: str, made: Mapping[str, Any]) -> Any:
        """The part that the reference in `key` reaches; None where it reaches nothing, or nothing that is known."""
        found = made.get(self.parts.place_of(bag.values.get(key)) or "")
        if found is None and bag.values.get(key) is not None:
            bag.is_unknown(attribute)
        return found

    def reached(self, bag: Bag, attribute: str, key: str, made: Mapping[str, _Made]) -> tuple[_Made, ...]:
        """The parts that a list of references reaches; one that it does not makes the attribute unknown."""
        references = bag.values.get(key)
        found = [made.get(self.parts.place_of(reference) or "") for reference in list_in(references)]
        if is_placeholder(references) or None in found:
            bag.is_unknown(attribute)
        return tuple(each for each in found if each is not None)


def _is_later(value: Any, is_collection: bool) -> bool:
    entries = list_in(value) if is_collection else []
    return is_placeholder(value) or any(map(is_placeholder, entries))

"""The rules Azure Resource Manager keeps on a request, as rows: name, ARM's code where one is known, source, check.

A rule is here because Microsoft documents it or somebody met the refusal; its source says which. Rules that depend on
what cannot be seen from a request (quotas, permissions, Key Vault) are not here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .arm_error import Refusal
from .requests import Put

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A request, the documents of everything else in the subscription by lower-case id, and what it would change."""

    put: Put
    others: Mapping[str, Document]
    before: Document | None = None
    """The resource as it is; None where the request makes it."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """The properties that were asked for."""
        found: Mapping[str, Any] = self.put.document.get("properties", {})
        return found

    def parts(self, collection: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The named parts of a collection: name and properties."""
        for part in self.properties.get(collection) or ():
            yield str(part.get("name")), part.get("properties", {})

    def other(self, reference: Any) -> Document | None:
        """The resource of the subscription that a reference points at, a subnet also within its network."""
        identity = str(reference.get("id") if reference else "").lower()
        if (found := self.others.get(identity)) is not None:
            return found
        network, _, subnet = identity.partition("/subnets/")
        holder = self.others.get(network, {})
        inside = holder.get("properties", {}).get("subnets") or ()
        return next((part for part in inside if str(part.get("name")).lower() == subnet), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `check` gives a message for each place where a request breaks it, never a value that may be secret."""

    name: str
    code: str | None
    source: str
    check: Callable[[Question], Iterator[str]]


def judge(question: Question, rules: Iterable[Rule]) -> list[Refusal]:
    """Every reason to refuse a request. This does not prove that Azure would accept what passes."""
    return [Refusal(rule.code, message) for rule in rules for message in rule.check(question)]

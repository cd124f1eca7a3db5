"""Azure Resource Manager's rules about a request, as rows: name, ARM's code where one is known, source, check.

Each rule is documented by Microsoft or was reported from a deployment; its source says which. Rules about what a
request does not show (quotas, permissions, Key Vault) are missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .arm_error import Refusal
from .put import Put

ArmDocument = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A PUT, with the subscription around it."""

    put: Put
    others: Mapping[str, ArmDocument]
    """Every other resource of the subscription, by lower-case id."""
    before: ArmDocument | None = None
    """The resource as it is now; None where the request creates it."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """The requested properties."""
        properties: Mapping[str, Any] = self.put.document.get("properties", {})
        return properties

    def parts(self, collection: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The name and the properties of each part of a collection."""
        for part in self.properties.get(collection) or ():
            yield str(part.get("name")), part.get("properties", {})

    def other(self, reference: Any) -> ArmDocument | None:
        """The resource of the subscription that a reference points at; a subnet may be a part of its network."""
        identity = str(reference.get("id") if reference else "").lower()
        if (found := self.others.get(identity)) is not None:
            return found
        network, _, subnet = identity.partition("/subnets/")
        subnets = self.others.get(network, {}).get("properties", {}).get("subnets") or ()
        return next((part for part in subnets if str(part.get("name")).lower() == subnet), None)


@dataclass(frozen=True, slots=True)
class ArmRule:
    """One rule; `check` yields a message for each place where a request breaks it, never a value that may be secret."""

    name: str
    code: str | None
    source: str
    check: Callable[[Request], Iterator[str]]


def refusals_of(request: Request, rules: Iterable[ArmRule]) -> list[Refusal]:
    """Every reason to refuse a request. That there is none does not prove that Azure would accept it."""
    return [Refusal(rule.code, message) for rule in rules for message in rule.check(request)]

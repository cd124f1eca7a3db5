"""Azure Resource Manager as the stand-in plays it: PUT, GET and DELETE on the resources of a folder."""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from . import put_only
from .answers import answer_to
from .arm_error import ArmError
from .arm_rules import Question, judge
from .host import GatewayHost
from .kinds import GATEWAY, NETWORK
from .network_rules import refusals_to_delete
from .requests import Put
from .rulebook import rules_of
from .subscription import Resource, Subscription


class ResourceManager:
    """One change at a time; `latency` seconds pass before each, outside the turn of the others."""

    def __init__(self, subscription: Subscription, host: GatewayHost, latency: float = 0.0) -> None:
        self._subscription = subscription
        self._host = host
        self._latency = latency
        self._turn = threading.Lock()

    def put(self, put: Put, *, must_be_new: bool = False) -> dict[str, Any]:
        """Make or change a resource and answer as a GET then does; ArmError if Azure would refuse."""
        time.sleep(self._latency)
        with self._turn:
            before = self._subscription.find(put.id)
            if must_be_new and before is not None:
                raise AlreadyExistsError(put.id)
            refusals = judge(self._question(put, before), rules_of(put.kind.arm_type))
            if refusals:
                raise ArmError(refusals)
            answer = answer_to(put, before.document if before else None, self._addresses_besides(put.id))
            document, values = put_only.part(answer)
            if put.kind.arm_type == GATEWAY:
                self._host.apply(document)
            self._subscription.store(put.id, document, values)
            return self._answer(document)

    def get(self, identity: str) -> dict[str, Any] | None:
        """What Azure answers about the resource with this id, None if there is none."""
        found = self.stored(identity)
        return self._answer(found) if found else None

    def stored(self, identity: str) -> dict[str, Any]:
        """The resource as it was asked for itself, empty if there is none: a network without its separate subnets."""
        found = self._subscription.find(identity)
        return dict(found.document) if found else {}

    def _answer(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A network answers with all its subnets, those that were made on their own too."""
        if document["type"] != NETWORK:
            return dict(document)
        within = document["properties"].get("subnets") or []
        prefix = f"{document['id']}/subnets/".lower()
        own = [kept.document for kept in self._subscription if kept.id.lower().startswith(prefix)]
        named = {str(each["name"]).lower() for each in own}
        inline = [each for each in within if str(each.get("name")).lower() not in named]
        return {**document, "properties": {**document["properties"], "subnets": [*inline, *own]}}

    def digest(self, value: str) -> str:
        """What may be written down in place of a secret."""
        return self._subscription.digest(value)

    def delete(self, identity: str) -> None:
        """Take a resource away, a group with all that is in it; nothing happens if there is none.

        Raises:
            ArmError: while another resource uses it.
        """
        time.sleep(self._latency)
        with self._turn:
            found = self._subscription.find(identity)
            if found is None:
                return
            refusals = refusals_to_delete(found.id, found.document, self._others(identity))
            if refusals:
                raise ArmError(refusals)
            doomed = [kept for kept in self._subscription if _is_in(kept.id, found.id)]
            for kept in doomed:
                if kept.document["type"] == GATEWAY:
                    self._host.remove(kept.id)
                self._subscription.remove(kept.id)

    def _question(self, put: Put, before: Resource | None) -> Question:
        return Question(put, self._others(put.id), before.document if before else None)

    def _others(self, identity: str) -> dict[str, Mapping[str, Any]]:
        own = identity.lower()
        return {kept.id.lower(): kept.document for kept in self._subscription if kept.id.lower() != own}

    def _addresses_besides(self, identity: str) -> Iterator[str]:
        for kept in self._subscription:
            address = kept.document.get("properties", {}).get("ipAddress")
            if address and kept.id.lower() != identity.lower():
                yield address


class AlreadyExistsError(ArmError):
    """azure-native looks before it creates, and refuses what is there already."""

    def __init__(self, identity: str) -> None:
        Exception.__init__(self, f"cannot create already existing resource '{identity}'")


def _is_in(identity: str, holder: str) -> bool:
    return f"{identity}/".lower().startswith(f"{holder}/".lower())

"""The emulated Azure Resource Manager: PUT, GET and DELETE on the resources of a folder."""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from . import put_only
from .answers import answer_to
from .arm_error import ArmError
from .arm_lock_rules import locks_against_deleting
from .arm_network_rules import refusals_to_delete
from .arm_rulebook import rules_of
from .arm_rules import Request, refusals_of
from .host import GatewayHost
from .kinds import GATEWAY, NETWORK
from .put import Put
from .subscription import Resource, Subscription


class ResourceManager:
    """Makes one change at a time. Each waits `latency` seconds first, without keeping others waiting."""

    def __init__(self, subscription: Subscription, host: GatewayHost, latency: float = 0.0) -> None:
        self._subscription = subscription
        self._host = host
        self._latency = latency
        self._turn = threading.Lock()

    def put(self, put: Put, *, must_be_new: bool = False) -> dict[str, Any]:
        """Create or change a resource and return what a GET then returns.

        Raises:
            ArmError: where Azure would refuse.
        """
        time.sleep(self._latency)
        with self._turn:
            before = self._subscription.find(put.id)
            if must_be_new and before is not None:
                raise AlreadyExistsError(put.id)
            refusals = refusals_of(self._request(put, before), rules_of(put.kind.arm_type))
            if refusals:
                raise ArmError(refusals)
            answer = answer_to(put, before.document if before else None, self._addresses_besides(put.id))
            document, values = put_only.split_off(answer)
            if put.kind.arm_type == GATEWAY:
                self._host.apply(document)
            self._subscription.store(put.id, document, values)
            return self._answer(document)

    def get(self, identity: str) -> dict[str, Any] | None:
        """Azure's answer for this id; None if there is no such resource."""
        found = self.stored(identity)
        return self._answer(found) if found else None

    def stored(self, identity: str) -> dict[str, Any]:
        """The resource by itself, empty if there is none: a network without subnets that were created separately."""
        found = self._subscription.find(identity)
        return dict(found.document) if found else {}

    def _answer(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """An answer of Azure: a network has all its subnets, those that were created separately too."""
        if document["type"] != NETWORK:
            return dict(document)
        within = document["properties"].get("subnets") or []
        prefix = f"{document['id']}/subnets/".lower()
        own = [resource.document for resource in self._subscription if resource.id.lower().startswith(prefix)]
        named = {str(each["name"]).lower() for each in own}
        inline = [each for each in within if str(each.get("name")).lower() not in named]
        return {**document, "properties": {**document["properties"], "subnets": [*inline, *own]}}

    def digest(self, value: str) -> str:
        """What may be written in place of a secret."""
        return self._subscription.digest(value)

    def delete(self, identity: str) -> None:
        """Delete a resource, a group with all its contents; nothing happens if there is none.

        Raises:
            ArmError: while another resource uses it.
        """
        time.sleep(self._latency)
        with self._turn:
            found = self._subscription.find(identity)
            if found is None:
                return
            others = self._others(identity)
            refusals = [
                *locks_against_deleting(found.id, others),
                *refusals_to_delete(found.id, found.document, others),
            ]
            if refusals:
                raise ArmError(refusals)
            for resource in [each for each in self._subscription if _is_in(each.id, found.id)]:
                if resource.document["type"] == GATEWAY:
                    self._host.remove(resource.id)
                self._subscription.remove(resource.id)

    def _request(self, put: Put, before: Resource | None) -> Request:
        return Request(put, self._others(put.id), before.document if before else None)

    def _others(self, identity: str) -> dict[str, Mapping[str, Any]]:
        own = identity.lower()
        return {resource.id.lower(): resource.document for resource in self._subscription if resource.id.lower() != own}

    def _addresses_besides(self, identity: str) -> Iterator[str]:
        for resource in self._subscription:
            address = resource.document.get("properties", {}).get("ipAddress")
            if address and resource.id.lower() != identity.lower():
                yield address


class AlreadyExistsError(ArmError):
    """azure-native checks before it creates, and refuses to create what exists already."""

    def __init__(self, identity: str) -> None:
        Exception.__init__(self, f"cannot create already existing resource '{identity}'")


def _is_in(identity: str, holder: str) -> bool:
    return f"{identity}/".lower().startswith(f"{holder}/".lower())

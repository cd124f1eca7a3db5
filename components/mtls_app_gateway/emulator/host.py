"""What the emulator needs of gateways that answer: others bring one, so that the emulator knows no rehearsal."""

from collections.abc import Mapping
from typing import Any, Protocol


class GatewayHost(Protocol):
    """Starts, changes and stops a gateway when its resource is created, updated and deleted.

    Called once Azure's rules are kept and before the resource is stored; an exception refuses the request.
    """

    def apply(self, document: Mapping[str, Any]) -> None:
        """Make the gateway of this document answer. It is the answer of a GET: absolute ids, no PUT-only values."""

    def remove(self, identity: str) -> None:
        """Stop the gateway with this id; nothing happens if there is none."""


class NoHost:
    """A host of no gateways: each is stored as a resource, and no traffic flows."""

    def apply(self, document: Mapping[str, Any]) -> None:
        """Do nothing."""

    def remove(self, identity: str) -> None:
        """Do nothing."""

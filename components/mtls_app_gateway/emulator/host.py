"""The seam where a rehearsal may hang a gateway that really answers."""

from collections.abc import Mapping
from typing import Any, Protocol


class GatewayHost(Protocol):
    """Somebody who raises, reloads and stops a gateway as its resource is created, updated and deleted.

    Called after Azure's rules have been kept and before the resource is written down; an exception refuses the request.
    """

    def apply(self, document: Mapping[str, Any]) -> None:
        """Make the gateway of this document answer. It is the answer of a GET: absolute ids, no PUT-only values."""

    def remove(self, identity: str) -> None:
        """Take the gateway with this id down; nothing happens if there is none."""


class NoHost:
    """Nobody: the gateway is kept as a resource and no traffic flows."""

    def apply(self, document: Mapping[str, Any]) -> None:
        """Do nothing."""

    def remove(self, identity: str) -> None:
        """Do nothing."""

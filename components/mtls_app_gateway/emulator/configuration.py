"""Which provider a request belongs to, and what that provider was told.

One process serves every provider of a deployment: the default ones, the explicit ones, those of the parameterized
package. A request does not say whose it is, but the engine opens a connection of its own for each provider, so the
peer of the connection tells them apart.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""The subscription of a provider that names none, as `az login` would have chosen one."""

_SECRET_SETTINGS = frozenset({"clientSecret", "clientCertificatePassword", "oidcToken", "oidcRequestToken"})


@dataclass(frozen=True, slots=True)
class ProviderConfiguration:
    """The settings one provider was configured with, as they came."""

    urn: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

    @property
    def subscription(self) -> str:
        """The subscription its resources live in: configured, from ARM_SUBSCRIPTION_ID, or the default one."""
        given = self.settings.get("subscriptionId") or os.environ.get("ARM_SUBSCRIPTION_ID")
        return str(given or DEFAULT_SUBSCRIPTION)

    @property
    def location(self) -> str | None:
        """The location of resources that name none."""
        given = self.settings.get("location")
        return str(given) if given else None

    def told(self, digest: Callable[[str], str]) -> dict[str, Any]:
        """The settings as one may write them down: secret ones as a digest."""
        hidden = self.secret | _SECRET_SETTINGS
        return {key: f"digest:{digest(str(value))}" if key in hidden else value for key, value in self.settings.items()}


class Configurations:
    """The configuration of each connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_peer: dict[str, ProviderConfiguration] = {}

    def add(self, peer: str, configuration: ProviderConfiguration) -> None:
        """Remember what the provider at the other end of a connection was told."""
        with self._lock:
            self._by_peer[peer] = configuration

    def of(self, peer: str) -> ProviderConfiguration:
        """What the provider behind this connection was told; LookupError if it was not configured."""
        with self._lock:
            return self._by_peer[peer]

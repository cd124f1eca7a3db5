"""Finds the provider that a request belongs to, and its configuration.

One process serves every provider of a deployment: default ones, explicit ones, those of the parameterized package. A
request does not name its provider, but the engine opens a connection for each, so the connection's peer identifies it.
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
    """The settings of one provider, unchanged."""

    urn: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

    @property
    def subscription(self) -> str:
        """The subscription of its resources: configured, from ARM_SUBSCRIPTION_ID, or the default one."""
        configured = self.settings.get("subscriptionId") or os.environ.get("ARM_SUBSCRIPTION_ID")
        return str(configured or DEFAULT_SUBSCRIPTION)

    @property
    def location(self) -> str | None:
        """The location of resources that name none."""
        configured = self.settings.get("location")
        return str(configured) if configured else None

    def without_secrets(self, digest: Callable[[str], str]) -> dict[str, Any]:
        """The settings for the journal: a secret is replaced by its digest."""
        hidden = self.secret | _SECRET_SETTINGS
        return {key: f"digest:{digest(str(value))}" if key in hidden else value for key, value in self.settings.items()}


class Configurations:
    """The configuration of each connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_peer: dict[str, ProviderConfiguration] = {}

    def add(self, peer: str, configuration: ProviderConfiguration) -> None:
        """Remember the configuration of the provider at the other end of a connection."""
        with self._lock:
            self._by_peer[peer] = configuration

    def of(self, peer: str) -> ProviderConfiguration:
        """The configuration of the provider behind this connection; LookupError if it has none."""
        with self._lock:
            return self._by_peer[peer]

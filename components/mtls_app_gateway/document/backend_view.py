"""The typed reading of backends: pools, how they are spoken to, and the roots of their certificates."""

from dataclasses import dataclass, field
from functools import cached_property

from ..certificates import Certificate
from ..certificates.forms import read_contents
from .part import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRoot(Part):
    """An entry of `trustedRootCertificates`."""

    key_vault_secret_id: str | None = None
    data: str = field(repr=False, default="")
    """As it is in the document: base64 of a certificate."""

    @cached_property
    def root(self) -> Certificate | None:
        """The first certificate of the data that names itself as its issuer; read when it is needed."""
        return next((each for each in read_contents(self.data).certificates if each.is_self_issued), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Part):
    """A backend address pool."""

    members: tuple[str, ...] = ()
    """Domain names and addresses, in their order."""
    known_members: tuple[str, ...] = ()
    """Those of them that are known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSettings(Part):
    """How a backend is spoken to: an entry of `backendHttpSettingsCollection`."""

    protocol: str = "Http"
    """`Http` or `Https`; on layer 4 `Tcp` or `Tls`."""
    port: int | None = None
    host_name: str | None = None
    host_name_from_member: bool = False
    path: str | None = None
    """What takes the place of the client's path, or is put before it."""
    request_timeout: int | None = None
    sni_name: str | None = None
    """The name in the TLS handshake and in the backend's certificate, where it is not that of the request."""
    verifies_chain: bool = True
    """Whether chain and expiry of the backend's certificate are verified."""
    verifies_name: bool = True
    """Whether the name in it is."""
    trusted_roots: tuple[BackendRoot, ...] = ()
    """What its certificate may be issued under, beside the public roots."""

    @property
    def is_verified(self) -> bool:
        """Whether nothing in an HTTPS backend's certificate goes unverified."""
        return self.protocol != "Https" or (self.verifies_chain and self.verifies_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend(BackendSettings):
    """A pool and how it is spoken to; `name` and `place` are those of the settings."""

    pool: Pool

    @property
    def verified_name(self) -> str | None:
        """The name in the TLS handshake, which its certificate must bear; None where it is that of the request.

        Azure REST API 2025-03-01, applicationGateways: sniName, validateSNI.
        """
        member = next(iter(self.pool.members), None) if self.host_name_from_member else None
        return self.sni_name or self.host_name or member

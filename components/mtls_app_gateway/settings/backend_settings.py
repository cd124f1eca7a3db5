"""What a person may ask of a backend: its servers, how they are spoken to, trusted and probed."""

from typing import Annotated

from pydantic import Field, StrictBool

from .enums import HostNameFrom, Protocol
from .shapes import HostName, Model, Name, Text, Whole

DEFAULT_BACKEND = "backend"


class TrustedRoot(Model):
    """The root of a private CA that issues backends' certificates: its data, or a Key Vault secret id."""

    name: Name | None = None
    data: str | None = None
    key_vault_secret_id: Text | None = None


class ConnectionDraining(Model):
    """How long requests under way may last once a member leaves the pool or the gateway is updated."""

    enabled: StrictBool = True
    timeout: Annotated[Whole, Field(ge=1, le=3600)] | None = None


class Probe(Model):
    """How the gateway checks the health of a backend. A probe carries no client certificate."""

    path: Annotated[str, Field(pattern=r"^/")] = "/"
    status_codes: tuple[Annotated[str, Field(pattern=r"^[1-5]\d\d(-[1-5]\d\d)?$")], ...] = ("200-399",)
    body: Text | None = None
    host_name: HostName | None = None
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    interval: Annotated[Whole, Field(ge=1, le=86400)] = 30
    timeout: Annotated[Whole, Field(ge=1, le=86400)] = 30
    unhealthy_threshold: Annotated[Whole, Field(ge=1, le=20)] = 3
    min_servers: Annotated[Whole, Field(ge=0)] = 0


class Backend(Model):
    """The servers behind the gateway: pool members, the protocol to reach them, and their probe."""

    name: Name = DEFAULT_BACKEND
    fqdns: tuple[HostName, ...] = ()
    ip_addresses: tuple[Text, ...] = ()
    settings_of: str | None = None
    protocol: Protocol = Protocol.HTTPS
    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    host_name: HostName | None = None
    host_name_from: HostNameFrom = HostNameFrom.BACKEND
    trusted_roots: tuple[TrustedRoot, ...] = ()
    sni_name: HostName | None = None
    unsafe_unverified_chain: StrictBool = False
    unsafe_unverified_name: StrictBool = False
    request_timeout: Annotated[Whole, Field(ge=1, le=86400)] | None = None
    connection_draining: ConnectionDraining = ConnectionDraining()
    affinity_cookie: Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")] | None = None
    dedicated_connections: StrictBool = False
    probe: Probe = Probe()

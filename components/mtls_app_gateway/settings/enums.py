"""The words that some settings take: one enumeration each, and the literal types of the same words."""

from enum import StrEnum
from typing import Annotated, Literal


class Revocation(StrEnum):
    """Whether the gateway asks the certificate's OCSP responder; Azure's `verifyClientRevocation`."""

    NONE = "None"
    """Revoked certificates are not recognized."""
    OCSP = "OCSP"
    """The gateway asks the responder that the certificate names; a certificate that names none is refused."""


RevocationLiteral = Annotated[Literal["None", "OCSP"], Revocation]


class Protocol(StrEnum):
    """The protocol of a listener or a backend."""

    HTTPS = "Https"
    """HTTP over TLS."""
    HTTP = "Http"
    """Plain HTTP, which every node on the way can read and change."""


ProtocolLiteral = Annotated[Literal["Https", "Http"], Protocol]


class FrontendKind(StrEnum):
    """The frontend that a listener is on."""

    PUBLIC = "Public"
    """The public address: clients anywhere, as `network.allowedSources` lets them."""
    PRIVATE = "Private"
    """The address of `privateIp`: clients of the network and of what is connected to it."""


FrontendKindLiteral = Annotated[Literal["Public", "Private"], FrontendKind]


class Sku(StrEnum):
    """The two SKUs that can do mutual TLS (Microsoft: overview of mutual authentication)."""

    STANDARD = "Standard_v2"
    """Without a firewall."""
    WAF = "WAF_v2"
    """With the web application firewall; needs a WAF policy."""


SkuLiteral = Annotated[Literal["Standard_v2", "WAF_v2"], Sku]


class HostNameFrom(StrEnum):
    """The host name of requests to a backend that has none of its own."""

    BACKEND = "Backend"
    """The name of the pool member that serves the request."""
    CLIENT = "Client"
    """The host name of the client's request."""


HostNameFromLiteral = Annotated[Literal["Backend", "Client"], HostNameFrom]


class RedirectType(StrEnum):
    """The status with which a client is redirected."""

    PERMANENT = "Permanent"
    """301: clients may remember it."""
    FOUND = "Found"
    """302."""
    SEE_OTHER = "SeeOther"
    """303: the client fetches the other place with GET."""
    TEMPORARY = "Temporary"
    """307: the client repeats its request, method and body included."""


RedirectTypeLiteral = Annotated[Literal["Permanent", "Found", "SeeOther", "Temporary"], RedirectType]


class Lock(StrEnum):
    """What a lock on the gateway forbids."""

    CAN_NOT_DELETE = "CanNotDelete"
    """Azure refuses to delete the gateway while the lock is there; updates go on."""


LockLiteral = Annotated[Literal["CanNotDelete"], Lock]


class MinProtocolVersion(StrEnum):
    """The lowest TLS version of a policy of one's own; Azure retired 1.0 and 1.1 on 31 August 2025."""

    TLSv1_2 = "TLSv1_2"
    """TLS 1.2 and 1.3."""
    TLSv1_3 = "TLSv1_3"
    """TLS 1.3 alone."""


MinProtocolVersionLiteral = Annotated[Literal["TLSv1_2", "TLSv1_3"], MinProtocolVersion]


class DomainNameLabelScope(StrEnum):
    """Who else may get the name of a label once it is free; Azure adds a hash to the name."""

    TENANT = "TenantReuse"
    """The same tenant."""
    SUBSCRIPTION = "SubscriptionReuse"
    """The same subscription."""
    RESOURCE_GROUP = "ResourceGroupReuse"
    """The same resource group."""
    NONE = "NoReuse"
    """No one, not even this resource group."""


DomainNameLabelScopeLiteral = Annotated[
    Literal["TenantReuse", "SubscriptionReuse", "ResourceGroupReuse", "NoReuse"], DomainNameLabelScope
]


class DdosProtection(StrEnum):
    """How the public address is protected against DDoS attacks."""

    NETWORK = "VirtualNetworkInherited"
    """As its network is."""
    ENABLED = "Enabled"
    """By itself, or by the plan that is given."""
    DISABLED = "Disabled"
    """Not, whatever its network has."""


DdosProtectionLiteral = Annotated[Literal["VirtualNetworkInherited", "Enabled", "Disabled"], DdosProtection]

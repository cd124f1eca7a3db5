"""The one record of what Azure publishes about an application gateway: words, versions, TLS policies.

Facts with their sources. The schema itself is `arm_types.json`; limits, names, reserved headers and service tags have
modules of their own beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Literal


class Mode(StrEnum):
    """What the gateway does with client certificates; Azure's `verifyClientAuthMode`."""

    PASSTHROUGH = "Passthrough"
    """The gateway asks for a certificate, lets every connection through and verifies nothing."""
    STRICT = "Strict"
    """The gateway refuses every client without a valid certificate under a trusted CA chain."""


ModeLiteral = Annotated[Literal["Passthrough", "Strict"], Mode]
"""A mode as programs write it: its words for type checkers, its enum for schemas."""

DEFAULT_MODE = Mode.STRICT
"""What a profile without a mode does (seen on live gateways; the specification names no default)."""


class TlsVersion(StrEnum):
    """The protocol versions that a policy may allow, the oldest first."""

    V1_0 = "TLS 1.0"
    V1_1 = "TLS 1.1"
    V1_2 = "TLS 1.2"
    V1_3 = "TLS 1.3"


_VERSIONS = tuple(TlsVersion)
_VERSION_WORDS = {"TLSv1_0": 0, "TLSv1_1": 1, "TLSv1_2": 2, "TLSv1_3": 3}
"""Azure's words, by their position in `TlsVersion`."""


class Generation(StrEnum):
    """A gateway takes TLS policies of one generation (Microsoft, Application Gateway TLS policy overview)."""

    OLD = "2015 to 2017"
    NEW = "2022"


_RSA_CBC = ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256")
_RSA_GCM = ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
_ECDSA_GCM = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
_ECDSA_CBC = ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")
_OF_2017 = (
    *_RSA_GCM,
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    *_ECDSA_GCM,
    *_ECDSA_CBC,
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
)


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """What a TLS policy of a gateway or a profile allows."""

    name: str | None
    """A predefined policy's; None for a list of one's own."""
    generation: Generation | None
    """None where the name is none that Azure publishes."""
    versions: tuple[TlsVersion, ...]
    """What clients may speak, the oldest first."""
    suites: tuple[str, ...] = ()
    """The suites for TLS 1.2 and older, by their names in Azure; those of TLS 1.3 are always on."""
    retired_versions: tuple[TlsVersion, ...] = ()
    """TLS 1.0 and 1.1 as far as it names them; Azure retired both on 31 August 2025."""
    is_default: bool = False
    """Whether the document names no policy."""

    @property
    def is_retired(self) -> bool:
        """Whether Azure no longer lets a gateway have it."""
        return self.name is not None and bool(self.retired_versions)


PREDEFINED_POLICIES: Mapping[str, TlsPolicy] = {
    str(policy.name): policy
    for policy in (
        TlsPolicy(
            "AppGwSslPolicy20150501",
            Generation.OLD,
            _VERSIONS[2:3],
            (*_RSA_GCM, *_RSA_CBC, *_OF_2017[2:], "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
            _VERSIONS[:2],
        ),
        TlsPolicy("AppGwSslPolicy20170401", Generation.OLD, _VERSIONS[2:3], _OF_2017, _VERSIONS[1:2]),
        TlsPolicy("AppGwSslPolicy20170401S", Generation.OLD, _VERSIONS[2:3], _OF_2017),
        TlsPolicy(
            "AppGwSslPolicy20220101", Generation.NEW, _VERSIONS[2:], (*_RSA_GCM, *_ECDSA_GCM, *_RSA_CBC, *_ECDSA_CBC)
        ),
        TlsPolicy("AppGwSslPolicy20220101S", Generation.NEW, _VERSIONS[2:], (*_RSA_GCM, *_ECDSA_GCM)),
    )
}
"""Microsoft, Application Gateway TLS policy overview; without the DHE suites, which no connection of v2 uses."""


class TlsPolicyName(StrEnum):
    """A predefined TLS policy (Microsoft, Application Gateway TLS policy overview)."""

    AppGwSslPolicy20150501 = "AppGwSslPolicy20150501"
    """Retired: it names TLS 1.0 and 1.1."""
    AppGwSslPolicy20170401 = "AppGwSslPolicy20170401"
    """Retired: it names TLS 1.1."""
    AppGwSslPolicy20170401S = "AppGwSslPolicy20170401S"
    """TLS 1.2; of the older generation."""
    AppGwSslPolicy20220101 = "AppGwSslPolicy20220101"
    """TLS 1.2 and 1.3."""
    AppGwSslPolicy20220101S = "AppGwSslPolicy20220101S"
    """TLS 1.2 and 1.3, without CBC suites."""


TlsPolicyNameLiteral = Annotated[
    Literal[
        "AppGwSslPolicy20150501",
        "AppGwSslPolicy20170401",
        "AppGwSslPolicy20170401S",
        "AppGwSslPolicy20220101",
        "AppGwSslPolicy20220101S",
    ],
    TlsPolicyName,
]

AZURE_DEFAULT_TLS_POLICY = "AppGwSslPolicy20220101"
"""What a gateway without a policy gets since API 2023-02-01 (Microsoft, Application Gateway TLS policy overview)."""


def tls_policy(given: Mapping[str, Any] | None) -> TlsPolicy:
    """What an `sslPolicy` object of a document allows; without one, what Azure takes."""
    given = given or {}
    kind, name = given.get("policyType"), given.get("policyName")
    if kind in {"Custom", "CustomV2"} and not name:
        last = 4 if kind == "CustomV2" else 3
        first = _VERSION_WORDS.get(str(given.get("minProtocolVersion")), 2)
        return TlsPolicy(
            None,
            Generation.NEW if kind == "CustomV2" else Generation.OLD,
            _VERSIONS[min(max(2, first), last - 1) : last],
            tuple(map(str, given.get("cipherSuites") or ())),
            _VERSIONS[first:2],
        )
    known = PREDEFINED_POLICIES.get(str(name or AZURE_DEFAULT_TLS_POLICY))
    if known is None:
        return TlsPolicy(str(name), None, _VERSIONS[2:])
    return known if name else replace(known, is_default=True)


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """An API version of Azure's network resources, and what the engine calls the gateway there."""

    version: str
    former_versions: tuple[str, ...] = ()
    """Those at which released versions of this project registered gateways; none may ever be taken away."""
    absent_properties: frozenset[str] = frozenset()
    """Properties of a gateway that later versions have and this one drops without a word."""

    @property
    def module(self) -> str:
        """azure-native's name of the version: `v20250301`."""
        return f"v{self.version.replace('-', '')}"

    @property
    def package(self) -> str:
        """The engine's package: azure-native, parameterized with the module of this version."""
        return f"azure-native_network_{self.module}"

    @property
    def token(self) -> str:
        """The gateway's type."""
        return f"{self.package}:network:ApplicationGateway"

    @property
    def former_packages(self) -> tuple[str, ...]:
        """The packages that deployed gateways and their providers may be recorded with."""
        return tuple(ApiVersion(version).package for version in self.former_versions)

    @property
    def former_tokens(self) -> tuple[str, ...]:
        """The types that deployed gateways may be recorded with: aliases, or each would be replaced."""
        return tuple(ApiVersion(version).token for version in self.former_versions)


API = ApiVersion("2025-03-01")
"""The first that has `verifyClientAuthMode`. A later one goes here, this one to its `former_versions`; then
`tools/derive_arm_types.py` writes the type table of that version."""

AZURE_NATIVE_DEFAULT_API = ApiVersion(
    "2024-05-01",
    absent_properties=frozenset(
        {
            "dedicatedBackendConnection",
            "enableL4ClientIpPreservation",
            "enableProbeProxyProtocolHeader",
            "entraJWTValidationConfig",
            "entraJWTValidationConfigs",
            "sniName",
            "validateCertChainAndExpiry",
            "validateSNI",
            "verifyClientAuthMode",
        }
    ),
)
"""The version of azure-native 3.29.0's own modules, at which the gateway's neighbours are registered."""

REDIRECT_STATUSES: Mapping[str, int] = {"Permanent": 301, "Found": 302, "SeeOther": 303, "Temporary": 307}
"""The HTTP status of each `redirectType` (Microsoft, Application Gateway redirect overview)."""

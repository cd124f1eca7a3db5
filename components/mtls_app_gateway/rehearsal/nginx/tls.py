"""TLS policies as nginx directives.

Not served are TLS 1.0 and 1.1, which Azure retired on 31 August 2025, and the suites that Application Gateway v2 or
this OpenSSL never agrees to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ...document.azure import AZURE_DEFAULT_TLS_POLICY, PREDEFINED_POLICIES, Generation, TlsPolicy, TlsVersion
from .syntax import Directive, directive

_OPENSSL_NAMES = {
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "ECDHE-RSA-AES256-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": "ECDHE-RSA-AES128-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256": "AES256-SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA256": "AES128-SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384": "ECDHE-ECDSA-AES256-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256": "ECDHE-ECDSA-AES128-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
}
"""The suites that are served. OpenSSL 3 has no 3DES unless built for it."""

_NEGOTIATED_NEVER = "TLS_DHE_"
"""On v2 no connection uses them, whatever the policy (Microsoft, TLS policy overview, limitations)."""

_TLS13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
"""Azure's two; OpenSSL alone would offer CHACHA20 too."""

_PROTOCOLS = {TlsVersion.V1_2: "TLSv1.2", TlsVersion.V1_3: "TLSv1.3"}


@dataclass(frozen=True, slots=True)
class ServedTls:
    """The protocol versions and TLS 1.2 suites of a listener, and what of its policy is not rehearsed."""

    versions: tuple[TlsVersion, ...]
    suites: tuple[str, ...]
    """By their names in Azure."""
    not_rehearsed: tuple[str, ...] = ()
    unserved: tuple[str, ...] = ()
    """The TLS versions that the policy allows and that are served here with other suites, or not at all."""

    @property
    def needs_rsa(self) -> bool:
        """Whether a listener certificate with an elliptic key would leave TLS 1.2 without a suite."""
        return bool(self.suites) and not any("_ECDSA_" in suite for suite in self.suites)

    def directives(self) -> Iterator[Directive]:
        """The policy in a server block."""
        yield directive("ssl_protocols", *(_PROTOCOLS[version] for version in self.versions))
        if self.suites:
            yield directive("ssl_ciphers", ":".join(_OPENSSL_NAMES[suite] for suite in self.suites))
            yield directive("ssl_prefer_server_ciphers", "on")
        if TlsVersion.V1_3 in self.versions:
            yield directive("ssl_conf_command", "Ciphersuites", _TLS13)


def served_tls(policy: TlsPolicy) -> ServedTls:
    """What is served for a policy."""
    if policy.generation is None:
        notice = f"the TLS policy {policy.name}: it is replaced by {AZURE_DEFAULT_TLS_POLICY} here"
        return ServedTls(policy.versions, _DEFAULT.suites, (notice,), tuple(policy.versions))
    known = tuple(suite for suite in policy.suites if suite in _OPENSSL_NAMES)
    notices = tuple(_notices(policy))
    if known or TlsVersion.V1_2 not in policy.versions:
        return ServedTls(policy.versions, known if TlsVersion.V1_2 in policy.versions else (), notices)
    notices = (*notices, f"the TLS policy {_kind(policy)}: none of its suites for TLS 1.2 is known here")
    if policy.generation is Generation.OLD:
        return ServedTls(policy.versions, _DEFAULT.suites, notices, (TlsVersion.V1_2,))
    return ServedTls((TlsVersion.V1_3,), (), notices, (TlsVersion.V1_2,))


_DEFAULT = PREDEFINED_POLICIES[AZURE_DEFAULT_TLS_POLICY]


def _kind(policy: TlsPolicy) -> str:
    return policy.name or ("CustomV2" if policy.generation is Generation.NEW else "Custom")


def _notices(policy: TlsPolicy) -> Iterator[str]:
    for suite in policy.suites:
        # The suites of TLS 1.3 are always on; naming them changes nothing.
        if suite not in _OPENSSL_NAMES and not suite.startswith(("TLS_AES_", _NEGOTIATED_NEVER)):
            yield f"the TLS suite {suite}"
    if policy.name is None and policy.generation is Generation.OLD:
        yield "which suites the TLS policy Custom lost when Azure retired TLS 1.0 and 1.1"
    if policy.retired_versions:
        yield (
            f"TLS 1.0 and 1.1, which the TLS policy {_kind(policy)} allows and Azure retired on 31 August 2025: "
            "not spoken here"
        )

"""TLS policies in nginx's words: the versions and suites that Azure documents for each policy.

Source: Microsoft, Application Gateway TLS policy overview. Older policies need TLS 1.0 and 1.1 and weak suites, which
not every OpenSSL has: they are not approximated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .nginx_syntax import Directive, directive

DEFAULT_POLICY = "AppGwSslPolicy20220101"
"""What a gateway without a policy gets since API 2023-02-01."""

_GCM = (
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
)
_CBC = (
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
)
_PREDEFINED = {"AppGwSslPolicy20220101": (*_GCM, *_CBC), "AppGwSslPolicy20220101S": _GCM}

_OPENSSL_NAMES = {
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "ECDHE-RSA-AES256-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": "ECDHE-RSA-AES128-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384": "ECDHE-ECDSA-AES256-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256": "ECDHE-ECDSA-AES128-SHA256",
}
_TLS13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
"""Azure's two; OpenSSL alone would offer CHACHA20 too."""


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """The protocol versions and TLS 1.2 suites of a listener, and what of its policy is not rehearsed."""

    protocols: tuple[str, ...]
    suites: tuple[str, ...]
    """By their names in Azure."""
    not_rehearsed: tuple[str, ...] = ()

    @property
    def needs_rsa(self) -> bool:
        """Whether a listener certificate with an elliptic key would leave TLS 1.2 without a suite."""
        return bool(self.suites) and not any("_ECDSA_" in suite for suite in self.suites)

    def directives(self) -> Iterator[Directive]:
        """The policy in a server block."""
        yield directive("ssl_protocols", *self.protocols)
        if self.suites:
            yield directive("ssl_ciphers", ":".join(_OPENSSL_NAMES[suite] for suite in self.suites))
            yield directive("ssl_prefer_server_ciphers", "on")
        if "TLSv1.3" in self.protocols:
            yield directive("ssl_conf_command", "Ciphersuites", _TLS13)


def tls_policy(given: Mapping[str, Any] | None) -> TlsPolicy:
    """The policy that an `sslPolicy` of a document asks for; the default policy where there is none."""
    policy = given or {"policyName": DEFAULT_POLICY}
    if policy.get("policyType") == "CustomV2":
        return _custom(policy)
    name = policy.get("policyName") or policy.get("policyType")
    if name in _PREDEFINED:
        return TlsPolicy(("TLSv1.2", "TLSv1.3"), _PREDEFINED[name])
    notice = f"the TLS policy {name}: it is replaced by {DEFAULT_POLICY} here"
    return TlsPolicy(("TLSv1.2", "TLSv1.3"), _PREDEFINED[DEFAULT_POLICY], (notice,))


def _custom(policy: Mapping[str, Any]) -> TlsPolicy:
    wanted = tuple(policy.get("cipherSuites", ()))
    known = tuple(suite for suite in wanted if suite in _OPENSSL_NAMES)
    # The suites of TLS 1.3 are always on; naming them changes nothing.
    unknown = [suite for suite in wanted if suite not in known and not suite.startswith("TLS_AES_")]
    notices = tuple(f"the TLS suite {suite}" for suite in unknown)
    only_13 = policy.get("minProtocolVersion") == "TLSv1_3" or not known
    return TlsPolicy(("TLSv1.3",) if only_13 else ("TLSv1.2", "TLSv1.3"), () if only_13 else known, notices)

"""TLS policies in nginx's words: the versions and suites that Azure documents for each policy.

Source: Microsoft, Application Gateway TLS policy overview. Not served are TLS 1.0 and 1.1, which Azure retired on
31 August 2025, and the suites that Application Gateway v2 or this OpenSSL never agrees to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .syntax import Directive, directive

DEFAULT_POLICY = "AppGwSslPolicy20220101"
"""What a gateway without a policy gets since API 2023-02-01."""

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
"""The suites that are served, in the order of the overview's table. OpenSSL 3 has no 3DES unless built for it."""

_GCM = tuple(suite for suite in _OPENSSL_NAMES if "ECDHE" in suite and "_GCM_" in suite)
_CBC = tuple(suite for suite in _OPENSSL_NAMES if "ECDHE" in suite and suite.endswith(("CBC_SHA384", "CBC_SHA256")))
_CBC_OF_RSA = ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256")
_OF_2017 = tuple(suite for suite in _OPENSSL_NAMES if suite not in _CBC_OF_RSA)
_PREDEFINED = {
    "AppGwSslPolicy20150501": tuple(_OPENSSL_NAMES),
    "AppGwSslPolicy20170401": _OF_2017,
    "AppGwSslPolicy20170401S": _OF_2017,
    "AppGwSslPolicy20220101": (*_GCM, *_CBC),
    "AppGwSslPolicy20220101S": _GCM,
}
_WITH_TLS13 = {"AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"}
_TLS12 = ("TLSv1.2",)
_RETIRED = "TLS 1.0 and 1.1, which the TLS policy {} allows and Azure retired on 31 August 2025: not spoken here"
_LEFT_OUT = {
    "AppGwSslPolicy20150501": (_RETIRED, "the TLS suite TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "AppGwSslPolicy20170401": (_RETIRED,),
    "AppGwSslPolicy20170401S": (),
}
_NEGOTIATED_NEVER = "TLS_DHE_"
"""On v2 no connection uses them, whatever a policy says (the overview's section on limitations)."""

_TLS13 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
"""Azure's two; OpenSSL alone would offer CHACHA20 too."""


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """The protocol versions and TLS 1.2 suites of a listener, and what of its policy is not rehearsed."""

    protocols: tuple[str, ...]
    suites: tuple[str, ...]
    """By their names in Azure."""
    not_rehearsed: tuple[str, ...] = ()
    unserved: tuple[str, ...] = ()
    """The TLS versions that the policy allows and that are not served here as it says, such as `TLS 1.2`."""

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
    if policy.get("policyType") in {"Custom", "CustomV2"}:
        return _custom(policy, is_old=policy["policyType"] == "Custom")
    name = policy.get("policyName") or policy.get("policyType")
    if name not in _PREDEFINED:
        notice = f"the TLS policy {name}: it is replaced by {DEFAULT_POLICY} here"
        return TlsPolicy((*_TLS12, "TLSv1.3"), _PREDEFINED[DEFAULT_POLICY], (notice,), ("TLS 1.2", "TLS 1.3"))
    if name in _WITH_TLS13:
        return TlsPolicy((*_TLS12, "TLSv1.3"), _PREDEFINED[name])
    return TlsPolicy(_TLS12, _PREDEFINED[name], tuple(notice.format(name) for notice in _LEFT_OUT[name]))


def _custom(policy: Mapping[str, Any], *, is_old: bool) -> TlsPolicy:
    kind, wanted = policy["policyType"], tuple(policy.get("cipherSuites", ()))
    known = tuple(suite for suite in wanted if suite in _OPENSSL_NAMES)
    # The suites of TLS 1.3 are always on; naming them changes nothing.
    unknown = [
        suite for suite in wanted if suite not in known and not suite.startswith(("TLS_AES_", _NEGOTIATED_NEVER))
    ]
    notices = [f"the TLS suite {suite}" for suite in unknown]
    if is_old:
        notices.append("which suites the TLS policy Custom lost when Azure retired TLS 1.0 and 1.1")
    if policy.get("minProtocolVersion") in {"TLSv1_0", "TLSv1_1"}:
        notices.append(_RETIRED.format(kind))
    if not is_old and policy.get("minProtocolVersion") == "TLSv1_3":
        return TlsPolicy(("TLSv1.3",), (), tuple(notices))
    if known:
        return TlsPolicy(_TLS12 if is_old else (*_TLS12, "TLSv1.3"), known, tuple(notices))
    notices.append(f"the TLS policy {kind}: none of its suites for TLS 1.2 is known here")
    if is_old:
        return TlsPolicy(_TLS12, _PREDEFINED[DEFAULT_POLICY], tuple(notices), ("TLS 1.2",))
    return TlsPolicy(("TLSv1.3",), (), tuple(notices), ("TLS 1.2",))

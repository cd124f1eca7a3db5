"""The headers with which the gateway alone says to the backend who the client is.

On a route of a listener that asks for client certificates each identity header is set without a
condition, so that a value sent by the client never survives: where the client showed no certificate the
variable is empty and the header is not forwarded. On every other route each of them is deleted.
Server variables: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

from .origins import From
from .settings import IdentityHeaders

SET_IDENTITY = "set-identity-headers"
DELETE_IDENTITY = "delete-identity-headers"
IDENTITY_RULE = "identity"

_VARIABLES = {
    "certificate": "client_certificate",
    "verification": "client_certificate_verification",
    "subject": "client_certificate_subject",
    "issuer": "client_certificate_issuer",
    "serial": "client_certificate_serial",
    "fingerprint": "client_certificate_fingerprint",
}


def header_names(headers: IdentityHeaders) -> dict[str, str]:
    """Which fact goes into which header, in a fixed order."""
    return {fact: name for fact in _VARIABLES if (name := getattr(headers, fact)) is not None}


def identity_rule(headers: IdentityHeaders, *, identifies: bool) -> dict[str, object]:
    """The rewrite rule of routes whose listener identifies its clients, or of all the others."""
    return {
        "name": IDENTITY_RULE,
        "ruleSequence": 100,
        "actionSet": {
            "requestHeaderConfigurations": [
                From(
                    f"identityHeaders.{fact}",
                    {"headerName": name, "headerValue": f"{{var_{_VARIABLES[fact]}}}" if identifies else ""},
                )
                for fact, name in header_names(headers).items()
            ]
        },
    }

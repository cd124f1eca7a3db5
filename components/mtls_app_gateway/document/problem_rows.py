"""The catalogue's rows about a gateway document, whoever wrote it."""

from ..problems import Row, Severity

_REST = "Azure REST API 2025-03-01, applicationGateways"
_V2 = "https://learn.microsoft.com/azure/application-gateway/overview-v2"
_UNREADABLE = "this product's own decision: what is not understood must not be left out without a word"

ASKED_IS_NOT_GOT = Row(
    code="asked-is-not-got",
    demands="What the provider returns is what was asked for: modes, chains and their certificates, listeners and "
    "their profiles, the identity headers' rewrite sets and the rules that use them, and how backends are verified.",
    source="this product's own decision: an API version or a tool that does not know the mode drops it without an "
    "error; https://github.com/Azure/azure-powershell/issues/29540",
    remedy="Do not use this gateway until it does; then run `pulumi up --refresh`, which sends the gateway again.",
)

CONTROL_CHARACTER = Row(
    code="control-character",
    demands="No text but a certificate has control characters or lone surrogates.",
    source="this product's own decision: they act on terminals and end lines of requests; RFC 9110 section 5.5",
    remedy="Remove it.",
)

UNKNOWN_PROPERTY = Row(
    code="unknown-property",
    demands="Each property is one that Azure knows at this API version; Azure drops others without an error.",
    source=f"{_REST}; https://github.com/Azure/azure-powershell/issues/29540",
    remedy="Remove it, or name the property that was meant.",
)

READ_ONLY_PROPERTY = Row(
    code="read-only-property",
    demands="A document that is sent has no property that only Azure writes.",
    source=_REST,
    remedy="Remove it: only Azure writes it.",
)

WRONG_FORM = Row(
    code="wrong-form",
    demands="A value has the type that Azure gives its property.",
    source=_REST,
    remedy="Give it in that form.",
)

UNKNOWN_TYPE = Row(
    code="unknown-type",
    demands="A document's type is one of those in the type table.",
    source="Microsoft.Network at API 2025-03-01, from which the type table is derived",
    remedy="Give one of the types that the table has.",
)

WRONG_API_VERSION = Row(
    code="wrong-api-version",
    demands="A document has the API version of the type table.",
    source="this product's own decision: another version may drop properties without an error",
    remedy="Give the API version of the type table.",
)

API_VERSION_TOO_OLD = Row(
    code="api-version-too-old",
    demands="A document with a mode is deployed at an API version that knows the mode: 2025-03-01 or later.",
    source=_REST,
    remedy="Deploy with API version 2025-03-01 or later.",
)

MISSING_NAME = Row(
    code="missing-name",
    demands="The gateway, and each part of it, has a name.",
    source=_REST,
    remedy="Give it a name.",
)

OTHER_NAME = Row(
    code="other-name",
    demands="A name on the command line is the one in the document, where that has one.",
    source="this product's own decision: which gateway is meant cannot be guessed",
    remedy="Leave --name out, or give the document of that gateway.",
)

GIVEN_TWICE = Row(
    code="given-twice",
    demands="A property is given once; Azure ignores the case of its name.",
    source="this product's own decision: which of two values holds cannot be guessed",
    remedy="Remove one of them.",
)

SECRET_LEFT_OUT = Row(
    code="secret-left-out",
    severity=Severity.NOTE,
    demands="A document holds no private key and no password.",
    source="this product's own decision: documents are printed, exported and given to others",
    remedy="It was left out, unread.",
)

NOT_UNDERSTOOD = Row(
    code="not-understood",
    demands="Each expression of a template is one that can be worked out here.",
    source=_UNREADABLE,
    remedy="Give the resource as it is deployed (`az resource show`), or write the value out.",
)

NO_GATEWAY = Row(
    code="no-gateway",
    demands="The document is an application gateway, or a template with one.",
    source=_REST,
    remedy="Give the gateway as `az resource show` or the portal's JSON view prints it, or a deployment template.",
)

SEVERAL_GATEWAYS = Row(
    code="several-gateways",
    demands="A template that is read has one application gateway.",
    source="this product's own decision: which of several gateways is meant cannot be guessed",
    remedy="Give a template with one of them.",
)

HOST_NAME_CONVERTED = Row(
    code="host-name-converted",
    severity=Severity.NOTE,
    demands="Host names are written in ASCII, as in DNS, in certificates and in requests.",
    source="RFC 5891 section 5",
    remedy="It was converted.",
)

HOST_NAME_MALFORMED = Row(
    code="host-name-malformed",
    demands="A host name has labels of 1 to 63 letters, digits and hyphens, and 253 characters at most.",
    source="RFC 1123 section 2.1",
    remedy="Write a name like app.example.com.",
)

PORT_OUT_OF_RANGE = Row(
    code="port-out-of-range",
    demands="A port is a TCP port, from 1 to 65535.",
    source="RFC 9293 section 3.1",
    remedy="Give one from 1 to 65535.",
)

PATH_MALFORMED = Row(
    code="path-malformed",
    demands="A path of a path map begins with a slash, has a * at its end alone, and neither a query nor a fragment.",
    source="https://learn.microsoft.com/azure/application-gateway/url-route-overview",
    remedy="Write /PATH, or /PATH/* for every path below it.",
)

HEADER_NAME_MALFORMED = Row(
    code="header-name-malformed",
    demands="A header has a name that HTTP allows, an identity header one that the gateway forwards.",
    source="RFC 9110 section 5.1; Microsoft, Rewrite HTTP headers and URL with Application Gateway",
    remedy="Use letters, digits and hyphens only, the first and the last no hyphen.",
)

MODE_UNKNOWN = Row(
    code="mode-unknown",
    demands="A mode is Passthrough or Strict.",
    source=f"{_REST}, ApplicationGatewayClientAuthConfiguration.verifyClientAuthMode",
    remedy="Write Passthrough or Strict.",
)

DUPLICATE_NAME = Row(
    code="duplicate-name",
    demands="No two entries of a collection have the same name; Azure ignores case.",
    source=_REST,
    remedy="Give each entry its own name; names that differ in case alone are the same.",
)

DANGLING_REFERENCE = Row(
    code="dangling-reference",
    demands="Each reference leads to a part of the gateway that exists.",
    source=_REST,
    remedy="Name a part that exists.",
)

LISTENER_WITHOUT_RULE = Row(
    code="listener-without-rule",
    severity=Severity.WARNING,
    demands="Each listener is used by a request routing rule.",
    source="https://learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules",
    remedy="Add a rule that uses it, or remove the listener.",
)

NO_LISTENER = Row(
    code="no-listener",
    demands="A gateway that is rehearsed or verified has an HTTP or HTTPS listener with a request routing rule.",
    source="this product's own decision: a verification without any listener would look like success",
    remedy="Add one; layer 4 listeners are neither rehearsed nor verified.",
)

SKU_WITHOUT_CLIENT_AUTHENTICATION = Row(
    code="sku-without-client-authentication",
    demands="The gateway's SKU has client certificate authentication.",
    source=f"{_V2}; https://learn.microsoft.com/azure/application-gateway/retirement-faq",
    remedy="Use Standard_v2 or WAF_v2.",
)

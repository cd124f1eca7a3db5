"""The catalogue's rows about the form of the settings, about chains, and about changes of what is deployed."""

from ..problems import Row, Severity

UNKNOWN_KEY = Row(
    code="unknown-key",
    demands="Each key is one of the settings.",
    source="this product's own decision: a misspelt security setting must not be ignored",
    remedy="Correct its spelling, or remove it.",
)

MISSING_KEY = Row(
    code="missing-key",
    demands="Each part of the settings has the keys that it needs.",
    source="this product's own decision: no default would be safe",
    remedy="Add it; docs/settings.md describes it.",
)

UNKNOWN_WORD = Row(
    code="unknown-word",
    demands="A value is one of the words that its key allows.",
    source="this product's own decision: a misspelt security setting must not be ignored",
    remedy="Write one of the words that the key allows.",
)

REVOCATION_UNKNOWN = Row(
    code="revocation-unknown",
    demands="Revocation is OCSP or None.",
    source="Azure's schema, verifyClientRevocation",
    remedy="Write OCSP or None; Azure checks no revocation lists.",
)

TLS_POLICY_UNKNOWN = Row(
    code="tls-policy-unknown",
    demands="A TLS policy exists.",
    source="Microsoft, Application Gateway TLS policy overview",
    remedy="Write AppGwSslPolicy20220101S.",
)

LOCK_UNKNOWN = Row(
    code="lock-unknown",
    demands="A lock on the gateway is CanNotDelete: ReadOnly would block updates, scaling and backend health too.",
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    remedy="Write CanNotDelete, or take lock away.",
)

WRONG_VALUE = Row(
    code="wrong-value",
    demands="A value has the type and form that its key needs.",
    source="this product's own decision: a value of another type must not be guessed at",
    remedy="Give a value of that type and form.",
)

CHAIN_NAME_MISSING = Row(
    code="chain-name-missing",
    demands="A chain that is known later has a name.",
    source="this product's own decision: without a name it is named by its content, which is not known yet",
    remedy="Give it a name.",
)

CHAIN_SPLIT_LATER = Row(
    code="chain-split-later",
    demands="A chain that is known later is not split.",
    source="this product's own decision: how many chains it makes is not known yet",
    remedy="Give one chain only, or the text itself.",
)

CHAIN_NAME_CLASH = Row(
    code="chain-name-clash",
    demands="No two profiles give one name to different chains.",
    source="Azure REST API 2025-03-01, applicationGateways: names are unique in trustedClientCertificates",
    remedy="Give one of them another name.",
)

TRUSTED_ROOT_NAME_MISSING = Row(
    code="trusted-root-name-missing",
    demands="A trusted root that is in Key Vault, or known later, has a name.",
    source="this product's own decision: without a name it is named by its content, which is not known yet",
    remedy="Give it a name.",
)

CHAINS_STAGED = Row(
    code="chains-staged",
    severity=Severity.NOTE,
    demands="Only Strict enforces chains; in Passthrough they are uploaded and attached to no profile.",
    source="https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview",
    remedy="Say mode: Strict to enforce them.",
)

ARM_CLASH = Row(
    code="arm-clash",
    demands="`arm` gives nothing that the settings write.",
    source="this product's own decision: which of two values holds cannot be guessed",
    remedy="Take it out of arm; the setting that writes it is named here.",
)

ARM_PORT_CLOSED = Row(
    code="arm-port-closed",
    severity=Severity.WARNING,
    demands="Clients reach the ports of the listeners that `arm` adds.",
    source="this product's own decision: the security group is made of the settings alone",
    remedy="Give the listener as a setting, or bring a subnet with a security group of your own (network.subnetId).",
)

CHANGE_IN_PLACE = Row(
    code="change-in-place",
    severity=Severity.NOTE,
    demands="An update of the gateway is made when it may cut off long requests.",
    source="https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#connection-draining",
    remedy="Update when that does no harm.",
)

CHANGE_MAY_BE_REFUSED = Row(
    code="change-may-be-refused",
    severity=Severity.WARNING,
    demands="A change of what is deployed is one that Azure is expected to accept.",
    source="azure-native, diff.go and replacement.go, for what is replaced; that Azure refuses it is inferred",
    remedy="Keep the old value.",
)

CHANGE_NEEDS_RESTART = Row(
    code="change-needs-restart",
    severity=Severity.WARNING,
    demands="A gateway that is running sees the change.",
    source="Microsoft, Application Gateway FAQ: it asks a network's new DNS servers after it was stopped and started",
    remedy="Stop the gateway and start it, with the Azure CLI, when its clients can wait.",
)

CHANGE_REFUSED = Row(
    code="change-refused",
    demands="A change of what is deployed is one that Azure accepts.",
    source="https://learn.microsoft.com/azure/application-gateway/application-gateway-faq; "
    "https://github.com/hashicorp/terraform-provider-azurerm/issues/2293; "
    "https://github.com/Azure/azure-cli/issues/4133; https://github.com/pulumi/pulumi-azure-native/issues/1288",
    remedy="Keep the old value.",
)

CHANGE_REPLACES = Row(
    code="change-replaces",
    severity=Severity.WARNING,
    demands="A change that replaces a deployed resource is worth an outage or another address.",
    source="azure-native, diff.go and provider.go: path parameters and names that were given",
    remedy="Keep the old value.",
)

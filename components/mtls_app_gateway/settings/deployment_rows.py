"""The catalogue's rows about a deployment with Pulumi: here, so that every command can show them without Pulumi."""

from ..problems import Row

CHAIN_SOURCE = Row(
    code="chain-source",
    demands="A CA chain or a trusted root in the config has a path or data; a root may be in Key Vault instead.",
    source="this product's own decision: which of the two holds cannot be guessed",
    remedy="Give `path`, a file or folder of CA certificates, or `data`, their text.",
)

FILE_MISSING = Row(
    code="file-missing",
    demands="A file or folder that the config names can be read.",
    source="this product's own decision: a gateway without the chain or root would trust too few",
    remedy="Name a file or folder that can be read.",
)

KEY_REPEATED = Row(
    code="key-repeated",
    demands="A key is given once, in one spelling.",
    source="this product's own decision: which of two values holds cannot be guessed",
    remedy="Remove one of them.",
)

NOT_KNOWN_YET = Row(
    code="not-known-yet",
    demands="What shapes the gateway is known before the deployment.",
    source="this product's own decision: no rule could judge it before the gateway is made",
    remedy="Give a plain value here.",
)

PFX_MISSING = Row(
    code="pfx-missing",
    demands="A listener certificate has a PFX or a Key Vault secret.",
    source="https://learn.microsoft.com/azure/application-gateway/ssl-overview",
    remedy="Set its PFX and password as secrets in the stack's config, or give a keyVaultSecretId.",
)

PROVIDER_CONFIG_DIFFERS = Row(
    code="provider-config-differs",
    demands="The gateway's provider has the same config as azure-native.",
    source="this product's own decision: network and gateway are in one subscription, tenant and cloud",
    remedy="Remove it: the config of azure-native applies to the gateway too.",
)

PROVIDER_MISSING = Row(
    code="provider-missing",
    demands="Explicit providers are given for both network and gateway, or for neither.",
    source="this product's own decision: network and gateway are in one subscription, tenant and cloud",
    remedy="Give the component a provider for both packages, with the same settings.",
)

SECRET_IN_PLAIN_TEXT = Row(
    code="secret-in-plain-text",
    demands="A secret in the config is set with --secret, in a key of its own.",
    source="https://www.pulumi.com/docs/iac/concepts/secrets/",
    remedy="Remove it, treat it as known to others, and set a new one with `pulumi config set --secret`.",
)

SECRET_NOT_EXPECTED = Row(
    code="secret-not-expected",
    demands="Config that is no secret is not stored as a secret.",
    source="this product's own decision: the gateway document, which is not secret, would show it",
    remedy="Set it without --secret.",
)

SUBSCRIPTIONS_DIFFER = Row(
    code="subscriptions-differ",
    demands="Network and gateway are in one subscription.",
    source="https://github.com/pulumi/pulumi-azure-native/issues/4751",
    remedy="Give both providers the same subscriptionId, or set azure-native:subscriptionId in the stack's config.",
)

"""The catalogue's rows about what a command is given."""

from ..problems import Row

BUNDLE_UNREADABLE = Row(
    code="bundle-unreadable",
    demands="A CA bundle is a regular file that can be read.",
    source="the operating system, whose reason is shown",
    remedy="Give the CA chain that the gateway trusts, as a file.",
)

CASE_UNKNOWN = Row(
    code="case-unknown",
    demands="--case is a part of the name of at least one case.",
    source="this product's own decision: a rehearsal without any case would look like success",
    remedy="Give a part of a name that the rehearsal lists.",
)

CODE_UNKNOWN = Row(
    code="code-unknown",
    demands="The code that is to be explained is in the catalogue.",
    source="this product's own decision: another code's explanation would mislead",
    remedy="Run `mtls-gateway explain` for the list of all codes.",
)

DOCUMENT_UNREADABLE = Row(
    code="document-unreadable",
    demands="A gateway document is a JSON file that can be read.",
    source="RFC 8259, the JSON format",
    remedy="Give the gateway as JSON.",
)

LISTENER_UNCLEAR = Row(
    code="listener-unclear",
    demands="The target of a verification is one listener.",
    source="this product's own decision: a promise of the wrong listener would look like a broken gateway",
    remedy="Name the listener with --listener.",
)

LISTENER_UNKNOWN = Row(
    code="listener-unknown",
    demands="The listener that is named is one of the gateway's.",
    source="this product's own decision: no other listener is tried in its place",
    remedy="Name a listener of the gateway.",
)

NO_DOCUMENT_IN_STACK = Row(
    code="no-document-in-stack",
    demands="A Pulumi stack that is verified holds one component with a gateway document.",
    source="this product's own decision: which of several gateways is meant cannot be guessed",
    remedy="Deploy it first, or give the gateway with --document.",
)

NO_HTTPS_BACKEND = Row(
    code="no-https-backend",
    demands="A certificate of the backend is chosen for a gateway that reaches a backend over HTTPS.",
    source="this product's own decision: a certificate that nothing looks at would look like success",
    remedy="Leave --backend-certificate out, or let a backend speak Https.",
)

NO_PREVIEW = Row(
    code="no-preview",
    demands="`mtls-gateway diff` reads what `pulumi preview --json` prints.",
    source="https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/",
    remedy="Give what `pulumi preview --json` prints.",
)

NO_PULUMI = Row(
    code="no-pulumi",
    demands="Reading a stack takes the `pulumi` command.",
    source="https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/",
    remedy="Install Pulumi, or give the gateway with --document.",
)

STACK_UNREADABLE = Row(
    code="stack-unreadable",
    demands="`pulumi stack export` exports the stack.",
    source="https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/",
    remedy="Run it in the project's folder, logged in to its backend.",
)

TARGET_MALFORMED = Row(
    code="target-malformed",
    demands="The target of a verification is a host, or a host with a port.",
    source="RFC 3986 section 3.2, host and port",
    remedy="Write HOST or HOST:PORT, as in app.example.com:443.",
)

TEMPLATE_UNWRITABLE = Row(
    code="template-unwritable",
    demands="The file for the template can be written.",
    source="the operating system, whose reason is shown",
    remedy="Name a file in a folder that exists and can be written.",
)

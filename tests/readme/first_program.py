"""The README's first program for mypy, with what it leaves to the reader declared. It is never run."""

# ruff: noqa: E402, PTH123, SIM115 - the program as the page has it
import pulumi_azure_native as azure_native

identity = azure_native.managedidentity.UserAssignedIdentity("reader", resource_group_name="rg-edge")
app = azure_native.web.WebApp("app", resource_group_name="rg-app")

import pulumi
from mtls_app_gateway import MtlsAppGateway

gateway = MtlsAppGateway(
    "edge",
    {
        "resource_group_name": "rg-edge",
        "mode": "Strict",  # or Passthrough; has no default
        "strict": {"trusted_ca_chains": [{"data": open("partners.pem").read()}]},
        "listener_certificates": [{"key_vault_secret_id": "https://contoso.vault.azure.net/secrets/edge"}],
        "identity_id": identity.id,
        "backends": [{"fqdns": [app.default_host_name]}],
    },
)
pulumi.export("url", gateway.url)

"""The program of docs/platform.md with explicit providers, for mypy, its settings declared. It is never run."""

# ruff: noqa: E402 - the program as the page has it
from mtls_app_gateway import MtlsAppGatewayArgs

settings = MtlsAppGatewayArgs(resource_group_name="rg-edge", backends=[{"fqdns": ["app.example.com"]}])

import pulumi
import pulumi_azure_native as azure_native
from mtls_app_gateway import GatewayProvider, MtlsAppGateway

subscription = "00000000-0000-0000-0000-000000000000"
providers = [
    azure_native.Provider("azure", subscription_id=subscription),
    GatewayProvider("azure-gateway", subscription_id=subscription),
]
gateway = MtlsAppGateway("edge", settings, pulumi.ResourceOptions(providers=providers))

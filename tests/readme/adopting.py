"""The program of the example `adopt` for mypy, with the imports of the project's own. It is never run."""

import pulumi
from mtls_app_gateway import MtlsAppGateway
from mtls_app_gateway.resources.stack_config import read_stack_config

gateway = MtlsAppGateway("edge", read_stack_config(), pulumi.ResourceOptions(protect=True))

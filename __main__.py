"""The stack: makes a gateway from the stack's config, and exports what other stacks need."""

import pulumi
from mtls_app_gateway import MtlsAppGateway
from mtls_app_gateway.resources.stack_config import read_stack_config

gateway = MtlsAppGateway("edge", read_stack_config())

pulumi.export("url", gateway.url)
pulumi.export("modes", gateway.modes)
pulumi.export("publicAddress", gateway.public_address)
pulumi.export("fqdn", gateway.fqdn)
pulumi.export("gatewayId", gateway.gateway_id)
pulumi.export("trustedChains", gateway.trusted_chains)
pulumi.export("nearestCaExpiry", gateway.nearest_ca_expiry)
pulumi.export("caExpiry", gateway.ca_expiry)

"""A local azure-native provider: it serves the real engine, and a folder is the Azure subscription.

It speaks the provider protocol in place of `azure-native` and of its parameterized package of the gateway, and
answers as Azure Resource Manager is documented to. It is stricter than both where silence would hide a mistake: a name,
type or enum value that Azure's schema does not know is refused instead of dropped, and spelling must be exact although
Azure ignores case. Where Azure's behaviour is not known, it adds nothing.

What it does not do: it never calls Azure, checks nothing against quotas, permissions or resources elsewhere, and
assumes that every resource group exists. Traffic flows only through a `GatewayHost`, which `--rehearse` brings: then
each gateway runs on this machine, and a request for a gateway that cannot run is refused.

    python -m mtls_app_gateway.commands.emulator --subscription FOLDER [--rehearse FOLDER]
    PULUMI_DEBUG_PROVIDERS=azure-native:PORT pulumi up
"""

"""The azure-native provider on this machine: the real engine on one side, a folder as the subscription on the other.

It speaks the provider protocol in place of `azure-native` and of its parameterized package for API 2025-03-01, and
behind it answers as Azure Resource Manager is documented to. It is stricter than the two where silence would hide a
mistake: a name, type or enum value that Azure's schema does not know is refused instead of dropped, and spelling
must be exact although Azure ignores case. Where Azure's behaviour is not known it adds nothing.

What it does not do: Azure is never called, nothing is checked against quotas, permissions or other people's resources,
and every resource group is taken as existing. Traffic flows only with `--rehearse`: then each gateway is raised on this
machine as its resource is created or updated, and a gateway that cannot be raised is a request refused.

    python -m mtls_app_gateway.emulator --subscription FOLDER [--rehearse FOLDER]
    PULUMI_DEBUG_PROVIDERS=azure-native:PORT pulumi up
"""

"""The Pulumi room: the component, its children and the stack's config.

It needs the distribution's extra `pulumi`; everything else of the package works without.
"""

from importlib.util import find_spec

if find_spec("pulumi") is None or find_spec("pulumi_azure_native") is None:
    raise ModuleNotFoundError(
        "The component MtlsAppGateway needs Pulumi and azure-native. Install both with it: "
        "pip install 'mtls-app-gateway[pulumi]'",
        name="pulumi",
    )

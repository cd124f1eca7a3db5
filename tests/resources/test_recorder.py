"""The recorder refuses what Pulumi's own mocks let pass."""

from typing import Any

import pulumi
import pytest
from mtls_app_gateway.resources.gateway_resource import get_package

from .recorder import GATEWAY, PUBLIC_IP, Recorder

IN_A_GROUP = {"resourceGroupName": "rg"}


def register(recorder: Recorder, token: str, inputs: dict[str, Any], *, in_package: bool = False) -> None:
    def program() -> dict[str, pulumi.Output[Any]]:
        package = get_package() if in_package else None
        pulumi.CustomResource(token, "any", inputs, package_ref=package)
        return {}

    recorder.build(program)


@pytest.mark.parametrize(
    ("token", "inputs", "in_package", "violation"),
    [
        ("azure-native:network:LoadBalancer", IN_A_GROUP, False, "an unexpected token"),
        ("azure-native:network:ApplicationGateway", IN_A_GROUP, False, "an unexpected token"),
        (PUBLIC_IP, {**IN_A_GROUP, "colour": "red"}, False, "colour"),
        (PUBLIC_IP, {**IN_A_GROUP, "public_ip_allocation_method": "Static"}, False, "public_ip_allocation_method"),
        (PUBLIC_IP, {}, False, "no resourceGroupName"),
        (PUBLIC_IP, IN_A_GROUP, True, "a package_ref"),
        (GATEWAY, IN_A_GROUP, False, "no package_ref"),
        (
            GATEWAY,
            {
                **IN_A_GROUP,
                "sslProfiles": [{"name": "p", "clientAuthConfiguration": {"verify_client_auth_mode": "Strict"}}],
            },
            True,
            "verify_client_auth_mode",
        ),
    ],
)
def test_a_violation_turns_the_test_red(
    recorder: Recorder, token: str, inputs: dict[str, Any], in_package: bool, violation: str
) -> None:
    """An unknown token, an unknown or snake_case key, a missing parent name and a wrong package are refused."""
    with pytest.raises(AssertionError, match=violation):
        register(recorder, token, inputs, in_package=in_package)


def test_what_is_right_is_recorded(recorder: Recorder) -> None:
    """A registration is kept with its inputs in the clear and the places of its secrets."""
    profile = {"name": "p", "clientAuthConfiguration": {"verifyClientAuthMode": "Strict"}}
    certificate = {"name": "c", "data": pulumi.Output.secret("PFX")}
    register(
        recorder,
        GATEWAY,
        {**IN_A_GROUP, "sslProfiles": [profile], "sslCertificates": [certificate]},
        in_package=True,
    )

    found = recorder.the(GATEWAY)
    assert {**IN_A_GROUP, "sslProfiles": [profile], "sslCertificates": [{"name": "c", "data": "PFX"}]} == found.inputs
    assert {"sslCertificates[0].data"} == found.secrets

"""`arm` and error pages on the real engine: deployed, left as they are, changed alone, rehearsed, and destroyed."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.rehearsal.nginx.not_rehearsed import not_rehearsed
from mtls_app_gateway.verify.judge.verdict import RowOutcome

from tests.engine.component_program import (
    CHILDREN,
    CONFIG,
    GATEWAY,
    SUBSCRIPTION,
    Material,
    Words,
    changes,
    edge,
    mint,
    smallest,
)
from tests.engine.conftest import MakeStack, RunEngine, RunningEmulator
from tests.engine.project import SUBSCRIPTION as OF_THE_PROJECT
from tests.engine.project import copy_project, write_pfx
from tests.verify.asking import outcomes, target_of, verify

PASSWORD = "Hc5Vq8Lm2Zt9Wd3Np"
PAGE = {"status": 400, "url": "https://www.example.com/400.html"}
NETWORK = {"name": "net-edge", "additionalSubnets": [{"name": "links", "addressPrefix": "10.0.2.0/24"}]}


def subnet_of(subscription: str) -> str:
    """The id of the subnet for private link."""
    network = (
        f"/subscriptions/{subscription}/resourceGroups/rg-edge/providers/Microsoft.Network/virtualNetworks/net-edge"
    )
    return f"{network}/subnets/links"


def to(collection: str, name: str) -> dict[str, str]:
    """A reference to a part of the gateway."""
    return {"id": f"$self/{collection}/{name}"}


def everything_else(*, weight: float, subnet: Any) -> dict[str, Any]:
    """A load distribution policy, private link and the validation of Entra tokens, each used."""
    target = {"weightPerServer": weight, "backendAddressPool": to("backendAddressPools", "backend")}
    policy = {
        "loadDistributionAlgorithm": "LeastConnections",
        "loadDistributionTargets": [{"name": "one", "properties": target}],
    }
    address = {"privateIPAllocationMethod": "Dynamic", "primary": True, "subnet": {"id": subnet}}
    token = {"tenantId": "tenant", "clientId": "client", "audiences": ["api"], "unAuthorizedRequestAction": "Deny"}
    rule = {
        "loadDistributionPolicy": to("loadDistributionPolicies", "even"),
        "entraJWTValidationConfig": to("entraJWTValidationConfigs", "token"),
    }
    return {
        "properties": {
            "loadDistributionPolicies": [{"name": "even", "properties": policy}],
            "privateLinkConfigurations": [
                {"name": "link", "properties": {"ipConfigurations": [{"name": "ip", "properties": address}]}}
            ],
            "entraJWTValidationConfigs": [{"name": "token", "properties": token}],
            "frontendIPConfigurations": [
                {"name": "public", "properties": {"privateLinkConfiguration": to("privateLinkConfigurations", "link")}}
            ],
            "requestRoutingRules": [{"name": "route", "properties": rule}],
        }
    }


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def test_arm_and_error_pages_from_first_to_last(
    stack: MakeStack, emulator: RunningEmulator, material: Material, tmp_path: Path
) -> None:
    """All of it arrives; another up changes nothing, another weight or page the gateway alone; every verdict holds."""
    asked: dict[str, Any] = {"weight": 2.0, "pages": [PAGE]}
    subnet = subnet_of(SUBSCRIPTION)

    def arguments() -> dict[str, Any]:
        arm = everything_else(weight=asked["weight"], subnet=pulumi.Output.from_input(subnet))
        return smallest(material, arm=arm, error_pages=asked["pages"], http2=True, network=NETWORK)

    made, words = stack(edge(arguments), config=CONFIG), Words()

    assert {"create": CHILDREN + 3} == changes(words.up(made))
    gateway = emulator.the(GATEWAY)["properties"]
    (policy,) = gateway["loadDistributionPolicies"]
    (target,) = policy["properties"]["loadDistributionTargets"]
    assert 2 == target["properties"]["weightPerServer"]
    (link,) = gateway["privateLinkConfigurations"]
    assert subnet == link["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"]
    (rule,) = gateway["requestRoutingRules"]
    assert {"loadDistributionPolicy", "entraJWTValidationConfig", "rewriteRuleSet"} <= rule["properties"].keys()
    assert [{"statusCode": "HttpStatus400", "customErrorPageUrl": PAGE["url"]}] == gateway["customErrorConfigurations"]

    assert {} == changes(words.up(made))
    asked["weight"] = 3.0
    assert {"update": 1} == changes(words.up(made))
    asked["pages"] = [{**PAGE, "url": "https://www.example.com/other.html"}]
    result = words.up(made)
    assert {"update": 1} == changes(result)

    document = json.loads(result.outputs["document"].value)
    assert {"load distribution policies", "private link", "the validation of Entra tokens"} <= set(
        not_rehearsed(view(document))
    )
    with LocalGateway(tmp_path / "gateway") as running:
        found = outcomes(verify(document, "https", target_of(running.show(document), "https")))
        assert not {RowOutcome.FAILS, RowOutcome.UNANSWERED} & set(found.values()), found

    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "Traceback" not in str(words)


def test_arm_in_the_config_of_a_stack(run_engine: RunEngine, emulator: RunningEmulator, tmp_path: Path) -> None:
    """A stack's file has it as an ARM template has it; a mistake in it stops the preview at its place."""
    project = copy_project(tmp_path / "project", run_engine)
    pfx = write_pfx(project.folder / "edge.pfx", PASSWORD)
    config = {
        "resourceGroupName": "rg-edge",
        "location": "westeurope",
        "mode": "Passthrough",
        "backends": [{"fqdns": ["app.example.com"]}],
        "network": NETWORK,
        "arm": everything_else(weight=7, subnet=subnet_of(OF_THE_PROJECT)),
    }
    project.configure("whole", config, {"listener-pfx": pfx, "listener-password": PASSWORD})

    done = project.run("up", "--yes", "--skip-preview")
    assert 0 == done.returncode, done.stdout + done.stderr
    (policy,) = emulator.the(GATEWAY)["properties"]["loadDistributionPolicies"]
    assert 7 == policy["properties"]["loadDistributionTargets"][0]["properties"]["weightPerServer"]
    again = project.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert 0 == again.returncode, again.stdout + again.stderr
    assert 0 == project.run("destroy", "--yes", "--skip-preview").returncode

    config["arm"] = {"properties": {"loadDistributionPolices": [], "enableHttp2": True}}
    project.configure("wrong", config, {"listener-pfx": pfx, "listener-password": PASSWORD})
    said = project.run("preview")
    assert 0 != said.returncode
    assert "unknown-property: arm.properties.loadDistributionPolices" in said.stdout + said.stderr
    assert "arm-clash: http2: arm.properties.enableHttp2 gives it too" in said.stdout + said.stderr

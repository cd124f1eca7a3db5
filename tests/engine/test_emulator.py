"""The emulator under the real engine behaves as azure-native and Azure do, over the life of a deployment."""

import base64
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.emulator.kinds import GATEWAY_PACKAGE
from mtls_app_gateway.emulator.schema import encoded_parameter
from pulumi import automation as auto

from tests.emulator import subscription_fixtures as fixtures
from tests.emulator.subscription_fixtures import changed
from tests.engine.conftest import MakeStack, Program, RunEngine, RunningEmulator, StartEmulator

GATEWAY = "Microsoft.Network/applicationGateways"
TOKEN = f"{GATEWAY_PACKAGE}:network:ApplicationGateway"
OTHER_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
CONFIG = {
    "azure-native:subscriptionId": fixtures.SUBSCRIPTION,
    f"{GATEWAY_PACKAGE}:subscriptionId": fixtures.SUBSCRIPTION,
}
MODE = "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode"


async def _gateway_package() -> str:
    parameter = base64.b64encode(encoded_parameter()).decode()
    return await pulumi.runtime.register_package("azure-native", "3.29.0", "", GATEWAY_PACKAGE, "3.29.0", parameter)


class Plain(pulumi.CustomResource):
    """A resource without an SDK."""

    def __init__(
        self, token: str, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        package = _gateway_package() if token.startswith(GATEWAY_PACKAGE) else None
        super().__init__(token, name, {"sslProfiles": None, "ipAddress": None} | props, opts, package_ref=package)


class PlainProvider(pulumi.ProviderResource):
    """A provider without an SDK."""

    def __init__(self, package: str, name: str, subscription: str) -> None:
        reference = _gateway_package() if package == GATEWAY_PACKAGE else None
        super().__init__(package, name, {"subscriptionId": subscription}, package_ref=reference)


def build(gateway: dict[str, Any], token: str = TOKEN) -> None:
    """Register a security group, a network, an address and a gateway."""
    doors = Plain("azure-native:network:NetworkSecurityGroup", "doors", fixtures.security_group_inputs())
    network = Plain("azure-native:network:VirtualNetwork", "net", fixtures.network_inputs(doors.id))
    address = Plain("azure-native:network:PublicIPAddress", "address", fixtures.address_inputs())
    inputs = changed(
        gateway, "gatewayIPConfigurations.0.subnet.id", pulumi.Output.concat(network.id, "/subnets/gateway")
    )
    inputs = changed(inputs, "frontendIPConfigurations.0.publicIPAddress.id", address.id)
    pfx = pulumi.Output.secret(fixtures.PFX)
    edge = Plain(token, "edge", changed(inputs, "sslCertificates.0.data", pfx))
    pulumi.export("profiles", pulumi.get(edge, "sslProfiles"))


def subscription_with(gateway: dict[str, Any], token: str = TOKEN) -> Program:
    """A program with this gateway."""
    return lambda: build(gateway, token)


def test_a_deployment_from_preview_to_destroy(stack: MakeStack, emulator: RunningEmulator, tmp_path: Path) -> None:
    """
    A preview makes nothing, an up makes all, a second nothing, a refresh finds no drift, a new mode is one update in
    place, destroy leaves nothing; and no file of engine or emulator ever holds the PFX.
    """
    passthrough = stack(subscription_with(fixtures.gateway_inputs(trustedClientCertificates=[])), config=CONFIG)

    previewed = passthrough.preview()
    assert (previewed.change_summary, emulator.resources()) == ({"create": 5}, {})
    first = passthrough.up()
    assert first.summary.resource_changes == {"create": 5}
    assert first.outputs["profiles"].value[0]["clientAuthConfiguration"]["verifyClientAuthMode"] == "Passthrough"
    assert passthrough.up().summary.resource_changes == {"same": 5}
    assert passthrough.refresh().summary.resource_changes == {"same": 5}

    strict = stack(subscription_with(fixtures.gateway_inputs("Strict")), config=CONFIG)
    updated = strict.up()
    assert updated.summary.resource_changes == {"same": 4, "update": 1}
    assert updated.outputs["profiles"].value[0]["clientAuthConfiguration"]["verifyClientAuthMode"] == "Strict"
    assert strict.up().summary.resource_changes == {"same": 5}

    for path in (found for found in tmp_path.rglob("*") if found.is_file()):
        assert fixtures.PFX.encode() not in path.read_bytes(), path
    strict.destroy()
    assert emulator.resources() == {}


def test_each_provider_has_its_own_subscription(stack: MakeStack, emulator: RunningEmulator) -> None:
    """
    Two explicit providers of one package, one of the other and the default one are kept apart in one process.
    """

    def program() -> None:
        for name, subscription in (("one", "sub-one"), ("two", "sub-two")):
            provider = PlainProvider("azure-native", name, subscription)
            inputs = fixtures.address_inputs(publicIpAddressName=name)
            Plain("azure-native:network:PublicIPAddress", name, inputs, pulumi.ResourceOptions(provider=provider))
        Plain("azure-native:network:PublicIPAddress", "default", fixtures.address_inputs())
        provider = PlainProvider(GATEWAY_PACKAGE, "three", "sub-three")
        inputs = fixtures.gateway_inputs(frontendIPConfigurations=[], gatewayIPConfigurations=[])
        broken = changed(inputs, "httpListeners", [])
        Plain(
            TOKEN,
            "edge",
            changed(changed(broken, "requestRoutingRules", []), "sslProfiles", []),
            pulumi.ResourceOptions(provider=provider),
        )

    made = stack(program, config={"azure-native:subscriptionId": "sub-default"})
    made.up()

    placed = {identity.split("/")[2]: document["name"] for identity, document in emulator.resources().items()}
    assert placed == {"sub-one": "one", "sub-two": "two", "sub-default": "address", "sub-three": "gw"}
    made.destroy()
    assert emulator.resources() == {}


def test_an_emulator_that_dies_forgets_nothing(
    stack: MakeStack, start_emulator: StartEmulator, emulator: RunningEmulator
) -> None:
    """
    Killed while a network is being made, the next emulator on the folder has the security group and not the network.
    """

    def program() -> None:
        doors = Plain("azure-native:network:NetworkSecurityGroup", "doors", fixtures.security_group_inputs())
        Plain("azure-native:network:VirtualNetwork", "net", fixtures.network_inputs(doors.id))

    emulator.end()
    slow = start_emulator("--latency", "2")
    killer = threading.Thread(target=_kill_at_second_create, args=(slow,))
    killer.start()
    with pytest.raises(auto.CommandError):
        stack(program, emulator=slow, config=CONFIG).up()
    killer.join()
    assert list(slow.resources()) == [fixtures.GROUP_ID]

    again = stack(program, emulator=start_emulator(), config=CONFIG)
    again.refresh(clear_pending_creates=True)
    assert again.up().summary.resource_changes == {"create": 1, "same": 2}
    assert again.up().summary.resource_changes == {"same": 3}


def _kill_at_second_create(running: RunningEmulator) -> None:
    until = time.monotonic() + 60
    while len(running.journal("Create")) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    running.end(signal.SIGKILL)


def test_the_default_module_loses_the_mode(stack: MakeStack, emulator: RunningEmulator) -> None:
    """
    The trap: azure-native's own gateway deploys a Passthrough profile with a chain, green, and Azure makes it Strict.
    """
    gateway = changed(fixtures.gateway_inputs("Strict"), MODE, "Passthrough")
    made = stack(subscription_with(gateway, "azure-native:network:ApplicationGateway"), config=CONFIG)

    outputs = made.up().outputs

    assert "verifyClientAuthMode" not in outputs["profiles"].value[0]["clientAuthConfiguration"]
    profile = emulator.the(GATEWAY)["properties"]["sslProfiles"][0]["properties"]
    assert profile["clientAuthConfiguration"]["verifyClientAuthMode"] == "Strict"


def test_a_refused_gateway_turns_up_red(stack: MakeStack, emulator: RunningEmulator) -> None:
    """
    ARM's code reaches the person who ran up, no secret does, and the rest of the deployment is kept.
    """
    broken = changed(fixtures.gateway_inputs(), "sslCertificates.0.password", "wrong1")
    made = stack(subscription_with(broken), config=CONFIG)

    with pytest.raises(auto.CommandError) as caught:
        made.up()

    message = str(caught.value)
    assert 'Code="ApplicationGatewaySslCertificateInvalidData"' in message
    assert fixtures.PFX[:60] not in message
    assert "Traceback" not in message
    assert len(emulator.resources()) == 3


def test_an_unknown_property_fails_at_preview(stack: MakeStack) -> None:
    """
    A name Azure does not have is reported before anything is created, without the values around it.
    """
    misspelt = changed(fixtures.gateway_inputs(), "sslCertificates.0.pasword", "hunter2")
    made = stack(subscription_with(misspelt), config=CONFIG)

    with pytest.raises(auto.CommandError) as caught:
        made.preview()

    assert "Did you mean 'password'?" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert fixtures.PFX[:60] not in str(caught.value)


def test_an_existing_resource_is_imported(stack: MakeStack, emulator: RunningEmulator) -> None:
    """
    A resource of another stack is imported by its id and then is unchanged.
    """
    options = pulumi.ResourceOptions(import_=fixtures.ADDRESS_ID)
    inputs = fixtures.address_inputs()

    def create() -> None:
        Plain("azure-native:network:PublicIPAddress", "address", inputs)

    def adopt() -> None:
        address = emulator.the("Microsoft.Network/publicIPAddresses")["properties"]["ipAddress"]
        whole = inputs | {"publicIPAddressVersion": "IPv4", "idleTimeoutInMinutes": 4, "ipAddress": address}
        Plain("azure-native:network:PublicIPAddress", "address", whole, options)

    stack(create, config=CONFIG, name="first").up()
    second = stack(adopt, config=CONFIG, name="second")

    assert second.up().summary.resource_changes == {"create": 1, "import": 1}
    assert second.up().summary.resource_changes == {"same": 2}
    assert len(emulator.resources()) == 1


YAML_PROGRAM = """
name: edge
runtime: yaml
resources:
  address:
    type: azure-native:network:PublicIPAddress
    properties:
      resourceGroupName: edge-rg
      sku: {name: Standard}
      publicIPAllocationMethod: Static
outputs:
  location: ${address.location}
"""


def test_a_yaml_program_knows_the_resources(run_engine: RunEngine, tmp_path: Path) -> None:
    """
    A program in YAML is checked against the emulator's schema, and a name is made and a location found for it.
    """
    folder = tmp_path / "yaml"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(YAML_PROGRAM)
    assert run_engine("stack", "init", "test", cwd=folder).returncode == 0

    result = run_engine("up", "--yes", "--skip-preview", cwd=folder)

    assert "westeurope" in result.stdout, result.stderr
    (folder / "Pulumi.yaml").write_text(YAML_PROGRAM.replace("publicIPAllocationMethod", "publicIPAllocation"))
    broken = run_engine("preview", cwd=folder)
    assert broken.returncode != 0
    assert "publicIPAllocation" in broken.stdout + broken.stderr

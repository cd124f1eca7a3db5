"""The component on the real engine: previews, updates in place, no drift, no secret anywhere, red when it must be."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from mtls_app_gateway.resources.gateway_resource import GATEWAY_TOKEN

from tests.engine.component_program import (
    CHILDREN,
    CONFIG,
    GATEWAY,
    PASSWORD,
    WRONG_PASSWORD,
    Material,
    Words,
    changes,
    edge,
    files_with,
    mint,
    smallest,
)
from tests.engine.conftest import MakeStack, RunningEmulator, StartEmulator


@pytest.fixture(scope="module")
def material() -> Material:
    """Certificates for all tests here."""
    return mint()


def chain(name: str, data: Any) -> dict[str, Any]:
    return {"name": name, "data": data}


def updated(emulator: RunningEmulator, since: int) -> list[str]:
    """The types that were changed in Azure since a place in the journal."""
    entries = emulator.journal("Create", "Update", "Delete")
    return [f"{entry['method']} {entry['type']}" for entry in entries[since:]]


def test_inputs_that_are_not_known_yet(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    A backend's name, a subnet and a PFX that other resources give are planned before those exist, and arrive after.
    """

    def arguments() -> dict[str, Any]:
        app = azure_native.network.PublicIPAddress(
            "app",
            resource_group_name="rg-hub",
            sku=azure_native.network.PublicIPAddressSkuArgs(name="Standard"),
            public_ip_allocation_method="Static",
            dns_settings=azure_native.network.PublicIPAddressDnsSettingsArgs(domain_name_label="contoso-app"),
        )
        hub = azure_native.network.VirtualNetwork(
            "hub",
            resource_group_name="rg-hub",
            address_space=azure_native.network.AddressSpaceArgs(address_prefixes=["10.9.0.0/16"]),
        )
        delegation = azure_native.network.DelegationArgs(name="gateways", service_name=GATEWAY)
        subnet = azure_native.network.Subnet(
            "gateways",
            resource_group_name="rg-hub",
            virtual_network_name=hub.name,
            address_prefix="10.9.0.0/24",
            delegations=[delegation],
        )
        return smallest(
            material,
            listener_certificates=[{"pfx": app.id.apply(lambda _: material.pfx), "password": PASSWORD}],
            backends=[{"fqdns": [app.dns_settings.apply(lambda dns: str(dns and dns.fqdn))]}],
            network={"subnet_id": subnet.id},
        )

    made = stack(edge(arguments), config=CONFIG)
    previewed = made.preview()
    assert {"create": 8} == previewed.change_summary
    assert {} == emulator.resources()

    Words().up(made)
    properties = emulator.the(GATEWAY)["properties"]
    (pool,) = properties["backendAddressPools"]
    (configuration,) = properties["gatewayIPConfigurations"]
    assert [{"fqdn": "contoso-app.westeurope.cloudapp.azure.com"}] == pool["properties"]["backendAddresses"]
    assert "/subnets/gateways" in configuration["properties"]["subnet"]["id"]


def test_the_life_of_a_gateway(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    A second up and a refresh find nothing to do, a mode or a chain is one update in place, destroy leaves nothing.
    """
    asked: dict[str, Any] = {}
    partners, devices = chain("partners", material.partners), chain("devices", material.devices)
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    def up(**changed: Any) -> tuple[dict[str, int], list[str], dict[str, str]]:
        asked.update(changed)
        since = len(emulator.journal("Create", "Update", "Delete"))
        result = words.up(made)
        return changes(result), updated(emulator, since), result.outputs["modes"].value

    in_place = ({"update": 1}, [f"Update {GATEWAY_TOKEN}"])
    staged = {"trusted_ca_chains": [partners]}
    assert {"create": CHILDREN + 2} == up(strict=staged)[0]
    assert ({}, [], {"default": "Passthrough"}) == up()
    assert (*in_place, {"default": "Strict"}) == up(mode="Strict")
    assert (*in_place, {"default": "Strict"}) == up(strict={"trusted_ca_chains": [partners, devices]})
    assert (*in_place, {"default": "Strict"}) == up(strict=staged)
    assert (*in_place, {"default": "Passthrough"}) == up(mode="Passthrough")

    assert {} == changes(made.refresh())
    assert ({}, [], {"default": "Passthrough"}) == up()

    made.destroy()
    assert {} == emulator.resources()


@pytest.mark.parametrize("case", ["text", "secret outputs", "no password"])
def test_no_file_and_no_word_holds_a_secret(stack: MakeStack, tmp_path: Path, material: Material, case: str) -> None:
    """
    PFX and password are in no state, log or journal and in nothing the engine prints, however they were given.
    """
    texts = {"pfx": material.bare_pfx} if case == "no password" else {"pfx": material.pfx, "password": PASSWORD}

    def arguments() -> dict[str, Any]:
        given = pulumi.Output.secret if case == "secret outputs" else str
        return smallest(material, listener_certificates=[{key: given(text) for key, text in texts.items()}])

    made, words = stack(edge(arguments), config=CONFIG), Words()
    previewed = made.preview(diff=True)
    result = words.up(made)

    assert {"create": CHILDREN + 2} == changes(result)
    document = result.outputs["document"].value
    told = f"{words}{previewed.stdout}{previewed.stderr}{result.stdout}{result.stderr}{document}"
    secrets = (texts["pfx"][:60], *texts.values())
    assert [] == [text for text in secrets if text in told]
    assert [] == list(files_with(tmp_path, *secrets))
    assert [{"name": "listener"}] == json.loads(document)["properties"]["sslCertificates"]


def test_asked_is_not_got(start_emulator: StartEmulator, stack: MakeStack, material: Material, tmp_path: Path) -> None:
    """
    Where the provider loses the mode an up is red, and so is the next one, though it has nothing to change.
    """
    lossy = start_emulator(
        "--drop", "sslProfiles.clientAuthConfiguration.verifyClientAuthMode", folder=tmp_path / "lossy"
    )
    strict = {"mode": "Strict", "strict": {"trusted_ca_chains": [chain("partners", material.partners)]}}
    made, words = stack(edge(lambda: smallest(material, **strict)), config=CONFIG, emulator=lossy), Words()

    for _ in range(2):
        told = words.red(made.up)
        assert "asked-is-not-got: sslProfiles/default: verifyClientAuthMode was to be Strict and is not there" in told
        assert "Traceback" not in told
    creations = [entry for entry in lossy.journal("Create") if entry["type"].endswith(":ApplicationGateway")]
    assert 1 == len(creations)


def with_another_chain(gateway: dict[str, Any], material: Material) -> dict[str, Any]:
    data = base64.b64encode(material.devices.encode()).decode()
    return {**gateway, "trustedClientCertificates": [{"name": "partners", "data": data}]}


def with_another_listener(gateway: dict[str, Any], _material: Material) -> dict[str, Any]:
    ours = gateway["httpListeners"][0]
    door = {key: value for key, value in ours.items() if key != "sslProfile"} | {"name": "door", "hostNames": ["a.b"]}
    return {**gateway, "httpListeners": [ours, door]}


def without_rewrites(gateway: dict[str, Any], _material: Material) -> dict[str, Any]:
    rules = [{key: rule[key] for key in rule if key != "rewriteRuleSet"} for rule in gateway["requestRoutingRules"]]
    return {**{key: gateway[key] for key in gateway if key != "rewriteRuleSets"}, "requestRoutingRules": rules}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (with_another_chain, "trustedClientCertificates/partners: the trusted CA chain holds other certificates"),
        (with_another_listener, "httpListeners/door: the listener was not asked for"),
        (without_rewrites, "requestRoutingRules/route: its rewrite set was to be set-identity-headers and is none"),
    ],
)
def test_a_transform_does_not_pass_for_what_was_asked(
    stack: MakeStack, material: Material, change: Callable[..., dict[str, Any]], expected: str
) -> None:
    """
    What decides who gets in, and what a backend believes, is compared with the settings, whoever changed it.
    """

    def transform(found: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if found.type_ != GATEWAY_TOKEN:
            return None
        return pulumi.ResourceTransformResult(change(dict(found.props), material), found.opts)

    strict = {"mode": "Strict", "strict": {"trusted_ca_chains": [chain("partners", material.partners)]}}
    program = edge(lambda: smallest(material, **strict), lambda: pulumi.ResourceOptions(transforms=[transform]))
    told = Words().red(stack(program, config=CONFIG).up)

    assert f"asked-is-not-got: {expected}" in told
    assert "Traceback" not in told


def test_the_way_back_from_a_loss(
    start_emulator: StartEmulator, stack: MakeStack, material: Material, tmp_path: Path
) -> None:
    """
    Once the provider knows the property again, an update that refreshes first sends the gateway and is green.
    """
    strict = {"trusted_ca_chains": [chain("partners", material.partners)], "revocation": "OCSP"}
    program, folder = edge(lambda: smallest(material, mode="Strict", strict=strict)), tmp_path / "subscription-of-both"
    lossy = start_emulator("--drop", "sslProfiles.clientAuthConfiguration.verifyClientRevocation", folder=folder)
    words = Words()
    assert "`pulumi up --refresh`" in words.red(stack(program, config=CONFIG, emulator=lossy).up)
    lossy.end()

    made = stack(program, config=CONFIG, emulator=start_emulator(folder=folder))
    assert "asked-is-not-got" in words.red(made.up)
    assert {"update": 1} == changes(made.up(refresh=True))
    assert {} == changes(made.up())


def known_in_an_up(text: str, vault: pulumi.CustomResource) -> pulumi.Output[str]:
    """A secret that another resource gives once it exists."""
    return pulumi.Output.secret(vault.id.apply(lambda _: text))


@pytest.mark.parametrize("wrong", ["password", "chain"])
def test_what_is_wrong_on_arrival_stops_the_gateway(
    stack: MakeStack, emulator: RunningEmulator, tmp_path: Path, material: Material, wrong: str
) -> None:
    """
    A wrong password and a private key in a chain, both outputs, leave no gateway, no traceback and no secret behind.
    """
    chain_text = material.private_key + material.partners

    def arguments() -> dict[str, Any]:
        vault = azure_native.network.PublicIPAddress("vault", resource_group_name="rg-edge")
        if wrong == "password":
            password = known_in_an_up(WRONG_PASSWORD, vault)
            certificate = {"pfx": known_in_an_up(material.pfx, vault), "password": password}
            return smallest(material, listener_certificates=[certificate])
        given = chain("partners", known_in_an_up(chain_text, vault))
        return smallest(material, mode="Strict", strict={"trusted_ca_chains": [given]})

    made, words = stack(edge(arguments), config=CONFIG), Words()
    assert {"create": CHILDREN + 3} == made.preview().change_summary
    told = words.red(made.up)

    rule = {"password": "pfx-password-wrong: listenerCertificates[0].pfx", "chain": "private-key"}[wrong]
    assert rule in told
    assert "Traceback" not in told
    assert GATEWAY not in {document["type"] for document in emulator.resources().values()}
    secrets = (WRONG_PASSWORD, PASSWORD, material.pfx[:60], material.private_key.splitlines()[1])
    assert [] == [text for text in secrets if text in told]
    assert [] == list(files_with(tmp_path, *secrets))


def test_bad_arguments_register_nothing(stack: MakeStack, emulator: RunningEmulator, material: Material) -> None:
    """
    A program's mistakes are told all at once by a preview, without a traceback, before any resource.
    """
    wrong = {"pfx": material.pfx, "password": WRONG_PASSWORD}
    given = smallest(material, mode="Strict", listener_certificates=[wrong], colour="red")
    told = Words().red(stack(edge(lambda: given), config=CONFIG).preview)

    for rule in (
        "strict-block-missing: strict",
        "pfx-password-wrong: listenerCertificates[0].pfx",
        "unknown-key: colour",
    ):
        assert rule in told
    assert WRONG_PASSWORD not in told
    assert "Traceback" not in told
    assert {"Configure"} >= {entry["method"] for entry in emulator.journal()}

"""A YAML program and a Python program that ask for the same get the same, late values and secrets included."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_azure_native as azure_native
from mtls_app_gateway import MtlsAppGateway, MtlsAppGatewayArgs

from tests.engine.component_program import CONFIG, GATEWAY, PASSWORD, Material, files_with
from tests.engine.conftest import REPOSITORY, MakeStack, RunningEmulator, StartEmulator

from .configurations import GROUP, HUB, LOCATION, Later, Secret, configurations, in_python, in_yaml, leaves
from .conftest import MakeYamlProject
from .yaml_project import COMPONENT, changes_in, edge

CARRIER = {"resourceGroupName": GROUP, "location": LOCATION}
RANDOM = ("etag", "resourceGuid")
SCHEMA = json.loads((REPOSITORY / "components" / "schema.json").read_text())
OUTPUTS = ("document", "modes", "trustedChains", "fqdn", "url")


def consumer(material: Material) -> dict[str, Any]:
    """The resources of a YAML program with all ten components."""
    hub = {f"hub{at}": {"type": token, "properties": given} for at, (token, given) in enumerate(HUB.items())}
    edges = {
        name: edge(in_yaml(settings, "group"), dependsOn=[f"${{{known}}}" for known in hub])
        for name, settings in configurations(material).items()
    }
    return {"group": {"type": "azure-native:resources:ResourceGroup", "properties": CARRIER}, **hub, **edges}


def program(material: Material) -> None:
    """The same in Python."""
    group = azure_native.resources.ResourceGroup("group", resource_group_name=GROUP, location=LOCATION)
    network, firewall, security_group = HUB.values()
    hub = [
        azure_native.network.VirtualNetwork("hub0", **_snake_keys(network)),
        azure_native.network.WebApplicationFirewallPolicy("hub1", **_snake_keys(firewall)),
        azure_native.network.NetworkSecurityGroup("hub2", **_snake_keys(security_group)),
    ]
    for name, settings in configurations(material).items():
        arguments = cast(MtlsAppGatewayArgs, in_python(settings, group.id))
        gateway = MtlsAppGateway(name, arguments, pulumi.ResourceOptions(depends_on=hub))
        outputs = (gateway.document, gateway.modes, gateway.trusted_chains, gateway.fqdn, gateway.url)
        pulumi.export(name, dict(zip(OUTPUTS, outputs, strict=True)))


def _snake_keys(given: Mapping[str, Any]) -> dict[str, Any]:
    return cast(dict[str, Any], in_python(given, pulumi.Output.from_input("")))


def without_chance(found: Any) -> Any:
    """The same without what is random or depends on who came first: ends of automatic names, versions, addresses."""
    text = re.sub(r"(-(?:gateway|lock|public-ip|network|security-group))[0-9a-f]{8}\b", r"\1", json.dumps(found))
    text = re.sub(r"203\.0\.113\.[1-9]\d*", "203.0.113.X", text)
    return json.loads(
        text, object_hook=lambda each: {key: it for key, it in each.items() if it is not None and key not in RANDOM}
    )


def inputs(properties: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, bool]]:
    """Every input of the schema by its path, and whether it may be an output."""
    for name, found in properties.items():
        where = f"{path}.{name}".lstrip(".")
        item = found.get("items", found)
        shape = SCHEMA["types"].get(item.get("$ref", "").removeprefix("#/types/"), {})
        if "properties" in shape:
            yield from inputs(shape["properties"], where)
        else:
            yield where, "plain" not in item


def shape_path(path: str) -> str:
    """The path without a key that is free, such as a tag's, and a profile's keys as those of the default one."""
    free = r"^(tags|arm|rewrites\.\w+Headers)\..*"
    return re.sub(r"^profiles\.(?=strict|tlsPolicy)", "", re.sub(free, r"\1", path))


def test_each_input_is_tried_each_way(material: Material) -> None:
    """The ten give every input as a literal, and each that may be an output as one that is unknown at first."""
    tried: dict[str, set[type]] = {}
    for path, kinds in leaves(list(configurations(material).values())).items():
        tried[shape_path(path)] = tried.get(shape_path(path), set()) | kinds
    known = {shape_path(path): later for path, later in inputs(SCHEMA["resources"][COMPONENT]["inputProperties"])}
    # Every preview reads the address, which none of these stacks could make before: see tests/engine/test_frontends.py.
    del known["publicIp.id"]

    assert set(known) == set(tried)
    assert [] == [path for path, later in known.items() if later and not {str, Later} <= tried[path]]
    assert [] == [path for path, later in known.items() if not later and Later in tried.get(path, ())]
    assert {"listenerCertificates.pfx", "listenerCertificates.password", "strict.trustedCaChains.data"} == {
        path for path, kinds in tried.items() if Secret in kinds
    }


def made_in(emulator: RunningEmulator) -> dict[str, Any]:
    """What the components made; what was there before them notes its users in the order they came."""
    return {its_id: found for its_id, found in emulator.resources().items() if f"/{GROUP}/" in its_id}


def test_ten_configurations(  # noqa: PLR0917 - its fixtures
    material: Material,
    yaml_project: MakeYamlProject,
    emulator: RunningEmulator,
    start_emulator: StartEmulator,
    stack: MakeStack,
    tmp_path: Path,
) -> None:
    """Preview with unknowns, then up: everything in Azure and every output are those of Python."""
    names = list(configurations(material))
    project = yaml_project(
        consumer(material), outputs={name: {key: f"${{{name}.{key}}}" for key in OUTPUTS} for name in names}
    )
    project.init()
    other = start_emulator(folder=tmp_path / "for-python")

    planned = changes_in(project.run("preview"))
    assert [] == emulator.journal("Create")
    assert {"created": planned["to create"]} == project.up()
    python = stack(lambda: program(material), emulator=other, config=CONFIG, project="python")
    python.up()

    assert without_chance(made_in(other)) == without_chance(made_in(emulator))
    assert 10 == len([each for each in made_in(emulator).values() if each["type"] == GATEWAY])
    in_python = {name: found.value for name, found in python.outputs().items()}
    assert without_chance(in_python) == without_chance(project.outputs())
    assert [] == list(files_with(tmp_path / "backend", material.pfx, PASSWORD))

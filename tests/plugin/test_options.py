"""The options of a resource, on a component that a YAML program gets through the plugin."""

import base64
from pathlib import Path
from typing import Any

import yaml
from mtls_app_gateway.emulator.schema import encoded_parameter
from mtls_app_gateway.resources.azure_resource import base_version
from mtls_app_gateway.resources.gateway_resource import GATEWAY_TOKEN, PACKAGE

from tests.engine.component_program import CHILDREN, GATEWAY, SUBSCRIPTION, Material
from tests.engine.conftest import RunningEmulator

from .configurations import LOCATION, in_yaml
from .conftest import MakeYamlProject
from .test_refusals import problems_in, smallest
from .yaml_project import COMPONENT, YamlProject, edge

OTHER = "22222222-2222-2222-2222-222222222222"
AZURE = {"type": "pulumi:providers:azure-native", "properties": {"subscriptionId": OTHER}}
GATEWAYS = {"type": f"pulumi:providers:{PACKAGE}", "properties": {"subscriptionId": OTHER}}
TIMEOUTS = {"create": "90m", "update": "1h30m", "delete": "45m"}


def group(name: str, **options: Any) -> dict[str, Any]:
    """A resource group."""
    given = {"resourceGroupName": name, "location": LOCATION}
    return {"type": "azure-native:resources:ResourceGroup", "properties": given, "options": options}


def lock(folder: Path) -> None:
    """What `pulumi install` writes so that a YAML program can have a provider for the gateway's package."""
    parameter = base64.b64encode(encoded_parameter()).decode()
    declared = {
        "packageDeclarationVersion": 1,
        "name": "azure-native",
        "version": base_version(),
        "parameterization": {"name": PACKAGE, "version": base_version(), "value": parameter},
    }
    path = folder / "sdks" / PACKAGE / f"{PACKAGE}-{base_version()}.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(declared))


def children(project: YamlProject, name: str) -> dict[str, dict[str, Any]]:
    """The children of a component in the state, by the part of their name that follows the component's."""
    prefix = f"{name}-"
    return {
        key.split(" ")[1].removeprefix(prefix): each
        for key, each in project.state().items()
        if each.get("parent", "").endswith(f"::{name}") and key.split(" ")[1].startswith(prefix)
    }


def test_options_reach_the_children(
    material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator
) -> None:
    """
    Protection, retention, order, parent and timeouts hold for what the component makes; under another name with an
    alias, everything is the same as before.
    """
    settings = in_yaml(smallest(material, timeouts=TIMEOUTS), "")
    options = {"parent": "${parent}", "dependsOn": ["${before}"], "protect": True, "retainOnDelete": True}
    others = {"parent": group("rg-parent"), "before": group("rg-before")}
    project = yaml_project({**others, "old": edge(settings, **options)})
    project.init()

    project.up()
    component, made = project.state()[f"{COMPONENT} old"], children(project, "old")
    project.write({**others, "new": edge(settings, **options, aliases=[{"name": "old"}])})
    renamed = project.up()

    assert CHILDREN == len(made)
    assert component["parent"].endswith("::parent")
    in_azure = {name: each for name, each in made.items() if not each["type"].startswith("pulumi:")}
    assert {True} == {each.get("protect") for each in made.values()}
    assert {True} == {each.get("retainOnDelete") for each in in_azure.values()}
    assert {"create": 5400, "update": 5400, "delete": 2700} == made["gateway"]["customTimeouts"]
    order = [entry["type"] for entry in emulator.journal("Create") if not entry.get("preview")]
    assert order[:2] == ["azure-native:resources:ResourceGroup"] * 2
    assert {"unchanged"} == renamed.keys()
    assert {name: each["id"] for name, each in in_azure.items()} == {
        name: each["id"] for name, each in children(project, "new").items() if name in in_azure
    }


def test_providers(material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator) -> None:
    """
    Providers for both packages are each used for its own; one alone is refused; and where a parent hands one down that
    cannot be seen, a gateway of another subscription, or of one that nobody told, is refused before it is registered.
    """
    settings = in_yaml(smallest(material), "")
    both = {"providers": ["${azure}", "${gateways}"]}
    providers = {"azure": AZURE, "gateways": GATEWAYS}
    outer = {**providers, "outer": edge(settings, **both)}
    project = yaml_project({"azure": AZURE, "edge": edge(settings, providers=["${azure}"])})
    lock(project.folder)
    project.init()

    alone = project.refused("preview")
    project.write({**outer, "edge": edge(settings, parent="${outer}")})
    differs = project.refused("up", "--yes", "--skip-preview")
    project.run("config", "rm", "azure-native:subscriptionId")
    untold = project.refused("up", "--yes", "--skip-preview")
    project.write({**outer, "edge": edge(settings, parent="${outer}", **both)})
    project.up()

    assert ["provider-missing: providers"] == problems_in(alone)
    assert ["subscriptions-differ: providers"] == problems_in(differs)
    assert f"the gateway's provider is set to {SUBSCRIPTION}" in differs
    assert ["subscriptions-differ: providers"] == problems_in(untold)
    assert "the gateway's provider is set to none that is known here" in untold
    ids = [its_id for its_id, each in emulator.resources().items() if each["type"] == GATEWAY]
    assert [f"/subscriptions/{OTHER}"] * 2 == [its_id.split("/resourceGroups")[0] for its_id in ids]
    assert f"{GATEWAY_TOKEN} edge-gateway" in project.state()


def test_providers_that_differ_make_nothing(
    material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator
) -> None:
    """
    Explicit providers of two subscriptions are refused in the preview, and by an update before anything is made.
    """
    here = {**AZURE, "properties": {"subscriptionId": SUBSCRIPTION}}
    declared = edge(in_yaml(smallest(material), ""), providers=["${azure}", "${gateways}"])
    project = yaml_project({"azure": here, "gateways": GATEWAYS, "edge": declared})
    lock(project.folder)
    project.init()

    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        said = project.refused(*command)
        assert ["subscriptions-differ: providers"] == problems_in(said)
        assert f"set to subscription {SUBSCRIPTION}, the gateway's to {OTHER}" in said
    assert {} == emulator.resources()

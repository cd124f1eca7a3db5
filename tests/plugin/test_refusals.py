"""Mistakes in a YAML program: our list as it is, all of it, nothing after it, no secret, nothing registered."""

import os
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import automation as auto

from tests.engine.component_program import GATEWAY, PASSWORD, WRONG_PASSWORD, Material
from tests.engine.conftest import MakeStack, RunningEmulator

from .configurations import GROUP, LOCATION, Later, Secret, in_yaml
from .conftest import MakeYamlProject
from .yaml_project import COMPONENT, edge

CARRIER = {
    "type": "azure-native:resources:ResourceGroup",
    "properties": {"resourceGroupName": GROUP, "location": LOCATION},
}
TITLE = "the gateway cannot be built as asked"


def smallest(material: Material, **changes: Any) -> dict[str, Any]:
    """The smallest use, with these settings."""
    return {
        "resourceGroupName": GROUP,
        "mode": "Passthrough",
        "listenerCertificates": [{"pfx": Secret(material.pfx), "password": Secret(PASSWORD)}],
        "backends": [{"fqdns": ["app.example.com"]}],
        **changes,
    }


def problems_in(said: str) -> list[str]:
    """The rules and places that the one error told, which stands at the end of all that the engine said."""
    diagnostics = said.rsplit("Diagnostics:\n", 1)[1]
    said_of, table = diagnostics.split("\n\nResources:\n", 1)
    # What is a warning stands in a paragraph of its own.
    (error,) = (paragraph for paragraph in said_of.split("\n\n") if "error: " in paragraph)
    head, *lines = [line.strip() for line in error.splitlines() if line.strip() and "pulumi:pulumi:Stack" not in line]
    assert 1 == diagnostics.count("error: "), said
    assert f"resource 'edge' has a problem: {TITLE}: {len(lines)} problem" in head, said
    assert re.fullmatch(r"(    [ +~-]*\d+ [a-z ]+\n)+\s*(Duration: \w+\s*)?", table), said
    for noise in ("Traceback", "Unexpected", 'File "', "prematurely", "Exception"):
        assert noise not in said
    return [": ".join(line.split(": ")[:2]) for line in lines]


def test_every_mistake_is_told_at_once(
    material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator
) -> None:
    """A preview tells everything that is wrong, in the program's spelling, and shows no secret and no value of one."""
    settings = smallest(
        material,
        strict={
            "trustedCaChains": [{"data": material.partners + material.private_key}, {"data": Secret("hidden text")}],
        },
        profiles=[{"name": "devices", "mode": "Strct", "strict": {"revocation": "CRL"}}],
        listenerCertificates=[{"pfx": Secret(material.pfx), "password": Secret(WRONG_PASSWORD)}],
        listeners=[{"name": "https", "port": 84430}, {"name": Secret("hidden name")}],
        tlsPolicy={"policyName": Later("AppGwSslPolicy20220101S")},
        backends=[{"fqdns": ["app.example.com"], "requestTimeout": 1.5}],
    )
    project = yaml_project({"group": CARRIER, "edge": edge(in_yaml(settings, "group"))})
    project.init()

    said = project.refused("preview")

    assert sorted(problems_in(said)) == [
        "mode-unknown: profiles[0].mode",
        "not-certificates: strict.trustedCaChains[1]",
        "not-known-yet: listeners[1].name",
        "not-known-yet: tlsPolicy.policyName",
        "pfx-password-wrong: listenerCertificates[0].pfx",
        "private-key-inside: strict.trustedCaChains[0], block 2",
        "revocation-unknown: profiles[0].strict.revocation",
        "wrong-value: backends[0].requestTimeout",
        "wrong-value: listeners[0].port",
    ]
    assert [] == [each for each in (material.pfx, WRONG_PASSWORD, material.private_key[40:80]) if each in said]
    assert [] == emulator.journal("Create")


def test_unknown_values_postpone_only_what_needs_them(material: Material, yaml_project: MakeYamlProject) -> None:
    """
    A preview judges everything but the values that are not there yet; as soon as they are, and before anything of the
    component is registered, they are judged too.
    """
    late = {"pfx": Secret(Later(material.pfx)), "password": Secret(Later(WRONG_PASSWORD))}
    chain = {"name": "partners", "data": Later(material.private_key)}
    settings = smallest(material, mode="Strict", listenerCertificates=[late], strict={"trustedCaChains": [chain]})
    profiles = [{"name": "devices", "mode": "Stricter"}]
    project = yaml_project({"group": CARRIER, "edge": edge(in_yaml({**settings, "profiles": profiles}, "group"))})
    project.init()

    previewed = project.refused("preview")
    project.write({"group": CARRIER, "edge": edge(in_yaml(settings, "group"))})
    said = project.refused("up", "--yes")

    assert ["mode-unknown: profiles[0].mode"] == problems_in(previewed)
    assert [
        "pfx-password-wrong: listenerCertificates[0].pfx",
        "private-key-inside: strict.trustedCaChains[0], block 1",
    ] == sorted(problems_in(said))
    assert [] == [each for each in (material.pfx, WRONG_PASSWORD, material.private_key[40:80]) if each in said]
    assert ["azure-native:resources:ResourceGroup group"] == [key for key in project.state() if "pulumi:" not in key]


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"mode": "Strct"}, 'Passthrough ("Passthrough"), Strict ("Strict")'),
        ({"strict": {"revocation": "CRL"}}, 'None ("None"), OCSP ("OCSP")'),
    ],
)
def test_a_wrong_word_is_refused_by_the_schema(
    material: Material, yaml_project: MakeYamlProject, changes: dict[str, Any], allowed: str
) -> None:
    """The words of an enum are in the schema, so YAML names them before the component is asked for anything."""
    project = yaml_project({"edge": edge(in_yaml(smallest(material, **changes), ""))})
    project.init()

    assert f"Allowed values are {allowed}" in project.refused("preview")


def test_unknown_keys_are_told(
    material: Material, stack: MakeStack, plugin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that nobody knows is told at any depth; YAML finds them itself, but other languages pass them on."""
    monkeypatch.setenv("PATH", f"{plugin_folder}{os.pathsep}{os.environ['PATH']}")
    given = {
        "resourceGroupName": GROUP,
        "mode": "Passthrough",
        "listenerCertificates": [{"pfx": material.pfx, "password": PASSWORD, "keyVaultId": "x"}],
        "backends": [{"fqdns": ["app.example.com"], "prob": {"path": "/"}}],
        "strikt": {},
    }

    with pytest.raises(auto.CommandError) as refused:
        stack(lambda: Remote("edge", given)).preview()

    assert ["backends[0].prob", "listenerCertificates[0].keyVaultId", "strikt"] == sorted(
        re.findall(r"unknown-key: (\S+): ", str(refused.value).split("Diagnostics:")[1])
    )


class Remote(pulumi.ComponentResource):
    """The component as a generated SDK asks for it."""

    def __init__(self, name: str, given: dict[str, Any]) -> None:
        super().__init__(COMPONENT, name, given, remote=True)


@pytest.mark.parametrize(
    "emulator", [("--drop", "sslProfiles.clientAuthConfiguration.verifyClientAuthMode")], indirect=True
)
def test_asked_is_not_got(material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator) -> None:
    """What is found out after Azure has answered ends a deployment in the same words."""
    settings = smallest(material, mode="Strict", strict={"trustedCaChains": [{"data": material.partners}]})
    project = yaml_project({"edge": edge(in_yaml(settings, ""))})
    project.init()

    said = project.refused("up", "--yes", "--skip-preview")

    assert ["asked-is-not-got: sslProfiles/default"] == problems_in(said)
    assert GATEWAY == emulator.the(GATEWAY)["type"]

"""
Each gateway of `examples/gateways` goes up, stays as it is, is rehearsed, is edited in place, and goes away.

The program is the project's own, run in this process on the real engine, which takes half the time of the command line.
The README's lines are typed for one of them.
"""

import json
import re
import runpy
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.verify.judge.verdict import RowOutcome
from mtls_app_gateway.verify.report.report import Report, Section
from pulumi import automation as auto

from tests.engine.component_program import PASSWORD, SUBSCRIPTION, Material, Words, changes, mint
from tests.engine.conftest import MakeStack, RunEngine, RunningEmulator
from tests.engine.project import PROJECT, REPOSITORY, copy_project, write_pfx

FOLDER = REPOSITORY / "examples/gateways"
NEXT_ROOT = "authorities/next-root.pem"
ROOTS = ("authorities/backend-root.pem", NEXT_ROOT)


class Example(NamedTuple):
    """What is tried with a gateway."""

    reached: Mapping[str, set[str]]
    """The pools that requests to each listener reach in the rehearsal; none by a redirect."""
    setting: str
    """What its owner changes then, by `pulumi config set --path`."""
    value: str


EXAMPLES = {
    "redirect": Example(
        {"https": {"backend"}, "redirect-https": set()}, "listeners[0].hostNames[1]", "www.example.com"
    ),
    "multi-site": Example({"shop": {"shop"}, "tenants": {"tenants"}}, "listeners[1].hostNames[1]", "*.example.org"),
    "path-based": Example({"https": {"shop", "images"}}, "routes[0].paths[0].paths[2]", "/pictures/*"),
    "private": Example({"https": {"backend"}}, "backends[0].ipAddresses[1]", "10.0.2.5"),
    "both-frontends": Example({"outside": {"backend"}, "inside": {"backend"}}, "profiles[1].strict.revocation", "OCSP"),
    "aks-ingress": Example({"https": {"backend"}}, "backends[0].ipAddresses[0]", "10.0.4.201"),
    "app-service": Example({"https": {"backend"}}, "backends[0].probe.path", "/ready"),
    "api-management": Example({"https": {"backend"}}, "backends[0].ipAddresses[1]", "10.0.1.5"),
    "two-profiles": Example({"partners": {"orders"}, "devices": {"telemetry"}}, "profiles[1].mode", "Strict"),
    "end-to-end-tls": Example({"https": {"backend"}}, "backends[0].trustedRoots[1].path", NEXT_ROOT),
}


@pytest.fixture(scope="module")
def material() -> Material:
    """The listeners' certificate."""
    return mint()


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRehearsal]:
    """One rehearsal, which shows each gateway in its turn."""
    with LocalRehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@pytest.fixture
def make(
    stack: MakeStack, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], auto.Stack]:
    """Make the stack of an example, in a copy of this project that is the working directory."""
    folder = tmp_path / "project"
    shutil.copytree(REPOSITORY / "authorities", folder / "authorities")
    for path in (REPOSITORY / "Pulumi.yaml", REPOSITORY / "__main__.py"):
        shutil.copy(path, folder)
    for name in ROOTS:
        (folder / name).write_text(Authority.create(name, now=datetime.now(UTC)).certificate_pem)
    monkeypatch.chdir(folder)
    secrets = {"listener-pfx": material.pfx, "listener-password": PASSWORD}

    def make_one(name: str) -> auto.Stack:
        text = (FOLDER / f"Pulumi.{name}.yaml").read_text()
        (folder / f"Pulumi.{name}.yaml").write_text(f"{text}  azure-native:subscriptionId: {SUBSCRIPTION}\n")
        return stack(run_project, name=name, project=PROJECT, folder=folder, secrets=secrets)

    return make_one


@pytest.mark.parametrize("page", ["examples/gateways/README.md", "docs/platform.md"])
def test_every_example_is_tried_and_listed(page: str) -> None:
    """
    A stack file without an entry here is never deployed, and one that a page does not list is never found.
    """
    files = sorted(path.name for path in FOLDER.glob("*.yaml"))
    listed = re.findall(r"^\| \[.+?\]\(\S*?(Pulumi\.[\w-]+\.yaml)\) \|", (REPOSITORY / page).read_text(), re.MULTILINE)

    assert sorted(f"Pulumi.{name}.yaml" for name in EXAMPLES) == files == sorted(listed)


@pytest.mark.parametrize("name", EXAMPLES)
def test_from_first_to_last(
    name: str, make: Callable[[str], auto.Stack], emulator: RunningEmulator, rehearsal: LocalRehearsal
) -> None:
    """
    Up without a warning; up again without a change; rehearsed, every verdict holds, and each listener's requests reach
    their backends; an edit updates the gateway alone; a destroy leaves nothing.
    """
    example, made, words = EXAMPLES[name], make(name), Words()

    assert {"create"} == changes(words.up(made)).keys()
    assert "warning" not in str(words)
    assert {} == changes(words.up(made))

    report = knock(rehearsal.show(document_of(made)), name, progress=lambda _answered, _all: None)
    assert {} == broken(report)
    assert example.reached == {section.promise.listener: pools_of(section) for section in report.sections}

    made.set_config(f"{PROJECT}:{example.setting}", auto.ConfigValue(example.value), path=True)
    assert {"update": 1} == changes(words.up(made))
    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()


def test_the_lines_of_the_readme(run_engine: RunEngine, emulator: RunningEmulator, tmp_path: Path) -> None:
    """
    By the README's lines an example goes up from the command line.
    """
    project = copy_project(tmp_path / "project", run_engine)
    write_pfx(project.folder / "edge.pfx", PASSWORD)
    (block,) = re.findall(r"```sh\n(.*?)pulumi up\n```", (FOLDER / "README.md").read_text(), re.DOTALL)
    project.type_lines(block, PASSWORD)

    done = project.run("up", "--yes", "--skip-preview")

    assert 0 == done.returncode, done.stdout + done.stderr
    gateway = emulator.the("Microsoft.Network/applicationGateways")
    assert "redirectConfigurations" in gateway["properties"]
    assert "Strict-Transport-Security" in json.dumps(gateway), "an empty object in a stack file is a setting here"


def run_project() -> None:
    """The program of this project, in the working directory."""
    runpy.run_path("__main__.py")


def document_of(made: auto.Stack) -> dict[str, Any]:
    """The gateway document in a stack's state."""
    resources = (made.export_stack().deployment or {})["resources"]
    (component,) = (each for each in resources if each["type"].endswith(":MtlsAppGateway"))
    document: dict[str, Any] = json.loads(component["outputs"]["document"])
    return document


def broken(report: Report) -> dict[str, str]:
    """The rows whose verdict does not hold; of what Azure does in such a case nothing is known, there is no verdict."""
    verdicts = [verdict for section in report.sections for verdict in section.verdicts]
    without = {RowOutcome.HOLDS, RowOutcome.NOT_JUDGED}
    return {verdict.row: verdict.words for verdict in verdicts if verdict.outcome not in without}


def pools_of(section: Section) -> set[str]:
    """The pools that answered the requests to a listener."""
    forwarded = [verdict.observation.forwarded for verdict in section.verdicts if verdict.observation]
    return {each.pool for each in forwarded if each and each.pool}

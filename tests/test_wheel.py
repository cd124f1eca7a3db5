"""The wheel: what is in it, and that it works where nothing of this repository is.

Its dependencies are linked from the environment of the tests, exactly those that the wheel names and theirs; that an
index has them is not asked here.
"""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from mtls_app_gateway.cli import COMMANDS
from packaging.requirements import Requirement

COMPONENTS = Path(__file__).parents[1] / "components"
PACKAGE = "mtls_app_gateway"
PROJECT = tomllib.loads((COMPONENTS / "pyproject.toml").read_text())["project"]
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"}
QUICKSTART = COMPONENTS.parent / "tests/fixtures/quickstart"


def required(names: Iterator[Requirement], into: dict[str, Distribution] | None = None) -> dict[str, Distribution]:
    """The distributions of this environment that requirements lead to, and those that these require."""
    found = {} if into is None else into
    for requirement in names:
        if requirement.name not in found:
            found[requirement.name] = distribution(requirement.name)
            required(requirements(found[requirement.name].requires or [], ""), found)
    return found


def requirements(lines: list[str], extra: str) -> Iterator[Requirement]:
    """The requirements of a distribution that hold on this machine, with an extra or with none."""
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from what a clean checkout has."""
    folder = tmp_path_factory.mktemp("wheel")
    clean = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", ".venv")
    shutil.copytree(COMPONENTS, folder / "components", ignore=clean)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(folder / "components")], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def install(wheel: Path, name: str, lines: list[str]) -> Path:
    """Install the wheel into an empty environment that has what these lines require; the folder of its commands."""
    home = wheel.parent / name
    venv.create(home, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--quiet", str(wheel)], check=True)
    (packages,) = (home / "lib").glob("python*/site-packages")
    for each in required(requirements(lines, "")).values():
        tops = {file.parts[0] for file in each.files or () if file.parts[0] not in {"..", "__pycache__"}}
        for top in tops - {inside.name for inside in packages.iterdir()}:
            (packages / top).symlink_to(str(each.locate_file(top)))
    return home / "bin"


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The commands of an environment with the component: the wheel and its extra `pulumi`."""
    return install(wheel, "component", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["pulumi"]])


@pytest.fixture(scope="module")
def tools(wheel: Path) -> Path:
    """The commands of an environment without the component: the wheel, and nginx."""
    return install(wheel, "tools", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["rehearsal"]])


def run(installed: Path, *command: str) -> str:
    """What a command of that environment prints; standard error has notes and the review's findings alone."""
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=installed,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [] == [line for line in done.stderr.splitlines() if not line.startswith(("note: ", "warning: "))]
    return done.stdout


def test_its_contents(wheel: Path) -> None:
    """The package as it is here, and what describes it: no test, no tool, no state, no plugin project."""
    folder = COMPONENTS / PACKAGE
    shipped = {path for path in folder.rglob("*") if path.suffix in {".py", ".json", ".txt", ".css", ".typed"}}
    metadata = {f"{PACKAGE}-{PROJECT['version']}.dist-info/{name}" for name in METADATA}

    contents = set(ZipFile(wheel).namelist())

    assert metadata | {str(path.relative_to(COMPONENTS)) for path in shipped} == contents
    assert f"{PACKAGE}/py.typed" in contents
    assert "py3-none-any" in wheel.name


def test_it_works_where_it_is_installed(installed: Path) -> None:
    """Imports are silent with every warning an error, the plugin knows its version, the command runs."""
    program = (
        "import mtls_app_gateway as package; from mtls_app_gateway.resources.plugin import GatewayPlugin;"
        "print(package.__file__, package.MtlsAppGateway.__name__, GatewayPlugin().version)"
    )

    where, name, version = run(installed, "python", "-W", "error", "-c", program).split()

    assert Path(where).is_relative_to(installed.parent)
    assert ("MtlsAppGateway", PROJECT["version"]) == (name, version)
    assert "check" in run(installed, "mtls-gateway", "--help")


def test_every_command_starts_without_pulumi(tools: Path) -> None:
    """Without Pulumi and azure-native each command still loads, and shows its help."""
    for command in COMMANDS:
        assert run(tools, "mtls-gateway", command, "--help").startswith(f"Usage: mtls-gateway {command}")


def test_the_tools_work_without_pulumi(tools: Path) -> None:
    """Chains are checked, a template is written, and a gateway is rehearsed and verified, all without Pulumi."""
    document = [str(QUICKSTART / "template.json"), "--parameters", str(QUICKSTART / "parameters.json")]

    assert "2 bundles, 2 usable chains" in run(tools, "mtls-gateway", "check", str(COMPONENTS.parent / "authorities"))
    assert '"2025-03-01"' in run(tools, "mtls-gateway", "template", *document)
    assert "44 hold" in run(tools, "mtls-gateway", "rehearse", *document)
    assert PROJECT["version"] in run(tools, "mtls-gateway", "--version")


@pytest.mark.parametrize(
    "program",
    [
        "from mtls_app_gateway import MtlsAppGateway",
        "import mtls_app_gateway; mtls_app_gateway.GatewayProvider",
        "from mtls_app_gateway import parse_mode",
    ],
)
def test_the_component_without_pulumi_names_the_extra(tools: Path, program: str) -> None:
    """A program that needs Pulumi is not left with a missing module, but with what to install."""
    done = subprocess.run([str(tools / "python"), "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.endswith("pip install 'mtls-app-gateway[pulumi]'\n")


def test_the_plugin_installs_the_component() -> None:
    """Pulumi reads a plugin's requirements.txt where there is a __main__.py, and never its pyproject.toml."""
    lines = (COMPONENTS / "requirements.txt").read_text().splitlines()

    assert (COMPONENTS / "__main__.py").exists()
    assert ["-e .[pulumi]"] == [line for line in lines if not line.startswith("#")]

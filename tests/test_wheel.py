"""The wheel: what is in it, and that it works where nothing of this repository is.

Its dependencies are those of the environment of the tests; that an index has them is not asked here.
"""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

COMPONENTS = Path(__file__).parents[1] / "components"
PACKAGE = "mtls_app_gateway"
VERSION = tomllib.loads((COMPONENTS / "pyproject.toml").read_text())["project"]["version"]
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"}


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


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder of the commands of an empty virtual environment that the wheel was installed into."""
    home = wheel.parent / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*install, str(wheel)], check=True)
    # The dependencies come from here; the repository itself, an editable install, does not come along this way.
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return home / "bin"


def run(installed: Path, *command: str) -> str:
    """What a command of that environment says; nothing may be on its standard error."""
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]], cwd=installed, env={}, capture_output=True, text=True, check=True
    )
    assert "" == done.stderr
    return done.stdout


def test_its_contents(wheel: Path) -> None:
    """The package as it is here, and what describes it: no test, no tool, no state, no plugin project."""
    folder = COMPONENTS / PACKAGE
    shipped = {path for path in folder.rglob("*") if path.suffix in {".py", ".json", ".txt", ".css", ".typed"}}
    metadata = {f"{PACKAGE}-{VERSION}.dist-info/{name}" for name in METADATA}

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
    assert ("MtlsAppGateway", VERSION) == (name, version)
    assert "check" in run(installed, "mtls-gateway", "--help")

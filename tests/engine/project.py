"""A copy of this project that a test may deploy: its own stack files, the repository's environment."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse

REPOSITORY = Path(__file__).parents[2]
PROJECT = "mtls-app-gateway"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
RunEngine = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True, slots=True)
class Project:
    """The copy, and the command line that works in it."""

    folder: Path
    run_engine: RunEngine

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The engine in this project's folder."""
        return self.run_engine(*arguments, cwd=self.folder)

    def configure(self, stack: str, config: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        """A new stack of this config, given as its file has it, and these secrets."""
        given = {f"{PROJECT}:{key}": value for key, value in config.items()}
        given["azure-native:subscriptionId"] = SUBSCRIPTION
        (self.folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": given}))
        options = [part for key, value in secrets.items() for part in ("--secret", f"{PROJECT}:{key}={value}")]
        for command in (["stack", "init", stack], ["config", "set-all", *options]):
            done = self.run(*command)
            assert 0 == done.returncode, done.stderr

    def type_lines(self, block: str, password: str) -> None:
        """Type a README's lines that set a stack up, and the password where it is asked for."""
        subprocess.run(
            ["bash", "-euc", f"set -o pipefail\n{block}"], cwd=self.folder, input=password, text=True, check=True
        )

    def resources(self) -> list[dict[str, Any]]:
        """What the state knows, the stack itself left out."""
        exported = yaml.safe_load(self.run("stack", "export").stdout)["deployment"].get("resources", [])
        return [each for each in exported if each["type"] != "pulumi:pulumi:Stack"]


def copy_project(folder: Path, run_engine: RunEngine) -> Project:
    """Copy what is deployed into a folder."""
    folder.mkdir()
    for path in (*REPOSITORY.glob("Pulumi*.yaml"), REPOSITORY / "__main__.py"):
        shutil.copy(path, folder)
    for name in ("authorities", "examples"):
        shutil.copytree(REPOSITORY / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return Project(folder, run_engine)


def write_pfx(path: Path, password: str) -> str:
    """Put a listener certificate where its owner has one; its base64."""
    authority = Authority.create("Contoso Server CA")
    server = authority.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
    path.write_bytes(server.pfx(password))
    return base64.b64encode(path.read_bytes()).decode("ascii")

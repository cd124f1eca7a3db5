"""A project in YAML that consumes the plugin, and what tests ask of its runs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import yaml

from tests.engine.component_program import CONFIG
from tests.engine.conftest import RunEngine

TOKEN = "mtls-app-gateway:MtlsAppGateway"
COMPONENT = "mtls-app-gateway:index:MtlsAppGateway"


@dataclass(frozen=True, slots=True)
class YamlProject:
    """The folder of a program, and the command line that works in it; its one stack is `test`."""

    folder: Path
    run_engine: RunEngine
    plugin_folder: Path
    name: str

    def write(self, resources: Mapping[str, Any], outputs: Mapping[str, Any] | None = None) -> None:
        """The program; written anew, the next run has the new one."""
        program = {
            "name": self.name,
            "runtime": "yaml",
            "plugins": {"providers": [{"name": "mtls-app-gateway", "path": str(self.plugin_folder)}]},
            "resources": dict(resources),
            "outputs": dict(outputs or {}),
        }
        # Through JSON, which has no aliases: Pulumi reads none.
        text = yaml.safe_dump(json.loads(json.dumps(program)), sort_keys=False)
        (self.folder / "Pulumi.yaml").write_text(text)

    def init(self, config: Mapping[str, str] = CONFIG, stack: str = "test") -> None:
        """Make the stack."""
        (self.folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": dict(config)}))
        self.run("stack", "init", stack)

    def run(self, *arguments: str) -> str:
        """A command that is expected to end well, and everything it said."""
        done = self._engine(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def refused(self, *arguments: str) -> str:
        """A command that is expected to fail, and everything it said."""
        done = self._engine(*arguments)
        assert done.returncode != 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *options: str) -> dict[str, int]:
        """Deploy without a preview before, and count what was done."""
        return changes_in(self.run("up", "--yes", "--skip-preview", *options))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets among them."""
        found: dict[str, Any] = json.loads(self._engine("stack", "output", "--json", "--show-secrets").stdout)
        return found

    def state(self) -> dict[str, dict[str, Any]]:
        """The resources of the state by `type name`, without the engine's own."""
        exported = json.loads(self._engine("stack", "export").stdout)["deployment"].get("resources", [])
        return {f"{each['type']} {each['urn'].rsplit('::', 1)[1]}": each for each in exported}

    def _engine(self, *arguments: str) -> CompletedProcess[str]:
        return self.run_engine(*arguments, cwd=self.folder)


def edge(properties: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """The component as a YAML program declares it."""
    declared: dict[str, Any] = {"type": TOKEN, "properties": dict(properties)}
    return declared | ({"options": options} if options else {})


def changes_in(said: str) -> dict[str, int]:
    """What the engine's last table counts: `{"created": 9}`."""
    table = said.rsplit("Resources:\n", 1)[1].split("\n\n", maxsplit=1)[0]
    lines = [line.replace("+-", "").strip(" +-~") for line in table.splitlines() if line.startswith(" ")]
    pairs = (line.split(maxsplit=1) for line in lines)
    return {what: int(count) for count, what in pairs if count.isdigit()}

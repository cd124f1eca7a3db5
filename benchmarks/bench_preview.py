"""Compares the cost of a preview of this project with that of a hand-written program for the same resources.

Both preview the environment prod, with the same engine, in turn, against one emulator. That they register the same is
checked first. Judged by the median of the paired ratios. Exits with 1 only where nothing can be compared.
"""

import base64
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind, LeafUse

from benchmarks.bars import Bar, report

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tools.with_engine import attached  # noqa: E402 - found by the line above

BY_HAND = Path(__file__).resolve().parent / "by_hand/__main__.py"
PASSWORD = "OnlyForBenchmarks1"  # noqa: S105 - throwaway
_OF_A_STACK = ("encryptionsalt", "encryptedkey", "secretsprovider")
PAIRS = 9
MOST = 0.9
"""Times the program written by hand."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one preview took, in seconds: of the clock, and of the processors."""

    clock: float
    processors: float


def main() -> int:
    """Measure, print, judge."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with _emulator(folder) as port:
            environment = _environment(folder, port)
            ours = _project(folder / "ours", REPOSITORY / "__main__.py", environment)
            by_hand = _project(folder / "by-hand", BY_HAND, environment)
            # These previews also fill the caches.
            if _registered(ours, environment) != _registered(by_hand, environment):
                print("the two programs no longer register the same resources", file=sys.stderr)
                return 1
            _judge([_pair(number, ours, by_hand, environment) for number in range(PAIRS)])
    return 0


def _judge(pairs: list[tuple[Cost, Cost]]) -> None:
    processors = _ratio((mine.processors, theirs.processors) for mine, theirs in pairs)
    clock = _ratio((mine.clock, theirs.clock) for mine, theirs in pairs)
    for what, costs in (("this project", [mine for mine, _ in pairs]), ("by hand", [theirs for _, theirs in pairs])):
        seconds = median(cost.clock for cost in costs), median(cost.processors for cost in costs)
        print(f"preview of {what:12}: {seconds[0]:.2f} s, {seconds[1]:.2f} s of processor time")
    print(f"median ratio of processor time: {processors:.3f}")
    report([Bar(f"median ratio of {len(pairs)} pairs", clock, most=MOST)])


def _ratio(pairs: Iterable[tuple[float, float]]) -> float:
    return median(mine / theirs for mine, theirs in pairs)


def _pair(number: int, ours: Path, by_hand: Path, environment: Mapping[str, str]) -> tuple[Cost, Cost]:
    """Both once, the one first that was second before."""
    if number % 2:
        theirs, mine = _cost(by_hand, environment), _cost(ours, environment)
    else:
        mine, theirs = _cost(ours, environment), _cost(by_hand, environment)
    return mine, theirs


def _cost(project: Path, environment: Mapping[str, str]) -> Cost:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _pulumi(project, environment, "preview")
    clock, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _registered(project: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """The inputs of every Azure resource that a preview registers, by type, without the names that are made up."""
    steps = json.loads(_pulumi(project, environment, "preview", "--json"))["steps"]
    states = [step["newState"] for step in steps if step["newState"]["custom"]]
    found = {state["type"]: _without_made_up_names(state.get("inputs", {})) for state in states}
    return {kind: inputs for kind, inputs in found.items() if kind != "pulumi:pulumi:Stack"}


def _without_made_up_names(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if not str(value).startswith("edge-")}


def _project(folder: Path, program: Path, environment: Mapping[str, str]) -> Path:
    """A project with this program, and its stack: the environment prod, with a listener certificate."""
    folder.mkdir()
    shutil.copy(program, folder / "__main__.py")
    shutil.copy(REPOSITORY / "Pulumi.yaml", folder)
    shutil.copy(REPOSITORY / "Pulumi.prod.yaml", folder)
    shutil.copytree(REPOSITORY / "authorities", folder / "authorities")
    (folder / ".venv").symlink_to(sys.prefix)
    project = f"{folder.name}-bench"
    for file in folder.glob("Pulumi*.yaml"):
        file.write_text(without_secrets(file.read_text()).replace("mtls-app-gateway", project))
    secrets = {"listener-pfx": _pfx(), "listener-password": PASSWORD}
    options = [part for key, value in secrets.items() for part in ("--secret", f"{project}:{key}={value}")]
    _pulumi(folder, environment, "stack", "init", "prod")
    subscription = "azure-native:subscriptionId=00000000-0000-0000-0000-000000000000"
    _pulumi(folder, environment, "config", "set-all", "--plaintext", subscription, *options)
    return folder


def without_secrets(text: str) -> str:
    """A Pulumi file without the salt, key and secrets of a stack that its user has: no other passphrase opens them."""
    file = {key: value for key, value in yaml.safe_load(text).items() if key not in _OF_A_STACK}
    if "config" in file:
        file["config"] = {key: value for key, value in file["config"].items() if not _is_secret(value)}
    return yaml.safe_dump(file, sort_keys=False)


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"}


def _pfx() -> str:
    server = Authority.create("Contoso Server CA").issue(
        "edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"], key=KeyKind.RSA2048
    )
    return base64.b64encode(server.pfx(PASSWORD)).decode("ascii")


def _pulumi(folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    command = ["pulumi", *arguments, "--non-interactive"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _environment(folder: Path, port: int) -> dict[str, str]:
    """The caller's, with a home and a backend of this run's own."""
    (folder / "backend").mkdir()
    own = {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "only for benchmarks",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        **attached(port),
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ARM_", "AZURE_", "PULUMI_"))}
    return kept | own


@contextmanager
def _emulator(folder: Path) -> Iterator[int]:
    """An emulator that serves as long as the context lasts; its port."""
    command = [sys.executable, "-m", "mtls_app_gateway.commands.emulator", "--subscription", str(folder / "azure")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield int(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())

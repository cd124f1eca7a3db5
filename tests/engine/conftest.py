"""The real engine and the emulator, for any test that needs both. A missing engine is a failure, never a skip."""

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation as auto

from tools import pulumi_engine
from tools.with_engine import attached

REPOSITORY = Path(__file__).parents[2]
PASSPHRASE = "only for tests"


@dataclass(frozen=True, slots=True)
class RunningEmulator:
    """An emulator that serves, and the folder that is its subscription."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    def journal(self, *methods: str) -> list[dict[str, Any]]:
        """The engine's requests so far, in their order; of these methods, or of all."""
        journal = self.folder / "journal.jsonl"
        lines = journal.read_text().splitlines() if journal.exists() else []
        entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [entry for entry in entries if not methods or entry["method"] in methods]

    def resources(self) -> dict[str, dict[str, Any]]:
        """The documents of the subscription by id, as a GET answers them."""
        kept = [json.loads(path.read_text()) for path in (self.folder / "resources").glob("*.json")]
        return {entry["id"]: entry["document"] for entry in kept}

    def the(self, arm_type: str) -> dict[str, Any]:
        """The one document of a type, such as `Microsoft.Network/applicationGateways`."""
        (document,) = (found for found in self.resources().values() if found["type"] == arm_type)
        return document

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process and wait for it."""
        self.process.send_signal(how)
        self.process.wait(timeout=30)


StartEmulator = Callable[..., RunningEmulator]
"""Starts an emulator: `start(*options, folder=...)`, with the options of its command line."""


@pytest.fixture
def start_emulator(tmp_path: Path) -> Iterator[StartEmulator]:
    """Start emulators that end with the test."""
    started: list[RunningEmulator] = []

    def start(*options: str, folder: Path = tmp_path / "subscription") -> RunningEmulator:
        command = [sys.executable, "-m", "mtls_app_gateway.commands.emulator", "--subscription", str(folder), *options]
        with (tmp_path / "emulator.log").open("a") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (tmp_path / "emulator.log").read_text()
        started.append(RunningEmulator(process, int(line), folder))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.end()
        if running.process.stdout is not None:
            running.process.stdout.close()


@pytest.fixture
def emulator(start_emulator: StartEmulator) -> RunningEmulator:
    """An emulator with an empty subscription."""
    return start_emulator()


@pytest.fixture
def engine_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The engine on PATH, with a home, a backend and a passphrase of the test's own, and no Azure settings."""
    for name in [name for name in os.environ if name.startswith(("ARM_", "AZURE_", "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{engine_folder()}{os.pathsep}{os.environ['PATH']}")
    backend = tmp_path / "backend"
    backend.mkdir()
    environment = {
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_HOME": str(tmp_path / "pulumi-home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@cache
def engine_folder() -> Path:
    """The folder of the engine that `make` uses."""
    engine = pulumi_engine.find(REPOSITORY, os.environ.get("PATH", os.defpath))
    assert isinstance(engine, pulumi_engine.Engine), f"no engine: found {engine.found}; `make set-up` builds one"
    return engine.folder


Program = Callable[[], None]
UnraisableHook = Callable[["sys.UnraisableHookArgs"], Any]
MakeStack = Callable[..., auto.Stack]
"""Makes a stack of an inline program: `make(program, emulator=..., config={...}, secrets={...}, name=...)`.

With `folder` it is the project that is there, with its own Pulumi.yaml and stack files.
"""


@pytest.fixture
def stack(
    engine_environment: dict[str, str], emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeStack]:
    """Make stacks whose azure-native is the emulator; what they leave running ends with the test.

    Each run of the engine's command line costs 0.15 s of CPU, and 0.3 s where it decrypts: its version is read once,
    plain config is written without it, and after an update the outputs are read once and the summary without secrets.
    """

    def make(
        program: Program,
        *,
        emulator: RunningEmulator = emulator,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        name: str = "test",
        project: str = "edge",
        folder: Path | None = None,
    ) -> auto.Stack:
        variables = {**engine_environment, **attached(emulator.port)}
        work = folder or tmp_path / f"work-{project}-{name}"
        work.mkdir(exist_ok=True)
        options = auto.LocalWorkspaceOptions(
            work_dir=str(work), env_vars=variables, pulumi_command=_command(engine_folder())
        )
        made = auto.create_or_select_stack(name, project, program, opts=options)
        if config:  # Automation reads only the texts of a stack file, and would write back no others.
            settings = made.workspace.stack_settings(name)
            given = {key if ":" in key else f"{project}:{key}": value for key, value in config.items()}
            settings.config = {**(settings.config or {}), **given}
            made.workspace.save_stack_settings(name, settings)
        if secrets:
            made.set_all_config({key: auto.ConfigValue(value, secret=True) for key, value in secrets.items()})
        return made

    monkeypatch.setattr(auto.Stack, "info", _info)
    monkeypatch.setattr(auto.LocalWorkspace, "stack_outputs", _outputs)
    yield make
    _end_engines_of_this_process()
    gc.collect()


@cache
def _command(_folder: Path) -> auto.PulumiCommand:
    return auto.PulumiCommand()


def _info(stack: auto.Stack, _show_secrets: bool = True) -> auto.UpdateSummary | None:
    return next(iter(stack.history(page_size=1, show_secrets=False)), None)


def _outputs(workspace: auto.LocalWorkspace, stack_name: str) -> dict[str, auto.OutputValue]:
    """The outputs in plain text, none of them marked: no test needs to know which of them is a secret."""
    command = ["stack", "output", "--json", "--show-secrets", "--stack", stack_name]
    done = workspace.pulumi_command.run(command, workspace.work_dir, dict(workspace.env_vars))
    return {key: auto.OutputValue(value, secret=False) for key, value in json.loads(done.stdout).items()}


def _without_what_pulumi_leaves(hook: UnraisableHook) -> UnraisableHook:
    """A hook that overlooks the remains of Pulumi's inline runner, and passes on everything else.

    When an engine gives up, the runner fails while it cleans up after the program, and its coroutines, its event loop
    and the loop's pair of sockets are left to the garbage collector, in this test, a later one or at the very end.
    """

    def overlook(found: "sys.UnraisableHookArgs") -> None:
        left = repr(found.object)
        is_program = "run_in_stack" in left or "run_pulumi_func" in left
        is_loop = "BaseEventLoop.__del__" in left or f"family={int(socket.AF_UNIX)}" in left
        if not is_program and not (is_loop and isinstance(found.exc_value, ResourceWarning)):
            hook(found)

    return overlook


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Take the place before pytest's own hook, once that is set."""
    sys.unraisablehook = _without_what_pulumi_leaves(sys.unraisablehook)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let no event loop that Pulumi forgot to close turn a test of the engine red."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"))


RunEngine = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the engine's command line: `run("up", "--yes", cwd=folder)`, with text output and no exception for failures."""


@pytest.fixture
def run_engine(engine_environment: dict[str, str], emulator: RunningEmulator) -> RunEngine:
    """The command line as a person has it, with the emulator attached; nothing outlives a call."""
    environment = {
        **os.environ,
        **engine_environment,
        **attached(emulator.port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(Path(sys.executable).parent.parent),
    }

    def run(*arguments: str, cwd: Path, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        # A killed engine leaves its language host behind, so the whole group goes.
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    return run


def _end_engines_of_this_process() -> None:
    # Automation waits for its engine, so one is left only when a test was torn down on its way.
    for children in Path("/proc/self/task").glob("*/children"):
        # Threads and processes may end while one looks.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ChildProcessError):
            for child in children.read_text().split():
                if Path(f"/proc/{child}/comm").read_text().startswith("pulumi"):
                    os.kill(int(child), signal.SIGKILL)
                    os.waitpid(int(child), 0)

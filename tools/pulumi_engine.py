"""Finds the Pulumi engine, or builds it with Go where none is installed.

An ordinary installation on the PATH comes first. `.engine/bin` is for machines that have only Go and a module proxy: it
is built in a folder beside it, which is then renamed with its stamp, so `.engine/bin` is always complete.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools import stamps
from tools.errors import ToolError

Version = tuple[int, int, int]

OLDEST_PULUMI: Version = (3, 247, 0)
"""The first engine that serves the registration of parameterized packages the Python SDK relies on."""
OLDEST_GO: Version = (1, 25, 0)

_HOST = "pulumi-language-python"
_MODULES = ("tools/engine", "tools/python-host")
_CLI_MODULE = "github.com/pulumi/pulumi/pkg/v3"
_SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"

_NEITHER = """\
No engine: `make` needs Pulumi {pulumi} or newer, and found {found}. Do one of these:
  - install Pulumi, which is the ordinary way: https://www.pulumi.com/docs/install/
  - or install Go {go} or newer (https://go.dev/doc/install): `make` then builds Pulumi, once, in about 4 minutes.
Then run the same command again."""

_BUILDING = """\
No Pulumi on the PATH ({found}): building {version} with Go into .engine/, once.
This takes about 4 minutes on 2 cores and about 3 GB in Go's caches. To avoid it, install Pulumi:
https://www.pulumi.com/docs/install/"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A usable engine: the folder to put on the PATH, and its version."""

    folder: Path
    version: Version


@dataclass(frozen=True, slots=True)
class NoEngine:
    """What was found in place of one, in words that complete "found ..."."""

    found: str


def parse_version(text: str) -> Version | None:
    """The first version number in a program's output: `v3.259.0`, `go1.26rc1`, `3.250.1-alpha+dirty`."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def find(root: Path, search_path: str) -> Engine | NoEngine:
    """The engine on the search path if it is new enough, else the one that was built here; nothing is built."""
    installed = _on_path(search_path)
    if isinstance(installed, Engine):
        return installed
    built = root / ".engine/bin"
    if stamps.read(built / ".stamp") == _stamp(root):
        return Engine(built, _pinned(root))
    return installed


def ensure(root: Path, search_path: str) -> Engine:
    """The engine `find` finds, built first where there is none."""
    found = find(root, search_path)
    if isinstance(found, Engine):
        return found
    go = shutil.which("go", path=search_path)
    version = _version_of([go, "version"]) if go else None
    if go is None or version is None or version < OLDEST_GO:
        raise ToolError(_neither(found, version))
    print(_BUILDING.format(found=found.found, version=_dotted(_pinned(root))), flush=True)
    return _build(root, go)


def _on_path(search_path: str) -> Engine | NoEngine:
    cli = shutil.which("pulumi", path=search_path)
    if cli is None:
        return NoEngine("no pulumi")
    version = _version_of([cli, "version"])
    if version is None:
        return NoEngine(f"{cli}, which does not say its version")
    if version < OLDEST_PULUMI:
        return NoEngine(f"{cli}, which is {_dotted(version)}")
    # The engine looks beside itself, behind any links, and then on the PATH.
    if not (Path(cli).resolve().parent / _HOST).exists() and shutil.which(_HOST, path=search_path) is None:
        return NoEngine(f"{cli} without its {_HOST}")
    return Engine(Path(cli).parent, version)


def _version_of(command: list[str]) -> Version | None:
    """The version that a program prints; its update check and its toolchain downloads are off."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1", "GOTOOLCHAIN": "local"}
    try:
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(answer.stdout) if answer.returncode == 0 else None


def _neither(found: NoEngine, go: Version | None) -> str:
    and_go = f"Go {_dotted(go)}" if go else "no Go"
    return _NEITHER.format(
        pulumi=_dotted(OLDEST_PULUMI), go="{}.{}".format(*OLDEST_GO), found=f"{found.found}, and {and_go}"
    )


def _build(root: Path, go: str) -> Engine:
    home = root / ".engine"
    home.mkdir(exist_ok=True)
    for leftover in home.glob("building-*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix="building-", dir=home) as made:
        folder = Path(made) / "bin"
        folder.mkdir()
        stamp = _stamp(root)
        _compile(root, go, folder)
        _copy_launcher(root, go, folder)
        if _version_of([str(folder / "pulumi"), "version"]) != _pinned(root):
            raise ToolError(f"the engine built from {_MODULES[0]}/go.mod does not run: see {home / 'build.log'}")
        (folder / ".stamp").write_text(stamp, encoding="utf-8")
        # An engine of other pins makes room first: a rename never lands on a folder that has something in it.
        if (home / "bin").exists():
            (home / "bin").rename(Path(made) / "replaced")
        folder.rename(home / "bin")
    return Engine(home / "bin", _pinned(root))


def _compile(root: Path, go: str, folder: Path) -> None:
    # The version has to be linked in: the Automation API refuses an engine that does not know its own.
    flags = f"-s -w -X {_SDK_MODULE}/go/common/version.Version=v{_dotted(_pinned(root))}"
    log = root / ".engine/build.log"
    started = time.monotonic()
    with log.open("wb") as output:
        for module in _MODULES:
            command = [go, "build", "-mod=readonly", "-ldflags", flags, "-o", f"{folder}/", "tool"]
            process = subprocess.Popen(
                command, cwd=root / module, env=_go_environment(), stdout=output, stderr=subprocess.STDOUT
            )
            _wait_with_progress(process, started)
            if process.returncode != 0:
                last_words = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise ToolError(f"Go could not build {module}; the end of {log}:\n{last_words}")
    print(f"The engine is in .engine/bin after {time.monotonic() - started:.0f} s.", flush=True)


def _wait_with_progress(process: subprocess.Popen[bytes], started: float) -> None:
    try:
        while True:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                print(f"  still building after {time.monotonic() - started:.0f} s", flush=True)
            else:
                return
    except BaseException:
        process.kill()
        raise


def _copy_launcher(root: Path, go: str, folder: Path) -> None:
    """The Python host starts a program through this script, which lies unexecutable in Go's module cache."""
    command = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", _SDK_MODULE]
    where = subprocess.run(
        command, cwd=root / _MODULES[0], env=_go_environment(), capture_output=True, text=True, check=True
    ).stdout.strip()
    launcher = f"{_HOST}-exec"
    shutil.copyfile(Path(where) / "python/cmd" / launcher, folder / launcher)
    (folder / launcher).chmod(0o755)


def _go_environment() -> dict[str, str]:
    # Without C, as Pulumi's own releases are built: a C compiler may be missing.
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}


def _pinned(root: Path) -> Version:
    """The engine's version, from go.mod, the only place that has it."""
    go_mod = (root / _MODULES[0] / "go.mod").read_text(encoding="utf-8")
    match = re.search(rf"^\s*(?:require )?{re.escape(_CLI_MODULE)} (v\S+)", go_mod, re.MULTILINE)
    version = parse_version(match[1]) if match else None
    if version is None:
        raise ToolError(f"{_MODULES[0]}/go.mod does not name a version of {_CLI_MODULE}")
    return version


def _stamp(root: Path) -> str:
    return stamps.digest([root / module / file for module in _MODULES for file in ("go.mod", "go.sum")])


def _dotted(version: Version) -> str:
    return "{}.{}.{}".format(*version)

"""The environment "local": `python -m tools.local up`, `... verify` and `... down`, with the emulator of azure-native.

All its files are in the ignored folder `.local`: backend, Pulumi's home, the emulator's subscription, the gateways that
run on this machine, and a copy of `Pulumi.local.yaml` that holds salt and secrets. The user's login, stacks and
credentials are neither read nor touched. Run it through `tools.session`, which ends what a killed engine leaves behind;
only the emulator outlives it, in a session of its own, once the environment is up.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.processes.private_files import check_private
from mtls_app_gateway.rehearsal.backend_address import backend_address
from mtls_app_gateway.rehearsal.nginx_process import clear_away

from tools import local_config, pulumi_engine, stamps
from tools.daemon import Daemon
from tools.errors import ToolError
from tools.local_secrets import listener_secrets
from tools.set_up import ROOT
from tools.with_engine import attached, environment

STACK = "local"
SECRET_KEYS = ("listener-pfx", "listener-password")
_PROJECT_FILE, _CONFIG_FILE = "Pulumi.yaml", f"Pulumi.{STACK}.yaml"
_FOREIGN = ("PULUMI_", "ARM_", "AZURE_")

_UP = """
The gateway is deployed to a subscription that exists only in .local/. Its public address, 203.0.113.x, is reserved for
documentation and leads nowhere; the local addresses above answer. What to try next:
  make verify  knocks again
  make up      changes nothing; after editing Pulumi.local.yaml it deploys the difference
  make up BACKEND=8000   puts your own application behind the gateway
  make down    removes everything"""


class CutShortError(Exception):
    """Pulumi was asked to end, or was killed, before it had finished."""


@dataclass(frozen=True, slots=True)
class Local:
    """The environment of the project at `root`."""

    root: Path
    emulator: Sequence[str] = (sys.executable, "-m", "mtls_app_gateway.commands.emulator")
    """The command that starts the emulator, without its folders."""
    gateway: Sequence[str] = (str(Path(sys.executable).parent / "mtls-gateway"),)
    """The command `mtls-gateway`."""

    @property
    def folder(self) -> Path:
        return self.root / ".local"

    @property
    def config(self) -> Path:
        """The copy of the stack's config, in a project folder of its own: `stack init` writes beside the project."""
        return self.folder / "project" / _CONFIG_FILE

    @property
    def gateways(self) -> Path:
        """A work directory for each gateway that runs."""
        return self.folder / "gateways"

    @property
    def daemon(self) -> Daemon:
        """The emulator, which runs as long as the environment is up."""
        return Daemon(self.folder)

    @property
    def unfinished(self) -> Path:
        """A file that exists while an operation runs. Found at the start, it means that the last run was cut short."""
        return self.folder / "unfinished"


def up(local: Local, backend: str | None = None) -> int:
    """Deploy, and knock at each gateway; the status is Pulumi's, then that of the knocking."""
    with _locked(local), _ending_what_is_half_made(local):
        variables = environment_of(local)
        _prepare(local, variables)
        status = _deploy(local, "up", variables, backend)
        if status == 0:
            status = _knock(local, variables)
            print(_UP)
    return status


def verify(local: Local, _backend: str | None = None) -> int:
    """Knock at each gateway; the status is that of `mtls-gateway rehearse`."""
    with _locked(local):
        return _knock(local, environment_of(local))


def down(local: Local, _backend: str | None = None) -> int:
    """Destroy what is deployed and remove every trace of it; the status is Pulumi's."""
    with _locked(local), _ending_what_is_half_made(local):
        if not local.folder.exists():
            return 0
        status = 0 if _was_cut_short(local) or not _has_engine(local) else _destroy(local)
        _remove(local)
    if status == 0:
        print("Nothing is left of the local environment.")
    else:
        print("Pulumi could not destroy it in order (see above). Its folder .local is removed all the same.")
    return status


def _destroy(local: Local) -> int:
    try:
        return _deploy(local, "destroy", environment_of(local), None)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1


def _remove(local: Local) -> None:
    local.daemon.end()
    for gateway in local.gateways.glob("*"):
        # When nginx and the emulator were both killed, a worker of nginx may be left.
        clear_away(gateway)
    shutil.rmtree(local.folder)


@contextmanager
def _locked(local: Local) -> Iterator[None]:
    try:
        with stamps.locked(local.root / _PROJECT_FILE, waiting=None):
            _check_folder(local.folder)
            yield
    except stamps.LockedError:
        raise ToolError("Another `make up` or `make down` is at work here. Let it end, then try again.") from None


def _check_folder(folder: Path) -> None:
    """Refuse a folder that another user could have written to: its contents are run, signalled and removed."""
    try:
        if folder.is_symlink() or folder.exists():
            check_private(folder)
    except GatewayError as error:
        raise ToolError(str(error)) from None


@contextmanager
def _ending_what_is_half_made(local: Local) -> Iterator[None]:
    """End the emulator and its gateways when an operation is cut short: a half-made gateway serves no client."""
    try:
        yield
    except BaseException:
        if local.unfinished.exists():
            local.daemon.end()
        raise


def _has_engine(local: Local) -> bool:
    if isinstance(pulumi_engine.find(local.root, os.environ.get("PATH", os.defpath)), pulumi_engine.Engine):
        return True
    print("There is no engine to destroy it with. Everything is in .local, which is removed.")
    return False


def _was_cut_short(local: Local) -> bool:
    return local.unfinished.exists() or not local.config.exists()


def _prepare(local: Local, variables: Mapping[str, str]) -> None:
    """Prepare the folder for Pulumi: a stack, the current config, and the secrets."""
    tracked = _tracked_config(local)
    if local.folder.exists() and _was_cut_short(local):
        # Half-created resources and locks are not worth a repair: nothing in here is of value.
        print("The last run was cut short: the local environment starts from nothing.", flush=True)
        _remove(local)
    fresh = not local.folder.exists()
    if fresh:
        local.folder.mkdir(mode=0o700)
    local.unfinished.touch()
    if fresh:
        local.config.parent.mkdir()
        shutil.copyfile(local.root / _PROJECT_FILE, local.config.parent / _PROJECT_FILE)
        (local.folder / "backend").mkdir()
        local.config.write_text(tracked, encoding="utf-8")
        _administer(local, variables, "stack", "init", STACK)
    else:
        local.config.write_text(local_config.merged(tracked, local.config.read_text("utf-8")), encoding="utf-8")
    _mint_secrets(local, variables)


def _tracked_config(local: Local) -> str:
    try:
        tracked = (local.root / _CONFIG_FILE).read_text(encoding="utf-8")
        yaml.compose(tracked)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ToolError(f"{_CONFIG_FILE} cannot be read: {error}") from None
    return tracked


def _mint_secrets(local: Local, variables: Mapping[str, str]) -> None:
    config = local.config.read_text(encoding="utf-8")
    if all(local_config.has_value(config, key) for key in SECRET_KEYS):
        return
    for key, value in zip(SECRET_KEYS, listener_secrets(), strict=True):
        _administer(local, variables, "config", "set", "--secret", "--stack", STACK, key, value=value)


def _administer(local: Local, variables: Mapping[str, str], *arguments: str, value: str = "") -> None:
    """Run a command of Pulumi's on the copy, without a program; a value goes to standard input, unseen by `ps`."""
    command = ["pulumi", "--non-interactive", "-C", str(local.config.parent), *arguments]
    done = subprocess.run(command, env=variables, input=value, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"`pulumi {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


def _deploy(local: Local, operation: str, variables: Mapping[str, str], backend: str | None) -> int:
    """Run `pulumi up` or `pulumi destroy` against the emulator; the output is Pulumi's own."""
    local.unfinished.touch()
    command = ["pulumi", "--non-interactive", operation, "--yes", "--stack", STACK, "--config-file", str(local.config)]
    running = local.daemon.announced() if operation == "destroy" else None
    port = running or _emulator(local, variables, backend)
    status = _run_until_it_ends(command, local.root, {**variables, **attached(port)})
    if status != 0 and not local.daemon.is_running:
        # Its last request may be done or not, and Pulumi cannot know which.
        raise CutShortError(f"The emulator died; see {local.daemon.log}.")
    local.unfinished.unlink()
    return status


def _emulator(local: Local, variables: Mapping[str, str], backend: str | None) -> str:
    """The port of the emulator, started if need be; one with another backend, or of older sources, is replaced."""
    folders = ["--subscription", str(local.folder / "subscription"), "--rehearse", str(local.gateways)]
    command = [*local.emulator, *folders, *(["--backend", backend] if backend else [])]
    return local.daemon.ensure(command, of=_state_of_sources(), environment=variables)


def _state_of_sources() -> str:
    """Differs once a module of the product was changed: a running emulator still has the old one."""
    files = (ROOT / "components" / "mtls_app_gateway").rglob("*.py")
    return str(max((file.stat().st_mtime_ns for file in files), default=0))


def _knock(local: Local, variables: Mapping[str, str]) -> int:
    """Let every caller knock at each gateway that runs, and print what each observes."""
    sessions = sorted(local.gateways.glob("*/rehearsal.json"))
    if not sessions or not local.daemon.is_running:
        raise ToolError(f"No gateway runs here. `make up` starts one; if it did not, see {local.daemon.log}.")
    print(flush=True)
    return max(_knock_at(local, session.parent, variables) for session in sessions)


def _knock_at(local: Local, folder: Path, variables: Mapping[str, str]) -> int:
    shown = folder.relative_to(local.root)
    command = [*local.gateway, "rehearse", "--running", str(shown)]
    return subprocess.run(command, cwd=local.root, env=variables, check=False).returncode


def _run_until_it_ends(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> int:
    """The command's status. A signal to this process reaches the command too, which is waited for while it ends.

    Raises:
        CutShortError: it was asked to end, or was killed.
    """
    signals: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _frame: signals.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        status = subprocess.run(command, cwd=folder, env=variables, check=False).returncode
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if status < 0:
        raise CutShortError(f"Pulumi was ended by {signal.Signals(-status).name}.")
    if signals:
        raise CutShortError("Pulumi was asked to end before it had finished.")
    return status


def environment_of(local: Local) -> dict[str, str]:
    """The environment variables of every command: nothing of the user's Pulumi or Azure, and no downloads."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {
        **environment(local.root, own),
        "PULUMI_HOME": str(local.folder / "home"),
        "PULUMI_BACKEND_URL": (local.folder / "backend").as_uri(),
        # It protects secrets that are minted beside it: no secret itself.
        "PULUMI_CONFIG_PASSPHRASE": STACK,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def main(arguments: Sequence[str], local: Local) -> int:
    """Run `up`, `verify` or `down`; a mistake of the user's and Ctrl-C end without a traceback."""
    operations = {"up": up, "verify": verify, "down": down}
    parser = argparse.ArgumentParser(prog="tools.local")
    parser.add_argument("operation", choices=operations)
    parser.add_argument("--backend", metavar="[https://][HOST:]PORT")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return operations[options.operation](local, backend_address(options.backend) if options.backend else None)
    except GatewayError as error:
        print(error, file=sys.stderr)
        return 2
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except CutShortError as cut_short:
        print(f"\n{cut_short} `make up` starts anew; `make down` removes what is left.", file=sys.stderr)
    except KeyboardInterrupt:
        is_up = local.daemon.is_running
        rest = "`make verify` knocks again" if is_up else "`make up` starts anew"
        still_up = "The gateway is still up. " if is_up else ""
        print(f"\nInterrupted. {still_up}{rest}; `make down` removes what is left.", file=sys.stderr)
    return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Local(ROOT)))

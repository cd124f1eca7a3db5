"""The environment "local": `python -m tools.local up`, `... verify` and `... down`, with the stand-in for Azure.

Everything of it stands in the ignored folder `.local`: backend, Pulumi's home, the stand-in's subscription, the
gateways that are raised on this machine, and a copy of `Pulumi.local.yaml` that holds salt and secrets. The user's
login, stacks and credentials are neither read nor touched. Run it through `tools.session`, which ends what a killed
engine leaves behind; the stand-in alone stays, in a session of its own, once the environment is up.
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
from tools.errors import MendableError
from tools.local_secrets import listener_secrets
from tools.resident import Resident
from tools.set_up import ROOT
from tools.with_engine import attached, environment

STACK = "local"
SECRET_KEYS = ("listener-pfx", "listener-password")
_PROJECT_FILE, _CONFIG_FILE = "Pulumi.yaml", f"Pulumi.{STACK}.yaml"
_STAND_IN = "mtls_app_gateway.emulator"
_FOREIGN = ("PULUMI_", "ARM_", "AZURE_")

_UP = """
The gateway stands in a subscription that exists in .local/ only. Its public address, 203.0.113.x, is one for
documentation and leads nowhere; what answers are the local addresses above. What to try next:
  make verify  knocks again
  make up      again, and nothing changes; or after editing Pulumi.local.yaml, and only the difference is deployed
  make up BACKEND=8000   puts your own application behind it
  make down    takes it all away"""


class CutShortError(Exception):
    """Pulumi was asked to end, or was killed, before it was done."""


@dataclass(frozen=True, slots=True)
class Local:
    """The environment of the project at `root`."""

    root: Path
    stand_in: Sequence[str] = (sys.executable, "-m", _STAND_IN)
    """The command that starts the stand-in, without its folders."""
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
        """A work directory for each gateway that is raised."""
        return self.folder / "gateways"

    @property
    def resident(self) -> Resident:
        """The stand-in, which stays as long as the environment is up."""
        return Resident(self.folder)

    @property
    def at_work(self) -> Path:
        """Stands as long as something is being done. Found at the start, it means that the last run was cut short."""
        return self.folder / "at-work"


def up(local: Local, backend: str | None = None) -> int:
    """Deploy, and knock at what is raised; the status is Pulumi's, then that of the knocking."""
    with _alone(local), _in_whole(local):
        variables = environment_of(local)
        _prepare(local, variables)
        status = _deploy(local, "up", variables, backend)
        if status == 0:
            status = _knock(local, variables)
            print(_UP)
    return status


def verify(local: Local, _backend: str | None = None) -> int:
    """Knock at what is raised; the status is that of `mtls-gateway rehearse`."""
    with _alone(local):
        return _knock(local, environment_of(local))


def down(local: Local, _backend: str | None = None) -> int:
    """Destroy what is deployed and remove every trace of it; the status is Pulumi's."""
    with _alone(local), _in_whole(local):
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
    except MendableError as error:
        print(error, file=sys.stderr)
        return 1


def _remove(local: Local) -> None:
    local.resident.end()
    for gateway in local.gateways.glob("*"):
        # When nginx and the stand-in were both killed, a worker of nginx may be left.
        clear_away(gateway)
    shutil.rmtree(local.folder)


@contextmanager
def _alone(local: Local) -> Iterator[None]:
    try:
        with stamps.locked(local.root / _PROJECT_FILE, waiting=None):
            _check_folder(local.folder)
            yield
    except stamps.LockedError:
        raise MendableError("Another `make up` or `make down` is at work here. Let it end, then try again.") from None


def _check_folder(folder: Path) -> None:
    """See that nobody else could have put anything into it: what is in it is run, signalled and removed."""
    try:
        if folder.is_symlink() or folder.exists():
            check_private(folder)
    except GatewayError as error:
        raise MendableError(str(error)) from None


@contextmanager
def _in_whole(local: Local) -> Iterator[None]:
    """End the emulator, and the gateways with it, where the work is cut short: what is half made serves no client."""
    try:
        yield
    except BaseException:
        if local.at_work.exists():
            local.resident.end()
        raise


def _has_engine(local: Local) -> bool:
    if isinstance(pulumi_engine.find(local.root, os.environ.get("PATH", os.defpath)), pulumi_engine.Engine):
        return True
    print("There is no engine to destroy it with. All of it is in .local, which is removed.")
    return False


def _was_cut_short(local: Local) -> bool:
    return local.at_work.exists() or not local.config.exists()


def _prepare(local: Local, variables: Mapping[str, str]) -> None:
    """Bring the folder to where Pulumi can start: a stack, the config of today, and the secrets."""
    tracked = _tracked_config(local)
    if local.folder.exists() and _was_cut_short(local):
        # Half-created resources and locks: nothing here is worth the effort of a repair.
        print("The last run was cut short: the local environment starts from nothing.", flush=True)
        _remove(local)
    fresh = not local.folder.exists()
    if fresh:
        local.folder.mkdir(mode=0o700)
    local.at_work.touch()
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
        raise MendableError(f"{_CONFIG_FILE} cannot be read: {error}") from None
    return tracked


def _mint_secrets(local: Local, variables: Mapping[str, str]) -> None:
    config = local.config.read_text(encoding="utf-8")
    if all(local_config.has_value(config, key) for key in SECRET_KEYS):
        return
    for key, value in zip(SECRET_KEYS, listener_secrets(), strict=True):
        _administer(local, variables, "config", "set", "--secret", "--stack", STACK, key, given=value)


def _administer(local: Local, variables: Mapping[str, str], *arguments: str, given: str = "") -> None:
    """A command of Pulumi's that runs no program, on the copy; a value is given on standard input, unseen by `ps`."""
    command = ["pulumi", "--non-interactive", "-C", str(local.config.parent), *arguments]
    done = subprocess.run(command, env=variables, input=given, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise MendableError(f"`pulumi {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}")


def _deploy(local: Local, operation: str, variables: Mapping[str, str], backend: str | None) -> int:
    """`pulumi up` or `pulumi destroy` against the stand-in, in Pulumi's own words."""
    local.at_work.touch()
    command = ["pulumi", "--non-interactive", operation, "--yes", "--stack", STACK, "--config-file", str(local.config)]
    port = _stand_in(local, variables, backend) if operation == "up" else _any_stand_in(local, variables)
    status = _run_to_its_end(command, local.root, {**variables, **attached(port)})
    if status != 0 and not local.resident.is_running:
        # What it was asked last may be done or not, and Pulumi cannot know which.
        raise CutShortError(f"The stand-in for Azure died; see {local.resident.log}.")
    local.at_work.unlink()
    return status


def _stand_in(local: Local, variables: Mapping[str, str], backend: str | None) -> str:
    """The port of the stand-in, started if need be; one with another backend, or of older sources, is replaced."""
    folders = ["--subscription", str(local.folder / "subscription"), "--rehearse", str(local.gateways)]
    command = [*local.stand_in, *folders, *(["--backend", backend] if backend else [])]
    return local.resident.ensure(command, of=_state_of_sources(), environment=variables)


def _any_stand_in(local: Local, variables: Mapping[str, str]) -> str:
    return local.resident.announced() or _stand_in(local, variables, None)


def _state_of_sources() -> str:
    """Differs once a module of the product was changed: whoever runs still has the old one."""
    files = (ROOT / "components" / "mtls_app_gateway").rglob("*.py")
    return str(max((file.stat().st_mtime_ns for file in files), default=0))


def _knock(local: Local, variables: Mapping[str, str]) -> int:
    """Let every caller knock at each gateway that is raised, and print what they met."""
    raised = sorted(local.gateways.glob("*/rehearsal.json"))
    if not raised or not local.resident.is_running:
        raise MendableError(
            f"No gateway is raised here. `make up` raises one; if it did not, see {local.resident.log}."
        )
    print(flush=True)
    return max(_knock_at(local, place.parent, variables) for place in raised)


def _last_words(local: Local) -> str:
    try:
        said = local.resident.log.read_text("utf-8", errors="replace").strip().splitlines()
    except OSError:
        said = []
    return f"The last that the stand-in said: {said[-1]}" if said else ""


def _knock_at(local: Local, folder: Path, variables: Mapping[str, str]) -> int:
    shown = folder.relative_to(local.root)
    command = [*local.gateway, "rehearse", "--running", str(shown)]
    return subprocess.run(command, cwd=local.root, env=variables, check=False).returncode


def _run_to_its_end(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> int:
    """The command's status. Asked to end, it has been asked too, and is waited for while it ends in order.

    Raises:
        CutShortError: it was asked to end, or was killed.
    """
    heard: list[int] = []
    usual = {
        number: signal.signal(number, lambda number, _frame: heard.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        status = subprocess.run(command, cwd=folder, env=variables, check=False).returncode
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
    if status < 0:
        raise CutShortError(f"Pulumi was ended by {signal.Signals(-status).name}.")
    if heard:
        raise CutShortError("Pulumi was asked to end before it was done.")
    return status


def environment_of(local: Local) -> dict[str, str]:
    """Nothing of the user's Pulumi or Azure gets in, and nothing is ever downloaded."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {
        **environment(local.root, own),
        "PULUMI_HOME": str(local.folder / "home"),
        "PULUMI_BACKEND_URL": (local.folder / "backend").as_uri(),
        # It guards secrets that are minted beside it: no secret itself.
        "PULUMI_CONFIG_PASSPHRASE": STACK,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def main(arguments: Sequence[str], local: Local) -> int:
    """Run `up`, `verify` or `down`; a person's mistakes and a person's Ctrl-C end without a traceback."""
    operations = {"up": up, "verify": verify, "down": down}
    parser = argparse.ArgumentParser(prog="tools.local")
    parser.add_argument("operation", choices=operations)
    parser.add_argument("--backend", metavar="[HOST:]PORT")
    asked = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return operations[asked.operation](local, backend_address(asked.backend) if asked.backend else None)
    except GatewayError as error:
        print(error, file=sys.stderr)
        return 2
    except MendableError as error:
        print(error, file=sys.stderr)
        return 1
    except CutShortError as cut_short:
        print(f"\n{cut_short} `make up` starts anew; `make down` removes what is left.", file=sys.stderr)
    except KeyboardInterrupt:
        is_up = local.resident.is_running
        rest = "`make verify` knocks again" if is_up else "`make up` starts anew"
        still_up = "The gateway is still up. " if is_up else ""
        print(f"\nInterrupted. {still_up}{rest}; `make down` removes what is left.", file=sys.stderr)
    return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Local(ROOT)))

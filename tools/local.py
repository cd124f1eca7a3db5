"""The environment "local": `python -m tools.local up` and `... down`, with the stand-in for Azure.

Everything of it stands in the ignored folder `.local`: backend, Pulumi's home, the stand-in's subscription, and a copy
of `Pulumi.local.yaml` that holds salt and secrets. The user's login, stacks and credentials are neither read nor
touched. Run it through `tools.session`, which ends what a killed engine leaves behind.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tools import local_config, stamps
from tools.errors import MendableError
from tools.local_secrets import listener_secrets
from tools.set_up import ROOT
from tools.with_engine import environment

STACK = "local"
SECRET_KEYS = ("listener-pfx", "listener-password")
_PROJECT_FILE, _CONFIG_FILE = "Pulumi.yaml", f"Pulumi.{STACK}.yaml"
_STAND_IN = "mtls_app_gateway.rehearsal.stand_in"
_FOREIGN = ("PULUMI_", "ARM_", "AZURE_")

_UP = """
The gateway stands in a subscription that exists in .local/ only. What to try next:
  make up      again, and nothing changes; or after editing Pulumi.local.yaml, and only the difference is deployed
  make down    takes it all away"""


class CutShortError(Exception):
    """Pulumi was asked to end, or was killed, before it was done."""


@dataclass(frozen=True, slots=True)
class Local:
    """The environment of the project at `root`."""

    root: Path
    stand_in: Sequence[str] = (sys.executable, "-m", _STAND_IN)
    """The command that starts the stand-in, without the subscription's folder."""

    @property
    def folder(self) -> Path:
        return self.root / ".local"

    @property
    def config(self) -> Path:
        """The copy of the stack's config, in a project folder of its own: `stack init` writes beside the project."""
        return self.folder / "project" / _CONFIG_FILE

    @property
    def at_work(self) -> Path:
        """Stands as long as something is being done. Found at the start, it means that the last run was cut short."""
        return self.folder / "at-work"


def up(local: Local) -> int:
    """Deploy; the status is Pulumi's."""
    with _alone(local):
        variables = environment_of(local)
        _prepare(local, variables)
        status = _deploy(local, "up", variables)
    if status == 0:
        print(_UP)
    return status


def down(local: Local) -> int:
    """Destroy what is deployed and remove every trace of it; the status is Pulumi's."""
    with _alone(local):
        if not local.folder.exists():
            return 0
        status = 0 if _was_cut_short(local) else _deploy(local, "destroy", environment_of(local))
        shutil.rmtree(local.folder)
    if status == 0:
        print("Nothing is left of the local environment.")
    else:
        print("Pulumi could not destroy it in order (see above). Its folder .local is removed all the same.")
    return status


@contextmanager
def _alone(local: Local) -> Iterator[None]:
    try:
        with stamps.locked(local.root / _PROJECT_FILE, waiting=None):
            yield
    except stamps.LockedError:
        raise MendableError("Another `make up` or `make down` is at work here. Let it end, then try again.") from None


def _was_cut_short(local: Local) -> bool:
    return local.at_work.exists() or not local.config.exists()


def _prepare(local: Local, variables: Mapping[str, str]) -> None:
    """Bring the folder to where Pulumi can start: a stack, the config of today, and the secrets."""
    tracked = _tracked_config(local)
    if local.folder.exists() and _was_cut_short(local):
        # Half-created resources and locks: nothing here is worth the effort of a repair.
        print("The last run was cut short: the local environment starts from nothing.", flush=True)
        shutil.rmtree(local.folder)
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


def _deploy(local: Local, operation: str, variables: Mapping[str, str]) -> int:
    """`pulumi up` or `pulumi destroy` against the stand-in, in Pulumi's own words."""
    local.at_work.touch()
    command = ["pulumi", "--non-interactive", operation, "--yes", "--stack", STACK, "--config-file", str(local.config)]
    with _running_stand_in(local) as port:
        attached = {"PULUMI_DEBUG_PROVIDERS": f"azure-native:{port}"}
        status = _run_to_its_end(command, local.root, {**variables, **attached})
    local.at_work.unlink()
    return status


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


@contextmanager
def _running_stand_in(local: Local) -> Iterator[int]:
    """The stand-in for as long as it is needed; gives its port."""
    log = local.folder / "stand-in.log"
    command = [*local.stand_in, "--subscription", str(local.folder / "subscription")]
    # In a group of its own, Ctrl-C does not reach it: Pulumi still needs it to end what is under way.
    with (
        log.open("wb") as words,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, process_group=0) as process,
    ):
        try:
            yield _port(process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> int:
    """The first line of the stand-in's output, within the given time."""
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if readable else b""
    if not line.strip().isdigit():
        process.kill()
        said = log.read_text("utf-8", errors="replace") or f"nothing within {seconds:.0f} s"
        raise MendableError(f"The stand-in for Azure did not start. It said:\n{said}")
    return int(line)


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
    """Run `up` or `down`; a person's mistakes and a person's Ctrl-C end without a traceback."""
    operations = {"up": up, "down": down}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return operations[arguments[0]](local)
    except MendableError as error:
        print(error, file=sys.stderr)
        return 1
    except CutShortError as cut_short:
        print(f"\n{cut_short} `make up` starts anew; `make down` removes what is left.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. `make up` starts anew; `make down` removes what is left.", file=sys.stderr)
    return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Local(ROOT)))

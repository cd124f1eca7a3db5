"""A project of a test's own for `make up`, and the processes that have to do with it."""

import shutil
import socket
import subprocess
from pathlib import Path

from mtls_app_gateway.processes.file_lock import FileLock
from mtls_app_gateway.rehearsal.session import Session

from tools.local import Local
from tools.set_up import ROOT


def copy_for_local(folder: Path) -> Local:
    """The environment "local" of a copy of this project, beside whatever is up in this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("Pulumi.yaml", "Pulumi.local.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "authorities", folder / "authorities")
    for name in (".venv", ".engine", "components", "tools"):
        (folder / name).symlink_to(ROOT / name)
    return Local(folder)


def gateway_of(here: Local) -> Session:
    """The one gateway that runs."""
    (place,) = here.gateways.iterdir()
    return Session.read(place)


def emulator_of(here: Local) -> int:
    """The process that is the emulator."""
    (process,) = FileLock(here.daemon.lock).processes()
    return int(process.pid)


def is_listening(port: int) -> bool:
    """Whether a process accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_about(folder: Path) -> dict[int, str]:
    """The living processes that have the folder among their arguments, with these."""
    found = {}
    for line in _ps("pid=,stat=,args="):
        process, state, *arguments = line.split(maxsplit=2)
        if not state.startswith("Z") and any(f"{folder}/" in each or f"'{folder}'" in each for each in arguments):
            found[int(process)] = "".join(arguments)
    return found


def descendants(process: int) -> set[int]:
    """The process and all that it started, and they."""
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in _ps("pid=,ppid="))}
    family = {process}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def living() -> set[int]:
    """All processes there are, apart from those that only wait for their parent to notice their end."""
    return {
        int(process) for process, state in (line.split() for line in _ps("pid=,stat=")) if not state.startswith("Z")
    }


def _ps(columns: str) -> list[str]:
    command = ["ps", "-A", "-ww", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

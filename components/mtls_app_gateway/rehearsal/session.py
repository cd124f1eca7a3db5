"""What stands in the work directory of a rehearsal that runs: for those who knock at it from another process.

Pure of processes and sockets, apart from the lock by which it is known whether the rehearsal still runs.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from ..problems import GatewayError
from ..processes.input_file import read_file
from ..processes.private_files import check_private, private_folder, write_private
from ..processes.problem_rows import CANNOT_WRITE
from .authority import write_credential
from .problem_rows import FILE_EXISTS, NO_REHEARSAL
from .rehearsal_chain import RehearsalChain, read_rehearsal_chain

STATE = "rehearsal.json"
OWNER = "owner"
"""The file that the process which runs a rehearsal holds locked."""

_AUTHORITIES = "authorities"
_MAX_STATE = 16_000_000


@dataclass(frozen=True, slots=True)
class SessionListener:
    """A listener of the rehearsed document, and where it is on this machine."""

    name: str
    host: str
    port: int
    url: str
    mode: str | None
    authorities: str
    """The kept authorities that issue clients whom it lets in."""
    unserved: tuple[str, ...] = ()
    """The TLS versions that its policy allows and that are not served here as it says."""


@dataclass(frozen=True, slots=True)
class SessionCaller:
    """Somebody whose certificate and key stand in files here."""

    name: str
    certificate: str
    key: str
    ocsp_status: str | None
    """What its OCSP responder says, in lower case; None where the certificate names none."""
    is_by_rehearsal_ca: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A rehearsal as its work directory tells it. File names are relative to the folder."""

    folder: Path
    document: Mapping[str, Any]
    """As it is raised: with the authorities that stand in for those of the original."""
    server_ca: str
    served_by: str
    responder: str
    not_rehearsed: tuple[str, ...]
    listeners: tuple[SessionListener, ...]
    callers: Mapping[str, tuple[SessionCaller, ...]]
    """By profile; under the empty name those for listeners without one."""
    report_token: str | None = field(default=None, repr=False)
    """Whoever sends it is told what was sent on to a backend that is no echo."""

    def write(self) -> None:
        """Put it into the folder, whole or not at all."""
        told = {key: value for key, value in asdict(self).items() if key != "folder"}
        write_private(self.folder / STATE, json.dumps(told).encode())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The rehearsal that runs in this folder.

        Raises:
            GatewayError: where none does.
        """
        try:
            check_private(folder)
            told = json.loads(read_file(folder / STATE, _MAX_STATE))
            if not is_owned(folder):
                raise _nothing_runs(folder, "the rehearsal that was here has ended")
            return cls(
                **{
                    **told,
                    "folder": folder,
                    "not_rehearsed": tuple(told["not_rehearsed"]),
                    "listeners": tuple(
                        SessionListener(**{**each, "unserved": tuple(each["unserved"])}) for each in told["listeners"]
                    ),
                    "callers": {
                        profile: tuple(SessionCaller(**each) for each in callers)
                        for profile, callers in told["callers"].items()
                    },
                }
            )
        except FileNotFoundError:
            raise _nothing_runs(folder, "no rehearsal runs here") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise _nothing_runs(folder, f"{STATE} cannot be read ({type(error).__name__})") from None

    def issue_client(self, listener: SessionListener, name: str, folder: Path, *, now: datetime) -> tuple[Path, Path]:
        """Write a certificate that the listener lets in, and its key for the owner alone, and give both paths.

        Raises:
            GatewayError: where it cannot be written.
        """
        trusted = kept_rehearsal_chain(self.folder, listener.authorities, now=now)
        if trusted is None:
            raise _nothing_runs(self.folder, "its authorities are not here")
        if not folder.is_relative_to(self.folder):
            _refuse_to_overwrite(folder / f"{name}.pem", folder / f"{name}.key.pem")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return write_credential(trusted.issuer.issue(name, ocsp_url=self.responder), folder, name)
        except OSError as error:
            raise CANNOT_WRITE.error(str(folder), str(error.strerror)) from error


def keep_rehearsal_chain(folder: Path, mark: str, authorities: RehearsalChain) -> None:
    """Keep authorities with their keys, for their owner alone, so that what they issue stays good."""
    private_folder(folder / _AUTHORITIES)
    write_private(folder / _AUTHORITIES / mark, authorities.as_text().encode())


def kept_rehearsal_chain(folder: Path, mark: str, *, now: datetime) -> RehearsalChain | None:
    """Authorities that were kept; None where there are none that can be read."""
    try:
        return read_rehearsal_chain(read_file(folder / _AUTHORITIES / mark, _MAX_STATE).decode("ascii"), now=now)
    except (OSError, ValueError):
        return None


def is_owned(folder: Path) -> bool:
    """Whether some process runs a rehearsal in this folder."""
    try:
        lock = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _refuse_to_overwrite(*files: Path) -> None:
    for file in files:
        if file.exists() or file.is_symlink():
            raise FILE_EXISTS.error(str(file), "there is a file of that name already")


def _nothing_runs(folder: Path, saw: str) -> GatewayError:
    return NO_REHEARSAL.error(str(folder), saw)

"""The session of a running rehearsal: the files in its work directory, for use from other processes.

It starts no processes and opens no sockets; a lock shows whether the rehearsal still runs.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from ..problems import GatewayError
from ..processes.file_lock import FileLock
from ..processes.input_file import read_file
from ..processes.private_files import check_private, private_folder, write_private
from ..processes.problem_rows import CANNOT_WRITE
from .authority import write_credential
from .backend_certificates import BackendCertificate
from .problem_rows import FILE_EXISTS, NO_REHEARSAL
from .rehearsal_chain import RehearsalChain, read_rehearsal_chain

STATE = "rehearsal.json"
OWNER = "owner"
"""The file that the process of a running rehearsal keeps locked."""

_AUTHORITIES = "authorities"
_MAX_STATE = 16_000_000


@dataclass(frozen=True, slots=True)
class SessionListener:
    """A listener of the rehearsed document, and its address on this machine."""

    name: str
    host: str
    port: int
    url: str
    mode: str | None
    authorities: str
    """The file of the rehearsal CAs whose clients it accepts."""
    unserved: tuple[str, ...] = ()
    """The TLS versions that its policy allows and that are served here with other suites, or not at all."""


@dataclass(frozen=True, slots=True)
class SessionCaller:
    """A client whose certificate and key are files of the work directory."""

    name: str
    certificate: str
    key: str
    ocsp_status: str | None
    """Its OCSP responder's answer, in lower case; None where the certificate names no responder."""
    is_by_rehearsal_ca: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A rehearsal as its work directory describes it. File names are relative to the folder."""

    folder: Path
    document: Mapping[str, Any]
    """The document that runs: with the rehearsal CAs added."""
    server_ca: str
    served_by: str
    responder: str
    not_rehearsed: tuple[str, ...]
    listeners: tuple[SessionListener, ...]
    callers: Mapping[str, tuple[SessionCaller, ...]]
    """By profile; the empty name is for listeners without a profile."""
    report_token: str | None = field(default=None, repr=False)
    """A request with this token is answered with what was sent to a backend that does not echo."""
    backend_certificate: str = BackendCertificate.VALID
    """Which certificate the echo backend shows where it is reached over HTTPS."""

    def write(self) -> None:
        """Write it to the folder, atomically."""
        state = {key: value for key, value in asdict(self).items() if key != "folder"}
        write_private(self.folder / STATE, json.dumps(state).encode())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The rehearsal that runs in this folder.

        Raises:
            GatewayError: where none runs.
        """
        try:
            check_private(folder)
            state = json.loads(read_file(folder / STATE, _MAX_STATE))
            if not FileLock(folder / OWNER).is_held:
                raise _nothing_runs(folder, "the rehearsal that was here has ended")
            return cls(
                **{
                    **state,
                    "folder": folder,
                    "not_rehearsed": tuple(state["not_rehearsed"]),
                    "listeners": tuple(
                        SessionListener(**{**each, "unserved": tuple(each["unserved"])}) for each in state["listeners"]
                    ),
                    "callers": {
                        profile: tuple(SessionCaller(**each) for each in callers)
                        for profile, callers in state["callers"].items()
                    },
                }
            )
        except FileNotFoundError:
            raise _nothing_runs(folder, "no rehearsal runs here") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise _nothing_runs(folder, f"{STATE} cannot be read ({type(error).__name__})") from None

    def issue_client(self, listener: SessionListener, name: str, folder: Path, *, now: datetime) -> tuple[Path, Path]:
        """Write a client certificate that the listener accepts, and its key for the owner only; returns both paths.

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
    """Keep rehearsal CAs with their keys, readable by the owner only, so that their clients stay valid."""
    private_folder(folder / _AUTHORITIES)
    write_private(folder / _AUTHORITIES / mark, authorities.as_text().encode())


def kept_rehearsal_chain(folder: Path, mark: str, *, now: datetime) -> RehearsalChain | None:
    """The rehearsal CAs that were kept; None where none can be read."""
    try:
        return read_rehearsal_chain(read_file(folder / _AUTHORITIES / mark, _MAX_STATE).decode("ascii"), now=now)
    except (OSError, ValueError):
        return None


def _refuse_to_overwrite(*files: Path) -> None:
    for file in files:
        if file.exists() or file.is_symlink():
            raise FILE_EXISTS.error(str(file), "there is a file of that name already")


def _nothing_runs(folder: Path, saw: str) -> GatewayError:
    return NO_REHEARSAL.error(str(folder), saw)

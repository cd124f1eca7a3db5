"""Files and folders that belong to this user alone: no link is followed, and nothing of anybody else is overwritten."""

import os
import stat
import tempfile
from pathlib import Path

from ..problems import GatewayError
from .problem_rows import FOLDER_NOT_PRIVATE

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def private_folder(folder: Path) -> None:
    """Make the folder, or check one that is there (`check_private`).

    Raises:
        GatewayError: where it is not private.
        OSError: where it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_private(folder)


def check_private(folder: Path) -> None:
    """See that a folder is this user's, no link, and that no other user may write in it.

    The folders above it are not looked at.

    Raises:
        GatewayError: where it is not so.
        OSError: where it is not there.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(folder, "this is a link", "Name the folder itself.")
    if found.st_uid != os.geteuid():
        raise _refused(folder, "it belongs to another user", "Name a folder of your own.")
    if found.st_mode & _WRITABLE_BY_OTHERS:
        saw = f"other users may write in it (mode {stat.S_IMODE(found.st_mode):04o})"
        raise _refused(folder, saw, f"Run `chmod go-w {folder}`, or name another folder.")


def marked_folder(folder: Path, mark: str) -> None:
    """Make or check a private folder that is empty, or that was used before: it then has a file called `mark`.

    Raises:
        GatewayError: where it is neither.
        OSError: where it cannot be made.
    """
    private_folder(folder)
    names = {path.name for path in folder.iterdir()}
    if names and mark not in names:
        fix = "Name an empty folder, or one that does not exist."
        raise _refused(folder, f"it holds other files, such as {min(names)!r}, which could be overwritten", fix)


def open_private(path: Path) -> int:
    """A descriptor of a file for reading and writing, made if need be; a link is not followed (OSError)."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file that others see whole or not at all, in place of the one that is there; a link is replaced.

    With `durable` it outlives a loss of power.
    """
    descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _refused(folder: Path, saw: str, fix: str) -> GatewayError:
    return FOLDER_NOT_PRIVATE.error(str(folder), saw, fix)

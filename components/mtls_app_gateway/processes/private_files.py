"""Files and folders of this user alone: no link is followed, and no file of another user or program is overwritten."""

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
    """Check that a folder is this user's, not a link, and not writable by other users.

    The folders above it are not checked.

    Raises:
        GatewayError: where the check fails.
        OSError: where there is no such folder.
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
    """Make or check a private folder that is empty or was used before: then it has a file called `mark`.

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
    """A descriptor of a private file for reading and writing, created if need be. Raises OSError for a link."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a private file atomically: a reader sees the old content or the new. A link is replaced, not followed.

    Args:
        path: the file, in an existing folder.
        content: all of it.
        durable: survive a loss of power too, which costs a wait for the disk.
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

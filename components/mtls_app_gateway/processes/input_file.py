"""The one way to read a file that a user names: it must be a regular file of bounded size.

Reading a pipe without a writer, or an endless device, would never end. Every failure is an `OSError` whose `strerror`
says what was seen.
"""

import errno
import os
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_file(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises OSError for any other file."""
    data = read_start(path, limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes, which is too large", str(path))
    return data


def read_start(path: Path, length: int) -> bytes:
    """The first `length` bytes of a regular file, or all of a shorter one. Raises OSError for any other file."""
    try:
        with open(path, "rb", opener=_open) as file:
            _refuse_unless_regular(os.fstat(file.fileno()).st_mode, path)
            return file.read(length)
    except ValueError:
        raise OSError(errno.EINVAL, "a path has no NUL in it", repr(path)) from None


def check_file(path: Path) -> None:
    """Raises OSError unless this is a regular file; for files that a library opens itself."""
    read_start(path, 0)


def _open(path: str, flags: int) -> int:
    # Opens a pipe without waiting for its writer, and a terminal without making it this process's own.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _refuse_unless_regular(mode: int, path: Path) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS[stat.S_IFMT(mode)]
        raise OSError(errno.EINVAL, f"it is {kind}, not a regular file; copy it to a file first", str(path))

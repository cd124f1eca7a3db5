"""Finds the processes of this user that have a file open.

A number in a file proves nothing about a process: the file may be old, and somebody may have written it. An open file
does, so this is what is asked before a process is signalled.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]


def holders(file: Path) -> Iterator[psutil.Process]:
    """The processes of this user, without this one, that have the file open.

    Each is known by its number and its start, so that signalling it never reaches another that has its number by then.
    """
    real = str(file.resolve())
    for process in psutil.process_iter():
        try:
            if (
                process.pid != os.getpid()
                and process.uids().effective == os.geteuid()
                and any(found.path == real for found in process.open_files())
            ):
                yield process
        except psutil.Error:
            continue  # It has ended, or may not be looked at and so is not this user's.

"""Reads JSON files, and raises a problem for one that cannot be read."""

import json
from pathlib import Path
from typing import Any

from ..processes.input_file import read_file
from .problem_rows import DOCUMENT_UNREADABLE

_MAX_DOCUMENT = 8_000_000
"""Azure takes 4 MB of a template; a gateway's own JSON with 200 chains of 25 KB, in base64, has 7 MB."""


def read_json(path: Path, most: int = _MAX_DOCUMENT) -> Any:
    """The contents of a JSON file of so many bytes at most.

    Raises:
        GatewayError: The file cannot be read, is too large, or is not JSON.
    """
    try:
        return parse_json(read_file(path, most))
    except OSError as error:
        saw = error.strerror or "it cannot be read"
    except (ValueError, RecursionError):
        saw = "this is not JSON"
    raise DOCUMENT_UNREADABLE.error(str(path), saw)


def parse_json(data: bytes) -> Any:
    """JSON in UTF-8, with or without a byte order mark.

    Raises:
        ValueError: It is not UTF-8, or not JSON.
        RecursionError: It is nested too deep.
    """
    return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    # Python's parser accepts NaN and Infinity, which are not JSON.
    raise ValueError(constant)

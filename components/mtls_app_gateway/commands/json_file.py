"""A gateway's file as people hand it over: JSON, read whole, with a problem instead of a traceback."""

import json
from pathlib import Path
from typing import Any

from ..processes.input_file import read_file
from .problem_rows import DOCUMENT_UNREADABLE

_MAX_DOCUMENT = 8_000_000
"""Azure takes 4 MB of a template; a gateway's own JSON with 200 chains of 25 KB, in base64, has 7 MB."""


def read_json(path: Path) -> Any:
    """What stands in a JSON file. Raises GatewayError where it cannot be read, or is not JSON."""
    try:
        return parse_json(read_file(path, _MAX_DOCUMENT))
    except OSError as error:
        saw = error.strerror or "it cannot be read"
    except (ValueError, RecursionError):
        saw = "this is not JSON"
    raise DOCUMENT_UNREADABLE.error(str(path), saw)


def parse_json(data: bytes) -> Any:
    """JSON in UTF-8, a mark before it or none. Raises ValueError for anything else, RecursionError for the deepest."""
    return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    # Python's reader would take NaN and Infinity, which JSON has not.
    raise ValueError(constant)

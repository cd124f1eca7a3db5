"""A gateway's file as people hand it over: JSON, read whole, with a problem instead of a traceback."""

import json
from pathlib import Path
from typing import Any

from ..errors import GatewayError, Problem

_MAX_DOCUMENT = 50_000_000


def read_json(path: Path) -> Any:
    """What stands in a JSON file. Raises GatewayError where it cannot be read, or is not JSON."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return json.loads(file.read(_MAX_DOCUMENT))
    except OSError as error:
        saw = error.strerror or "it cannot be read"
    except (ValueError, RecursionError):
        saw = "this is not JSON"
    raise GatewayError([Problem("document-unreadable", str(path), saw, "Give the gateway as JSON.")])

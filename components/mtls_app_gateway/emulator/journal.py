"""The engine's requests in their order, for tests to read: one JSON object per line in `journal.jsonl`.

A line holds the method, the resource's URN and type, the names of its inputs, and its provider. Only values of provider
settings are written, and of secret ones only a digest.
"""

import json
import threading
from pathlib import Path
from typing import Any


class Journal:
    """A file that lines are added to, one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, method: str, **entry: Any) -> None:
        """Add a line."""
        line = json.dumps({"method": method, **entry}, sort_keys=True)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

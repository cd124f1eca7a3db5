"""Gateways of the subscription raised on this machine, as long as the stand-in runs.

Each has a work directory named by a hash of its id: no name from outside becomes part of a path.
"""

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..document.reading import read_document
from ..problems import GatewayError
from ..processes.private_files import private_folder
from ..rehearsal.local_rehearsal import LocalRehearsal
from ..rehearsal.nginx_process import clear_away

_log = logging.getLogger(__name__)


class RehearsingHost:
    """A `GatewayHost` with a rehearsal for each gateway, in a work directory of its own in `folder`."""

    def __init__(self, folder: Path, *, backend: str | None = None) -> None:
        self._folder = folder
        self._backend = backend
        self._turn = threading.Lock()
        self._running: dict[str, LocalRehearsal] = {}
        self._down: set[str] = set()
        """The gateways whose failure is in the log already."""
        private_folder(folder)

    def resume(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Raise what was raised before this process. What cannot be raised is told in the log."""
        for document in documents:
            try:
                self.apply(document)
            except GatewayError as error:
                _log.error("gateway %s is not raised: %s", document["name"], error)

    def apply(self, document: Mapping[str, Any]) -> None:
        """Raise this gateway, or change to it. Raises GatewayError where that cannot be done."""
        identity = str(document["id"])
        with self._turn:
            known = self._running.get(identity.lower())
            if known is not None:
                known.show(read_document(document))
                return
            rehearsal = LocalRehearsal(self._work_directory(identity), backend=self._backend)
            try:
                rehearsal.show(read_document(document))
            except BaseException:
                rehearsal.stop()
                raise
            self._running[identity.lower()] = rehearsal

    def remove(self, identity: str) -> None:
        """Take the gateway down, and its work directory away."""
        with self._turn:
            rehearsal = self._running.pop(identity.lower(), None)
            if rehearsal is not None:
                rehearsal.stop()
            self._down.discard(identity.lower())
            clear_away(self._work_directory(identity))
            shutil.rmtree(self._work_directory(identity), ignore_errors=True)

    def mend(self) -> None:
        """Raise again what has died. The log has a line for each change, not one for each attempt."""
        with self._turn:
            for identity, rehearsal in self._running.items():
                try:
                    was_raised = rehearsal.restart_if_dead()
                except GatewayError as error:
                    if identity not in self._down:
                        _log.warning("gateway %s has died, and is not raised: %s", identity, error)
                    self._down.add(identity)
                    continue
                if was_raised:
                    _log.warning("gateway %s had died, and is raised again", identity)
                    self._down.discard(identity)

    def stop(self) -> None:
        """Take every gateway down; their work directories stay, for the next time."""
        with self._turn:
            for rehearsal in self._running.values():
                rehearsal.stop()
            self._running.clear()

    def _work_directory(self, identity: str) -> Path:
        return self._folder / hashlib.sha256(identity.lower().encode()).hexdigest()[:16]

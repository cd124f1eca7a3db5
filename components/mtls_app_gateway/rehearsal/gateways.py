"""Several gateways on this machine, known by their ARM ids: one rehearsal each, in a work directory of its own.

A work directory is named by a hash of the id, so no name from outside becomes part of a path.
"""

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..document.reading import read_document
from ..problems import GatewayError
from ..processes.private_files import private_folder
from .local_rehearsal import LocalRehearsal
from .nginx_process import clear_away

_log = logging.getLogger(__name__)


class RehearsedGateways:
    """The gateways whose work directories are in one private folder. Use as a context.

    Args:
        folder: where the work directories are; made if need be.
        backend: `host:port` of a real application behind every gateway, in place of the echo backend.
    """

    def __init__(self, folder: Path, *, backend: str | None = None) -> None:
        self._folder = folder
        self._backend = backend
        self._turn = threading.Lock()
        self._running: dict[str, LocalRehearsal] = {}
        self._failed: set[str] = set()
        """The gateways whose failure is in the log already."""

    def __enter__(self) -> Self:
        private_folder(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def resume(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Start the gateways of an earlier process again. Failures go to the log."""
        for document in documents:
            try:
                self.apply(document)
            except GatewayError as error:
                _log.error("gateway %s does not start: %s", document["name"], error)

    def apply(self, document: Mapping[str, Any]) -> None:
        """Start the gateway of this document, or change the running one; it answers when this returns.

        Raises:
            GatewayError: where it cannot be started or changed.
        """
        identity = str(document["id"])
        with self._turn:
            running = self._running.get(identity.lower())
            if running is not None:
                running.show(read_document(document))
                return
            rehearsal = LocalRehearsal(self._work_directory(identity), backend=self._backend)
            try:
                rehearsal.start()
                rehearsal.show(read_document(document))
            except BaseException:
                rehearsal.stop()
                raise
            self._running[identity.lower()] = rehearsal

    def remove(self, identity: str) -> None:
        """Stop the gateway with this id and remove its work directory; nothing happens if there is none."""
        with self._turn:
            rehearsal = self._running.pop(identity.lower(), None)
            if rehearsal is not None:
                rehearsal.stop()
            self._failed.discard(identity.lower())
            clear_away(self._work_directory(identity))
            shutil.rmtree(self._work_directory(identity), ignore_errors=True)

    def restart_dead(self) -> None:
        """Start again each gateway whose nginx has died. The log has a line for each change, not for each attempt."""
        with self._turn:
            for identity, rehearsal in self._running.items():
                try:
                    was_dead = rehearsal.restart_if_dead()
                except GatewayError as error:
                    if identity not in self._failed:
                        _log.warning("gateway %s has died and does not start: %s", identity, error)
                    self._failed.add(identity)
                    continue
                if was_dead:
                    _log.warning("gateway %s had died and was started again", identity)
                    self._failed.discard(identity)

    def stop(self) -> None:
        """Stop every gateway; the work directories stay, for the next time."""
        with self._turn:
            for rehearsal in self._running.values():
                rehearsal.stop()
            self._running.clear()

    def _work_directory(self, identity: str) -> Path:
        return self._folder / hashlib.sha256(identity.lower().encode()).hexdigest()[:16]

"""Gateways of the subscription raised on this machine, as long as the stand-in runs."""

import hashlib
import logging
import shutil
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...errors import GatewayError
from ...gateway.reading import read_document
from ..local_rehearsal import LocalRehearsal
from ..nginx_process import clear_away

_log = logging.getLogger(__name__)


class RehearsingHost:
    """A `GatewayHost` with a rehearsal for each gateway, in a work directory of its own in `folder`."""

    def __init__(self, folder: Path, *, backend: str | None = None) -> None:
        self._folder = folder
        self._backend = backend
        self._turn = threading.Lock()
        self._running: dict[str, LocalRehearsal] = {}
        self._places: dict[str, Path] = {}
        self._told = ""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

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
            clear_away(self._work_directory(identity))
            shutil.rmtree(self._work_directory(identity), ignore_errors=True)
            del self._places[identity.lower()]

    def mend(self) -> None:
        """Raise again what has died; what cannot be raised is told in the log, once."""
        with self._turn:
            for identity, rehearsal in self._running.items():
                try:
                    outcome = "had died, and is raised again" if rehearsal.mend() else ""
                except GatewayError as error:
                    outcome = f"has died, and is not raised: {error}"
                if outcome and outcome != self._told:
                    _log.warning("gateway %s %s", identity, outcome)
                self._told = outcome or self._told

    def stop(self) -> None:
        """Take every gateway down; their work directories stay, for the next time."""
        with self._turn:
            for rehearsal in self._running.values():
                rehearsal.stop()
            self._running.clear()

    def _work_directory(self, identity: str) -> Path:
        """Called after the gateway; with a mark where another gateway of that name, in another group, is there."""
        name = identity.rpartition("/")[2]
        mark = hashlib.sha256(identity.lower().encode()).hexdigest()[:8]
        others = {place for other, place in self._places.items() if other != identity.lower()}
        wanted = self._folder / name
        return self._places.setdefault(
            identity.lower(), self._folder / f"{name}-{mark}" if wanted in others else wanted
        )

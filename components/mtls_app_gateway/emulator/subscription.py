"""The folder that is the subscription: one JSON file per resource, stored between runs.

A file is replaced in one step, so a process that is killed leaves either the old resource or the new one. The folder
belongs to one process at a time, by a lock that ends with the process. Of a value that Azure takes but never returns,
only a salted digest is stored.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..processes.file_lock import FileLock, LockHeldError
from ..processes.private_files import marked_folder, private_folder, write_private

_RESOURCES = "resources"


class SubscriptionInUseError(Exception):
    """Another emulator serves this folder."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as ARM stores it: `document` is what a GET answers, `digests` replace what no answer ever holds."""

    id: str
    document: Mapping[str, Any]
    digests: Mapping[str, str]


class Subscription:
    """The resources of a folder, by id. Use as a context.

    Ids that differ only in case mean the same resource, as in ARM. Not safe for concurrent changes: `ResourceManager`
    makes one change at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._resources = folder / _RESOURCES
        self._lock = FileLock(folder / "lock")

    def __enter__(self) -> Self:
        """Take the folder, which is made or checked to be private, and read what it holds.

        Raises:
            SubscriptionInUseError: another emulator serves it.
            GatewayError: it is not private, or holds other files.
        """
        marked_folder(self.folder, _RESOURCES)
        private_folder(self._resources)
        self._take_lock()
        self._salt = self._read_salt()
        self._by_id: dict[str, Resource] = {}
        for path in sorted(self._resources.glob("*.json")):
            resource = Resource(**json.loads(path.read_text(encoding="utf-8")))
            # Files were once called after the resource; a resource has one file.
            path.replace(self._path(resource.id))
            self._by_id[resource.id.lower()] = resource
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    @property
    def is_gone(self) -> bool:
        """Whether the folder has been removed."""
        return os.fstat(self._lock.fileno()).st_nlink == 0

    def find(self, identity: str) -> Resource | None:
        """The resource with this id."""
        return self._by_id.get(identity.lower())

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._by_id.values()))

    def store(self, identity: str, document: Mapping[str, Any], put_only: Mapping[str, str]) -> Resource:
        """Store a resource, in place of the one with the same id; of `put_only` values only digests are stored."""
        resource = Resource(identity, document, {path: self.digest(value) for path, value in put_only.items()})
        text = json.dumps({"id": resource.id, "document": resource.document, "digests": resource.digests}, indent=1)
        write_private(self._path(identity), text.encode(), durable=True)
        self._by_id[identity.lower()] = resource
        return resource

    def remove(self, identity: str) -> None:
        """Remove a resource; nothing happens if there is none."""
        if self._by_id.pop(identity.lower(), None) is not None:
            self._path(identity).unlink()

    def digest(self, value: str) -> str:
        """What replaces a secret value in this folder: useless without the value itself."""
        return hmac.new(self._salt, value.encode(), hashlib.sha256).hexdigest()

    def _path(self, identity: str) -> Path:
        return self._resources / f"{hashlib.sha256(identity.lower().encode()).hexdigest()[:24]}.json"

    def _take_lock(self) -> None:
        try:
            self._lock.acquire()
        except LockHeldError:
            holder = next((str(process.pid) for process in self._lock.processes()), "unknown")
            raise SubscriptionInUseError(
                f"{self.folder} is served by another emulator, process {holder}. Stop that one or name another folder."
            ) from None

    def _read_salt(self) -> bytes:
        path = self.folder / "salt"
        if not path.exists():
            write_private(path, secrets.token_hex(32).encode(), durable=True)
        return bytes.fromhex(path.read_text(encoding="ascii"))

"""Runs a gateway document locally: nginx in front of a backend, with throwaway certificates for its listeners.

All files are in one folder, and all ports on the loopback. One process at a time uses a folder; the next one removes
what a killed one left running.
"""

import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..document.view import view
from ..problems import GatewayError
from ..processes.file_lock import FileLock, LockHeldError
from ..processes.lifetime import Lifetime
from ..processes.private_files import marked_folder, write_private
from ..processes.problem_rows import CANNOT_WRITE
from .authority import Authority, KeyKind, LeafUse, write_credential
from .backend_certificates import BackendCertificate
from .certificate_names import server_names
from .nginx.config import Rehearsal, plan
from .nginx.placement import ADDRESS, Endpoint, Placement, RehearsedListener, endpoints
from .nginx_process import Nginx, NginxProcess, clear_away, find_nginx
from .problem_rows import FOLDER_IN_USE, PORT_TAKEN
from .rehearsed_backends import PlacedBackends, RehearsedBackends
from .session import OWNER

SERVER_CA = "server-ca.pem"
"""The file of the throwaway CA that issues the listeners' certificates, for clients on this machine to trust."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway that answers."""

    listeners: tuple[RehearsedListener, ...]
    not_rehearsed: tuple[str, ...]
    server_ca: Path
    served_by: Nginx
    report_token: str | None = None
    """A request with this token is answered with what nginx sent to the backend; None where the backend is an echo."""


class LocalGateway(Lifetime):
    """A gateway on this machine, whose document may change. Use as a context, or call `start` and `stop`.

    `backend`, `host:port` or a port of this machine, after `https://` where it speaks HTTPS, replaces the echo backend
    for every pool; `backend_certificate` is what the echo backend shows over HTTPS. `ocsp_responder` replaces every
    responder that a client's certificate names.
    """

    def __init__(
        self,
        folder: Path,
        *,
        backend: str | None = None,
        backend_certificate: BackendCertificate = BackendCertificate.VALID,
        nginx: Nginx | None = None,
        ocsp_responder: str | None = None,
    ) -> None:
        self.folder = folder
        self._nginx = nginx
        # A process that was killed while it started another may hold the lock through that one for a moment longer.
        self._lock = FileLock(folder / OWNER, patience=1.0)
        self._backends = RehearsedBackends(folder, backend, backend_certificate)
        self.ocsp_responder = ocsp_responder
        # The echo backend reports its requests. A real application does not, so nginx does.
        self._report_token = None if self._backends.is_echo else secrets.token_hex(16)
        self._ports: dict[Endpoint, int] = {}
        self._process: NginxProcess | None = None
        self._server_ca = Authority.create("Rehearsal Server CA")

    def start(self) -> None:
        """Find nginx, and take the folder for this process.

        Raises:
            GatewayError: where there is no nginx, or the folder is not private, is in use or cannot be written.
        """
        self.nginx = self._nginx or find_nginx()
        _take(self._lock)

    def show(self, document: Mapping[str, Any]) -> RunningGateway:
        """Start this gateway, or change to it without closing a port; returns when it answers.

        Raises:
            GatewayError: where it cannot start. What ran before still runs.
            RuntimeError: before `start` and after `stop`, when the folder may be another process's.
        """
        if not self._lock.is_taken:
            raise RuntimeError("a gateway is shown between start and stop")
        try:
            return self._show_somewhere(document)
        except OSError as error:
            raise CANNOT_WRITE.error(str(self.folder), str(error.strerror)) from error

    def stop(self) -> None:
        """Stop it; nothing is left running or listening."""
        if self._lock.is_taken:
            self._end()
            self._backends.stop()
            self._lock.release()

    @property
    def is_running(self) -> bool:
        """Whether nginx's process runs."""
        return self._process is not None and self._process.is_running

    def _show_somewhere(self, document: Mapping[str, Any]) -> RunningGateway:
        """Show it; where another program takes a port between its choice and the start, choose another port."""
        for _ in range(_TRIES - 1):
            try:
                return self._show(document)
            except GatewayError as error:
                if error.problems[0].row is not PORT_TAKEN:
                    raise
        return self._show(document)

    def _show(self, document: Mapping[str, Any]) -> RunningGateway:
        process = self._process if self.is_running else None
        if process is None:
            self._end()  # First, because what an earlier one left running may hold the same ports.
        status_port = process.status_port if process else _free_port(())
        before = {endpoint: port for endpoint, port in self._ports.items() if process or _is_free(port)}
        gateway = view(document)
        ports = _choose_ports(endpoints(gateway), before, status_port)
        backends = self._backends.place(gateway)
        rehearsal = plan(gateway, self._placement(backends, ports, status_port))
        self._write_certificates(rehearsal.listeners)
        if process is not None:
            process.reload(rehearsal)
        else:
            self._start(rehearsal, status_port)
        self._ports = ports
        server_ca = self.folder / SERVER_CA
        notices = tuple(dict.fromkeys((*backends.not_rehearsed, *rehearsal.not_rehearsed)))
        return RunningGateway(rehearsal.listeners, notices, server_ca, self.nginx, self._report_token)

    def _placement(self, backends: PlacedBackends, ports: Mapping[Endpoint, int], status_port: int) -> Placement:
        return Placement(
            ports,
            backends.plain,
            status_port,
            self.nginx.version,
            ocsp_responder=self.ocsp_responder,
            sets_server=self.nginx.sets_server,
            report_token=self._report_token,
            tls_backends=backends.over_tls,
        )

    def _start(self, rehearsal: Rehearsal, status_port: int) -> None:
        self._process = NginxProcess(self.nginx, self.folder, status_port)
        try:
            self._process.start(rehearsal)
        except GatewayError:
            self._end()
            raise

    def _end(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None
        clear_away(self.folder)

    def _write_certificates(self, listeners: Iterable[RehearsedListener]) -> None:
        write_private(self.folder / SERVER_CA, self._server_ca.bundle_pem.encode())
        rsa = KeyKind.RSA2048.generate() if any(listener.needs_rsa for listener in listeners) else None
        for listener in listeners:
            if listener.certificate is not None:
                names = server_names(listener.host_names)
                key = rsa if rsa is not None and listener.needs_rsa else KeyKind.P256
                # A common name has 64 characters at most (RFC 5280, ub-common-name); clients check the host names.
                common_name = next(name for name in reversed(names) if len(name) <= 64)
                leaf = self._server_ca.issue(common_name, purpose=LeafUse.SERVER, host_names=names, key=key)
                write_credential(leaf, self.folder, listener.certificate)


def _take(lock: FileLock) -> None:
    """Take the folder of this lock for this process, as long as it lives."""
    folder = lock.path.parent
    try:
        marked_folder(folder, OWNER)
        lock.acquire()
    except OSError as error:
        raise CANNOT_WRITE.error(str(folder), str(error.strerror)) from error
    except LockHeldError:
        raise FOLDER_IN_USE.error(str(folder), "another rehearsal is using this folder") from None


def _choose_ports(wanted: Iterable[Endpoint], before: Mapping[Endpoint, int], status: int) -> dict[Endpoint, int]:
    """A local port for each endpoint: the one it had, else its own or its own plus 8000 if free, else any."""
    ports: dict[Endpoint, int] = {}
    for endpoint in wanted:
        taken = {status, *ports.values(), *before.values()}
        ports[endpoint] = before.get(endpoint) or _port_for(endpoint.port, taken)
    return ports


def _port_for(port: int, taken: Iterable[int]) -> int:
    preferred = port if port >= 1024 else port + 8000
    return preferred if preferred not in taken and _is_free(preferred) else _free_port(taken)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _free_port(taken: Iterable[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((ADDRESS, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port

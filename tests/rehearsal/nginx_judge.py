"""An nginx that says what it makes of a client certificate: one server for each set of trusted CAs, no port taken."""

import os
import socket
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mtls_app_gateway.certificates import Circumstances, GivenBundle, examine
from mtls_app_gateway.document.azure import Mode
from mtls_app_gateway.processes.waiting import attempts
from mtls_app_gateway.rehearsal.authority import self_signed, write_credential
from mtls_app_gateway.rehearsal.nginx.client_check import ClientCheck, check_files, server_directives
from mtls_app_gateway.rehearsal.nginx.syntax import Directive, block, build, directive
from mtls_app_gateway.rehearsal.nginx_process import find_nginx
from OpenSSL import SSL, crypto

from ..certificates.handmade import Key

HANDSHAKE_FAILED = "no handshake"


@contextmanager
def judging(folder: Path, trusted: Sequence[Sequence[bytes]]) -> Iterator[list[Path]]:
    """Start it; gives the socket of each set of CAs, in their order. The check is the rehearsal's own."""
    write_credential(self_signed("judge"), folder, "server")
    servers, sockets = [], []
    for index, cas in enumerate(trusted):
        sockets.append(folder / f"{index}.sock")
        check = _check(cas)
        for name, content in check_files(check, str(index)).items():
            (folder / name).write_bytes(content)
        servers.append(block("server", inner=_server(sockets[-1], check, str(index))))
    (folder / "judge.conf").write_text(build(_main(servers)))
    command: list[str | Path] = [find_nginx().binary, "-p", f"{folder}/", "-c", "judge.conf", "-e", "error.log"]
    running = subprocess.Popen([*command, *(["-g", "user root;"] if os.geteuid() == 0 else [])])
    try:
        _wait_for(sockets[-1])
        yield sockets
    finally:
        running.terminate()
        running.wait()


def _check(cas: Sequence[bytes]) -> ClientCheck:
    pem = "".join(as_pem(der) for der in cas)
    authorities = examine(GivenBundle(pem, ""), Circumstances(None)).contents.certificates  # type: ignore[arg-type]
    return ClientCheck(Mode.STRICT, tuple(authorities))


def as_pem(der: bytes) -> str:
    """One certificate."""
    return crypto.dump_certificate(crypto.FILETYPE_PEM, crypto.load_certificate(crypto.FILETYPE_ASN1, der)).decode()


def _main(servers: Sequence[Directive]) -> Iterator[Directive]:
    yield directive("daemon", "off")
    yield directive("master_process", "off")
    yield directive("pid", "nginx.pid")
    yield block("events", inner=[directive("worker_connections", 1024)])
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = [directive(f"{kind}_temp_path", f"{kind}_temp") for kind in temporary]
    yield block("http", inner=[directive("access_log", "off"), *paths, *servers])


def _server(path: Path, check: ClientCheck, stem: str) -> Iterator[Directive]:
    yield directive("listen", f"unix:{path}", "ssl")
    yield directive("ssl_certificate", "server.pem")
    yield directive("ssl_certificate_key", "server.key.pem")
    yield from server_directives(check, stem)
    yield directive("error_page", 495, "=", "@refused")
    yield block("location", "@refused", inner=[directive("return", 200, "$ssl_client_verify")])
    yield block("location", "/", inner=[directive("return", 200, "$ssl_client_verify")])


def _wait_for(path: Path) -> None:
    for _ in attempts(10):
        with socket.socket(socket.AF_UNIX) as sock:
            if sock.connect_ex(str(path)) == 0:
                return
    raise TimeoutError(path)


def ssl_client_verify(path: Path, shown: Sequence[bytes], key: Key, *, version: int) -> str:
    """Show these certificates there; what nginx says of them, or that there was no handshake."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        # pyOpenSSL wants certificates of the cryptography library, which cannot read all of these.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.use_certificate(_x509(shown[0]))
        for der in shown[1:]:
            context.add_extra_chain_cert(_x509(der))
    context.use_privatekey(key)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        connection = SSL.Connection(context, sock)
        connection.set_connect_state()
        with suppress(SSL.Error):  # What odd extensions left in OpenSSL's queue of errors is raised once.
            connection.do_handshake()
        try:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return b"".join(_all(connection)).partition(b"\r\n\r\n")[2].decode()
        except SSL.Error:
            return HANDSHAKE_FAILED


def _all(connection: SSL.Connection) -> Iterator[bytes]:
    while True:
        try:
            yield connection.recv(65536)
        except (SSL.ZeroReturnError, SSL.SysCallError):
            return


def _x509(der: bytes) -> Any:
    return crypto.load_certificate(crypto.FILETYPE_ASN1, der)

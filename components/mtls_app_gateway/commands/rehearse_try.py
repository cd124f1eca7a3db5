"""The curl lines to try with a rehearsal that runs, for each of its listeners."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..document.view import view
from ..rehearsal.backend_certificates import BackendCertificate
from ..rehearsal.session import Session, SessionListener

CLIENTS = "clients"
"""The folder of a work directory for client certificates that are written on request."""

ADDRESS = "127.0.0.1"


def lines_to_try(session: Session) -> Iterator[str]:
    """Shell lines for each listener, with a client certificate that is written for them."""
    headers = view(session.document).identity_headers
    if headers:
        yield f"The backend echoes the request; see {', '.join(headers)}."
    if session.backend_certificate != BackendCertificate.VALID:
        shown = f"Over HTTPS the backend shows a certificate of the kind {session.backend_certificate}"
        yield f"{shown}: expect HTTP 502, unless the document turns off what would refuse it."
    for listener in session.listeners:
        where = f"{listener.name} listens at {local_url(listener)}"
        yield f"{where} ({listener.mode or 'clients are not asked for a certificate'}). Try:"
        yield f"  {curl_line(session, listener)}"
        if listener.mode is not None:
            pair = session.issue_client(listener, "client", session.folder / CLIENTS, now=datetime.now(UTC))
            yield f"  {curl_line(session, listener, *pair)}"


def curl_line(
    session: Session, listener: SessionListener, certificate: Path | None = None, key: Path | None = None
) -> str:
    """The curl line that connects to a listener, with a certificate or without."""
    return shlex.join(_curl(session, listener, certificate, key))


def local_url(listener: SessionListener) -> str:
    """The listener's URL, with an address where no resolver knows its name."""
    return listener.url.replace("//localhost:", f"//{ADDRESS}:")


def shown(path: Path) -> str:
    """The path, relative to the current directory where it is inside."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


def _curl(session: Session, listener: SessionListener, certificate: Path | None, key: Path | None) -> Iterator[str]:
    yield "curl"
    if listener.url.startswith("https:"):
        yield from ("--cacert", shown(session.folder / session.server_ca))
    if certificate and key:
        yield from ("--cert", shown(certificate), "--key", shown(key))
    if listener.host != "localhost":
        yield from ("--resolve", f"{listener.host}:{listener.port}:{ADDRESS}")
    yield local_url(listener)

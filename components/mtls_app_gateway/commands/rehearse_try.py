"""What to type next at a rehearsal that runs: the curl lines for each way of knocking, with files of its own."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..document.view import view
from ..rehearsal.session import Session, SessionListener

CLIENTS = "clients"
"""The folder in a work directory for certificates that are written on request."""

ADDRESS = "127.0.0.1"


def lines_to_try(session: Session) -> Iterator[str]:
    """Shell lines for each listener, with a certificate that is written for them."""
    headers = view(session.document).identity_headers
    if headers:
        yield f"What the backend received is in its answer; look at {', '.join(headers)}."
    for listener in session.listeners:
        where = f"{listener.name} listens at {local_url(listener)}"
        yield f"{where} ({listener.mode or 'nobody is asked for a certificate'}). Try:"
        yield f"  {curl_line(session, listener)}"
        if listener.mode is not None:
            pair = session.issue_client(listener, "client", session.folder / CLIENTS, now=datetime.now(UTC))
            yield f"  {curl_line(session, listener, *pair)}"


def curl_line(
    session: Session, listener: SessionListener, certificate: Path | None = None, key: Path | None = None
) -> str:
    """The line that knocks at a listener, with a certificate or without."""
    return shlex.join(_curl(session, listener, certificate, key))


def local_url(listener: SessionListener) -> str:
    """Where it is on this machine, for whoever has no resolver that knows its name."""
    return listener.url.replace("//localhost:", f"//{ADDRESS}:")


def shown(path: Path) -> str:
    """The path as it is typed here."""
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

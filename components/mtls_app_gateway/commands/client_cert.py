"""`mtls-gateway client-cert`: writes a client certificate that a running rehearsal accepts."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ..problems import GatewayError, Problem
from ..rehearsal.session import Session, SessionListener
from ..verify.judge.verdict import NOT_ASKABLE
from .printing import say, say_problems
from .rehearse_try import CLIENTS, curl_line, shown

_FILE = click.Path(path_type=Path)


@click.command("client-cert", epilog="Exit code 0: it is written. 2: it could not be.")
@click.argument("directory", type=_FILE, metavar="DIR")
@click.option(
    "--name", default="client", show_default=True, help="The client's common name, and what the files are called."
)
@click.option("--listener", help="The listener it is for, where there is more than one.")
@click.option("--into", type=_FILE, metavar="FOLDER", help="Write it there; into DIR/clients unless given.")
def client_cert(directory: Path, *, name: str, listener: str | None, into: Path | None) -> None:
    """Write a client's certificate and key for the rehearsal that runs in DIR, and say how to knock with them."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}", name):
        raise click.UsageError("--name takes letters, digits, dots, hyphens and spaces; 64 at most.")
    try:
        session = Session.read(directory.absolute())
        found = _listener(session, listener)
        folder = (into or directory / CLIENTS).absolute()
        certificate, key = session.issue_client(found, name, folder, now=datetime.now(UTC))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(NOT_ASKABLE)
    say(shown(certificate), shown(key))
    say(f"Try: {curl_line(session, found, certificate, key)}", err=True)


def _listener(session: Session, name: str | None) -> SessionListener:
    """The named listener, else the first that asks for certificates, Strict before Passthrough."""
    if name is None:
        order = {"Strict": 0, "Passthrough": 1}
        return min(session.listeners, key=lambda each: order.get(each.mode or "", 2))
    found = next((each for each in session.listeners if each.name.casefold() == name.casefold()), None)
    if found is None:
        fix = f"It is one of: {', '.join(each.name for each in session.listeners)}."
        raise GatewayError([Problem("listener-unknown", "--listener", f"there is no listener {name!r}", fix)])
    return found

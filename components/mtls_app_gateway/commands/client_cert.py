"""`mtls-gateway client-cert`: issues a client certificate that a running rehearsal accepts."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ..problems import GatewayError
from ..rehearsal.session import Session, SessionListener
from ..verify.judge.verdict import NOT_ASKABLE
from .printing import say, say_problems
from .problem_rows import LISTENER_UNKNOWN
from .rehearse_try import CLIENTS, curl_line, shown

_FILE = click.Path(path_type=Path)


@click.command(
    "client-cert", epilog="Exit codes: 0 the certificate is written; 2 it is not, and standard error says why."
)
@click.argument("directory", type=_FILE, metavar="DIR")
@click.option(
    "--name", default="client", show_default=True, help="The client's common name, and the name of the files."
)
@click.option("--listener", help="The listener, if the gateway has more than one.")
@click.option("--into", type=_FILE, metavar="FOLDER", help="Write to this folder.  [default: DIR/clients]")
def client_cert(directory: Path, *, name: str, listener: str | None, into: Path | None) -> None:
    """Issue a client certificate for a running rehearsal.

    DIR is the work directory of the rehearsal. Prints the paths of the certificate and of its key, and a curl line that
    uses them.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}", name):
        raise click.UsageError("--name takes letters, digits, dots, underscores, hyphens and spaces; 64 at most.")
    try:
        session = Session.read(directory.absolute())
        chosen = _listener(session, listener)
        folder = (into or directory / CLIENTS).absolute()
        certificate, key = session.issue_client(chosen, name, folder, now=datetime.now(UTC))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(NOT_ASKABLE)
    say(shown(certificate), shown(key))
    say(f"Try: {curl_line(session, chosen, certificate, key)}", err=True)


def _listener(session: Session, name: str | None) -> SessionListener:
    """The named listener; without a name the first that requests certificates, Strict before Passthrough."""
    if name is None:
        order = {"Strict": 0, "Passthrough": 1}
        return min(session.listeners, key=lambda each: order.get(each.mode or "", 2))
    match = next((each for each in session.listeners if each.name.casefold() == name.casefold()), None)
    if match is None:
        fix = f"It is one of: {', '.join(each.name for each in session.listeners)}."
        raise LISTENER_UNKNOWN.error("--listener", f"there is no listener {name!r}", fix)
    return match

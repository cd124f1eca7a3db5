"""The options of `mtls-gateway verify`; `verify_run` does the work.

It is imported when the command runs, so that `--help` and a wrong option answer without loading it.
"""

import sys
from pathlib import Path
from typing import Any

import click

from ..verify.knock.question import TIMEOUT, Expect

_FILE = click.Path(path_type=Path)


@click.command(
    epilog="Exit codes: 0 every verdict holds; 1 at least one does not; 2 something could not be asked, or nothing was."
)
@click.argument("hosts", nargs=-1, metavar="[HOST[:PORT]]...")
@click.option("--document", type=_FILE, help="The gateway, in any published form.")
@click.option("--parameters", type=_FILE, help="The parameter file, where the document is a deployment template.")
@click.option("--name", help="The gateway's name, where the document is the body of a PUT request.")
@click.option("--stack", help="The Pulumi stack with the component.")
@click.option("--rehearsal", type=_FILE, metavar="DIR", help="The rehearsal that runs there, asked where it listens.")
@click.option("--mode", type=click.Choice(["strict", "passthrough", "none"]), help="The promise, without a document.")
@click.option("--trusted-ca", type=_FILE, multiple=True, help="With --mode: a CA chain the gateway trusts.")
@click.option("--verify-issuer-dn", is_flag=True, help="With --mode: the gateway compares issuers.")
@click.option("--ocsp", is_flag=True, help="With --mode: the gateway asks the client's OCSP responder.")
@click.option("--identity-header", multiple=True, help="With --mode: a header only the gateway may write.")
@click.option("--listener", help="The document's listener for HOST, where its name and port fit several.")
@click.option("--connect", metavar="ADDRESS[:PORT]", help="Connect there; HOST is still what is asked for.")
@click.option("--server-ca", type=_FILE, help="The CAs of the listener's certificate; the system's unless given.")
@click.option("--client-cert", type=_FILE, multiple=True, help="A client certificate of yours, PEM; repeatable.")
@click.option(
    "--client-key",
    type=_FILE,
    multiple=True,
    help="Its private key; unless given, in the certificate's file, or beside NAME.pem in NAME.key.pem. The password "
    "of an encrypted one is asked for, or "
    "taken from MTLS_GATEWAY_KEY_PASSWORD.",
)
@click.option(
    "--expect",
    type=click.Choice([expect.value for expect in Expect]),
    multiple=True,
    help="The expected result; one for each certificate, or none.",
)
@click.option("--path", help="Ask for this path.")
@click.option("--timeout", type=click.FloatRange(0.1, 300), default=TIMEOUT, show_default=True, help="For each knock.")
@click.option("--retry-ocsp", is_flag=True, help="Knock once more where Azure's OCSP cache may have been cold.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--junit", type=_FILE, help="Write JUnit XML to this file.")
@click.option("--html", type=_FILE, help="Write a report to keep to this file.")
@click.option("--explain", is_flag=True, help="For each row, the curl and openssl lines that show the same.")
@click.option("--watch", type=click.FloatRange(0.1), metavar="SECONDS", help="Repeat, and print what changes.")
def verify(**options: Any) -> None:
    """Test a gateway with every caller against what it promises.

    The promise comes from --document, --stack, --rehearsal or --mode. Without a HOST, every listener of the document is
    verified under its own host name.
    """
    from .verify_run import VerifyOptions, run

    sys.exit(run(VerifyOptions(**options)))

"""`mtls-gateway verify`: connects to a gateway as every caller, and reports whether it keeps its promise."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from ..problems import GatewayError
from ..processes.problem_rows import CANNOT_WRITE
from ..verify.judge.verdict import NOT_ASKABLE, Verdict
from ..verify.knock.knock import TIMEOUT
from ..verify.knock.question import Caller, Expect, Target
from ..verify.promise.promise import Promise
from ..verify.report.report import Report
from ..verify.verification import Asking, verify_listeners
from .printing import say, say_json, say_problems
from .verify_callers import callers_of, own_callers, stranger_folder
from .verify_promise import (
    Promised,
    PromiseOptions,
    all_listeners,
    from_document,
    from_options,
    from_stack,
    listeners_for,
    parse_target,
)

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class _Outputs:
    """The requested formats of the report."""

    as_json: bool
    junit: Path | None
    html: Path | None
    explain: bool


@click.command(
    epilog="Exit code 0: every verdict holds. 1: at least one does not. "
    "2: something could not be asked, or nothing was."
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
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--junit", type=_FILE, help="Write JUnit XML to this file.")
@click.option("--html", type=_FILE, help="Write a report to keep to this file.")
@click.option("--explain", is_flag=True, help="For each row, the curl and openssl lines that show the same.")
@click.option("--watch", type=click.FloatRange(0.1), metavar="SECONDS", help="Repeat, and print what changes.")
def verify(  # noqa: PLR0917 - click's way of passing options
    hosts: tuple[str, ...],
    document: Path | None,
    parameters: Path | None,
    name: str | None,
    stack: str | None,
    rehearsal: Path | None,
    mode: str | None,
    trusted_ca: tuple[Path, ...],
    *,
    verify_issuer_dn: bool,
    ocsp: bool,
    identity_header: tuple[str, ...],
    listener: str | None,
    connect: str | None,
    server_ca: Path | None,
    client_cert: tuple[Path, ...],
    client_key: tuple[Path, ...],
    expect: tuple[str, ...],
    path: str | None,
    timeout: float,
    retry_ocsp: bool,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    explain: bool,
    watch: float | None,
) -> None:
    """Knock on a gateway as every caller, and judge what it does by what it promises.

    The promise comes from --document, --stack, --rehearsal or --mode. Without a HOST, every listener of the document is
    verified under its own host name.
    """
    if [document, stack, rehearsal, mode].count(None) != 3:
        raise click.UsageError("Give one of --document, --stack, --rehearsal and --mode.")
    if rehearsal and (hosts or connect or server_ca):
        raise click.UsageError("With --rehearsal, leave out HOST, --connect and --server-ca.")
    if mode and not hosts:
        raise click.UsageError("Missing argument 'HOST[:PORT]'.")
    if name and not document:
        raise click.UsageError("--name goes with --document.")
    if listener and len(hosts) != 1 and not rehearsal:
        raise click.UsageError("--listener goes with one HOST.")
    if watch and (as_json or junit or html or explain):
        raise click.UsageError("--watch prints changes, and writes no report.")
    outputs = _Outputs(as_json, junit, html, explain)
    try:
        now = datetime.now(UTC)
        options = PromiseOptions(mode or "", trusted_ca, verify_issuer_dn, ocsp, identity_header)
        how = Asking(_path(path), timeout, retry_ocsp)
        if rehearsal:
            promised, listeners, how = _rehearsed(rehearsal, listener, how)
        else:
            promised = (
                from_document(document, parameters, name=name) if document
                else from_stack(stack) if stack
                else from_options(options, now=now)
            )  # fmt: skip
            listeners = _listeners(promised, hosts, listener, connect, server_ca)
        own = own_callers(client_cert, client_key, expect)
        with ExitStack() as stack_of_folders:
            folder = stranger_folder(stack_of_folders, is_kept=explain)
            run = _run(promised, listeners, callers_of(folder, own), how)
            sys.exit(_watch(run, watch) if watch else _once(run, outputs, folder))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(NOT_ASKABLE)


def _rehearsed(
    folder: Path, listener: str | None, how: Asking
) -> tuple[Promised, list[tuple[Promise, Target | None]], Asking]:
    from .verify_rehearsal import from_rehearsal

    found = from_rehearsal(folder, listener)
    return found.promised, list(found.listeners), replace(how, refine=found.refine)


def _listeners(
    promised: Promised, hosts: Sequence[str], listener: str | None, connect: str | None, server_ca: Path | None
) -> list[tuple[Promise, Target | None]]:
    if not hosts:
        return all_listeners(promised, connect, server_ca)
    found: list[tuple[Promise, Target | None]] = []
    for host in hosts:
        target, says_port = parse_target(host, connect, server_ca)
        found.append(listeners_for(promised, target, listener, says_port=says_port))
    return found


def _path(path: str | None) -> str | None:
    if path is not None and (not path.startswith("/") or not path.isascii() or not path.isprintable() or " " in path):
        raise click.UsageError("--path begins with / and is percent-encoded.")
    return path


def _run(
    promised: Promised,
    listeners: Sequence[tuple[Promise, Target | None]],
    callers: Callable[[Promise], Sequence[Caller]],
    asking: Asking,
) -> Callable[[], Report]:
    from .verify_report import Waiting

    def run() -> Report:
        now, started = datetime.now(UTC), time.monotonic()
        with Waiting() as waiting:
            sections = verify_listeners(listeners, callers, now=now, asking=replace(asking, progress=waiting.update))
        from importlib.metadata import version

        tool = f"mtls-gateway {version('mtls-app-gateway')}"
        took = time.monotonic() - started
        return Report(
            now,
            took,
            tool,
            promised.source,
            sections,
            served_by=promised.served_by,
            not_known=promised.not_known,
            document=promised.document,
        )

    return run


def _once(run: Callable[[], Report], outputs: _Outputs, folder: Path) -> int:
    from .console import wide_console
    from .verify_report import print_report

    report = run()
    if outputs.as_json:
        say_json(report.as_data(explain=outputs.explain))
    else:
        print_report(report, wide_console(), explain=outputs.explain)
    if outputs.explain:
        say(f"The strangers' throwaway certificates and keys stay in {folder}", err=True)
    if outputs.junit:
        from ..verify.report.junit import junit

        _write(outputs.junit, junit(report))
    if outputs.html:
        from ..verify.report.html_report import html_report

        _write(outputs.html, html_report(report))
    return report.exit_code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        saw = error.strerror or "it cannot be written"
        raise CANNOT_WRITE.error(str(path), saw) from error


def _watch(run: Callable[[], Report], seconds: float) -> int:
    """Print the first report, then changes, until Ctrl-C; the exit code is that of the last round.

    Raises:
        KeyboardInterrupt: no round was finished.
    """
    from .console import wide_console
    from .verify_report import print_changes, print_report

    out, code = wide_console(), None
    before: dict[tuple[str, str], Verdict] = {}
    try:
        while True:
            report = run()
            code = report.exit_code
            if not before:
                print_report(report, out, explain=False)
            before = print_changes(report, before, out)
            threading.Event().wait(seconds)
    except KeyboardInterrupt:
        if code is None:
            raise
        say("stopped", err=True)
    return code

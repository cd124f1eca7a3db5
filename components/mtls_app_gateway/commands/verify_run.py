"""The work of `mtls-gateway verify`: connects to a gateway as every caller, and reports if it keeps its promise."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from ..problems import GatewayError
from ..processes.problem_rows import CANNOT_WRITE
from ..verify.judge.verdict import NOT_ASKABLE, Verdict
from ..verify.knock.question import Caller, Target
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


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """The options of the command line, by their names there."""

    hosts: tuple[str, ...]
    document: Path | None
    parameters: Path | None
    name: str | None
    stack: str | None
    rehearsal: Path | None
    mode: str | None
    trusted_ca: tuple[Path, ...]
    verify_issuer_dn: bool
    ocsp: bool
    identity_header: tuple[str, ...]
    listener: str | None
    connect: str | None
    server_ca: Path | None
    client_cert: tuple[Path, ...]
    client_key: tuple[Path, ...]
    expect: tuple[str, ...]
    path: str | None
    timeout: float
    retry_ocsp: bool
    as_json: bool
    junit: Path | None
    html: Path | None
    explain: bool
    watch: float | None


def run(options: VerifyOptions) -> int:
    """Verify, print and write the reports that are asked for, and return the exit code.

    Raises:
        click.UsageError: options that do not go together.
    """
    _refuse_wrong_usage(options)
    try:
        how = Asking(_path(options.path), options.timeout, options.retry_ocsp)
        if options.rehearsal:
            promised, listeners, how = _rehearsed(options.rehearsal, options.listener, how)
        else:
            promised = _promised(options)
            listeners = _listeners(promised, options)
        own = own_callers(options.client_cert, options.client_key, options.expect)
        with ExitStack() as folders:
            folder = stranger_folder(folders, is_kept=options.explain)
            one_round = _round(promised, listeners, callers_of(folder, own), how)
            return _watch(one_round, options.watch) if options.watch else _once(one_round, options, folder)
    except GatewayError as error:
        say_problems(error.problems)
        return NOT_ASKABLE


def _refuse_wrong_usage(options: VerifyOptions) -> None:
    if [options.document, options.stack, options.rehearsal, options.mode].count(None) != 3:
        raise click.UsageError("Give one of --document, --stack, --rehearsal and --mode.")
    if options.rehearsal and (options.hosts or options.connect or options.server_ca):
        raise click.UsageError("With --rehearsal, leave out HOST, --connect and --server-ca.")
    if options.mode and not options.hosts:
        raise click.UsageError("Missing argument 'HOST[:PORT]'.")
    if options.name and not options.document:
        raise click.UsageError("--name goes with --document.")
    if options.listener and len(options.hosts) != 1 and not options.rehearsal:
        raise click.UsageError("--listener goes with one HOST.")
    if options.watch and (options.as_json or options.junit or options.html or options.explain):
        raise click.UsageError("--watch prints changes, and writes no report.")


def _promised(options: VerifyOptions) -> Promised:
    if options.document:
        return from_document(options.document, options.parameters, name=options.name)
    if options.stack:
        return from_stack(options.stack)
    given = PromiseOptions(
        options.mode or "", options.trusted_ca, options.verify_issuer_dn, options.ocsp, options.identity_header
    )
    return from_options(given, now=datetime.now(UTC))


def _rehearsed(
    folder: Path, listener: str | None, how: Asking
) -> tuple[Promised, list[tuple[Promise, Target | None]], Asking]:
    from .verify_rehearsal import from_rehearsal

    found = from_rehearsal(folder, listener)
    return found.promised, list(found.listeners), replace(how, refine=found.refine)


def _listeners(promised: Promised, options: VerifyOptions) -> list[tuple[Promise, Target | None]]:
    if not options.hosts:
        return all_listeners(promised, options.connect, options.server_ca)
    found: list[tuple[Promise, Target | None]] = []
    for host in options.hosts:
        target, says_port = parse_target(host, options.connect, options.server_ca)
        found.append(listeners_for(promised, target, options.listener, says_port=says_port))
    return found


def _path(path: str | None) -> str | None:
    if path is not None and (not path.startswith("/") or not path.isascii() or not path.isprintable() or " " in path):
        raise click.UsageError("--path begins with / and is percent-encoded.")
    return path


def _round(
    promised: Promised,
    listeners: Sequence[tuple[Promise, Target | None]],
    callers: Callable[[Promise], Sequence[Caller]],
    asking: Asking,
) -> Callable[[], Report]:
    from .verify_report import Waiting

    def one_round() -> Report:
        now, started = datetime.now(UTC), time.monotonic()
        with Waiting() as waiting:
            sections = verify_listeners(listeners, callers, now=now, asking=replace(asking, progress=waiting.update))
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

    return one_round


def _once(one_round: Callable[[], Report], options: VerifyOptions, folder: Path) -> int:
    from .console import wide_console
    from .verify_report import print_report

    report = one_round()
    if options.as_json:
        say_json(report.as_data(explain=options.explain))
    else:
        print_report(report, wide_console(), explain=options.explain)
    if options.explain:
        say(f"The strangers' throwaway certificates and keys stay in {folder}", err=True)
    if options.junit:
        from ..verify.report.junit import junit

        _write(options.junit, junit(report))
    if options.html:
        from ..verify.report.html_report import html_report

        _write(options.html, html_report(report))
    return report.exit_code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        saw = error.strerror or "it cannot be written"
        raise CANNOT_WRITE.error(str(path), saw) from error


def _watch(one_round: Callable[[], Report], seconds: float) -> int:
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
            report = one_round()
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

"""`mtls-gateway rehearse`: runs a gateway on this machine, connects to it as every caller, and reports the verdicts."""

import shlex
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from ..document.purpose import Purpose
from ..document.reading import Document
from ..document.view import view
from ..problems import GatewayError
from ..processes.problem_rows import CANNOT_WRITE
from ..rehearsal.backend_certificates import BackendCertificate
from ..rehearsal.local_rehearsal import LocalRehearsal
from ..rehearsal.nginx.backend_tls import https_backends
from ..rehearsal.session import Session
from ..verify.judge.verdict import NOT_ASKABLE
from ..verify.report.report import Report
from .console import wide_console
from .gateway_document import gateway_in_file
from .printing import say, say_json, say_problems
from .problem_rows import NO_HTTPS_BACKEND
from .rehearse_matrix import knock
from .rehearse_report import print_matrix
from .rehearse_try import lines_to_try
from .verify_report import Waiting

_FILE = click.Path(path_type=Path)


@click.command(
    epilog="Exit codes: 0 every verdict holds; 1 at least one does not; 2 it could not start, or something could "
    "not be asked."
)
@click.argument("file", type=_FILE, required=False)
@click.option("--parameters", type=_FILE, help="The parameter file, where FILE is a deployment template.")
@click.option("--name", help="The gateway's name, where FILE is the body of a PUT request.")
@click.option("--running", type=_FILE, metavar="DIR", help="In place of FILE: knock at the rehearsal that runs there.")
@click.option("--case", metavar="NAME", help="Only the callers and questions with this in their name.")
@click.option("--keep", is_flag=True, help="Leave it running until Ctrl-C, and print curl lines to knock by hand.")
@click.option("--folder", type=_FILE, metavar="DIR", help="The work directory; a temporary one unless given.")
@click.option(
    "--backend",
    metavar="[https://][HOST:]PORT",
    help="A real application in place of the echo backend, reached over HTTPS where https:// is given.",
)
@click.option(
    "--backend-certificate",
    type=click.Choice([each.value for each in BackendCertificate]),
    help="What the echo backend shows where it is reached over HTTPS; `valid` unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--junit", type=_FILE, help="Write JUnit XML to this file.")
def rehearse(
    file: Path | None,
    *,
    parameters: Path | None,
    name: str | None,
    running: Path | None,
    case: str | None,
    keep: bool,
    folder: Path | None,
    backend: str | None,
    backend_certificate: str | None,
    as_json: bool,
    junit: Path | None,
) -> None:
    """Run a gateway on this machine, and test it with every caller.

    FILE is the gateway in any published form: a deployment template, the resource as Azure shows it, our own document.
    """
    if (file is None) == (running is None):
        raise click.UsageError("Give either FILE or --running DIR.")
    if running and (keep or folder or backend or backend_certificate or parameters or name):
        raise click.UsageError("--running knocks at a rehearsal that runs already; the other options start one.")
    if backend and backend_certificate:
        raise click.UsageError("--backend-certificate is of the echo backend; --backend takes its place.")
    # Each signal ends the rehearsal in order, so that nothing stays behind. SIGINT may be inherited as ignored, and
    # Python leaves it so.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    matrix = _Matrix(case, as_json=as_json, junit=junit)
    try:
        with _ending_quietly():
            if running:
                sys.exit(matrix(Session.read(running), str(running), is_kept=True))
            assert file is not None  # noqa: S101 - asked for above
            document = gateway_in_file(file, parameters, Purpose.REHEARSE, name)
            certificate = _certificate(backend_certificate, document)
            sys.exit(_run(document, file, folder, backend, certificate, matrix, keep=keep))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(NOT_ASKABLE)


class _Matrix:
    """Knocks at a rehearsal, and reports the verdicts in the requested formats."""

    def __init__(self, case: str | None, *, as_json: bool, junit: Path | None) -> None:
        self._case = case
        self._as_json = as_json
        self._junit = junit

    def __call__(self, session: Session, source: str, *, is_kept: bool) -> int:
        """The exit code of the matrix."""
        with Waiting() as waiting:
            report = knock(session, source, case=self._case, progress=waiting.update)
        if self._as_json:
            say_json(report.as_data())
        else:
            print_matrix(report, wide_console())
        if self._junit:
            self._write(report, self._junit)
        if is_kept:
            say("", *lines_to_try(session), err=self._as_json)
        return report.exit_code

    def _write(self, report: Report, path: Path) -> None:
        from ..verify.report.junit import junit

        try:
            path.write_text(junit(report), encoding="utf-8")
        except OSError as error:
            raise CANNOT_WRITE.error(str(path), str(error.strerror)) from error


def _certificate(chosen: str | None, document: Document) -> BackendCertificate:
    """The certificate for the echo backend to show; one that nothing would look at is refused."""
    if chosen is not None and not https_backends(view(document)):
        raise NO_HTTPS_BACKEND.error(
            "--backend-certificate", "every backend is reached over plain HTTP, or by no route"
        )
    return BackendCertificate(chosen or BackendCertificate.VALID)


def _run(  # noqa: PLR0917 - one place calls it
    document: Document,
    source: Path,
    folder: Path | None,
    backend: str | None,
    certificate: BackendCertificate,
    matrix: _Matrix,
    *,
    keep: bool,
) -> int:
    with ExitStack() as stack:
        work = folder or _temporary_folder(stack)
        rehearsal = stack.enter_context(
            LocalRehearsal(work.absolute(), backend=backend, backend_certificate=certificate)
        )
        code = matrix(rehearsal.show(document), str(source), is_kept=keep)
        if keep:
            where = shlex.quote(str(work))
            say(f"  mtls-gateway client-cert {where}   another client's certificate", err=True)
            say(f"  mtls-gateway verify --rehearsal {where}   knock with certificates of yours", err=True)
            _keep(rehearsal)
    return code


def _keep(rehearsal: LocalRehearsal) -> None:
    """Wait for Ctrl-C, and start the gateway again if it dies."""
    with suppress(KeyboardInterrupt):
        say("It runs until Ctrl-C.", err=True)
        while True:
            threading.Event().wait(1.0)
            if rehearsal.restart_if_dead():
                say("The local gateway died and was started again.", err=True)


def _temporary_folder(stack: ExitStack) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mtls-gateway-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _ending_quietly() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        say("Interrupted. Nothing is left of the rehearsal.", err=True)
        sys.exit(130)

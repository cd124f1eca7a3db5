"""`mtls-gateway check`: the contents of CA bundles, the rules they break, and whether a client would be let in."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from ..certificates import ClientVerdict, GivenBundle, LoadedChains, load_chains, verify_client
from ..certificates.forms import CA_FILE_SUFFIXES, MAX_BUNDLE_BYTES, is_ca_file_name
from ..escaping import printable
from ..problems import errors_of
from ..processes.input_file import read_start
from .check_report import CheckReport
from .printing import say_json

CLEAN, PROBLEMS, UNREAD, OPEN = 0, 1, 2, 3


class CouldNotRead(click.ClickException):
    """A file or folder that cannot be read."""

    exit_code = UNREAD


@click.command(
    epilog="Exit codes: 0 no error, and the client would be let in; 1 an error, or the client would be refused; "
    "2 a file could not be read; 3 no error, and it cannot be known from here whether the client would be let in."
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--client",
    type=click.Path(path_type=Path),
    help="Judge this client certificate too; its intermediates may be in the file.",
)
@click.option(
    "--at",
    "moment",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Judge validity on this date (UTC, 2030-01-31 or 2030-01-31T12:00:00Z) and not today.",
)
@click.option("--split", is_flag=True, help="Make one entry for each chain in a file.")
@click.option(
    "--verify-issuer-dn/--no-verify-issuer-dn",
    default=True,
    help="Whether the gateway compares the client's issuer. On by default, as in the component; in Azure it is off.",
)
@click.option("--ocsp", is_flag=True, help="The gateway asks the client's OCSP responder.")
@click.option(
    "--expiry-warning-days",
    metavar="DAYS",
    type=click.IntRange(0),
    default=30,
    show_default=True,
    help="Warn when a CA certificate expires within so many days.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--rules", "list_rules", is_flag=True, help="List all rules and exit.")
def check(
    paths: Sequence[Path],
    client: Path | None,
    moment: datetime | None,
    *,
    split: bool,
    verify_issuer_dn: bool,
    ocsp: bool,
    expiry_warning_days: int,
    as_json: bool,
    list_rules: bool,
) -> None:
    """Check files of trusted client CA certificates.

    A PATH is a file in PEM, DER, PKCS#7, or base64 of these; or a folder, of which each certificate file is a bundle.
    The rules are Azure's, and those that no gateway should break.
    """
    if list_rules:
        from .check_report import print_rules

        print_rules()
        return
    if not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
    now = (moment or datetime.now(UTC)).replace(tzinfo=UTC)
    bundles = [GivenBundle(_read(path), _printable(path), split=split) for path in _files(paths)]
    loaded = load_chains(bundles, at=now, expiry_warning_days=expiry_warning_days, verify_issuer_dn=verify_issuer_dn)
    verdict: ClientVerdict | None = None
    if client:
        checks = {"verify_issuer_dn": verify_issuer_dn, "verify_revocation": ocsp}
        verdict = verify_client(_read(client), loaded.chains, at=now, **checks)
    report = CheckReport(loaded, now, verdict, _printable(client) if client else "")
    if as_json:
        say_json(report.as_data())
    else:
        report.print()
    sys.exit(_exit_code(loaded, verdict))


def _exit_code(loaded: LoadedChains, verdict: ClientVerdict | None) -> int:
    is_admitted = verdict is None or verdict.is_admitted
    if errors_of(loaded.problems) or is_admitted is False:
        return PROBLEMS
    return OPEN if is_admitted is None else CLEAN


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(file for file in path.iterdir() if is_ca_file_name(file.name) and not file.is_dir())
        except OSError as error:
            raise CouldNotRead(f"{_printable(path)}: {error.strerror}") from error
        if not inside:
            raise CouldNotRead(
                f"{_printable(path)}: no certificate file in this folder ({', '.join(CA_FILE_SUFFIXES)})"
            )
        yield from inside


def _read(path: Path) -> bytes:
    """The file, or so much of it that the rules report it as too large."""
    try:
        return read_start(path, MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise CouldNotRead(f"{_printable(path)}: {error.strerror}") from error


def _printable(path: Path) -> str:
    return printable(str(path))

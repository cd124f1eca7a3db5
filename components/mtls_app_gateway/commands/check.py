"""`mtls-gateway check`: what CA bundles hold, which rules they break, and whether a client would pass."""

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
    """A file that is not there, or not for us."""

    exit_code = UNREAD


@click.command(
    epilog="Exit code 0: no rule is broken with an error, and the client would pass. 1: a rule is, or it would not. "
    "2: something could not be read. 3: no rule is, and whether the client would pass is not known from here."
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--client", type=click.Path(path_type=Path), help="A client certificate, with its intermediates if any.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]), help="Judge at this moment (UTC), not now."
)
@click.option("--split", is_flag=True, help="One entry for each chain of a file.")
@click.option(
    "--verify-issuer-dn/--no-verify-issuer-dn",
    default=True,
    help="Whether the gateway will compare the client's issuer. On by default, as the component's; Azure's is off.",
)
@click.option("--ocsp", is_flag=True, help="The gateway will ask the client's OCSP responder.")
@click.option("--expiry-warning-days", type=click.IntRange(0), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--rules", "list_rules", is_flag=True, help="List all rules, and stop.")
def check(
    paths: Sequence[Path],
    client: Path | None,
    at: datetime | None,
    *,
    split: bool,
    verify_issuer_dn: bool,
    ocsp: bool,
    expiry_warning_days: int,
    as_json: bool,
    list_rules: bool,
) -> None:
    """Check files and folders of trusted client CA certificates as Azure would, before Azure does.

    PEM, DER, PKCS#7, or base64 of these. Of a folder, each certificate file directly in it is a bundle.
    """
    if list_rules:
        from .check_report import print_rules

        print_rules()
        return
    if not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
    moment = (at or datetime.now(UTC)).replace(tzinfo=UTC)
    bundles = [GivenBundle(_read(path), _shown(path), split=split) for path in _files(paths)]
    loaded = load_chains(bundles, at=moment, expiry_warning_days=expiry_warning_days, verify_issuer_dn=verify_issuer_dn)
    verdict: ClientVerdict | None = None
    if client:
        asked = {"verify_issuer_dn": verify_issuer_dn, "verify_revocation": ocsp}
        verdict = verify_client(_read(client), loaded.chains, at=moment, **asked)
    report = CheckReport(loaded, moment, verdict, _shown(client) if client else "")
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
            raise CouldNotRead(f"{_shown(path)}: {error.strerror}") from error
        if not inside:
            raise CouldNotRead(f"{_shown(path)}: no certificate file in this folder ({', '.join(CA_FILE_SUFFIXES)})")
        yield from inside


def _read(path: Path) -> bytes:
    """The file, or so much of it that the rules see it is too large."""
    try:
        return read_start(path, MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise CouldNotRead(f"{_shown(path)}: {error.strerror}") from error


def _shown(path: Path) -> str:
    return printable(str(path))

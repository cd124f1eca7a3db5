"""`mtls-gateway review`: what is wrong with gateways, whoever made them, and what they do about client identity."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ..document.reading import read_all
from ..problems import GatewayError, Severity
from .json_file import read_json
from .printing import say_json, say_problems
from .review_report import ReviewedGateway, as_data, print_review, reviewed

FINE, FOUND, UNREAD = 0, 1, 2

MAX_TENANT = 200_000_000
"""In bytes; more than the gateways of a large tenant with their chains."""

_FILE = click.Path(path_type=Path)
_COUNTED = {severity.value: frozenset(list(Severity)[: index + 1]) for index, severity in enumerate(Severity)}
"""The severities that count, by the least of them."""


@click.command(
    "review",
    epilog="Exit codes: 0 nothing of the severity of --fail-on was found; 1 something was; 2 a gateway could not be "
    "read.",
)
@click.argument("sources", nargs=-1, required=True, type=_FILE, metavar="SOURCE...")
@click.option("--parameters", type=_FILE, help="The parameter file, where SOURCE is a deployment template.")
@click.option(
    "--fail-on",
    type=click.Choice(list(_COUNTED)),
    default=Severity.ERROR.value,
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option(
    "--expiry-warning-days",
    metavar="DAYS",
    type=click.IntRange(0),
    default=30,
    show_default=True,
    help="Warn when a trusted CA certificate expires within so many days.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def review_gateways(
    sources: Sequence[Path], *, parameters: Path | None, fail_on: str, expiry_warning_days: int, as_json: bool
) -> None:
    """Review gateways, whoever made them.

    A SOURCE is a JSON file with a gateway in any published form, or with many: what `az network application-gateway
    list`, `az resource list` or `az graph query` print, or a deployment template. Nothing is asked of Azure.
    """
    now = datetime.now(UTC)
    try:
        values = read_json(parameters) if parameters else None
        found = [each for source in sources for each in _gateways(source, values, now, expiry_warning_days)]
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(UNREAD)
    if as_json:
        say_json(as_data(found))
    else:
        print_review(found, now)
    sys.exit(_exit_code(found, _COUNTED[fail_on]))


def _gateways(source: Path, parameters: Any, now: datetime, expiry_warning_days: int) -> Iterator[ReviewedGateway]:
    for place, reading in read_all(read_json(source, MAX_TENANT), parameters).items():
        where = f"{source}: {place}" if place else str(source)
        yield reviewed(reading, where, now=now, expiry_warning_days=expiry_warning_days)


def _exit_code(found: Sequence[ReviewedGateway], counted: frozenset[Severity]) -> int:
    if any(not each.is_read for each in found):
        return UNREAD
    return FOUND if any(problem.severity in counted for each in found for problem in each.problems) else FINE

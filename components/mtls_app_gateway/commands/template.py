"""`mtls-gateway template`: the ARM deployment template of a gateway, for whoever deploys without Pulumi."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from ..errors import GatewayError, Problem, errors_of
from ..escaping import json_text
from ..gateway.reading import read
from ..gateway.template import template_of
from .json_file import read_json
from .printing import say, say_json

WRITTEN, REFUSED = 0, 2

_FILE = click.Path(path_type=Path)


@click.command(epilog="Exit code 0: the template is written. 2: it is not, and standard error says why.")
@click.argument("file", type=_FILE)
@click.option("--parameters", type=_FILE, help="The parameter file, where FILE is a deployment template.")
@click.option("--output", type=_FILE, help="Write the template to this file; else to standard output.")
def template(file: Path, parameters: Path | None, output: Path | None) -> None:
    """Write the ARM deployment template of the gateway in FILE, which may be in any published form.

    FILE is the component's `document` output, the answer of `az resource show` or of `az network application-gateway
    show`, the portal's JSON view, or another template. The PFX and password of a listener's certificate become secure
    parameters, and what is not known yet becomes a parameter too; the subnet, the public IP and other neighbours are
    named by their ids and not made. What was left out on the way is said on standard error.
    """
    try:
        reading = read(read_json(file), read_json(parameters) if parameters else None)
        _tell(reading.problems)
        if errors_of(reading.problems):
            sys.exit(REFUSED)
        _write(template_of(reading.document), output)
    except GatewayError as error:
        _tell(error.problems)
        sys.exit(REFUSED)


def _tell(problems: Iterable[Problem]) -> None:
    for problem in problems:
        say(f"{problem.severity}: {problem}", err=True)


def _write(template: Mapping[str, Any], output: Path | None) -> None:
    if output is None:
        say_json(template)
        return
    try:
        output.write_text(f"{json_text(template)}\n", encoding="utf-8")
    except OSError as error:
        saw = error.strerror or "it cannot be written"
        fix = "Name a file in a folder that exists and may be written to."
        raise GatewayError([Problem("template-unwritable", str(output), saw, fix)]) from None

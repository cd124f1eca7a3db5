"""`mtls-gateway template`: writes the ARM deployment template of a gateway, for a deployment without Pulumi."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..document.purpose import Purpose
from ..document.template_writing import template_of
from ..escaping import json_text
from ..problems import GatewayError
from .gateway_document import gateway_in_file, print_problems
from .printing import say_json
from .problem_rows import TEMPLATE_UNWRITABLE

WRITTEN, REFUSED = 0, 2

_FILE = click.Path(path_type=Path)


@click.command(epilog="Exit codes: 0 the template is written; 2 it is not, and standard error says why.")
@click.argument("file", type=_FILE)
@click.option("--parameters", type=_FILE, help="The parameter file, if FILE is a deployment template.")
@click.option("--name", help="The gateway's name, if FILE is the body of a PUT request.")
@click.option("--output", type=_FILE, help="Write to this file and not to standard output.")
def template(file: Path, *, parameters: Path | None, name: str | None, output: Path | None) -> None:
    """Write the ARM deployment template of a gateway.

    FILE is the gateway in any published form: the component's `document` output, the answer of `az resource show` or
    `az network application-gateway show`, the portal's JSON view, or another template.

    The PFX and password of a listener certificate become secure parameters; values that are not known yet become
    parameters too. The subnet, the public address and other resources are referenced by their ids and not made.
    Standard error lists what is left out. A name that Azure would drop, and a reference that reaches nothing, are
    errors.
    """
    try:
        document = gateway_in_file(file, parameters, Purpose.WRITE, name)
        _write(template_of(document), output)
    except GatewayError as error:
        print_problems(error.problems)
        sys.exit(REFUSED)


def _write(template: Mapping[str, Any], output: Path | None) -> None:
    if output is None:
        say_json(template)
        return
    try:
        output.write_text(f"{json_text(template)}\n", encoding="utf-8")
    except OSError as error:
        saw = error.strerror or "it cannot be written"
        raise TEMPLATE_UNWRITABLE.error(str(output), saw) from None

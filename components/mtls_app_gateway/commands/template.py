"""`mtls-gateway template`: the ARM deployment template of a gateway, for whoever deploys without Pulumi."""

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


@click.command(epilog="Exit code 0: the template is written. 2: it is not, and standard error says why.")
@click.argument("file", type=_FILE)
@click.option("--parameters", type=_FILE, help="The parameter file, where FILE is a deployment template.")
@click.option("--name", help="The gateway's name, where FILE is the body of a PUT request.")
@click.option("--output", type=_FILE, help="Write the template to this file; else to standard output.")
def template(file: Path, *, parameters: Path | None, name: str | None, output: Path | None) -> None:
    """Write the ARM deployment template of the gateway in FILE, which may be in any published form.

    FILE is the component's `document` output, the answer of `az resource show` or of `az network application-gateway
    show`, the portal's JSON view, or another template. The PFX and password of a listener's certificate become secure
    parameters, and what is not known yet becomes a parameter too; the subnet, the public IP and other neighbours are
    named by their ids and not made. What was left out on the way is said on standard error; a name that Azure would
    drop, and a reference that reaches nothing, stop it.
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

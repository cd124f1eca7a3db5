"""`mtls-gateway document`: the gateway document of a stack, for the commands that read one, and for reviewers."""

import json
import sys

import click

from ..errors import GatewayError
from .verify_promise import document_in


@click.command(epilog="Exit code 0: the document is printed. 2: it cannot be had, and standard error says why.")
@click.argument("stack")
def document(stack: str) -> None:
    """Print the gateway document that stands in a Pulumi STACK: the ARM resource as JSON, without secrets."""
    try:
        click.echo(json.dumps(document_in(stack), indent=2))
    except GatewayError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)

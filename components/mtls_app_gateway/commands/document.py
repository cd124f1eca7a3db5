"""`mtls-gateway document`: the gateway document of a stack, for the commands that read one, and for reviewers."""

import sys

import click

from ..problems import GatewayError
from .printing import say_json, say_problems
from .verify_promise import document_in


@click.command(epilog="Exit code 0: the document is printed. 2: it cannot be had, and standard error says why.")
@click.argument("stack")
def document(stack: str) -> None:
    """Print the gateway document that stands in a Pulumi STACK: the ARM resource as JSON, without secrets."""
    try:
        say_json(document_in(stack))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(2)

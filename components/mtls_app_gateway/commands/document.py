"""`mtls-gateway document`: prints the gateway document of a stack, for other commands and for reviewers."""

import sys

import click

from ..problems import GatewayError
from .printing import say_json, say_problems
from .verify_promise import document_in


@click.command(epilog="Exit codes: 0 the document is printed; 2 it cannot be read, and standard error says why.")
@click.argument("stack")
def document(stack: str) -> None:
    """Print the gateway document of a Pulumi stack.

    It is the ARM resource as JSON, without secrets: the output `document` of the component in STACK.
    """
    try:
        say_json(document_in(stack))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(2)

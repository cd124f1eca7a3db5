"""The command line `mtls-gateway`: imports only the subcommand that is called.

Deliberately imports no Pulumi, which most subcommands do not need and which takes long to load.
"""

import errno
import os
import sys
import traceback
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from .commands.printing import say, say_problems
from .escaping import printable
from .problems import GatewayError

COMMANDS = {
    "check": "check",
    "client-cert": "client_cert",
    "diff": "diff",
    "document": "document",
    "explain": "explain",
    "rehearse": "rehearse",
    "review": "review_gateways",
    "template": "template",
    "verify": "verify",
}
"""Each subcommand's module in `commands`; the click command in it has the name of the module."""

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 + SIGINT, as in shells. click's own, 1, would say that something does not hold."""

TRACEBACK_VARIABLE = "MTLS_GATEWAY_TRACEBACK"
"""Set this environment variable to see the traceback of an unexpected exception."""

UNEXPECTED = 2
"""The exit code of an unexpected exception. 1 would say that something was tested and does not hold."""


class _Loading(click.Group):
    """A group that imports a command when it is called, and reports an exception in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an unexpected exception is one line on standard error and exit code 2."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            say("Interrupted.", err=True)
            sys.exit(INTERRUPTED)
        except (SystemExit, click.exceptions.Exit):
            raise
        except click.ClickException as error:
            lines = error.message.expandtabs().split("\n")
            error.message = "\n".join(map(printable, lines))  # type: ignore[misc] # what a user typed
            raise
        except GatewayError as error:
            say_problems(error.problems)
        except BaseException as error:
            # Libraries in other languages raise beyond Exception. A closed pipe ends as click ends it.
            if TRACEBACK_VARIABLE in os.environ or (isinstance(error, OSError) and error.errno == errno.EPIPE):
                raise
            say(_unexpected(error), err=True)
        sys.exit(UNEXPECTED)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".commands.{COMMANDS[cmd_name]}", __package__)
        command: click.Command = getattr(module, COMMANDS[cmd_name])
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No such command {args[0]!r}.{f' Did you mean {close[0]!r}?' if close else ''}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Loading, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mtls-app-gateway")
def main() -> None:
    """Check, review, rehearse, verify and compare mutual-TLS gateways on Azure."""
    for stream in (sys.stdout, sys.stderr):
        # A certificate's name may have characters that the terminal's encoding lacks.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _unexpected(error: BaseException) -> str:
    """The type and place of an exception. Its text is left out: it may hold anything, secrets too."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    fix = f"Report it with the traceback, which {TRACEBACK_VARIABLE}=1 shows."
    return f"unexpected-error: {where}: {type(error).__name__}, a bug in mtls-gateway. {fix}"

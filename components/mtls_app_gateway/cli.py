"""The command `mtls-gateway`: finds its subcommands, and loads none that is not called.

Deliberately imports no Pulumi: a command that has to answer quickly must not pay for an engine.
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
    "template": "template",
    "verify": "verify",
}
"""The module in `commands` of each subcommand; the click command in it has the module's name."""

INTERRUPTED = 130
"""128 and the number of SIGINT, as shells count: what click gives, 1, means here that something does not hold."""

TRACEBACK_VARIABLE = "MTLS_GATEWAY_TRACEBACK"
"""The environment variable with which an unexpected exception shows its traceback."""

UNEXPECTED = 2
"""The exit code of an exception that is not ours: nothing was found out. 1 would say that something does not hold."""


class _Loading(click.Group):
    """A group whose commands are imported when they are asked for, and end without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it raises that does not end it in order is one line and exit code 2."""
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
    """A mutual-TLS gateway before it exists: its certificates checked, rehearsed, verified."""
    for stream in (sys.stdout, sys.stderr):
        # A certificate's name may hold what a terminal cannot show.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _unexpected(error: BaseException) -> str:
    """What was raised and where; not its text, which may hold anything."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    fix = f"Please report it; with {TRACEBACK_VARIABLE}=1 the traceback is shown."
    return f"unexpected-error: {where}: {type(error).__name__}, a mistake of this program. {fix}"

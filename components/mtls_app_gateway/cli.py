"""The command `mtls-gateway`: finds its subcommands, and loads none that is not called.

Deliberately imports no Pulumi: a command that has to answer quickly must not pay for an engine.
"""

import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "check": "check",
    "client-cert": "client_cert",
    "diff": "diff",
    "document": "document",
    "rehearse": "rehearse",
    "template": "template",
    "verify": "verify",
}
"""The module in `commands` of each subcommand; the click command in it has the module's name."""

INTERRUPTED = 130
"""128 and the number of SIGINT, as shells count: what click gives, 1, means here that something does not hold."""


class _Loading(click.Group):
    """A group whose commands are imported when they are asked for."""

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

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Loading, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mtls-app-gateway")
def main() -> None:
    """A mutual-TLS gateway before it exists: its certificates checked, rehearsed, verified."""
    for stream in (sys.stdout, sys.stderr):
        # A certificate's name may hold what a terminal cannot show.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]

"""The command `mtls-gateway`: finds its subcommands, and loads none that is not called.

Deliberately imports no Pulumi: a command that has to answer quickly must not pay for an engine.
"""

import sys
from importlib import import_module

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


@click.group(cls=_Loading)
@click.version_option(package_name="mtls-app-gateway")
def main() -> None:
    """A mutual-TLS gateway before it exists: its certificates checked, rehearsed, verified."""
    for stream in (sys.stdout, sys.stderr):
        # A certificate's name may hold what a terminal cannot show.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]

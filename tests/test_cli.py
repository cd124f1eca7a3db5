"""The command line as a whole: help texts, and misspelt commands and options."""

import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import COMMANDS, main

TOO_LONG = {"explain", "rehearse", "verify"}
"""Commands whose first sentence has to become shorter."""


@pytest.mark.parametrize("arguments", [[], *([command] for command in COMMANDS)])
def test_both_ways_to_ask_for_help(arguments: list[str]) -> None:
    """
    `-h` and `--help` print the same, for the group and for each command.
    """
    short, long = (CliRunner().invoke(main, [*arguments, option]) for option in ("-h", "--help"))

    assert (0, 0) == (short.exit_code, long.exit_code)
    assert short.stdout == long.stdout
    assert short.stdout.startswith(f"Usage: main {' '.join(arguments)}".rstrip())


def test_the_list_of_commands_fits_80_columns() -> None:
    """
    The first sentence about each command is short enough to be listed as a whole.
    """
    listed = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.partition("Commands:")[2].splitlines()

    assert [] == [line for line in listed if "..." in line and line.split()[0] not in TOO_LONG]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "No such command 'chekc'. Did you mean 'check'?"),
        (["client_cert"], "No such command 'client_cert'. Did you mean 'client-cert'?"),
        (["deploy"], "No such command 'deploy'."),
    ],
)
def test_a_misspelt_command(arguments: list[str], said: str) -> None:
    """
    An unknown command is an error with exit code 2, which suggests the nearest command, if one is near.
    """
    result = CliRunner().invoke(main, arguments)

    assert 2 == result.exit_code
    assert f"Error: {said}" == result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "meant"), [(["verify", "--documnet", "x"], "--document"), (["check", "--josn"], "--json")]
)
def test_a_misspelt_option(arguments: list[str], meant: str) -> None:
    """
    An unknown option is an error with exit code 2, which suggests the nearest ones.
    """
    result = CliRunner().invoke(main, arguments)

    assert 2 == result.exit_code
    assert "Did you mean" in result.stderr.splitlines()[-1]
    assert meant in result.stderr.splitlines()[-1]

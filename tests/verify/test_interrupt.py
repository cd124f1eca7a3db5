"""Ctrl-C ends a command at once, with the exit code that shells give it."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence

import click
import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import COMMANDS, main

from .servers import serving

PROGRAM = """
import signal
# A shell that runs the suite in the background has it ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from mtls_app_gateway.cli import main
main()
"""


def interrupted(arguments: Sequence[str], is_waiting: threading.Event) -> tuple[int, str]:
    """The exit code and the last words of a command that is interrupted while it waits."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert is_waiting.wait(30)
        running.send_signal(signal.SIGINT)
        try:
            # Far more than it takes, and far less than the knocks would wait.
            _, said = running.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    return running.returncode, said


@pytest.mark.parametrize("options", [(), ("--watch", "1")])
def test_verify_that_waits_for_a_silent_server(options: Sequence[str]) -> None:
    """
    Neither the knocks that wait for an answer nor the ones that wait for their turn hold up the end.
    """
    is_waiting = threading.Event()

    def never_answers(connection: socket.socket) -> None:
        is_waiting.set()
        while connection.recv(65_536):
            pass
        threading.Event().wait(60)

    with serving(never_answers) as target:
        where = ("--connect", f"127.0.0.1:{target.port}", "--timeout", "120")
        code, said = interrupted(["verify", "localhost", "--mode", "strict", *where, *options], is_waiting)

    assert (130, "Interrupted.\n") == (code, said)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, click.Abort])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command(name: str, raised: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No command takes an interruption for an answer: 1 would say that something does not hold.
    """

    def interrupt(*_: object, **__: object) -> None:
        raise raised

    command = main.get_command(click.Context(main), name)
    assert command is not None
    monkeypatch.setattr(command, "make_context", interrupt)
    result = CliRunner().invoke(main, [name])

    assert (130, "Interrupted.\n") == (result.exit_code, result.stderr)

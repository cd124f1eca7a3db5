"""The emulator as a process: how it starts, ends, and keeps others off its folder."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start emulators on one folder, which end with the test."""
    started: list[subprocess.Popen[str]] = []

    def start_one(*options: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "mtls_app_gateway.commands.emulator",
            "--subscription",
            str(tmp_path / "azure"),
        ]
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    """The first line a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_the_port_is_the_first_line_and_a_signal_ends_it(start: Start) -> None:
    """
    It prints its port, serves, and ends well when asked to.
    """
    process = start("--drop", "sslProfiles.name", "--location", "northeurope", "--latency", "0.1")

    assert int(first_line(process)) > 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_a_second_one_is_refused_until_the_first_has_ended(start: Start) -> None:
    """
    The folder has one server at a time, and a killed one leaves it free.
    """
    first = start()
    first_line(first)

    second = start()
    _, errors = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"is served by another emulator, process {first.pid}." in errors

    first.kill()
    first.wait(timeout=30)
    assert int(first_line(start())) > 0


def test_a_wrong_option_is_an_error(start: Start) -> None:
    """
    An unknown option is a message and an exit code, not a traceback.
    """
    process = start("--dorp", "x")
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "Traceback" not in errors

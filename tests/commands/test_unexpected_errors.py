"""An exception that is not ours ends a command with exit code 2 and one line."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import COMMANDS, main
from mtls_app_gateway.processes.problem_rows import CANNOT_WRITE


class Panic(BaseException):
    """What a library in another language raises beyond Exception."""


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], Result]:
    """Run a command that raises this."""

    def run(error: BaseException) -> Result:
        @click.command()
        def failing() -> None:
            raise error

        monkeypatch.setattr(main, "get_command", lambda *_: failing)
        return CliRunner().invoke(main, ["check"])

    return run


@pytest.mark.parametrize(
    "error",
    [
        ValueError("SECRET"),
        RecursionError(),
        MemoryError(),
        UnicodeEncodeError("ascii", "SECRET", 0, 1, "no"),
        OSError(5, "SECRET"),
        Panic("SECRET"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_that_is_not_ours_ends_with_2(fail: Callable[[BaseException], Result], error: Exception) -> None:
    """One line says what it is and where it was raised; never its text, which may hold a secret, and no traceback."""
    done = fail(error)

    (line,) = done.stderr.splitlines()
    assert (2, "") == (done.exit_code, done.stdout)
    assert line.startswith("unexpected-error: test_unexpected_errors.py, line ")
    assert type(error).__name__ in line
    assert "SECRET" not in line
    assert "Report it" in line


def test_the_traceback_can_be_had(fail: Callable[[BaseException], Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """With MTLS_GATEWAY_TRACEBACK set, the exception is let through."""
    monkeypatch.setenv("MTLS_GATEWAY_TRACEBACK", "1")
    assert isinstance(fail(ValueError("x")).exception, ValueError)


def test_problems_are_told_and_end_with_2(fail: Callable[[BaseException], Result]) -> None:
    """A problem that a command did not catch is a line as ever."""
    done = fail(CANNOT_WRITE.error("here", "seen\x1b", "Fix it."))
    assert (2, "cannot-write: here: seen\\x1b. Fix it.\n") == (done.exit_code, done.stderr)


def test_the_ends_that_are_meant_stay(fail: Callable[[BaseException], Result]) -> None:
    """An exit code, a usage error and a broken pipe end as click ends them; a usage error is escaped."""
    assert 7 == fail(SystemExit(7)).exit_code
    assert 3 == fail(click.exceptions.Exit(3)).exit_code
    assert 1 == fail(BrokenPipeError(32, "Broken pipe")).exit_code
    assert 130 == fail(click.Abort()).exit_code
    done = fail(click.UsageError("no \x1b[31m"))
    assert (2, True) == (done.exit_code, r"no \x1b[31m" in done.stderr)


def test_every_command_is_guarded(tmp_path: Path) -> None:
    """The guard is the group's: a file that is no gateway gives each command that reads one exit code 2."""
    file = tmp_path / "gateway.json"
    file.write_text(json.dumps([[]]))
    for name, arguments in {
        "rehearse": [str(file)],
        "template": [str(file)],
        "diff": [str(file)],
        "verify": ["--document", str(file)],
        "client-cert": [str(tmp_path)],
    }.items():
        assert name in COMMANDS
        assert 2 == CliRunner().invoke(main, [name, *arguments]).exit_code

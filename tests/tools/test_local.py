"""The environment "local", with a fake engine and a fake emulator that write down how they were called."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools.programs import write_program
from tools import local, stamps
from tools.errors import ToolError
from tools.local import CutShortError, Local

# Writes down its arguments, input and environment; adds salt and secrets to the config; ends as the file `ending` says.
PULUMI = """
import json, os, pathlib, signal, sys
notes, ending = pathlib.Path({notes!r}), pathlib.Path({ending!r})
if sys.argv[1:] == ["version"]:
    sys.exit(print("v3.300.0"))
said = "" if sys.stdin.isatty() else sys.stdin.read()
with notes.open("a") as out:
    print(json.dumps(dict(arguments=sys.argv[1:], input=said, environment=dict(os.environ))), file=out)
if "-C" in sys.argv:
    copy = pathlib.Path(sys.argv[sys.argv.index("-C") + 1], "Pulumi.local.yaml")
    if "set" in sys.argv:
        entry = "config:\\n  edge:" + sys.argv[-1] + ":\\n    secure: v1:" + str(len(said))
        copy.write_text(copy.read_text().replace("config:", entry, 1))
    else:
        copy.write_text(copy.read_text() + "encryptionsalt: v1:salt\\n")
elif ending.exists():
    how = ending.read_text().strip()
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "kills the emulator":
        os.kill(int(open({emulators!r}).readlines()[-1].split()[0]), signal.SIGKILL)
        sys.exit(255)
    if how == "interrupted":
        os.kill(os.getppid(), signal.SIGINT)
    sys.exit(int(how) if how.isdigit() else 255)
"""
EMULATOR = """
echo $$ "$@" >> {notes}
[ -e {broken} ] && echo "no such folder" >&2 && exit 1
mkdir -p "$4/edge" && touch "$4/edge/rehearsal.json"
echo 40123
exec sleep 600"""
GATEWAY = 'echo "$@" >> {notes}; exit $(cat {ending} 2>/dev/null || echo 0)'


class Machine:
    """A project with an engine on the PATH, and an emulator."""

    def __init__(self, root: Path, programs: Path) -> None:
        self._notes, self._ending = programs / "pulumi-notes", programs / "ending"
        self.emulator_notes, self.broken = programs / "emulator-notes", programs / "broken"
        (root / "Pulumi.yaml").write_text("name: edge\nruntime: python\n")
        self.tracked = root / "Pulumi.local.yaml"
        self.tracked.write_text("config:\n  edge:mode: Passthrough\n")
        script = programs / "pulumi.py"
        script.write_text(
            PULUMI.format(notes=str(self._notes), ending=str(self._ending), emulators=str(self.emulator_notes))
        )
        # A first line `#!` takes no program in a folder with blanks.
        python, place = shlex.quote(sys.executable), shlex.quote(str(script))
        write_program(programs / "pulumi", f'exec {python} -IS {place} "$@"')
        write_program(programs / "pulumi-language-python", "exit 1")
        emulator = write_program(programs / "emulator", EMULATOR.format(notes=self.emulator_notes, broken=self.broken))
        self.knocks, self._verdict = programs / "knocks", programs / "verdict"
        gateway = write_program(programs / "mtls-gateway", GATEWAY.format(notes=self.knocks, ending=self._verdict))
        self.local = Local(root, emulator=(str(emulator),), gateway=(str(gateway),))

    def calls(self) -> list[dict[str, Any]]:
        """The calls of Pulumi since the last time."""
        said = self._notes.read_text() if self._notes.exists() else ""
        self._notes.unlink(missing_ok=True)
        return [json.loads(line) for line in said.splitlines()]

    def pulumi_will(self, end: str) -> None:
        """Let the next `up` or `destroy` end like this: an exit status, "killed" or "interrupted"."""
        self._ending.write_text(end)

    def knocking_will(self, end: int) -> None:
        """Let what knocks end with this status."""
        self._verdict.write_text(str(end))

    def emulators(self) -> list[list[str]]:
        """The process and the arguments of each emulator that was started."""
        return [line.split() for line in self.emulator_notes.read_text().splitlines()]


@pytest.fixture
def machine(root: Path, programs: Path, search_path: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("PATH", search_path)
    machine = Machine(root, programs)
    yield machine
    if machine.local.folder.exists():
        machine.local.daemon.end()


def _main(operation: str, machine: Machine) -> int:
    """What `python -m tools.local` does; the handler that it sets is for a process of its own."""
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # As a shell starts what it does not wait for; Python leaves it so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return local.main([operation], machine.local)
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def _operations(calls: list[dict[str, Any]]) -> list[str]:
    return [next(word for word in call["arguments"] if word in {"init", "set", "up", "destroy"}) for call in calls]


@pytest.mark.parametrize("operation", [local.up, local.verify, local.down])
def test_a_folder_that_others_may_write_in_is_refused(machine: Machine, operation: Callable[[Local], int]) -> None:
    """Nothing in it is run, signalled or removed: another user could have put it there."""
    machine.local.folder.mkdir()
    machine.local.folder.chmod(0o777)
    (machine.local.folder / "theirs").touch()

    with pytest.raises(ToolError, match="folder-not-private"):
        operation(machine.local)

    assert (machine.local.folder / "theirs").exists()
    assert [] == machine.calls()


def test_a_first_up_makes_a_stack_with_secrets(machine: Machine) -> None:
    """The first `up` makes the stack, mints the secrets and deploys; the next one only deploys."""
    assert 0 == local.up(machine.local)
    assert ["init", "set", "set", "up"] == _operations(machine.calls())

    assert 0 == local.up(machine.local)
    assert ["up"] == _operations(machine.calls())


def test_no_secret_is_seen_among_a_processs_arguments(machine: Machine) -> None:
    """The PFX and its password are given on standard input, where no other user of the machine can read them."""
    local.up(machine.local)

    given = {call["arguments"][-1]: call["input"] for call in machine.calls() if call["input"]}

    assert {"listener-pfx", "listener-password"} == set(given)
    assert len(given["listener-pfx"]) > 1000
    assert len(given["listener-password"]) >= 24


def test_the_tracked_config_is_read_and_never_written(machine: Machine) -> None:
    """`up` works on a copy: salt and secrets go there, and what is edited in the tracked file arrives there."""
    local.up(machine.local)
    before = machine.tracked.read_text()
    machine.tracked.write_text(before.replace("Passthrough", "Strict"))

    local.up(machine.local)

    (call,) = [call for call in machine.calls() if "up" in call["arguments"]][1:]
    copy = Path(call["arguments"][call["arguments"].index("--config-file") + 1])
    assert before.replace("Passthrough", "Strict") == machine.tracked.read_text()
    assert "edge:mode: Strict" in copy.read_text()
    assert "encryptionsalt: v1:salt" in copy.read_text()
    assert "secure: v1:" in copy.read_text()


def test_the_users_own_pulumi_and_azure_stay_out(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the user's login, stack and credentials nor a download gets into the environment."""
    for name in ("PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "PULUMI_CONFIG_PASSPHRASE_FILE", "ARM_CLIENT_SECRET"):
        monkeypatch.setenv(name, "the user's")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://the-users")

    local.up(machine.local)

    for call in machine.calls():
        seen: Mapping[str, str] = call["environment"]
        assert "the user's" not in seen.values()
        assert machine.local.folder.as_uri() + "/backend" == seen["PULUMI_BACKEND_URL"]
        assert str(machine.local.folder / "home") == seen["PULUMI_HOME"]
        assert "true" == seen["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]
        assert seen["PATH"].startswith(str(machine.local.root / ".venv/bin"))
    assert "azure-native:40123" == seen["PULUMI_DEBUG_PROVIDERS"]


def test_the_emulator_stays_as_long_as_the_environment_is_up(machine: Machine) -> None:
    """One emulator serves the subscription of this environment, and runs its gateways, from `up` to `down`."""
    local.up(machine.local)
    local.up(machine.local)

    ((process, *arguments),) = machine.emulators()
    folder = machine.local.folder
    assert ["--subscription", str(folder / "subscription"), "--rehearse", str(folder / "gateways")] == arguments
    assert _is_alive(int(process))

    local.down(machine.local)

    assert 1 == len(machine.emulators())
    assert not _is_alive(int(process))


def test_another_backend_takes_another_emulator(machine: Machine) -> None:
    """The one before is ended; without a backend the echo is back."""
    local.up(machine.local)
    local.up(machine.local, "127.0.0.1:8000")
    local.up(machine.local)

    first, second, third = machine.emulators()
    assert ["--backend", "127.0.0.1:8000"] == second[5:]
    assert first[1:] == third[1:]
    assert [False, False, True] == [_is_alive(int(process)) for process, *_ in (first, second, third)]


def test_a_backend_is_checked_before_anything_is_done(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """A port alone is one of this machine; what is no address is an error, and nothing is deployed."""
    assert 2 == local.main(["up", "--backend", "localhost"], machine.local)
    assert "backend-malformed: 'localhost'" in capsys.readouterr().err
    assert not machine.local.folder.exists()
    assert [] == machine.calls()

    assert 0 == local.main(["up", "--backend", "8000"], machine.local)
    (started,) = machine.emulators()
    assert ["--backend", "127.0.0.1:8000"] == started[5:]


def test_a_emulator_of_older_sources_is_replaced(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An emulator that was started before the product was changed would still run the old modules."""
    local.up(machine.local)
    monkeypatch.setattr(local, "_state_of_sources", lambda: "changed")
    local.up(machine.local)

    first, second = machine.emulators()
    assert (False, True) == (_is_alive(int(first[0])), _is_alive(int(second[0])))


def test_a_emulator_that_was_killed_is_started_again(machine: Machine) -> None:
    """Nothing is lost: the subscription is in files, and `up` starts an emulator that serves it."""
    local.up(machine.local)
    os.kill(int(machine.emulators()[0][0]), signal.SIGKILL)
    machine.calls()

    assert 0 == local.up(machine.local)

    assert ["up"] == _operations(machine.calls())
    assert [False, True] == [_is_alive(int(process)) for process, *_ in machine.emulators()]


def test_an_up_whose_emulator_dies_starts_anew(machine: Machine) -> None:
    """Pulumi cannot know what became of its last request, so the next `up` does not use the old state."""
    machine.pulumi_will(end="kills the emulator")
    with pytest.raises(CutShortError, match="The emulator died"):
        local.up(machine.local)
    machine.calls()
    machine.pulumi_will(end="0")

    assert 0 == local.up(machine.local)
    assert ["init", "set", "set", "up"] == _operations(machine.calls())


def test_up_ends_with_knocking(machine: Machine) -> None:
    """Each gateway that runs is knocked at by `mtls-gateway rehearse`, and its verdict is the status."""
    machine.knocking_will(end=1)

    assert 1 == local.up(machine.local)
    assert 1 == local.verify(machine.local)

    assert ["rehearse --running .local/gateways/edge"] * 2 == machine.knocks.read_text().splitlines()


def test_knocking_where_no_gateway_runs_is_an_error(machine: Machine) -> None:
    """The silence of a gateway that does not run is not taken for success."""
    with pytest.raises(ToolError, match="No gateway runs here"):
        local.verify(machine.local)

    local.up(machine.local)
    machine.local.daemon.end()
    with pytest.raises(ToolError, match="No gateway runs here"):
        local.verify(machine.local)


def _is_alive(process: int) -> bool:
    """Whether it runs; one that has ended may wait for its parent to notice."""
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()[:1] not in {"", "Z"}


def test_a_emulator_that_does_not_start_is_named(machine: Machine) -> None:
    """What it wrote to standard error is in the message, and Pulumi is not started."""
    machine.broken.touch()

    with pytest.raises(ToolError, match=r"(?s)The emulator did not start.*no such folder"):
        local.up(machine.local)

    assert "up" not in _operations(machine.calls())


def test_a_failed_deployment_is_kept(machine: Machine) -> None:
    """An `up` that Pulumi ends with an error gives its status, and the next one goes on from there."""
    machine.pulumi_will(end="255")
    assert 255 == local.up(machine.local)
    machine.calls()
    machine.pulumi_will(end="0")

    assert 0 == local.up(machine.local)

    assert ["up"] == _operations(machine.calls())


@pytest.mark.parametrize("end", ["killed", "interrupted"])
def test_after_a_run_cut_short_everything_is_made_anew(
    machine: Machine, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locks and half-made resources are not repaired: the environment starts from nothing, and says so."""
    machine.pulumi_will(end=end)
    with pytest.raises(CutShortError):
        local.up(machine.local)
    machine.calls()
    machine.pulumi_will(end="0")

    assert 0 == local.up(machine.local)

    assert ["init", "set", "set", "up"] == _operations(machine.calls())
    assert "was cut short" in capsys.readouterr().out


@pytest.mark.parametrize("end", ["killed", "interrupted"])
def test_a_run_cut_short_leaves_nothing_running(machine: Machine, end: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A half-made gateway serves no client: the emulator, and the gateway with it, ends with the run."""
    machine.pulumi_will(end=end)

    assert 130 == _main("up", machine)

    assert not machine.local.daemon.is_running
    assert [False] == [_is_alive(int(process)) for process, *_ in machine.emulators()]
    assert "`make up` starts anew" in capsys.readouterr().err


def test_an_interrupted_knock_leaves_the_environment_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is deployed in whole stays, and the message says how to go on."""

    def interrupted(*_: object) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return 0

    monkeypatch.setattr(local, "_knock", interrupted)

    assert 130 == _main("up", machine)

    assert machine.local.daemon.is_running
    assert "Interrupted. The gateway is still up" in capsys.readouterr().err


def test_an_interrupt_before_anything_is_up_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing is up, the message does not say that something is."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "_prepare", interrupted)

    assert 130 == _main("up", machine)

    assert "Interrupted. `make up` starts anew" in capsys.readouterr().err


def test_a_set_up_that_failed_half_way_is_made_anew(machine: Machine, programs: Path) -> None:
    """An `up` that did not get as far as the stack leaves nothing to build upon."""
    working = (programs / "pulumi").read_text()
    write_program(programs / "pulumi", '[ "$1" = version ] && echo v3.300.0 && exit; echo "disk full" >&2; exit 1')
    with pytest.raises(ToolError, match=r"(?s)stack init local` failed.*disk full"):
        local.up(machine.local)
    (programs / "pulumi").write_text(working)

    assert 0 == local.up(machine.local)

    assert ["init", "set", "set", "up"] == _operations(machine.calls())


@pytest.mark.parametrize(
    ("said", "content"), [("line 2", b"config:\n\t- x"), ("utf-8", b"\xff"), ("No such file", None)]
)
def test_a_config_that_cannot_be_read_changes_nothing(machine: Machine, said: str, content: bytes | None) -> None:
    """A slip in the tracked config is reported with file and place, and what is up stays as it is."""
    local.up(machine.local)
    machine.calls()
    machine.tracked.unlink() if content is None else machine.tracked.write_bytes(content)

    with pytest.raises(ToolError, match=rf"(?s)Pulumi.local.yaml cannot be read: .*{said}"):
        local.up(machine.local)

    assert [] == machine.calls()
    assert not machine.local.unfinished.exists()


def test_down_destroys_and_leaves_no_trace(machine: Machine) -> None:
    """`down` lets Pulumi destroy, in the same environment, and removes the folder."""
    local.up(machine.local)
    machine.calls()

    assert 0 == local.down(machine.local)

    assert ["destroy"] == _operations(machine.calls())
    assert not machine.local.folder.exists()
    assert 0 == local.down(machine.local)
    assert [] == machine.calls()


def test_down_after_a_failing_destroy_still_leaves_no_trace(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A destroy that fails is not passed off as a success, but its remains are removed."""
    local.up(machine.local)
    machine.pulumi_will(end="255")

    assert 255 == local.down(machine.local)

    assert not machine.local.folder.exists()
    assert "could not destroy it in order" in capsys.readouterr().out


def test_down_without_an_engine_still_leaves_no_trace(
    machine: Machine, programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The resources exist in the folder alone: where the engine is gone, removing the folder removes them."""
    local.up(machine.local)
    (programs / "pulumi").unlink()

    assert 0 == local.down(machine.local)

    assert not machine.local.folder.exists()
    assert "There is no engine to destroy it with" in capsys.readouterr().out
    assert [False] == [_is_alive(int(process)) for process, *_ in machine.emulators()]


def test_down_after_a_run_cut_short_runs_no_pulumi(machine: Machine) -> None:
    """What was cut short may be locked or half made: it is removed without Pulumi."""
    machine.pulumi_will(end="killed")
    with pytest.raises(CutShortError):
        local.up(machine.local)
    machine.calls()

    assert 0 == local.down(machine.local)

    assert [] == machine.calls()
    assert not machine.local.folder.exists()


@pytest.mark.parametrize("operation", [local.up, local.down])
def test_two_at_once_are_refused(machine: Machine, operation: Callable[[Local], int]) -> None:
    """The second is refused, and changes nothing."""
    with (
        stamps.locked(machine.local.root / "Pulumi.yaml", waiting=None),
        pytest.raises(ToolError, match="is at work here"),
    ):
        operation(machine.local)

    assert [] == machine.calls()
    assert not machine.local.folder.exists()

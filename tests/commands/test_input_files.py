"""Any input of any command may be a pipe without a writer, a device without an end, or too large."""

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import main
from mtls_app_gateway.processes.input_file import check_file, read_file, read_start
from mtls_app_gateway.rehearsal.authority import Authority, write_credential
from mtls_app_gateway.resources.ca_files import read_chains


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "document.json"
    path.write_text('{"name": "gw", "properties": {"httpListeners": []}}')
    return path


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    """A file of the size allowed is read whole, a larger one is refused with the limit, or read in part if asked."""
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert (b"12345", b"123") == (read_file(file, 5), read_start(file, 3))
    with pytest.raises(OSError, match="more than 4 bytes") as caught:
        read_file(file, 4)
    assert errno.EFBIG == caught.value.errno


@pytest.mark.parametrize(
    ("name", "saw"),
    [
        ("pipe", "a pipe"),
        ("/dev/zero", "a device"),
        ("/dev", "Is a directory"),
        ("no\0name", "NUL"),
        ("absent", "No such file"),
    ],
)
def test_what_is_no_regular_file_is_said(pipe: Path, name: str, saw: str) -> None:
    """Each kind is refused at once, by its name, and nothing is waited for."""
    for read in (lambda path: read_file(path, 10), check_file):
        with pytest.raises(OSError, match=saw) as caught:
            read(pipe.parent / name)
        assert saw in str(caught.value.strerror)


INPUTS = (
    "check PIPE",
    "check PIPE --client PIPE",
    "check CA --client PIPE",
    "diff PIPE",
    "rehearse PIPE",
    "rehearse DOCUMENT --parameters PIPE",
    "rehearse --running FOLDER",
    "client-cert FOLDER",
    "template PIPE",
    "template DOCUMENT --parameters PIPE",
    "verify --document PIPE",
    "verify --document DOCUMENT --parameters PIPE",
    "verify --mode strict --trusted-ca PIPE localhost:1",
    "verify --mode passthrough --client-cert PIPE localhost:1",
    "verify --mode passthrough --client-cert CLIENT --client-key PIPE localhost:1",
    "verify --mode passthrough --server-ca PIPE localhost:1",
)


@pytest.fixture
def within_seconds() -> Iterator[None]:
    """A read that waits for ever fails its test, and not the suite."""

    def give_up(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("within_seconds", "document")
@pytest.mark.parametrize("line", INPUTS)
def test_no_command_waits_for_a_pipe_or_reads_a_device(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every input of every command is refused with a message and exit code 2; it would hang or fill the memory."""
    monkeypatch.chdir(tmp_path)
    authority = Authority.create()
    (tmp_path / "ca.pem").write_text(authority.bundle_pem)
    write_credential(authority.issue(), tmp_path, "client")
    (tmp_path / "folder").mkdir()
    os.mkfifo("pipe")
    os.mkfifo("folder/rehearsal.json")
    names = {"CA": "ca.pem", "CLIENT": "client.pem", "FOLDER": "folder", "DOCUMENT": "document.json"}
    for given in ("pipe", "/dev/zero") if "PIPE" in line else ("folder",):
        done = CliRunner().invoke(main, [names.get(word, given if word == "PIPE" else word) for word in line.split()])
        assert 2 == done.exit_code, done.output
        assert "not a regular file" in done.stderr or "cannot be read" in done.stderr
        assert "unexpected-error" not in done.stderr


def test_standard_input_is_read() -> None:
    """What is piped into diff on purpose is read; a preview with NaN in it is no JSON."""
    for text, code in (('{"steps": []}', 0), ('{"steps": [], "x": NaN}', 2)):
        done = CliRunner().invoke(main, ["diff", "-"], input=text)
        assert code == done.exit_code, done.output


def test_a_chain_of_a_stack_is_a_regular_file(pipe: Path) -> None:
    """A path in a stack's config is looked at in the same way."""
    (problem,) = read_chains([{"path": pipe.name}], "chains", pipe.parent).problems
    assert "file-missing" == problem.rule
    assert "a pipe" in problem.saw

"""Which engine is used, when one is built, and what is said where there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.programs import write_program
from tools import pulumi_engine
from tools.errors import ToolError
from tools.pulumi_engine import Engine, NoEngine, Version

GO = """
case "$1" in
  version) echo "go version {version} linux/amd64" ;;
  list)
    mkdir -p "$PWD/sdk/python/cmd"
    echo launcher > "$PWD/sdk/python/cmd/pulumi-language-python-exec"
    echo "$PWD/sdk" ;;
  build)
    echo "$PWD" >> "$BUILDS"
    {build}
    for last in "$@"; do [ "$before" = -o ] && out=$last; before=$last; done
    printf '#!/bin/sh\\necho v3.259.0\\n' > "$out/pulumi"; chmod +x "$out/pulumi" ;;
esac"""


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in which the fake Go notes each build."""
    notes = tmp_path / "builds"
    monkeypatch.setenv("BUILDS", str(notes))
    return notes


def install_pulumi(folder: Path, version: str, *, host: bool = True) -> None:
    write_program(folder / "pulumi", f"echo {version}")
    if host:
        write_program(folder / "pulumi-language-python", "exit 1")


def install_go(folder: Path, version: str = "go1.26.1", build: str = ":") -> None:
    write_program(folder / "go", GO.format(version=version, build=build))


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ((3, 259, 0), "v3.259.0"),
        ((3, 260, 1), "v3.260.1-alpha.1700000000+0a1b2c3.dirty\n"),
        ((1, 26, 8), "go version go1.26.8 linux/amd64"),
        ((1, 27, 0), "go version go1.27rc1 darwin/arm64"),
        (None, "pulumi: command not found"),
        (None, ""),
    ],
)
def test_versions_are_read_as_programs_say_them(expected: Version | None, said: str) -> None:
    """A version is found in whatever a program says around it, and nothing is made up where there is none."""
    assert expected == pulumi_engine.parse_version(said)


def test_an_installed_engine_is_used_first(root: Path, programs: Path, search_path: str, builds: Path) -> None:
    """A Pulumi on the PATH that will do is taken, though another was built here and Go could build it again."""
    install_go(programs)
    assert root / ".engine/bin" == pulumi_engine.ensure(root, search_path).folder
    builds.unlink()
    install_pulumi(programs, "v3.247.0")

    assert Engine(programs, (3, 247, 0)) == pulumi_engine.ensure(root, search_path)
    assert not builds.exists()


def test_a_python_host_elsewhere_on_the_path_will_do(root: Path, programs: Path, tmp_path: Path) -> None:
    """The host need not stand beside the engine: the engine looks on the PATH as well."""
    install_pulumi(programs, "v3.300.0", host=False)
    write_program(tmp_path / "elsewhere/pulumi-language-python", "exit 1")

    assert Engine(programs, (3, 300, 0)) == pulumi_engine.find(root, f"{programs}:{tmp_path / 'elsewhere'}")


def test_a_linked_engine_has_its_host_behind_the_link(root: Path, programs: Path, tmp_path: Path) -> None:
    """Package managers link `pulumi` alone; the host stands beside the file the link leads to."""
    install_pulumi(tmp_path / "cellar", "v3.300.0")
    (programs / "pulumi").symlink_to(tmp_path / "cellar/pulumi")

    assert Engine(programs, (3, 300, 0)) == pulumi_engine.find(root, str(programs))


@pytest.mark.parametrize(
    ("reason", "version", "host"),
    [("3.246.9", "v3.246.9", True), ("without its pulumi-language-python", "v3.300.0", False), ("version", "", True)],
)
def test_an_engine_that_will_not_do_is_passed_over(
    root: Path, programs: Path, reason: str, version: str, host: bool
) -> None:
    """Too old, without its Python host, or not saying its version: each is passed over for the reason it is."""
    install_pulumi(programs, version, host=host)

    found = pulumi_engine.find(root, f"{programs}:/bin")

    assert isinstance(found, NoEngine)
    assert reason in found.found


def test_without_an_engine_go_builds_one_once(
    root: Path, programs: Path, search_path: str, builds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The engine is built with what it costs said first, and is found from then on without Go."""
    install_go(programs)

    engine = pulumi_engine.ensure(root, search_path)
    said = capsys.readouterr().out

    assert Engine(root / ".engine/bin", (3, 259, 0)) == engine
    assert "about 4 minutes" in said.splitlines()[1]
    assert "3 GB" in said.splitlines()[1]
    assert ["engine", "python-host"] == [Path(line).name for line in builds.read_text().split()]
    assert (root / ".engine/bin/pulumi-language-python-exec").stat().st_mode & 0o111
    (programs / "go").unlink()
    assert engine == pulumi_engine.ensure(root, search_path)
    assert not capsys.readouterr().out


def test_a_changed_pin_builds_another(root: Path, programs: Path, search_path: str, builds: Path) -> None:
    """The engine built from other pins than today's is not the engine, and gives way to the one that is."""
    install_go(programs)
    pulumi_engine.ensure(root, search_path)
    (root / "tools/engine/go.sum").write_text("github.com/example/module v1.0.0 h1:other=\n")

    assert isinstance(pulumi_engine.find(root, search_path), NoEngine)
    pulumi_engine.ensure(root, search_path)

    assert isinstance(pulumi_engine.find(root, search_path), Engine)
    assert 4 == len(builds.read_text().split())
    assert ["bin", "build.log"] == sorted(path.name for path in (root / ".engine").iterdir())


def test_an_interrupted_build_is_no_engine(root: Path, programs: Path, search_path: str, builds: Path) -> None:
    """A build killed on its way leaves nothing that is taken for an engine, and the next one clears up after it."""
    install_go(programs, build='kill -9 "$PPID"; exit 1')
    _ensure_in_a_process_of_its_own(root, search_path)
    leftovers = list((root / ".engine").glob("building-*"))

    assert leftovers
    assert isinstance(pulumi_engine.find(root, search_path), NoEngine)
    install_go(programs)
    assert isinstance(pulumi_engine.ensure(root, search_path), Engine)
    assert not list((root / ".engine").glob("building-*"))
    assert builds.exists()


def _ensure_in_a_process_of_its_own(root: Path, search_path: str) -> None:
    arguments = f"Path({str(root)!r}), {search_path!r}"
    program = f"from pathlib import Path; from tools import pulumi_engine; pulumi_engine.ensure({arguments})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert -9 == done.returncode


def test_a_failed_build_shows_what_go_said(root: Path, programs: Path, search_path: str, builds: Path) -> None:
    """When Go fails, its last words are in the message and nothing stands in the engine's place."""
    install_go(programs, build="echo 'dial tcp: lookup proxy.example.com: no such host'; exit 1")

    with pytest.raises(ToolError, match=r"(?s)could not build tools/engine.*no such host"):
        pulumi_engine.ensure(root, search_path)

    assert not (root / ".engine/bin").exists()
    assert builds.exists()


@pytest.mark.parametrize(("found", "go"), [("no pulumi, and no Go", None), ("Go 1.24.9", "go1.24.9")])
def test_where_there_is_neither_both_remedies_are_named(
    root: Path, programs: Path, search_path: str, found: str, go: str | None
) -> None:
    """Without Pulumi and without a Go that can build it, one message says what was found and both ways out."""
    if go:
        install_go(programs, go)

    with pytest.raises(ToolError) as refusal:
        pulumi_engine.ensure(root, str(programs) if go is None else search_path)

    message = str(refusal.value)
    assert found in message
    assert "Pulumi 3.247.0 or newer" in message
    assert "pulumi.com/docs/install" in message
    assert "go.dev/doc/install" in message

"""Which room may know which: read from the imports, so that no door opens unseen."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "components" / "mtls_app_gateway"
ROOMS = {
    "escaping": set(),
    "problems": {"escaping"},
    "processes": {"problems", "escaping"},
    "certificates": {"problems", "escaping"},
    "document": {"problems", "escaping", "certificates"},
    "review": {"problems", "escaping", "certificates", "document"},
    "settings": {"problems", "escaping", "certificates", "document", "review"},
    "resources": {"problems", "escaping", "processes", "certificates", "document", "review", "settings"},
    "emulator": {"problems", "escaping", "processes", "certificates", "document"},
    "rehearsal": {"problems", "escaping", "processes", "certificates", "document"},
    "verify": {"problems", "escaping", "processes", "certificates", "document"},
    "commands": {
        "problems", "escaping", "processes", "certificates", "document", "review", "emulator", "rehearsal", "verify",
    },
    "cli": {"problems", "escaping", "commands"},
}  # fmt: skip
LEAVES = {"commands": {"settings.acceptances", "settings.deployment_rows", "settings.problem_rows", "settings.rules"}}
"""Modules that a room may know of a room that it may not: the commands show the rows of every room."""
PURE = ("problems", "escaping", "certificates", "document", "review", "settings")
EFFECTS = {
    "asyncio", "http", "multiprocessing", "os", "pathlib", "pulumi", "random", "secrets",
    "select", "shutil", "signal", "socket", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


def modules(room: str) -> Iterator[Path]:
    """A room's files: a folder, or one module, or both."""
    yield from (PACKAGE / room).rglob("*.py")
    yield from PACKAGE.glob(f"{room}.py")


def imported(module: Path) -> Iterator[str]:
    """Every imported name, spelled from the package's root."""
    inside = module.relative_to(PACKAGE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(inside[: len(inside) - node.level]) if node.level else ""
            name = ".".join(part for part in (start, node.module) if part)
            yield from (f"{name}.{alias.name}" for alias in node.names)


_CLOCKS = {"date", "datetime"}


def clocks(module: Path) -> Iterator[str]:
    """Every reading of the clock: a call of `now`, or the function itself, but not a time that is called so."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        function = node.func if isinstance(node, ast.Call) else node
        if isinstance(function, ast.Attribute) and function.attr in {"now", "utcnow", "today"}:
            owner = ast.unparse(function.value).split(".")[-1]
            yield from [f"{module.name}:{function.lineno}"] if function is not node or owner in _CLOCKS else ()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_whom_it_may(room: str) -> None:
    """No import leads from a room to one it may not know."""
    names = {name.removeprefix("mtls_app_gateway.") for module in modules(room) for name in imported(module)}
    inside = {name for name in names if name.split(".")[0] in ROOMS}
    allowed = ROOMS[room] | {room}
    assert set() == {name for name in inside - LEAVES.get(room, set()) if name.split(".")[0] not in allowed}


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_has_no_effects(room: str) -> None:
    """Pure rooms know no files, sockets, processes, clock, randomness, environment or Pulumi."""
    names = {name for module in modules(room) for name in imported(module)}
    assert [] == [name for name in names if name.split(".")[0] in EFFECTS]
    assert [] == [found for module in modules(room) for found in clocks(module)]


def test_only_resources_and_the_emulator_know_pulumi() -> None:
    """Pulumi is imported by the resources room, and by the emulator, which speaks its protocol."""
    allowed = (PACKAGE / "resources", PACKAGE / "emulator")
    knowing = [
        module
        for module in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] in {"pulumi", "pulumi_azure_native"} for name in imported(module))
        and not any(module.is_relative_to(room) for room in allowed)
    ]
    assert [] == knowing


def test_only_processes_locks_and_finds_processes() -> None:
    """The system's locks and its list of processes are used in one room: each has one home."""
    knowing = [
        module
        for module in PACKAGE.rglob("*.py")
        if {"fcntl", "psutil"} & {*imported(module)} and not module.is_relative_to(PACKAGE / "processes")
    ]
    assert [] == knowing


@pytest.mark.parametrize("module", [*modules("commands")], ids=lambda module: module.stem)
def test_a_command_prints_escaped_text_only(module: Path) -> None:
    """Only the two modules that escape call what prints, or use rich's own text."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    past = calls & {"Console", "click.echo", "click.secho", "print"} | {*imported(module)} & {"rich.text.Text"}
    assert set() == past or module.name in {"console.py", "printing.py"}


def test_every_module_is_in_a_room() -> None:
    """A new file belongs to a room that the doors know."""
    homes = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}
    assert set() == homes - ROOMS.keys() - {"__init__"}


@pytest.mark.parametrize("module", ["mtls_app_gateway", "mtls_app_gateway.cli"])
def test_importing_does_not_load_pulumi(module: str) -> None:
    """The package and the command line start without Pulumi and azure-native."""
    program = f"import {module}, sys; print([n for n in ('pulumi', 'pulumi_azure_native', 'grpc') if n in sys.modules])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def opened_properties(module: Path) -> Iterator[str]:
    """Every place where a module looks into the `properties` of a document's part."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Subscript(slice=ast.Constant("properties"), ctx=ast.Load()):
                yield f"{module.relative_to(PACKAGE)}:{node.lineno}"
            case ast.Call(func=ast.Attribute(), args=[ast.Constant("properties"), *_]):
                yield f"{module.relative_to(PACKAGE)}:{node.lineno}"


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - {"document", "emulator"}))
def test_only_the_document_room_opens_properties(room: str) -> None:
    """Every other room reads a gateway through its view; the emulator reads what is sent to Azure."""
    assert [] == [place for module in modules(room) for place in opened_properties(module)]


SHARED_NAMES = {
    # The settings are named after the parts that they make; nothing but the writer of the document has both.
    "Backend", "ErrorPage", "Listener", "Profile", "Redirect", "Route", "TlsPolicy", "TrustedChain",
    # An entry of `sslCertificates` and what a CA file holds.
    "Certificate",
    # What rules say of a gateway, and what a verdict says of an observation.
    "judge",
}  # fmt: skip
SHARED_FILES = {
    "__init__",
    # Each room's rows of the catalogue, and the table of its rules.
    "problem_rows", "rules",
}  # fmt: skip


def public_names(room: str) -> set[str]:
    """The functions and classes that the modules of a room define for others."""
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in modules(room))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = (node.name for tree in trees for node in tree.body if isinstance(node, kinds))
    return {name for name in defined if not name.startswith("_")}


def test_no_two_rooms_share_a_name() -> None:
    """A public function or class has one meaning in the whole package; each exception has its reason."""
    found = Counter(name for room in ROOMS for name in public_names(room))
    assert SHARED_NAMES == {name for name, rooms in found.items() if rooms > 1}


def test_no_two_rooms_share_the_name_of_a_module() -> None:
    """The name of a file says what is particular about it."""
    found = Counter(stem for room in ROOMS for stem in {module.stem for module in modules(room)})
    assert SHARED_FILES == {stem for stem, rooms in found.items() if rooms > 1}

"""The catalogue of problems: each code once, with everything that a person needs to know."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mtls_app_gateway.commands.catalogue import catalogue
from mtls_app_gateway.problems import Row

PACKAGE = Path(__file__).parents[1] / "components" / "mtls_app_gateway"
SUBJECTS = catalogue()
ROWS = [row for rows in SUBJECTS.values() for row in rows]

SOURCE = re.compile(
    r"https://|RFC \d|NIST |Azure REST API |Azure's schema|Azure Resource Manager|Microsoft|OpenSSL|nginx"
    r"|azure-native, |bind\(2\)|an observation: |the operating system, |this product's own decision: "
)
"""How a source begins: who says so."""


def every_module() -> list[str]:
    """The modules of the package, by name, without those that run as programs."""
    paths = (path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths if path.name != "__main__")


def test_every_row_of_every_module_is_in_the_catalogue() -> None:
    """`explain` and docs/problems.md miss no code: what all modules register is what the catalogue shows."""
    program = (
        "import importlib, json, sys; from mtls_app_gateway.problems import registered_rows;"
        "[importlib.import_module(name) for name in json.loads(sys.argv[1])];"
        "print(json.dumps([row.code for row in registered_rows()]))"
    )
    called = [sys.executable, "-c", program, json.dumps(every_module())]
    registered = json.loads(subprocess.run(called, capture_output=True, text=True, check=True).stdout)
    assert sorted(row.code for row in ROWS) == registered


def test_the_catalogue_needs_no_pulumi() -> None:
    """The rows about deployments are shown where no Pulumi is installed."""
    program = "import mtls_app_gateway.commands.catalogue, sys; print(*{'pulumi', 'grpc'} & sys.modules.keys())"
    assert "\n" == subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_each_subject_is_sorted_and_has_rows() -> None:
    """A reader finds a code by its letter."""
    for rows in SUBJECTS.values():
        assert rows
        assert sorted(row.code for row in rows) == [row.code for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_a_row_says_everything(row: Row) -> None:
    """A code in kebab case, sentences that end, a source that names who says so, Azure's code as Azure writes it."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.code)
    for sentence in (row.demands, row.remedy):
        assert re.match(r"[A-Z0-9`-]", sentence), sentence
        assert sentence.endswith("."), sentence
    assert SOURCE.match(row.source), row.source
    assert not row.source.endswith(".")
    assert row.azure_code is None or re.fullmatch(r"[A-Z][A-Za-z]+", row.azure_code)


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_problem_is_made_from_a_row(module: Path) -> None:
    """No module but `problems` calls `Problem` itself."""
    calls = {
        node.lineno
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Problem"
    }
    assert set() == calls or module.name == "problems.py"

"""What is told in two places is written from one, and is current."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools import write_reference

ROOT = Path(__file__).parents[2]
OF_DOCUMENTS = {
    "api-version-too-old", "dangling-reference", "duplicate-name", "given-twice",
    "host-name-converted", "host-name-malformed", "listener-without-profile", "path-malformed", "port-out-of-range",
    "listener-without-rule", "missing-name", "no-gateway", "no-listener", "not-understood", "other-name",
    "read-only-property", "secret-left-out", "several-gateways",
    "sku-without-client-authentication", "unknown-property", "unknown-type", "unused-part",
    "wrong-api-version", "wrong-form",
}  # fmt: skip
"""Codes of reading a document that somebody else made; the commands that read one tell them."""


def test_pulumi_yaml_is_current() -> None:
    """Every setting is a typed, described key of Pulumi.yaml, with a default."""
    assert write_reference.project_file() == (ROOT / "Pulumi.yaml").read_text()


def test_the_readme_is_current() -> None:
    """The README's tables are those of the code."""
    assert write_reference.readme() == (ROOT / "README.md").read_text()


def codes_in(module: Path) -> Iterator[str]:
    """The code of every Problem that a module makes by hand."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
            for code in [*node.args[:1], *named]:
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_every_problem_is_in_the_readme() -> None:
    """No code of the settings' way to a gateway is missing in the README's table."""
    package = ROOT / "components" / "mtls_app_gateway"
    made = {
        code
        for room in ("document", "settings", "resources")
        for module in (package / room).glob("*.py")
        for code in codes_in(module)
    }
    told = write_reference.problems_table()
    assert set() == {code for code in made - OF_DOCUMENTS if f"`{code}`" not in told}

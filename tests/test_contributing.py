"""What CONTRIBUTING.md and SECURITY.md name exists."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "components" / "mtls_app_gateway"
PAGES = ("CONTRIBUTING.md", "SECURITY.md")
MADE = {".venv", "tests/plugin/recorded/VERSION/", "dist"}
"""What is made by following the page."""


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: str) -> None:
    """A path in backticks leads to a file or folder, from the repository or from the package."""
    quoted = re.findall(r"`([^`\s]+)`", (REPOSITORY / page).read_text(encoding="utf-8"))
    paths = {each for each in quoted if "/" in each or re.search(r"\.(py|toml|txt|md|json|yaml)$", each)} - MADE
    beside = [PACKAGE / "certificates", PACKAGE / "settings"]

    assert [] == sorted(
        each for each in paths if not any((root / each).exists() for root in (REPOSITORY, PACKAGE, *beside))
    )


def test_every_command_that_is_named_exists() -> None:
    """Each `make` target and each tool is one of this repository's."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", text))
    tools = set(re.findall(r"-m (tools\.\w+)", text))

    assert targets
    assert tools
    assert set() == {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)}
    assert set() == {tool for tool in tools if not (REPOSITORY / f"{tool.replace('.', '/')}.py").exists()}

"""What the pages name exists: files, `make` targets, tools, and where links lead."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "components" / "mtls_app_gateway"
PAGES = sorted(path for place in ("*.md", "docs/*.md", "examples/*/README.md") for path in REPOSITORY.glob(place))
MADE = {".venv", "tests/plugin/recorded/VERSION/", "dist"}
"""What is made by following the page."""


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as the sites that show them write them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link leads to a file of the repository, and to a heading in it."""
    targets = re.findall(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text(encoding="utf-8"))
    broken = [
        f"{name}#{anchor}"
        for name, anchor in targets
        for file in [(page.parent / name) if name else page]
        if not file.exists() or (anchor and anchor not in anchors(file))
    ]

    assert [] == broken


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_every_file_that_is_named_exists(name: str) -> None:
    """A path in backticks leads to a file or folder, from the repository or from the package."""
    quoted = re.findall(r"`([^`\s]+)`", (REPOSITORY / name).read_text(encoding="utf-8"))
    paths = {each for each in quoted if "/" in each or re.search(r"\.(py|toml|txt|md|json|yaml)$", each)} - MADE
    beside = [PACKAGE / "certificates", PACKAGE / "settings"]

    assert [] == sorted(
        each for each in paths if not any((root / each).exists() for root in (REPOSITORY, PACKAGE, *beside))
    )


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md", "docs/local.md", "docs/architecture.md"])
def test_every_command_that_is_named_exists(name: str) -> None:
    """Each `make` target and each tool is one of this repository's."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:`|^    )(?:PYTHON=\S+ )?make (?:[A-Z]+=\S+ )?([a-z-]+)", text, re.MULTILINE))
    tools = set(re.findall(r"-m (tools\.\w+)", text))

    assert targets
    assert set() == {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)}
    assert set() == {tool for tool in tools if not (REPOSITORY / f"{tool.replace('.', '/')}.py").exists()}

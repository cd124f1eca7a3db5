"""Every Python program of a page is in a module here, where `make check` type-checks it as it is written."""

import re
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PAGES = [
    REPOSITORY / "README.md",
    *(page for place in ("docs", "examples/*") for page in sorted(REPOSITORY.glob(f"{place}/*.md"))),
]


def programs() -> list[str]:
    """The Python blocks of all pages, in their order."""
    return [
        block
        for page in PAGES
        for block in re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    ]


def test_every_program_is_type_checked() -> None:
    """
    A program that is new or changed in a page is new or changed here, and none is left over.
    """
    modules = [path for path in HERE.glob("*.py") if not path.name.startswith(("test_", "__"))]
    texts = [module.read_text(encoding="utf-8") for module in modules]

    assert [] == [program for program in programs() if not any(text.endswith(program) for text in texts)]
    assert len(modules) == len(programs())

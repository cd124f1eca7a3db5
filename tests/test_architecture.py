"""docs/architecture.md describes the rooms and the doors that there are."""

import re
from pathlib import Path

from .test_doors import ROOMS

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "components" / "mtls_app_gateway"
PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
EVERYWHERE = {"problems", "escaping"}
"""What every room may import."""


def described() -> dict[str, set[str]]:
    """The table of rooms: what each may import."""
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|.*\| ([\w, ]*)\|$", PAGE, re.MULTILINE)
    return {room: set(re.findall(r"\w+", doors)) for room, doors in rows}


def test_the_page_describes_every_room_and_no_other() -> None:
    """Each folder and module of the package has a row in the table of rooms."""
    homes = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}

    assert set() == (homes - {"__init__", "__pycache__"}) ^ described().keys()


def test_the_page_describes_the_doors() -> None:
    """What the page says a room may import is what the test of the doors lets it import."""
    doors = {room: may - EVERYWHERE for room, may in ROOMS.items()}

    assert doors == described()


def test_every_file_that_the_page_names_exists() -> None:
    """A path in backticks leads to a file or folder, from the repository, the package or a room."""
    quoted = set(re.findall(r"`([\w./-]+(?:/|/\w[\w.-]*|\.(?:py|json|yaml|md)))`", PAGE))
    roots = [REPOSITORY, PACKAGE, *(path for path in PACKAGE.iterdir() if path.is_dir())]
    missing = {path for path in quoted if not any((root / path).exists() for root in roots)}

    assert len(quoted) > 30
    assert set() == missing - {"Microsoft.Network/applicationGateways"}

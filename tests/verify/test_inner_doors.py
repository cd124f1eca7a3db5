"""Inside the room: judging is pure, and sockets to a gateway are opened in one module."""

import pytest

from tests.test_doors import EFFECTS, PACKAGE, clocks, imported

ROOM = PACKAGE / "verify"
WITH_EFFECTS = {"callers", "knock", "line", "matrix", "strangers", "tls_client", "verification"}
HARMLESS = {"pathlib", "urllib"}
"""A path that nobody opens, and percent-encoding."""


def names_in(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(ROOM / f"{module}.py")}


@pytest.mark.parametrize("module", sorted({path.stem for path in ROOM.glob("*.py")} - WITH_EFFECTS))
def test_what_judges_is_pure(module: str) -> None:
    """
    Whatever is not named as having effects has none: no files, sockets, threads, processes, clock.
    """
    assert set() == names_in(module) & EFFECTS - HARMLESS
    assert [] == list(clocks(ROOM / f"{module}.py"))


def test_sockets_are_opened_in_one_module() -> None:
    """
    Only the line of a knock knows sockets.
    """
    assert ["line"] == [path.stem for path in ROOM.glob("*.py") if "socket" in names_in(path.stem)]

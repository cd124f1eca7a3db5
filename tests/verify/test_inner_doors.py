"""Inside the room: which of its rooms may know which, what is pure, and where sockets to a gateway are opened."""

import pytest

from tests.test_doors import EFFECTS, PACKAGE, clocks, imported

ROOM = PACKAGE / "verify"
WITH_EFFECTS = {"callers", "knock", "line", "matrix", "strangers", "tls_client", "verification"}
MODULES = {path.stem: path for path in ROOM.rglob("*.py") if path.stem != "__init__"}
HARMLESS = {"pathlib", "urllib"}
"""A path that nobody opens, and percent-encoding."""


def names_in(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(MODULES[module])}


@pytest.mark.parametrize("module", sorted(MODULES.keys() - WITH_EFFECTS))
def test_what_judges_is_pure(module: str) -> None:
    """
    Whatever is not named as having effects has none: no files, sockets, threads, processes, clock.
    """
    assert set() == names_in(module) & EFFECTS - HARMLESS
    assert [] == list(clocks(MODULES[module]))


def test_sockets_are_opened_in_one_module() -> None:
    """
    Only the line of a knock knows sockets.
    """
    assert ["line"] == [module for module in MODULES if "socket" in names_in(module)]

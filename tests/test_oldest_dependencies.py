"""The oldest dependencies that are allowed are those that CI runs the tests with."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

REPOSITORY = Path(__file__).parents[1]


def pins(file: str) -> dict[str, Version]:
    """The versions of a file of constraints by name."""
    lines = (line.split("==") for line in (REPOSITORY / file).read_text(encoding="utf-8").splitlines() if "==" in line)
    return {canonicalize_name(name): Version(version) for name, version in lines}


def allowed() -> list[Requirement]:
    """What the distribution asks for, and what the component needs on top."""
    project = tomllib.loads((REPOSITORY / "components/pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["pulumi"])]


def test_the_oldest_that_is_allowed_is_tested() -> None:
    """Each dependency is tested with the very version from which it is allowed: its range claims no more."""
    floors = {
        canonicalize_name(each.name): Version(bound.version)
        for each in allowed()
        for bound in each.specifier
        if bound.operator == ">="
    }
    tested = pins("constraints-oldest.txt")

    assert len(allowed()) == len(floors)
    assert floors == {name: tested.get(name) for name in floors}


def test_todays_versions_are_allowed() -> None:
    """The versions that the project itself runs with are within the ranges."""
    today = pins("constraints.txt")

    assert [] == [each for each in allowed() if not each.specifier.contains(today[canonicalize_name(each.name)])]

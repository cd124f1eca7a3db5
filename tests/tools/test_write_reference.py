"""The written files are current, and describe everything that the code has."""

from pathlib import Path

import pytest

from tools import write_reference

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", write_reference.WRITTEN)
def test_a_written_file_is_current(name: str) -> None:
    """The keys of Pulumi.yaml and the tables of the reference pages are those of the code."""
    assert write_reference.WRITTEN[name]() == (ROOT / name).read_text(encoding="utf-8")

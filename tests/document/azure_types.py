"""Reads Microsoft's published types and schema of the gateway, which are committed as fixtures."""

import gzip
from pathlib import Path

AZURE_TYPES = Path(__file__).parents[1] / "fixtures" / "azure-types"


def published(name: str) -> bytes:
    """A file of Microsoft's as it was published: `published("types.json")`."""
    return gzip.decompress((AZURE_TYPES / f"{name}.gz").read_bytes())

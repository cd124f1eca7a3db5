"""Fake programs: small shell scripts."""

from pathlib import Path


def write_program(place: Path, script: str) -> Path:
    """An executable shell script at that place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    place.chmod(0o755)
    return place

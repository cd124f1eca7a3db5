"""The language of this project: a word that the glossary avoids is in no name, sentence or message."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = "components/mtls_app_gateway"
AVOIDED = {
    "arrivals": "late values",
    "cast": "callers, or what the module holds",
    "estate": "subscription",
    "mend": "fix, repair",
    "nobody": "no client, no caller",
    "resident": "a process that goes on running",
    "somebody": "a person, another program",
    "standin": "emulator, rehearsal CA",
    "standing": "session",
    "surroundings": "network, environment",
    "tell": "report, show",
    "told": "reported",
    "weigh": "judge, compare",
}
"""Each word with what to write in its place."""
AVOIDED_FORMS = {"he": "it: a client is a program", "him": "it", "his": "its"}
"""The same for words that have no other forms."""
AVOIDED_NAMES = {"meaning": "view, mode, effect", "received": "forwarded, returned", "slots": "placeholders"}
"""The same for names alone: in a sentence these are ordinary words."""
ENDINGS = ("", "s", "ing", "ed", "er", "ers")
ALLOWED = {"nobody-admitted"}
"""Public names that have such a word in them."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
KEYWORDS = re.compile(r"\bcast\(|^from typing import .*$|\bslots=True\b", re.MULTILINE)
NAME = re.compile(
    r"^\s*(?:class|def|async def) (\w+)|^\s*(\w+)(?:: [^=]+)? = |\b(\w+)(?=: [\w\[]+(?: \| \w+)?[,)=])", re.M
)
SUFFIXES = {".go", ".json", ".md", ".py", ".toml", ".ts", ".yaml", ".css", ""}
MADE = re.compile(
    r"\.git|\.venv|\.local|\.engine|\..*_cache|\.hypothesis|__pycache__|.*\.egg-info|node_modules|build|dist"
)
DERIVED = re.compile(r"\.coverage|arm_types\.json|report\.schema|LICENSE|tests/")


def paths() -> list[str]:
    """The files of the repository that people read, tests apart; what is made here is in folders of these names."""
    found = []
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if not MADE.fullmatch(name)]
        found += [(Path(folder) / name).relative_to(REPOSITORY).as_posix() for name in files]
    return sorted(path for path in found if Path(path).suffix in SUFFIXES and not DERIVED.search(path))


def avoided(text: str, words: dict[str, str]) -> Iterator[str]:
    """The words in a text that are avoided, with what to write."""
    forms = AVOIDED_FORMS | {word + ending: fix for word, fix in words.items() for ending in ENDINGS}
    for code in ALLOWED:
        text = text.replace(code, "")
    joined = re.sub(r"(?i)\bstand[-_]in", "standin", KEYWORDS.sub("", text))
    for word in WORD.findall(joined):
        if fix := forms.get(word.lower()):
            yield f"{word}: write {fix}"


@pytest.mark.parametrize("path", paths())
def test_a_file_is_in_plain_english(path: str) -> None:
    """No avoided word is in a file's name, its identifiers, its prose or its messages."""
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    names = " ".join("".join(found) for found in NAME.findall(text)) if path.endswith(".py") else ""

    assert [] == [*avoided(f"{path}\n{text}", AVOIDED), *avoided(f"{path} {names}", AVOIDED_NAMES)]

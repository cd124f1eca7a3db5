"""Reads the files of CA chains and of trusted roots that a stack's config names by path.

It does not check that the text is a chain. What cannot be read is reported, and a value that is never known takes its
place, so that the rules can check everything else.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from ..certificates.forms import CA_FILE_SUFFIXES, MAX_BUNDLE_BYTES, is_ca_file_name
from ..problems import Problem
from ..processes.input_file import read_start
from ..settings.backend_settings import TrustedRoot
from ..settings.deployment_rows import CHAIN_SOURCE, FILE_MISSING
from ..settings.parsing import did_you_mean
from ..settings.problem_rows import UNKNOWN_KEY
from ..settings.settings import TrustedCaChain

CHAIN_KEYS, ROOT_KEYS = (
    ("path", *(str(field.alias) for field in model.model_fields.values())) for model in (TrustedCaChain, TrustedRoot)
)
"""The keys of a chain of clients' CAs, and of a trusted root, which may be in Key Vault instead."""
_IN_VAULT = "keyVaultSecretId"
_REMEDY = "Give path, a file or a folder beside Pulumi.yaml, or data, the certificates as text; one of them."


@dataclass(slots=True)
class ReadChains:
    """The chains with their text, the name of each one's source, and the problems."""

    chains: list[Any] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_chains(given: Sequence[Any], where: str, folder: Path, keys: Sequence[str] = CHAIN_KEYS) -> ReadChains:
    """Replace each chain's `path`, relative to `folder`, by what the file holds; `keys` are those that it may have.

    A folder gives one chain for each CA file in it, by their names' order: the first in the place of the entry, the
    others after all the rest, so that every position that a problem names is one of the config.
    """
    read, others = ReadChains(), []
    for index, chain in enumerate(given):
        here = f"{where}[{index}]"
        if not isinstance(chain, Mapping):
            read.chains.append(chain)
            continue
        known = {key: value for key, value in chain.items() if key in keys}
        read.problems += (_unknown_key(here, key, keys) for key in chain if key not in keys)
        (source, first), *rest = _entries(known, here, folder, read.problems)
        read.sources[here] = source
        read.chains.append(first)
        others += rest
    for source, entry in others:
        read.sources[f"{where}[{len(read.chains)}]"] = source
        read.chains.append(entry)
    return read


def _entries(
    chain: Mapping[str, Any], here: str, folder: Path, problems: list[Problem]
) -> list[tuple[str, dict[str, Any]]]:
    """The chains of an entry of the config, at least one: the name of its source, and its settings."""
    rest = {key: value for key, value in chain.items() if key != "path"}
    if _IN_VAULT in chain and "path" not in chain:
        return [(here, rest)]
    if ("path" in chain) == ("data" in chain):
        saw = "a path and data" if "path" in chain else "neither a path nor data"
        problems.append(CHAIN_SOURCE.problem(here, saw, _REMEDY))
        return [(here, _unread(rest, problems))]
    if "data" in chain:
        return [(here, rest)]
    try:
        files = list(_files(chain["path"], folder))
        read = [(f"{here}.path ({name})", {**rest, "data": text}) for name, text in files]
    except _UnreadableError as error:
        problems.append(FILE_MISSING.problem(f"{here}.path", str(error)))
        return [(here, _unread(rest, problems))]
    return read


class _UnreadableError(Exception):
    """A path leads to nothing that can be read; the message says what was seen."""


def _files(given: Any, folder: Path) -> Iterator[tuple[str, str]]:
    if not isinstance(given, str) or not given:
        raise _UnreadableError("there is no path")
    path, name = folder / given, given[:80]
    try:
        for file in _inside(path, name) if path.is_dir() else [path]:
            name = str(file.relative_to(folder) if file.is_relative_to(folder) else file)
            yield name, _text(file)
    except (OSError, ValueError) as error:
        seen = error.strerror if isinstance(error, OSError) else "not a path"
        raise _UnreadableError(f"{name}, from {folder}: {seen}") from None


def _inside(path: Path, name: str) -> list[Path]:
    """The CA files directly in a folder, by their names' order; the same files as `mtls-gateway check` reads."""
    inside = sorted(file for file in path.iterdir() if is_ca_file_name(file.name) and not file.is_dir())
    if not inside:
        raise _UnreadableError(f"no certificate file in the folder {name} ({', '.join(CA_FILE_SUFFIXES)})")
    return inside


def _text(file: Path) -> str:
    """The file as text; base64 where it is not text, as DER is not. What is too large is read no further."""
    data = read_start(file, MAX_BUNDLE_BYTES + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")


def _unread(rest: Mapping[str, Any], problems: Sequence[Problem]) -> dict[str, Any]:
    # A text that is known later needs a name of its own.
    return {"name": f"unread-{len(problems)}", **rest, "data": pulumi.Output.from_input("")}


def _unknown_key(here: str, key: Any, keys: Sequence[str]) -> Problem:
    return UNKNOWN_KEY.problem(f"{here}.{key}", "no such key", did_you_mean(str(key), keys))

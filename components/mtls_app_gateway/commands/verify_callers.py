"""The callers of `mtls-gateway verify`: the user's own certificates, and strangers minted for the run."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import click

from ..processes.input_file import read_start
from ..verify.knock.live_callers import MAX_KEY_BYTES, own_caller, strangers
from ..verify.knock.question import Caller, Expect
from ..verify.promise.promise import Promise

PASSWORD_VARIABLE = "MTLS_GATEWAY_KEY_PASSWORD"  # noqa: S105 - a name, not a password


def own_callers(certificates: Sequence[Path], keys: Sequence[Path], expectations: Sequence[str]) -> tuple[Caller, ...]:
    """A caller for each certificate; raises a usage error where the numbers of options differ."""
    for name, given in (("--client-key", keys), ("--expect", expectations)):
        if given and len(given) != len(certificates):
            raise click.UsageError(f"{name} comes {len(given)} times, --client-cert {len(certificates)} times.")
    callers = []
    for index, certificate in enumerate(certificates):
        key = keys[index] if keys else _key_of(certificate)
        expect = Expect(expectations[index]) if expectations else None
        name = f"your certificate {certificate.name}"
        # Two files of one name in two folders are two callers.
        name = f"{name} ({index + 1})" if [one.name for one in certificates].count(certificate.name) > 1 else name
        callers.append(own_caller(name, certificate, key, key_password=_password(key), expect=expect))
    return tuple(callers)


def _key_of(certificate: Path) -> Path:
    """The key file where none is given: the certificate's file, or the one that `client-cert` writes beside it."""
    beside = certificate.with_suffix(".key.pem")
    return beside if beside.is_file() and not _mentions(certificate, b"PRIVATE KEY") else certificate


def _password(key: Path) -> str | None:
    """The password of an encrypted key: from the environment, or else prompted for on a terminal."""
    if not _is_encrypted(key):
        return None
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is None and sys.stdin.isatty():
        given = str(click.prompt(f"Password of {key}", hide_input=True, err=True))
    return given


def _is_encrypted(key: Path) -> bool:
    return _mentions(key, b"ENCRYPTED")


def _mentions(file: Path, words: bytes) -> bool:
    try:
        return words in read_start(file, MAX_KEY_BYTES)
    except OSError:
        return False


def stranger_folder(stack: ExitStack, *, is_kept: bool) -> Path:
    """The folder of the strangers' throwaway certificates and keys; kept when their paths are printed."""
    folder = Path(tempfile.mkdtemp(prefix="mtls-gateway-"))
    if not is_kept:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def callers_of(folder: Path, own: Sequence[Caller]) -> Callable[[Promise], Sequence[Caller]]:
    """The callers for each listener, minted once for all rounds."""

    @cache
    def callers(promise: Promise) -> tuple[Caller, ...]:
        return (*own, *strangers(promise.chains, Path(tempfile.mkdtemp(dir=folder))))

    return callers

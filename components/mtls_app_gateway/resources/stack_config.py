"""Turns a stack's config into the component's arguments: reads files, finds secrets, reports every mistake at once.

Each setting is a top-level key of the project's namespace. The secrets of a listener certificate have keys of their
own, `<certificate>-pfx` and `<certificate>-password`, since a secret inside an object would make the whole object one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, cast, get_args, get_origin

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic.alias_generators import to_camel

from ..problems import GatewayError, Problem
from ..settings.deployment_rows import PFX_MISSING, SECRET_IN_PLAIN_TEXT, SECRET_NOT_EXPECTED
from ..settings.parsing import FREE_KEYS, SECRET_KEYS, did_you_mean, spell, top_level_key
from ..settings.problem_rows import UNKNOWN_KEY
from ..settings.settings import GatewaySettings, ListenerCertificate
from .arguments import MtlsAppGatewayArgs
from .ca_files import CHAIN_KEYS, ROOT_KEYS, read_chains
from .component import plan_component
from .reporting import run_error

KEYS = {str(field.alias): field for field in GatewaySettings.model_fields.values()}
# Pulumi.yaml gives every key a default, so that the engine requires none.
EMPTY: tuple[Any, ...] = ("", {}, [], None)
NOT_GIVEN: Mapping[str, Sequence[Any]] = {
    "capacity": (*EMPTY, 0),
    "strictTransportSecurity": ("", None, {"maxAge": None}),  # {} sends the header, with the defaults of its parts.
}
_CERTIFICATE_KEYS = ("name", "keyVaultSecretId")
_DEFAULT_CERTIFICATE = str(ListenerCertificate.model_fields["name"].default)


class Entry(NamedTuple):
    """A key's value as the engine hands it over: a text, JSON where it is not a text of the config."""

    text: str
    is_secret: bool


class StackArguments(dict[str, Any]):
    """Arguments that know what to call their values: the file or the config key that each came from."""

    def __init__(self, given: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        super().__init__(given)
        self.sources = dict(sources)


def read_stack_config(folder: Path | None = None) -> MtlsAppGatewayArgs:
    """The component's arguments from the config of the stack that is being deployed.

    What the settings mean together is judged by the component; only where the config itself is wrong it is
    judged here too, so that everything is reported at once.

    Args:
        folder: what the paths of CA bundles are relative to; the project's folder by default.

    Raises:
        pulumi.RunError: with every problem of the config and of what it leads to, before anything is registered.
    """
    reading = _Reading(_config(), folder or Path.cwd())
    args = reading.arguments()
    if reading.problems:
        with run_error():
            raise GatewayError((*reading.problems, *reading.further(args)))
    return cast(MtlsAppGatewayArgs, args)


def _config() -> dict[str, Entry]:
    """Every key of the project's namespace, as the engine handed it over."""
    prefix = f"{pulumi.get_project()}:"
    every: Mapping[str, Any] = {**get_config_env(), **CONFIG.get()}
    return {
        key.removeprefix(prefix): Entry(value if isinstance(value, str) else json.dumps(value), is_config_secret(key))
        for key, value in every.items()
        if key.startswith(prefix)
    }


class _Reading:
    """One reading of a config: the arguments, and the problems."""

    def __init__(self, config: Mapping[str, Entry], folder: Path) -> None:
        self._config = config
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._unread: set[str] = set()
        self.problems: list[Problem] = []

    def arguments(self) -> StackArguments:
        """The component's arguments, as far as they can be read."""
        given = {key: self._value(key) for key in KEYS if key in self._config}
        given = {key: value for key, value in given.items() if value not in NOT_GIVEN.get(key, EMPTY)}
        self._add_secrets(given)
        self._read_strict(given.get("strict"), "strict")
        profiles = given.get("profiles")
        for index, profile in enumerate(profiles if isinstance(profiles, list) else ()):
            if isinstance(profile, dict):
                self._read_strict(profile.get("strict"), f"profiles[{index}].strict")
        backends = given.get("backends")
        for index, backend in enumerate(backends if isinstance(backends, list) else ()):
            if isinstance(backend, dict):
                self._read_files(backend, "trustedRoots", f"backends[{index}].trustedRoots", ROOT_KEYS)
        return StackArguments(given, self._sources)

    def further(self, args: StackArguments) -> tuple[Problem, ...]:
        """The component's problems with the rest; none about keys that could not be read."""
        try:
            plan_component(args, datetime.now(UTC))
        except GatewayError as error:
            return tuple(each for each in error.problems if top_level_key(each.where) not in self._unread)
        return ()

    def _value(self, key: str) -> Any:
        text, is_secret = self._config[key]
        if is_secret:
            self._unread.add(key)
            self.problems.append(_secret_not_expected(key))
            return None
        if _is_text(KEYS[key].annotation):
            return text
        try:
            return self._respelled(json.loads(text), (key,))
        except ValueError:
            return text

    def _respelled(self, value: Any, path: tuple[str | int, ...]) -> Any:
        """The value with its keys in camelCase, as config files are written; any other spelling is a problem."""
        if isinstance(value, list):
            return [self._respelled(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict) or path[-1] in FREE_KEYS:
            return value
        for key in value:
            if key != to_camel(key):
                self.problems.append(_unknown_key(spell((*path, key)), f"Did you mean {to_camel(key)}?"))
        return {to_camel(key): self._respelled(item, (*path, key)) for key, item in value.items()}

    def _read_strict(self, strict: Any, where: str) -> None:
        if isinstance(strict, dict):
            self._read_files(strict, "trustedCaChains", f"{where}.trustedCaChains", CHAIN_KEYS)

    def _read_files(self, settings: dict[str, Any], key: str, where: str, keys: Sequence[str]) -> None:
        """Read the files that a list of certificates names by path."""
        if isinstance(settings.get(key), list):
            read = read_chains(settings[key], where, self._folder, keys)
            settings[key] = read.chains
            self._sources |= read.sources
            self.problems += read.problems

    def _add_secrets(self, given: dict[str, Any]) -> None:
        """Put each certificate's secrets beside its name, and report the keys that are not known."""
        certificates = given.get("listenerCertificates", [{}])
        is_read = isinstance(certificates, list) and all(isinstance(item, dict) for item in certificates)
        if is_read and "listenerCertificates" not in self._unread:
            names = [str(certificate.get("name", _DEFAULT_CERTIFICATE)) for certificate in certificates]
            given["listenerCertificates"] = [
                self._certificate(certificate, name, f"listenerCertificates[{index}]")
                for index, (certificate, name) in enumerate(zip(certificates, names, strict=True))
            ]
            known = [*KEYS, *(f"{name}-{part}" for name in names for part in SECRET_KEYS)]
        else:
            known = [*KEYS, *(key for key in self._config if key.endswith(SECRET_KEYS))]
        self.problems += (_unknown_key(key, did_you_mean(key, known)) for key in self._config if key not in known)

    def _certificate(self, certificate: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
        inline = [part for part in SECRET_KEYS if part in certificate]
        self.problems += (_plain_secret(f"{where}.{part}", f"{name}-{part}") for part in inline)
        unknown = [key for key in certificate if key not in (*_CERTIFICATE_KEYS, *SECRET_KEYS)]
        self.problems += (_unknown_key(f"{where}.{key}", did_you_mean(key, _CERTIFICATE_KEYS)) for key in unknown)
        found = {key: value for key, value in certificate.items() if key in _CERTIFICATE_KEYS}
        found |= self._secrets(name)
        self._sources[f"{where}.pfx"] = f"{name}-pfx"
        if not ({"pfx", "keyVaultSecretId"} & found.keys()):
            if "pfx" not in inline:
                self.problems.append(_pfx_missing(name))
            found["pfx"] = pulumi.Output.from_input("")  # As if it were known later, so that the rest can be checked.
        return found

    def _secrets(self, name: str) -> Iterator[tuple[str, str]]:
        for part in SECRET_KEYS:
            key = f"{name}-{part}"
            if key in self._config:
                if not self._config[key].is_secret:
                    self.problems.append(_plain_secret(key, key))
                yield part, self._config[key].text


def _is_text(annotation: Any) -> bool:
    """Whether a setting is a single text, which the engine hands over as it is and not as JSON."""
    if isinstance(annotation, type):
        return issubclass(annotation, str)
    return get_origin(annotation) in {Annotated, Union, UnionType} and any(map(_is_text, get_args(annotation)))


def _secret_not_expected(key: str) -> Problem:
    return SECRET_NOT_EXPECTED.problem(
        key,
        "it, or a part of it, is stored as a secret, and the gateway document would show it",
        "Set it without --secret; the secrets are <certificate>-pfx and <certificate>-password, keys of their own.",
    )


def _pfx_missing(name: str) -> Problem:
    return PFX_MISSING.problem(
        f"{name}-pfx",
        f"the listener certificate {name!r} has neither a PFX nor a Key Vault secret",
        f"Run: base64 < {name}.pfx | tr -d '\\n' | pulumi config set --secret {name}-pfx and "
        f"pulumi config set --secret {name}-password, or give it a keyVaultSecretId in listenerCertificates.",
    )


def _plain_secret(where: str, key: str) -> Problem:
    return SECRET_IN_PLAIN_TEXT.problem(
        where,
        "a secret is in plain text",
        f"Remove it and treat it as known to others; set a new one with: pulumi config set --secret {key}",
    )


def _unknown_key(where: str, fix: str) -> Problem:
    return UNKNOWN_KEY.problem(where, "no such key", fix)

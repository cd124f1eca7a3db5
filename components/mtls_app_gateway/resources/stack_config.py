"""From a stack's config to the component's arguments: files read, secrets looked up, every mistake told at once.

Each setting is a top-level key of the project's namespace. The secrets of a listener certificate stand in
keys of their own, `<certificate>-pfx` and `<certificate>-password`, since a secret inside an object would
make the whole object one.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from ..errors import GatewayError, Problem
from ..gateway.settings import GatewaySettings
from .arguments import MtlsAppGatewayArgs
from .component import plan_component
from .reporting import run_error

KEYS = tuple(str(field.alias) for field in GatewaySettings.model_fields.values())
_TEXTS = {"resourceGroupName", "location", "gatewayName", "mode", "sku", "wafPolicyId", "identityId"}
_DEFAULT_CERTIFICATE = "listener"
_LARGEST_FILE = 1024 * 1024


class StackArguments(dict[str, Any]):
    """Arguments that know what to call each CA bundle: the file it came from."""

    def __init__(self, given: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        super().__init__(given)
        self.sources = dict(sources)


def read_stack_config(folder: Path | None = None) -> MtlsAppGatewayArgs:
    """The component's arguments from the config of the stack that is being deployed.

    Args:
        folder: what the paths of CA bundles are relative to; the project's folder by default.

    Raises:
        pulumi.RunError: with every problem of the config and of what it leads to, before anything is registered.
    """
    with run_error():
        args, problems = _arguments(_config(), folder or Path.cwd())
        if problems:
            _raise_all(args, problems)
        plan_component(args, datetime.now(UTC))
    return cast(MtlsAppGatewayArgs, args)


def _raise_all(args: StackArguments, problems: list[Problem]) -> None:
    """Tell the config's problems together with those of everything that could be read."""
    try:
        plan_component(args, datetime.now(UTC))
    except GatewayError as error:
        known = {problem.where for problem in problems}
        follow_ons = ("certificate-source", "strict-without-chain")
        problems += [
            problem
            for problem in error.problems
            if problem.rule not in follow_ons or not any(where.startswith(problem.where) for where in known)
        ]
    raise GatewayError(problems)


def _config() -> dict[str, tuple[str, bool]]:
    """Every key of the project's namespace: its text, and whether it is a secret."""
    prefix = f"{pulumi.get_project()}:"
    every: Mapping[str, Any] = {**get_config_env(), **CONFIG.get()}
    return {
        key.removeprefix(prefix): (value if isinstance(value, str) else json.dumps(value), is_config_secret(key))
        for key, value in every.items()
        if key.startswith(prefix)
    }


def _arguments(config: Mapping[str, tuple[str, bool]], folder: Path) -> tuple[StackArguments, list[Problem]]:
    problems: list[Problem] = []
    given: dict[str, Any] = {}
    for key in KEYS:
        if key in config and (value := _value(key, *config[key], problems)) not in ("", {}, [], None):
            given[key] = value
    if given.get("capacity") == 0:
        del given["capacity"]
    certificates = _certificates(given, config, problems)
    problems += _unknown_keys(config, certificates)
    sources: dict[str, str] = {}
    _read_chains(given.get("strict"), "strict", folder, sources, problems)
    for position, profile in enumerate(_list(given.get("profiles"))):
        if isinstance(profile, dict):
            _read_chains(profile.get("strict"), f"profiles[{position}].strict", folder, sources, problems)
    return StackArguments(given, sources), problems


def _value(key: str, text: str, is_secret: bool, problems: list[Problem]) -> Any:
    if is_secret:
        problems.append(
            Problem(
                "secret-not-expected",
                key,
                "it is stored as a secret, and the gateway document would show it",
                f"Set it without --secret; only <certificate>-pfx and <certificate>-password are secrets.",
            )
        )
        return None
    if key in _TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _certificates(
    given: dict[str, Any], config: Mapping[str, tuple[str, bool]], problems: list[Problem]
) -> tuple[str, ...]:
    """Put each certificate's secrets beside its name, and give the names of all."""
    asked = given.get("listenerCertificates", [{"name": _DEFAULT_CERTIFICATE}])
    if not isinstance(asked, list) or not all(isinstance(item, dict) for item in asked):
        return ()
    found = []
    for position, certificate in enumerate(asked):
        name = str(certificate.get("name", _DEFAULT_CERTIFICATE))
        plain = {key: value for key, value in certificate.items() if key not in ("pfx", "password")}
        for key in certificate.keys() - plain.keys():
            problems.append(_plain_secret(f"listenerCertificates[{position}].{key}", f"{name}-{key}"))
        secrets = {} if "keyVaultSecretId" in certificate else dict(_secrets(name, config, problems))
        found.append({**plain, **secrets})
    given["listenerCertificates"] = found
    return tuple(str(certificate.get("name", _DEFAULT_CERTIFICATE)) for certificate in found)


def _secrets(
    name: str, config: Mapping[str, tuple[str, bool]], problems: list[Problem]
) -> Iterator[tuple[str, str]]:
    for part in ("pfx", "password"):
        key = f"{name}-{part}"
        if key not in config:
            if part == "pfx":
                problems.append(_pfx_missing(name))
            continue
        if not config[key][1]:
            problems.append(_plain_secret(key, key))
        yield part, config[key][0]


def _pfx_missing(name: str) -> Problem:
    return Problem(
        "pfx-missing",
        f"{name}-pfx",
        f"the listener certificate {name!r} has neither a PFX nor a Key Vault secret",
        f'Run: pulumi config set --secret {name}-pfx "$(base64 < {name}.pfx | tr -d \'\\n\')" and pulumi config set '
        f"--secret {name}-password, or give it a keyVaultSecretId in listenerCertificates.",
    )


def _plain_secret(where: str, key: str) -> Problem:
    return Problem(
        "secret-in-plain-text",
        where,
        "a secret stands in plain text",
        f"Take it away and treat it as known to others; set a new one with: pulumi config set --secret {key}",
    )


def _unknown_keys(config: Mapping[str, tuple[str, bool]], certificates: tuple[str, ...]) -> Iterator[Problem]:
    secrets = [f"{name}-{part}" for name in certificates for part in ("pfx", "password")]
    for key in config:
        if key not in KEYS and key not in secrets:
            near = get_close_matches(key, [*KEYS, *secrets], n=1)
            fix = f"Did you mean {near[0]}?" if near else "The README's settings table names the keys."
            yield Problem("unknown-key", key, "no such key", fix)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _read_chains(
    strict: Any, where: str, folder: Path, sources: dict[str, str], problems: list[Problem]
) -> None:
    """Replace each chain's `path` by what the file holds; a folder gives one chain for each file in it."""
    if not isinstance(strict, dict) or not isinstance(strict.get("trustedCaChains"), list):
        return
    chains: list[Any] = []
    for position, chain in enumerate(strict["trustedCaChains"]):
        here = f"{where}.trustedCaChains[{position}]"
        if not isinstance(chain, dict) or "path" not in chain:
            chains.append(chain)
            continue
        rest = {key: value for key, value in chain.items() if key != "path"}
        if "data" in rest:
            problems.append(Problem("chain-source", here, "both a path and data", "Give one of them."))
        for file, data in _read(str(chain["path"]), f"{here}.path", folder, problems):
            sources[f"{where}.trustedCaChains[{len(chains)}]"] = f"{here} ({file})"
            chains.append({**rest, "data": data})
    strict["trustedCaChains"] = chains


def _read(given: str, where: str, folder: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    path = folder / given
    try:
        files = sorted(entry for entry in path.iterdir() if entry.is_file()) if path.is_dir() else [path]
        if not files:
            problems.append(Problem("file-missing", where, f"the folder {given} is empty", "Put CA files into it."))
        for file in files:
            if file.stat().st_size > _LARGEST_FILE:
                fix = "Azure takes at most 25 KB a file; give the trusted CAs alone."
                problems.append(Problem("file-too-large", where, f"{file.name} has {file.stat().st_size} bytes", fix))
                continue
            yield str(file.relative_to(folder) if file.is_relative_to(folder) else file), _text(file.read_bytes())
    except OSError as error:
        fix = "Paths are relative to the folder of Pulumi.yaml."
        problems.append(Problem("file-missing", where, f"{given}: {error.strerror}", fix))


def _text(data: bytes) -> str:
    """The file as text; base64 where it is not text, as DER is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()

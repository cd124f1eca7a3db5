"""Reads the promise of a gateway from a document, a stack or options, and finds the listener of a target."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ..certificates import CaChain, GivenBundle, load_chains
from ..certificates.forms import MAX_BUNDLE_BYTES
from ..document.address_range import is_address
from ..document.azure import Mode
from ..document.host_name import is_host_name, to_ascii
from ..document.purpose import Purpose
from ..document.view import view
from ..document.wildcard import matches
from ..escaping import quoted
from ..problems import GatewayError, Problem, errors_of
from ..processes.input_file import read_start
from ..verify.knock.question import Target
from ..verify.promise.promise import Promise, promise_by_hand, promises_of
from .gateway_document import checked_gateway, gateway_in_file
from .problem_rows import (
    BUNDLE_UNREADABLE,
    DOCUMENT_UNREADABLE,
    LISTENER_UNCLEAR,
    LISTENER_UNKNOWN,
    NO_DOCUMENT_IN_STACK,
    NO_PULUMI,
    STACK_UNREADABLE,
    TARGET_MALFORMED,
)

COMPONENT = "mtls-app-gateway:index:MtlsAppGateway"

_MODES = {"strict": Mode.STRICT, "passthrough": Mode.PASSTHROUGH, "none": None}
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%\w+)?")


@dataclass(frozen=True, slots=True)
class PromiseOptions:
    """What the user knows of a gateway without a document."""

    mode: str
    trusted_ca: tuple[Path, ...] = ()
    verify_issuer_dn: bool = False
    verify_revocation: bool = False
    identity_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """The promises of a gateway's listeners, their source, and its document if there is one."""

    source: str
    promises: tuple[Promise, ...]
    document: Mapping[str, Any] | None = None
    served_by: str | None = None
    """The nginx of a rehearsal."""
    not_known: tuple[str, ...] = ()
    """What a rehearsal does not show."""


def from_document(path: Path, parameters: Path | None, *, name: str | None = None) -> Promised:
    """The promises of a gateway in any published form. Raises GatewayError where it cannot be read."""
    document = gateway_in_file(path, parameters, Purpose.READ, name)
    return Promised(str(path), promises_of(view(document)), document)


def from_stack(stack: str) -> Promised:
    """The promises of the component in a Pulumi stack. Raises GatewayError where its output cannot be read."""
    document = checked_gateway(document_in(stack), None, Purpose.READ)
    return Promised(f"stack {stack}", promises_of(view(document)), document)


def document_in(stack: str) -> Any:
    """The gateway document in a Pulumi stack. Raises GatewayError where there is none, or more than one."""
    found = _documents_in(_exported(stack), stack)
    if len(found) != 1:
        saw = f"the stack holds {len(found)} components of type {COMPONENT} with a document"
        raise NO_DOCUMENT_IN_STACK.error(f"stack {stack}", saw)
    return found[0]


def from_options(options: PromiseOptions, *, now: datetime) -> Promised:
    """The promise from options. Raises GatewayError for a CA file that no gateway would take."""
    promise = promise_by_hand(
        _MODES[options.mode],
        chains=_chains(options, now),
        verify_issuer_dn=options.verify_issuer_dn,
        verify_revocation=options.verify_revocation,
        identity_headers=options.identity_headers,
    )
    return Promised(f"--mode {options.mode}", (promise,))


def parse_target(text: str, connect: str | None, server_ca: Path | None) -> tuple[Target, bool]:
    """A target from HOST[:PORT] or a URL, and whether it says a port. Raises GatewayError for anything else."""
    host, port = _host_and_port(text)
    address, address_port = _host_and_port(connect) if connect else (None, None)
    default = 80 if text.startswith("http://") else 443
    target = Target(host, port or default, address, address_port or (port if connect else None), server_ca)
    return target, port is not None or "://" in text


def listeners_for(
    promised: Promised, target: Target, listener: str | None, *, says_port: bool
) -> tuple[Promise, Target]:
    """The listener for a target. Raises GatewayError where none fits, or more than one."""
    if promised.document is None:
        return replace(promised.promises[0], port=target.port), target
    fitting = [promise for promise in promised.promises if _fits(promise, target, listener, says_port=says_port)]
    fitting = _on_frontend(fitting, target.address or target.host)
    if len(fitting) > 1:
        fitting = [promise for promise in fitting if promise.port == target.port] or fitting
    if len(fitting) > 1:
        # A listener for every host name takes only the names that no other listener has.
        fitting = [promise for promise in fitting if promise.host_names] or fitting
    if len(fitting) != 1:
        raise GatewayError([_no_listener(promised, target, listener, fitting)])
    promise = fitting[0]
    if not (says_port or listener):
        target = Target(target.host, promise.port, target.address, target.address_port, target.server_ca)
    return promise, _where_it_is(promise, target)


def _where_it_is(promise: Promise, target: Target) -> Target:
    """The target at the private address of a listener, unless --connect names another place.

    The host name of a private listener may lead to the public address from here, where another listener answers.
    """
    is_named = any(matches(name, target.host, one=True) for name in promise.host_names)
    return replace(target, address=target.address or promise.private_address) if is_named else target


def _on_frontend(fitting: list[Promise], address: str) -> list[Promise]:
    """Those of the listeners that may be at an address: only the private ones at theirs, at another the public ones."""
    private = [promise for promise in fitting if promise.private_address == address]
    public = [promise for promise in fitting if not promise.is_private]
    is_private = any(promise.private_address == address for promise in fitting)
    return private if is_private else (public or fitting if is_address(address) else fitting)


def all_listeners(
    promised: Promised, connect: str | None, server_ca: Path | None
) -> list[tuple[Promise, Target | None]]:
    """Every listener of a document at a host name of its own; None for one that has none."""
    address, address_port = _host_and_port(connect) if connect else (None, None)
    found: list[tuple[Promise, Target | None]] = []
    for promise in promised.promises:
        host = next((name for name in promise.host_names if not set(name) & {"*", "?"}), None)
        host = host or promise.private_address
        target = Target(host, promise.port, address, address_port, server_ca) if host else None
        found.append((promise, target and _where_it_is(promise, target)))
    return [(promise, target if _may_be_at(promise, address, promised) else None) for promise, target in found]


def _may_be_at(promise: Promise, address: str | None, promised: Promised) -> bool:
    """Whether the listener may be at this address: one that is not the private one leads to the public listeners."""
    private = {each.private_address for each in promised.promises}
    are_mixed = len({each.is_private for each in promised.promises}) > 1
    return address is None or not are_mixed or (promise.is_private is (address in private))


def _fits(promise: Promise, target: Target, listener: str | None, *, says_port: bool) -> bool:
    if listener is not None:
        return promise.listener.casefold() == listener.casefold()
    is_named = not promise.host_names or any(matches(name, target.host, one=True) for name in promise.host_names)
    return is_named and (promise.port == target.port or not says_port)


def _no_listener(promised: Promised, target: Target, listener: str | None, fitting: Sequence[Promise]) -> Problem:
    known = "; ".join(
        f"{promise.listener} ({', '.join(promise.host_names) or 'any host'}, port {promise.port})"
        for promise in promised.promises
    )
    where = f"{target.host}:{target.port}"
    wanted = f"is called {listener!r}" if listener else "listens there"
    if fitting:
        return LISTENER_UNCLEAR.problem(where, "several listeners fit", f"Use --listener: {known}.")
    fix = f"Give another with HOST:PORT or --listener: {known}." if known else "Give a document with a routed listener."
    return LISTENER_UNKNOWN.problem(where, f"no listener of {promised.source} {wanted}", fix)


def _host_and_port(text: str) -> tuple[str, int | None]:
    parts = SplitResult("", "", "", "", "")
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
        host = host if ":" in host else to_ascii(host)
    except (ValueError, UnicodeError):
        host, port = "", None
    is_name = ":" in host or is_host_name(host.removesuffix("."))
    if not is_name or not _HOST.fullmatch(host) or parts.path not in {"", "/"} or parts.query or parts.username:
        raise TARGET_MALFORMED.error(quoted(text, 80), "not a host with a port")
    return host, port


def _exported(stack: str) -> Any:
    import subprocess

    command = ["pulumi", "stack", "export", "--stack", stack, "--non-interactive"]
    where = f"stack {stack}"
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        raise NO_PULUMI.error(where, "`pulumi` is not on the PATH") from None
    if done.returncode != 0:
        message = (done.stderr.strip() or "no message").splitlines()[-1][:300]
        raise STACK_UNREADABLE.error(where, f"pulumi stack export failed: {message}")
    try:
        return json.loads(done.stdout)
    except ValueError:
        saw, fix = "pulumi stack export did not print JSON", "Look at what it prints."
        raise STACK_UNREADABLE.error(where, saw, fix) from None


def _documents_in(exported: Any, stack: str) -> list[Any]:
    resources = exported.get("deployment", {}).get("resources", []) if isinstance(exported, dict) else []
    found = []
    for resource in resources:
        text = (resource.get("outputs") or {}).get("document") if resource.get("type") == COMPONENT else None
        if isinstance(text, str):
            found.append(_parsed(text, stack))
    return found


def _parsed(text: str, stack: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        fix = "Deploy the stack again with this version of the component."
        raise DOCUMENT_UNREADABLE.error(f"stack {stack}", "its document is not JSON", fix) from None


def _chains(options: PromiseOptions, now: datetime) -> tuple[CaChain, ...]:
    given = [GivenBundle(_bytes(path), str(path)) for path in options.trusted_ca]
    loaded = load_chains(given, now=now, verify_issuer_dn=options.verify_issuer_dn)
    if errors := errors_of(loaded.problems):
        raise GatewayError(errors)
    return loaded.chains


def _bytes(path: Path) -> bytes:
    try:
        return read_start(path, MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise BUNDLE_UNREADABLE.error(str(path), str(error.strerror)) from None

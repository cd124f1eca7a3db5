"""`mtls-gateway diff`: what a preview would change in the gateway, part by part, without the noise of two spellings."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ..document.arm_types import GATEWAY_TYPE
from ..document.azure import API
from ..document.comparison import differences
from ..document.placeholder import PLACEHOLDER_PREFIX
from ..document.reading import Document, Reading, read
from ..problems import GatewayError, Problem, errors_of
from ..processes.input_file import read_file
from .gateway_document import findings, print_problems
from .json_file import parse_json
from .printing import say, say_problems

SAME, DIFFERS, UNREADABLE = 0, 1, 2

_MAX_PREVIEW = 50_000_000
"""More than a large stack's preview."""

_OPERATIONS = {
    "same": None,
    "update": "is updated in place",
    "replace": "is REPLACED: the one there is deleted, and another is made",
    "create": "is made",
    "delete": "is DELETED",
}
"""What the engine does with a gateway; the single steps of a replacement say nothing new."""

_SECRET = "[secret]"  # noqa: S105 - what the engine prints in a secret's place
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_LATER = f"{PLACEHOLDER_PREFIX}(known later)"


@click.command(epilog="Exit code 0: no gateway changes. 1: one does. 2: the preview could not be read.")
@click.argument("preview", type=click.Path(path_type=Path, allow_dash=True))
def diff(preview: Path) -> None:
    """Say what PREVIEW, the output of `pulumi preview --json`, would change in the gateways of a stack.

    Parts are compared by name, references by what they reach, and a part's own id not at all: what is left is what
    changes. PREVIEW may be - for standard input.
    """
    try:
        lines = list(_told(_steps(preview)))
    except GatewayError as error:
        say_problems(error.problems)
        sys.exit(UNREADABLE)
    say(*lines or ["No gateway changes."])
    sys.exit(DIFFERS if lines else SAME)


def _steps(preview: Path) -> list[Mapping[str, Any]]:
    try:
        steps = parse_json(_read(preview))["steps"]
        gateways = [step for step in steps if API.token in {state.get("type") for state in _states(step)}]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        saw, fix = "this is not the output of a preview", "Give what `pulumi preview --json` prints."
        raise GatewayError([Problem("no-preview", "PREVIEW", saw, fix)]) from None
    return gateways


def _read(preview: Path) -> bytes:
    try:
        if str(preview) != "-":
            return read_file(preview, _MAX_PREVIEW)
        return sys.stdin.buffer.read(_MAX_PREVIEW)
    except OSError as error:
        fix = "Give what `pulumi preview --json` prints."
        raise GatewayError([Problem("no-preview", str(preview), str(error.strerror), fix)]) from None


def _states(step: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [step[side] for side in ("oldState", "newState") if step.get(side)]


def _told(steps: list[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        if (operation := _OPERATIONS.get(step["op"])) is None:
            continue
        yield f"{step['urn'].rsplit('::', 1)[1]} {operation}"
        if len(states := _states(step)) > 1:
            yield from (f"  {line}" for line in _changes(*(state["inputs"] for state in states)))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    hidden = sorted(name for name in {**old, **new} if _SECRET in (old.get(name), new.get(name)))
    # Parts that hold secrets are missing, so references, listeners and rules are not checked here.
    before, after = (_reading({key: inputs[key] for key in inputs if key not in hidden}) for inputs in (old, new))
    problems = tuple(dict.fromkeys((*before.problems, *after.problems)))
    if errors := errors_of(problems):
        raise GatewayError(errors)
    found = [findings(_withholding(reading.document, hidden)) for reading in (before, after)]
    print_problems((*problems, *(problem for problem in found[1] if problem not in found[0])))
    yield from (str(difference) for difference in differences(before.document, after.document))
    yield from (f"? {name}: holds secrets, so Pulumi does not show what becomes of it" for name in hidden)


def _withholding(document: Document, hidden: Iterable[str]) -> Document:
    """The document in which a part that is hidden is not known, rather than missing."""
    return {**document, "properties": {**document.get("properties", {}), **dict.fromkeys(hidden, _LATER)}}


def _reading(inputs: Mapping[str, Any]) -> Reading:
    known: dict[str, Any] = {name: _known(value) for name, value in inputs.items() if name != "resourceGroupName"}
    given = {"type": GATEWAY_TYPE, "name": known.pop("applicationGatewayName", None), **known}
    return read(given, later=_LATER)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_known(each) for each in value]
    return _LATER if value == _UNKNOWN else value

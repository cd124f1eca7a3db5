"""`mtls-gateway diff`: what a preview changes in a gateway, part by part, without differences of spelling alone."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ..document.arm_types import GATEWAY_TYPE
from ..document.azure import API
from ..document.comparison import differences
from ..document.placeholder import Placeholder, with_placeholder
from ..document.reading import Reading, read
from ..problems import GatewayError, errors_of
from ..processes.input_file import read_file
from .gateway_document import findings, print_problems
from .json_file import parse_json
from .printing import say, say_problems
from .problem_rows import NO_PREVIEW

SAME, DIFFERS, UNREADABLE = 0, 1, 2

_MAX_PREVIEW = 50_000_000
"""In bytes; more than the preview of a large stack."""

_OPERATIONS = {
    "same": None,
    "update": "is updated in place",
    "replace": "is REPLACED: the existing one is deleted, another is made",
    "create": "is made",
    "delete": "is DELETED",
}
"""What the engine does with a gateway. The single steps of a replacement are left out: `replace` covers them."""

_SECRET = "[secret]"  # noqa: S105 - what the engine prints in the place of a secret
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_LATER = Placeholder("(known later)")


@click.command(epilog="Exit codes: 0 no gateway changes; 1 one does; 2 the preview could not be read.")
@click.argument("preview", type=click.Path(path_type=Path, allow_dash=True))
def diff(preview: Path) -> None:
    """Show what a Pulumi preview changes in a gateway.

    PREVIEW is the output of `pulumi preview --json`; - reads it from standard input. Parts are compared by name and
    references by what they reach; the ids of parts are left out.
    """
    try:
        lines = list(_lines(_steps(preview)))
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
        raise NO_PREVIEW.error("PREVIEW", "this is not the output of a preview") from None
    return gateways


def _read(preview: Path) -> bytes:
    try:
        if str(preview) != "-":
            return read_file(preview, _MAX_PREVIEW)
        return sys.stdin.buffer.read(_MAX_PREVIEW)
    except OSError as error:
        raise NO_PREVIEW.error(str(preview), str(error.strerror)) from None


def _states(step: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [step[side] for side in ("oldState", "newState") if step.get(side)]


def _lines(steps: list[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        if (operation := _OPERATIONS.get(step["op"])) is None:
            continue
        yield f"{step['urn'].rsplit('::', 1)[1]} {operation}"
        if len(states := _states(step)) > 1:
            yield from (f"  {line}" for line in _changes(*(state["inputs"] for state in states)))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    hidden = sorted(name for name in {**old, **new} if _SECRET in (old.get(name), new.get(name)))
    # Parts with secrets are missing, so references, listeners and rules cannot be checked here.
    before, after = (_reading({key: inputs[key] for key in inputs if key not in hidden}) for inputs in (old, new))
    problems = tuple(dict.fromkeys((*before.problems, *after.problems)))
    if errors := errors_of(problems):
        raise GatewayError(errors)
    found = [findings(with_placeholder(reading.document, hidden, _LATER)) for reading in (before, after)]
    print_problems((*problems, *(problem for problem in found[1] if problem not in found[0])))
    yield from (str(difference) for difference in differences(before.document, after.document))
    yield from (f"? {name}: holds secrets, so Pulumi does not show what becomes of it" for name in hidden)


def _reading(inputs: Mapping[str, Any]) -> Reading:
    known: dict[str, Any] = {name: _known(value) for name, value in inputs.items() if name != "resourceGroupName"}
    resource = {"type": GATEWAY_TYPE, "name": known.pop("applicationGatewayName", None), **known}
    return read(resource, later=_LATER)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_known(each) for each in value]
    return _LATER if value == _UNKNOWN else value

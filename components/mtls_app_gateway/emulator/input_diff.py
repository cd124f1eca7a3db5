"""Compares two sets of inputs as azure-native does: input to input, lists item by item.

A change of a path parameter, or of what `ResourceKind.fixed` names, replaces the resource; every other change is an
update, though Azure may refuse it. Source: azure-native's replacement.go and diff.go. Also here: how a refresh
transfers changes in Azure to the inputs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2

from .answers import normalised_location
from .kinds import ResourceKind
from .provider_defaults import CREATE_FIRST, without_markers

_DIFF = provider_pb2.PropertyDiff
_GONE = object()


def diff_response(kind: ResourceKind, old: Mapping[str, Any], new: Mapping[str, Any]) -> provider_pb2.DiffResponse:
    """The engine's answer: the changed property paths, and which of them force a replacement."""
    changed = dict(_changes(_comparable(old), _comparable(new), ""))
    forcing = [path for path, what in changed.items() if _forces(kind, path, what)]
    detailed = {
        path: _DIFF(kind=_replacing(what) if path in forcing else what, inputDiff=True)
        for path, what in changed.items()
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=forcing,
        diffs=sorted({_top(path) for path in changed}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        # A new resource of the same name cannot exist beside the old one.
        deleteBeforeReplace=bool(forcing) and not new.get(CREATE_FIRST),
    )


def carried_over(inputs: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, with every change between two readings of a resource applied to them and nothing else."""
    changed: dict[str, Any] = _carry(inputs, before, after)
    return changed


def _forces(kind: ResourceKind, path: str, what: Any) -> bool:
    # A fixed property that merely disappears is sent as an update (pulumi-azure-native PR 4785).
    return path in kind.path or (_top(path) in kind.fixed and not (path in kind.fixed and what == _DIFF.DELETE))


def _top(path: str) -> str:
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]


def _comparable(inputs: Mapping[str, Any]) -> dict[str, Any]:
    written, location = without_markers(inputs), inputs.get("location")
    return {**written, "location": normalised_location(location)} if isinstance(location, str) else written


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            step = f"{path}.{key}".lstrip(".") if key.isidentifier() else f'{path}["{key}"]'
            yield from _changes(old.get(key, _GONE), new.get(key, _GONE), step)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _changes(_item(old, index), _item(new, index), f"{path}[{index}]")
    elif old is _GONE:
        yield path, _DIFF.ADD
    elif new is _GONE:
        yield path, _DIFF.DELETE
    elif old != new:
        yield path, _DIFF.UPDATE


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _GONE


def _replacing(what: Any) -> Any:
    return {_DIFF.ADD: _DIFF.ADD_REPLACE, _DIFF.DELETE: _DIFF.DELETE_REPLACE, _DIFF.UPDATE: _DIFF.UPDATE_REPLACE}[what]


def _carry(inputs: Any, before: Any, after: Any) -> Any:
    if before == after:
        return inputs
    if isinstance(inputs, Mapping) and isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = [*inputs, *(key for key in after if key not in inputs)]
        carried = {key: _carry(inputs.get(key, _GONE), before.get(key, _GONE), after.get(key, _GONE)) for key in keys}
        return {key: value for key, value in carried.items() if value is not _GONE}
    if isinstance(inputs, list) and isinstance(before, list) and isinstance(after, list):
        length = max(len(inputs), len(after))
        items = [_carry(_item(inputs, n), _item(before, n), _item(after, n)) for n in range(length)]
        return [item for item in items if item is not _GONE]
    return after

"""Engine hooks that report, in previews and updates, what a change of something deployed does in Azure.

The settings that place resources are inputs of the component itself: it is registered first, so that a change of
them is judged before any child is replaced, which no hook of a child could do. A new resource is not judged.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pulumi
from pulumi.output import Unknown

from ..document.placeholder import Placeholder
from ..document.view import view
from ..problems import Problem
from ..settings.change_effects import judge_placement
from .reporting import report_problems

Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]]
_LATER = Placeholder("(known later)")


def judged_update(name: str, judge: Judge, resource: pulumi.Resource) -> pulumi.ResourceHookBinding:
    """Judge each update of a child by its old and new inputs; problems are reported at `resource`."""

    async def before_update(change: pulumi.ResourceHookArgs) -> None:
        report_problems(judge(_plain(change.old_inputs or {}), _plain(change.new_inputs or {})), resource)

    return _binding(name, before_update)


def judged_placement(name: str, component: pulumi.Resource) -> pulumi.ResourceHookBinding:
    """Judge each change of the component's own inputs, the settings that place resources."""

    async def before_update(change: pulumi.ResourceHookArgs) -> None:
        outputs = change.old_outputs or {}
        text = await pulumi.Output.from_input(outputs.get("document")).future()
        deployed = view(json.loads(text) if isinstance(text, str) else {})
        before, after = (dict(_texts(inputs or {}, "")) for inputs in (change.old_inputs, change.new_inputs))
        report_problems(judge_placement(before, after, deployed), component)

    return _binding(name, before_update)


def placing_inputs(placement: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
    """The settings that place resources as inputs of the component: objects in place of paths."""
    inputs: dict[str, Any] = {}
    for where, value in placement.items():
        *steps, last = where.split(".")
        inner = inputs
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return inputs


def _binding(name: str, before_update: Any) -> pulumi.ResourceHookBinding:
    # One deployment may hold two resources of one name under two parents, and no two hooks of one name.
    options = pulumi.ResourceHookOptions(on_dry_run=True)
    hook = pulumi.ResourceHook(f"changes of {name} ({uuid.uuid4().hex[:8]})", before_update, options)
    return pulumi.ResourceHookBinding(before_update=[hook])


def _plain(value: Any) -> Any:
    """Inputs as plain data: a placeholder for what is not known yet, and for what is secret."""
    if isinstance(value, Unknown | pulumi.Output):
        return _LATER
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _texts(inputs: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The texts in the component's inputs by their path."""
    for key, value in inputs.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{path}{key}.")
        elif isinstance(value, str):
            yield f"{path}{key}", value

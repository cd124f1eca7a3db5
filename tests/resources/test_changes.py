"""What the hooks hand to the rows of changes: mocks call no hook, so they are called here as the engine would."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from mtls_app_gateway.resources.changes import judged_placement, judged_update, placing_inputs
from mtls_app_gateway.settings.change_effects import judge_gateway_update
from pulumi.output import Unknown

from .recorder import COMPONENT, Recorder

Hook = Callable[[pulumi.Resource], pulumi.ResourceHookBinding]


def call(recorder: Recorder, bind: Hook, *, preview: bool = True, **change: Mapping[str, Any]) -> None:
    """Run a program with one component, whose update hook the engine calls."""

    def program() -> dict[str, pulumi.Output[Any]]:
        component = pulumi.ComponentResource(COMPONENT, "edge", {})
        binding = bind(component)
        assert binding.before_update is not None
        (hook,) = binding.before_update
        called: Any = hook(pulumi.ResourceHookArgs("urn", "id", "edge", COMPONENT, **change))
        return {"called": pulumi.Output.from_input(called)}

    recorder.build(program, preview=preview)


def placement(component: pulumi.Resource) -> pulumi.ResourceHookBinding:
    return judged_placement("edge", component)


def update(component: pulumi.Resource) -> pulumi.ResourceHookBinding:
    return judged_update("edge-gateway", judge_gateway_update, component)


def test_paths_become_objects() -> None:
    """The component's inputs are spelled as its settings are."""
    given: dict[str, pulumi.Input[str]] = {"gatewayName": "agw", "network.name": "a", "network.subnetName": "b"}

    assert {"gatewayName": "agw", "network": {"name": "a", "subnetName": "b"}} == placing_inputs(given)


@pytest.mark.parametrize("is_secret", [False, True])
def test_a_change_of_place_is_judged_by_the_deployed_document(recorder: Recorder, *, is_secret: bool) -> None:
    """The names that were automatic are those of the document, which is a secret where a chain is."""
    text = json.dumps({"name": "edge-gateway1"})
    outputs = {"document": pulumi.Output.secret(text) if is_secret else text}
    old, new = {"resourceGroupName": "rg"}, {"resourceGroupName": "rg", "gatewayName": "agw"}

    call(recorder, placement, old_inputs=old, new_inputs=new, old_outputs=outputs)

    (said,) = recorder.said("WARNING")
    assert said.startswith("change-may-be-refused: gatewayName: 'edge-gateway1' becomes 'agw'")


def test_what_is_not_known_yet_or_secret_is_not_judged(recorder: Recorder) -> None:
    """A name that another resource gives is judged once it is known."""
    unknown: Any = Unknown()  # type: ignore[no-untyped-call] # the SDK has no type there
    for later in (unknown, pulumi.Output.secret("rg-other")):
        call(recorder, placement, old_inputs={"resourceGroupName": "rg"}, new_inputs={"resourceGroupName": later})

    assert [] == recorder.said("WARNING")


def test_an_update_that_azure_refuses_ends_the_run(recorder: Recorder) -> None:
    """The error is ours, with Azure's code, in a preview as in an update."""
    for preview in (True, False):
        with pytest.raises(pulumi.RunError, match=r"change-refused: zones.*ResourceAvailabilityZonesCannotBeModified"):
            call(recorder, update, preview=preview, old_inputs={"zones": ["1"]}, new_inputs={"zones": ["2"]})


@pytest.mark.parametrize(("preview", "said"), [(True, ["change-in-place"]), (False, [])])
def test_a_note_is_for_previews(recorder: Recorder, *, preview: bool, said: list[str]) -> None:
    """What an update in place costs is said where it can still be put off."""
    call(recorder, update, preview=preview, old_inputs={}, new_inputs={"sslProfiles": [{"name": "a"}]})

    assert said == [line.split(":", 1)[0] for line in recorder.said("INFO")]

"""ARM's rules about names: those in a resource's id, and those of its parts that are resources themselves."""

from collections.abc import Iterator

from ..document.azure_names import AZURE_CODE, name_refusal
from .arm_rules import ArmRule, Request

_PARTS = {
    "Microsoft.Network/networkSecurityGroups": "securityRules",
    "Microsoft.Network/virtualNetworks": "subnets",
}
"""The collections whose parts can also be created separately, and whose names are documented."""


def _names(request: Request) -> Iterator[tuple[str, str]]:
    """Every name in a request, each with the ARM type of the resource that has it."""
    yield from request.put.names.items()
    arm_type = request.put.kind.arm_type
    if collection := _PARTS.get(arm_type):
        yield from ((f"{arm_type}/{collection}", name) for name, _ in request.parts(collection))


def _names_are_accepted(request: Request) -> Iterator[str]:
    for arm_type, name in _names(request):
        if demand := name_refusal(arm_type, name):
            yield f"Resource name {name!r} is invalid: the name of a {arm_type} has {demand}."


ARM_NAME_RULES = (
    ArmRule(
        "names-are-accepted",
        AZURE_CODE,
        "Microsoft Learn, azure-resource-manager/management/resource-name-rules",
        _names_are_accepted,
    ),
)

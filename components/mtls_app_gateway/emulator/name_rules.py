"""Whether Azure accepts the names of a resource: those along its id and those of its parts that are resources."""

from collections.abc import Iterator

from ..document.azure_names import AZURE_CODE, name_refusal
from .arm_rules import Question, Rule

_PARTS = {
    "Microsoft.Network/networkSecurityGroups": "securityRules",
    "Microsoft.Network/virtualNetworks": "subnets",
}
"""The collections whose parts can be made on their own too, and have names that are documented."""


def _names(question: Question) -> Iterator[tuple[str, str]]:
    """Every name of a request, with ARM's type of what it names."""
    yield from question.put.names.items()
    arm_type = question.put.kind.arm_type
    if collection := _PARTS.get(arm_type):
        yield from ((f"{arm_type}/{collection}", name) for name, _ in question.parts(collection))


def _names_are_accepted(question: Question) -> Iterator[str]:
    for arm_type, name in _names(question):
        if demand := name_refusal(arm_type, name):
            yield f"Resource name {name!r} is invalid: the name of a {arm_type} has {demand}."


NAME_RULES = (
    Rule(
        "names-are-accepted",
        AZURE_CODE,
        "Microsoft Learn, azure-resource-manager/management/resource-name-rules",
        _names_are_accepted,
    ),
)

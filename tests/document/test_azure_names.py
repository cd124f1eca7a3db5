"""Names are judged by Azure's documented rules, each at its edges."""

import pytest
from mtls_app_gateway.document.azure_names import NAME_RULES, name_refusal

NETWORK_TYPES = [each for each in NAME_RULES if each.startswith("Microsoft.Network/")]
GROUP = "Microsoft.Resources/resourceGroups"
VNET = "Microsoft.Network/virtualNetworks"


@pytest.mark.parametrize("arm_type", NETWORK_TYPES)
@pytest.mark.parametrize("name", ["edge", "0-edge.v2_", "a1", "A" * 64])
def test_a_name_that_azure_documents_is_accepted(arm_type: str, name: str) -> None:
    """Letters, digits and the three signs, up to the smallest of the limits."""
    assert name_refusal(arm_type, name) is None


@pytest.mark.parametrize("arm_type", NETWORK_TYPES)
@pytest.mark.parametrize("name", ["", "..", "-a", "_a", "a-", "a.", "x/y", "two words", "a\n", "ä", "a" * 81])
def test_any_other_name_is_refused_with_the_rule(arm_type: str, name: str) -> None:
    """Wrong characters, a wrong first or last one, a line break at the end, and too many."""
    rule = NAME_RULES[arm_type]

    assert f"{rule.shortest} to {rule.longest} characters: {rule.characters}" == name_refusal(arm_type, name)


@pytest.mark.parametrize("arm_type", NETWORK_TYPES)
def test_the_limits_of_length_are_those_of_the_type(arm_type: str) -> None:
    """A virtual network has 2 to 64 characters, everything else 1 to 80."""
    shortest, longest = (2, 64) if arm_type == VNET else (1, 80)

    assert [None, None] == [name_refusal(arm_type, "a" * length) for length in (shortest, longest)]
    assert None not in [name_refusal(arm_type, "a" * length) for length in (shortest - 1, longest + 1)]


@pytest.mark.parametrize(
    ("name", "is_accepted"),
    [
        ("rg-edge", True),
        ("(ä)_1", True),
        ("g" * 90, True),
        ("g" * 91, False),
        ("rg.", False),
        ("", False),
        ("a/b", False),
    ],
)
def test_a_resource_group_has_its_own_characters(name: str, *, is_accepted: bool) -> None:
    """Parentheses and letters of any script, but no period at the end."""
    assert is_accepted == (name_refusal(GROUP, name) is None)


def test_a_type_without_a_known_rule_is_not_judged() -> None:
    """Nothing is asserted where no rule is documented here."""
    assert name_refusal("Microsoft.Example/things", "..") is None

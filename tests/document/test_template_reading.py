"""Template expressions: the few functions that gateway templates use, and a clear word about all others."""

from typing import Any

import pytest
from mtls_app_gateway.document.template_reading import RESOURCE_GROUP, NotUnderstoodError, open_template

GROUP = RESOURCE_GROUP["id"]
TEMPLATE = {
    "parameters": {"name": {"defaultValue": "gw"}, "needed": {}, "list": {"defaultValue": ["a", "[concat('b', 'c')]"]}},
    "variables": {
        "full": "[concat(parameters('name'), '-', 1)]",
        "loop": "[variables('loop')]",
        "bag": {"Key": [7, 8]},
    },
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("plain", "plain"),
        ("[[not an expression]", "[not an expression]"),
        ("[unclosed", "[unclosed"),
        ("['it''s']", "it's"),
        ("[ parameters( 'NAME' ) ]", "gw"),
        ("[PARAMETERS('name')]", "gw"),
        ("[parameters('list')]", ["a", "bc"]),
        ("[parameters('list')[1]]", "bc"),
        ("[variables('full')]", "gw-1"),
        ("[variables('bag').key[1]]", 8),
        ("[concat(parameters('list'), parameters('list'))]", ["a", "bc", "a", "bc"]),
        ("[format('{0}/{1}', variables('full'), 2)]", "gw-1/2"),
        ("[resourceGroup().location]", RESOURCE_GROUP["location"]),
        ("[resourceId('My.Thing/cats', 'tom')]", f"{GROUP}/providers/My.Thing/cats/tom"),
        ("[resourceId('My.Thing/cats/legs', 'tom', 'left')]", f"{GROUP}/providers/My.Thing/cats/tom/legs/left"),
        ("[resourceId('My.Thing/cats/legs/', 'tom', 'left')]", f"{GROUP}/providers/My.Thing/cats/tom/legs/left"),
        (
            "[resourceId('group', 'My.Thing/cats', 'tom')]",
            f"{GROUP.rpartition('/')[0]}/group/providers/My.Thing/cats/tom",
        ),
        (
            "[resourceId('sub', 'group', 'My.Thing/cats', 'tom')]",
            "/subscriptions/sub/resourceGroups/group/providers/My.Thing/cats/tom",
        ),
    ],
)
def test_what_an_expression_gives(expression: str, value: Any) -> None:
    """
    Each known function gives what Azure documents, names of parameters, variables and functions in any case.
    """
    assert open_template(TEMPLATE, None).resolve(expression) == value


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("[reference('x').id]", "'reference' is not known"),
        ("[if(true, 1, 2)]", "'if' is not known"),
        ("[true]", "'true' is not known"),
        ("[parameters('needed')]", "'needed' has no value"),
        ("[parameters('nowhere')]", "'nowhere' has no value"),
        ("[variables('nowhere')]", "no variable 'nowhere'"),
        ("[variables('loop')]", "needs itself"),
        ("[variables('bag').other]", "no member 'other'"),
        ("[variables('bag').key[2]]", "no member 2"),
        ("[concat('a' 'b')]", "not separated by commas"),
        ("[concat('a', variables('bag'))]", "arguments of 'concat'"),
        ("[concat()]", "arguments of 'concat'"),
        ("[format('{0:D2}', 1)]", "arguments of 'format'"),
        ("[format('{1}', 1)]", "arguments of 'format'"),
        ("[resourceId('a')]", "arguments of 'resourceId'"),
        ("[resourceId('My.Thing/cats//', 'tom')]", "arguments of 'resourceId'"),
        ("[resourceId('My.Thing/cats')]", "arguments of 'resourceId'"),
        ("[resourceId('a', 'b', 'c', 'My.Thing/cats', 'tom')]", "arguments of 'resourceId'"),
        ("[concat(])]", "has ']' where a value should stand"),
        ("[concat('a'", None),
        ("[concat('a'] ]", "not separated by commas"),
        ("[resourceGroup().]", "ends too early"),
        ("[parameters('list')[0]", "'[' is not closed"),
        ("['a' 'b']", "goes on where it should end"),
        ("[%]", "cannot be read"),
        ("[]", "ends too early"),
    ],
)
def test_what_is_not_known_is_said(expression: str, said: str | None) -> None:
    """
    An expression outside the known few is named, never guessed; a text that is no expression stays as it is.
    """
    template = open_template(TEMPLATE, None)
    if said is None:
        assert template.resolve(expression) == expression
        return
    with pytest.raises(NotUnderstoodError) as caught:
        template.resolve(expression)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"parameters": {"Needed": {"value": "[literal]"}}, "contentVersion": "1.0.0.0"},
        {"needed": {"value": "[literal]"}},
        {"needed": "[literal]"},
    ],
)
def test_given_parameters_are_literal(given: dict[str, Any]) -> None:
    """
    The three shapes of a parameter file give the value, and a value given is never an expression.
    """
    assert open_template(TEMPLATE, given).resolve("[parameters('needed')]") == "[literal]"


def test_a_parameter_in_a_key_vault_is_not_fetched() -> None:
    """
    A parameter that refers to a key vault has no value here, and the reason is told.
    """
    given = {"needed": {"reference": {"keyVault": {"id": "x"}, "secretName": "s"}}}

    with pytest.raises(NotUnderstoodError, match="key vault"):
        open_template(TEMPLATE, given).resolve("[parameters('needed')]")


def test_unique_strings_are_stable() -> None:
    """
    The same parts give the same 13 letters every time, other parts give others.
    """
    one, again, other = (open_template({}, None).resolve(f"[uniqueString('{part}')]") for part in "aab")

    assert one == again != other
    assert len(one) == 13

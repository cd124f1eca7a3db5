"""The number of a gateway's parts is compared with Azure's documented limits."""

from typing import Any

import pytest
from mtls_app_gateway.document.azure_limits import LIMITS, PATH_RULES, excesses


@pytest.mark.parametrize("collection", LIMITS)
def test_one_part_too_many_is_named(collection: str) -> None:
    """
    At the limit nothing is said; above it, how many there are and how many there may be.
    """
    limit = LIMITS[collection]

    assert [] == list(excesses({"properties": {collection: [{}] * limit}}))
    assert [(collection, limit + 1, limit)] == list(excesses({"properties": {collection: [{}] * (limit + 1)}}))


def test_one_path_rule_too_many_is_named() -> None:
    """
    Each path map has a limit of its own.
    """
    maps: list[Any] = [
        {"properties": {"pathRules": [{}] * count}} for count in (PATH_RULES, PATH_RULES, PATH_RULES + 1)
    ]

    found = excesses({"properties": {"urlPathMaps": maps}})
    assert [("urlPathMaps[2].pathRules", PATH_RULES + 1, PATH_RULES)] == list(found)


def test_one_rewrite_too_many_is_named() -> None:
    """
    The headers, URLs and conditions of a set count together, whichever of its rules they are in.
    """

    def rewrite_set(headers: int, conditions: int) -> dict[str, Any]:
        actions: dict[str, Any] = {"requestHeaderConfigurations": [{}] * headers, "responseHeaderConfigurations": [{}]}
        rules = [{"actionSet": actions, "conditions": [{}]}, {"conditions": [{}] * conditions}]
        return {"properties": {"rewriteRules": [*rules, {"actionSet": {"urlConfiguration": {"modifiedPath": "/"}}}]}}

    sets = [rewrite_set(38, 39), rewrite_set(39, 0), rewrite_set(0, 40)]
    found = excesses({"properties": {"rewriteRuleSets": sets}})

    assert [("rewriteRuleSets[1] actions", 41, 40), ("rewriteRuleSets[2] conditions", 41, 40)] == list(found)


def test_what_is_no_list_is_not_counted() -> None:
    """
    A collection that is absent or of another form is for others to judge.
    """
    assert [] == list(excesses({}))
    assert [] == list(excesses({"properties": {"httpListeners": "x" * 500}}))
    assert [] == list(excesses({"properties": {"urlPathMaps": [1, {"properties": {"pathRules": "x" * 500}}]}}))

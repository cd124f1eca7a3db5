"""
The example `quickstart` is Microsoft's quickstart template, apart from what the example's README says, with its reason.

The table of differences is that of the README: a difference that it does not name fails here, and so does a row that
is no longer true. The network beside the gateway is compared in `tests/engine/test_quickstart.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.settings.frontend_parts import PUBLIC_IP_PLACEHOLDER, SUBNET_PLACEHOLDER
from mtls_app_gateway.settings.planning import plan_gateway

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples/quickstart"
FIXTURE = REPOSITORY / "tests/fixtures/quickstart"
NETWORK = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/resource-group/providers/Microsoft.Network"
)

Differences = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The gateway that the template deploys."""
    data, parameters = (json.loads((FIXTURE / name).read_text()) for name in ("template.json", "parameters.json"))
    return read_document(data, parameters)


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """The gateway of the example's stack, its neighbours' ids made of the names in its config."""
    config = yaml.safe_load((EXAMPLE / "Pulumi.quickstart.yaml").read_text())["config"]
    prefix = "mtls-app-gateway:"
    given = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    for certificate in given["listenerCertificates"]:
        certificate["pfx"] = Placeholder("listenerCertificates[0].pfx")
    plan = plan_gateway(given, now=datetime(2026, 1, 1, tzinfo=UTC))
    network, address = plan.settings.network, plan.settings.public_ip
    ids = {
        SUBNET_PLACEHOLDER: f"{NETWORK}/virtualNetworks/{network.name}/subnets/{network.subnet_name}",
        PUBLIC_IP_PLACEHOLDER: f"{NETWORK}/publicIPAddresses/{address.name}",
    }
    text = json.dumps(plan.document)
    for placeholder, identifier in ids.items():
        text = text.replace(placeholder, identifier)
    document: dict[str, Any] = json.loads(text)
    return document


def shown(value: Any) -> str:
    """A value as the table shows it: an object or a list as an ellipsis, and nothing where there is nothing."""
    if value is None:
        return ""
    if isinstance(value, Mapping | list):
        return "…"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def differences(theirs: Any, ours: Any, where: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """Every place where two documents differ, whatever the case of names and texts."""
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        left, right = ({key.casefold(): (key, value) for key, value in side.items()} for side in (theirs, ours))
        for key in dict.fromkeys((*left, *right)):
            name = (right.get(key) or left[key])[0]
            below = f"{where}.{name}".lstrip(".")
            yield from differences(left.get(key, ("", None))[1], right.get(key, ("", None))[1], below)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for position, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{where}[{position}]")
    elif _folded(theirs) != _folded(ours):
        yield where, (shown(theirs), shown(ours))


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def intended() -> dict[str, tuple[str, str, str]]:
    """The rows of the README's table: what the template says, what we say, and why."""
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|(.*?)\|(.*?)\|(.*?)\|$", readme, re.MULTILINE)
    return {path: (theirs.strip(), ours.strip(), why.strip()) for path, theirs, ours, why in rows}


def test_every_difference_is_intended(template: dict[str, Any], example: dict[str, Any]) -> None:
    """
    The two gateways differ in what the table lists, value by value, and in nothing else.
    """
    listed: Differences = {path: (theirs, ours) for path, (theirs, ours, _) in intended().items()}

    assert listed == dict(differences(template, example))


def test_every_difference_has_its_reason() -> None:
    """
    No row of the table goes without a reason.
    """
    assert intended()
    assert [] == [path for path, (_, _, why) in intended().items() if not why]


def test_what_the_page_promises_is_there(example: dict[str, Any]) -> None:
    """
    What the quickstart is about stands in our gateway: size, Passthrough, the listener on 444, the rule's priority.
    """
    properties = example["properties"]

    assert {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 3} == properties["sku"]
    assert {"verifyClientAuthMode": "Passthrough"} == properties["sslProfiles"][0]["properties"][
        "clientAuthConfiguration"
    ]
    assert [444] == [port["properties"]["port"] for port in properties["frontendPorts"]]
    assert [2000] == [rule["properties"]["priority"] for rule in properties["requestRoutingRules"]]


@pytest.mark.parametrize(
    ("theirs", "ours", "found"),
    [
        ({"Port": 444}, {"port": 444}, {}),
        ({"mode": "Passthrough"}, {"Mode": "PASSTHROUGH"}, {}),
        ({"port": 444}, {"port": 443}, {"port": ("`444`", "`443`")}),
        ({"port": 444}, {}, {"port": ("`444`", "")}),
        ({}, {"on": False}, {"on": ("", "`false`")}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {"a[0].b": ("`1`", "`2`")}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": ("…", "…")}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": ("…", "`1`")}),
    ],
)
def test_the_comparison_sees_every_difference(theirs: Any, ours: Any, found: Differences) -> None:
    """
    Another value, one that only one side has, a longer list: each is a difference; another case is none.
    """
    assert found == dict(differences(theirs, ours))

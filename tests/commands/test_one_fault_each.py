"""Gateways of others with one fault each, and the same gateways without it: every fault is found, and nothing else.

The gateways were written from Microsoft's pages and from what live gateways do, before the rules were. They are in the
forms that tools give: templates, GET answers, `az network application-gateway show`, Resource Graph. Names are made up.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import main

FOLDER = Path(__file__).parent / "gateways"
FAULTS: list[dict[str, Any]] = json.loads((FOLDER / "faults.json").read_text(encoding="utf-8"))
"""Each with the name of its gateway, the change that makes the fault, and the codes that it is found by."""
WITHOUT_FAULT = {"open-wildcard-swallows-strict-host": {"profiles-mixed-on-port"}}
"""What is rightly found in a gateway without its fault."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["name"])
def test_the_fault_is_found(fault: dict[str, Any], tmp_path: Path) -> None:
    """The change brings the codes, and nothing more serious than a note is found before it."""
    sound = json.loads((FOLDER / f"{fault['name']}.json").read_text(encoding="utf-8"))
    before = found(sound, tmp_path)
    after = found(changed(sound, fault["change"]), tmp_path)

    assert set(fault["found"]) == {finding["code"] for finding in after if finding not in before}
    assert WITHOUT_FAULT.get(fault["name"], set()) == {each["code"] for each in before if each["severity"] != "note"}


def test_every_gateway_has_its_fault() -> None:
    """No gateway is in the folder without being reviewed, and each fault is in words."""
    assert {f"{fault['name']}.json" for fault in FAULTS} | {"faults.json"} == {each.name for each in FOLDER.iterdir()}
    assert all(fault["fault"].endswith(".") and fault["found"] for fault in FAULTS)


def changed(gateway: Any, change: list[dict[str, Any]]) -> Any:
    """A copy of the gateway with each of the places set, or removed."""
    made = deepcopy(gateway)
    for step in change:
        *way, last = step["path"]
        here = made
        for key in way:
            here = here[key]
        if step["op"] == "remove":
            del here[last]
        else:
            here[last] = step["value"]
    return made


def found(gateway: Any, folder: Path) -> list[dict[str, Any]]:
    """What `mtls-gateway review` finds."""
    path = folder / "gateway.json"
    path.write_text(json.dumps(gateway), encoding="utf-8")
    result = CliRunner().invoke(main, ["review", str(path), "--json"])
    (only,) = json.loads(result.stdout)["gateways"]
    findings: list[dict[str, Any]] = only["findings"]
    return findings

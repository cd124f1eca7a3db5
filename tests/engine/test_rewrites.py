"""Rewrites on the real engine: deployed, left as they are, changed alone, rehearsed as deployed, and destroyed."""

import json
from pathlib import Path
from typing import Any

from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.verify.judge.verdict import RowOutcome

from tests.engine.component_program import CHILDREN, CONFIG, GATEWAY, Words, changes, edge, mint, smallest
from tests.engine.conftest import MakeStack, RunningEmulator
from tests.rehearsal.knocking import knock
from tests.verify.asking import outcomes, target_of, verify

TENANT: dict[str, Any] = {
    "name": "tenant",
    "conditions": [{"variable": "var_uri_path", "pattern": "^/t/([^/]+)(/.*)$", "ignore_case": True}],
    "request_headers": {"X-Tenant": "{var_uri_path_1}"},
    "response_headers": {"X-Frame-Options": "DENY"},
    "url": {"path": "{var_uri_path_2}"},
}


def test_rewrites_from_first_to_last(stack: MakeStack, emulator: RunningEmulator, tmp_path: Path) -> None:
    """
    Another up changes nothing, an edit the gateway alone; the backend gets what was asked for, and every verdict holds.
    """
    asked: dict[str, Any] = {
        "listeners": [{}, {"name": "open", "port": 8443, "profile": "none"}],
        "routes": [
            {"priority": 100, "rewrites": ["tenant"]},
            {"name": "open", "listener": "open", "priority": 200, "rewrites": ["tenant"]},
        ],
        "rewrites": [TENANT],
        "strict_transport_security": {"max_age": 600, "include_sub_domains": True},
        "hide_server": True,
    }
    material = mint()
    made, words = stack(edge(lambda: smallest(material, **asked)), config=CONFIG), Words()

    assert {"create": CHILDREN + 2} == changes(words.up(made))
    assert {} == changes(words.up(made))
    names = [each["name"] for each in emulator.the(GATEWAY)["properties"]["rewriteRuleSets"]]
    asked["rewrites"] = [{**TENANT, "request_headers": {"X-Tenant": "{var_uri_path_1}!"}}]
    result = words.up(made)
    assert {"update": 1} == changes(result)
    assert names == [each["name"] for each in emulator.the(GATEWAY)["properties"]["rewriteRuleSets"]]

    document = json.loads(result.outputs["document"].value)
    with LocalGateway(tmp_path / "gateway") as running:
        local = running.show(document)
        for name in ("https", "open"):
            found = outcomes(verify(document, name, target_of(local, name)))
            assert not {RowOutcome.FAILS, RowOutcome.UNANSWERED} & set(found.values()), (name, found)
            answer = knock(local, name, target="/t/blue/x?a=1", headers={"X-Client-Cert": "mine", "X-Tenant": "mine"})
            assert ("/x", "a=1") == (answer.forwarded["path"], answer.forwarded["query"])
            assert "blue!" == answer.backend_headers["x-tenant"]
            assert "x-client-cert" not in answer.backend_headers
            sent = {key.lower(): value for key, value in answer.headers.items()}
            assert "max-age=600; includeSubDomains" == sent["strict-transport-security"]
            assert "DENY" == sent["x-frame-options"]

    made.destroy(on_output=words.said.append)
    assert {} == emulator.resources()
    assert "Traceback" not in str(words)

"""Every command that reads a gateway says what is wrong with it, and stops where its own work would be wrong."""

import copy
import json
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.rehearsal.authority import Authority

from .documents import chain, document, listener, passthrough

READERS = ("template", "rehearse", "verify --document")
Ask = Callable[[str, dict[str, Any]], Result]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Let a command read this document."""
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def ask_one(command: str, given: dict[str, Any]) -> Result:
        file = tmp_path / "gateway.json"
        file.write_text(json.dumps(given))
        return CliRunner().invoke(main, [*command.split(), str(file)])

    yield ask_one
    for number, handler in usual.items():
        signal.signal(number, handler)


def gateway() -> dict[str, Any]:
    """A Passthrough gateway on a port where nothing answers."""
    return document([listener("edge", 443, "passthrough")], sslProfiles=[passthrough()])


def misspelt_mode() -> dict[str, Any]:
    given = gateway()
    given["properties"]["sslProfiles"][0]["properties"]["clientAuthConfiguration"] = {
        "verifyClientCertMode": "Passthrough"
    }
    return given


def dangling(collection: str, index: int, key: str) -> dict[str, Any]:
    given = gateway()
    properties = given["properties"][collection][index]["properties"]
    properties[key] = {"id": properties[key]["id"] + "-gone"}
    return given


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (misspelt_mode(), "clientAuthConfiguration.verifyClientCertMode: "),
        (dangling("httpListeners", 0, "sslProfile"), "dangling-reference: properties.httpListeners[0].properties.sslP"),
        (dangling("httpListeners", 0, "frontendPort"), "dangling-reference: properties.httpListeners[0].properties.fr"),
        (dangling("requestRoutingRules", 0, "httpListener"), "dangling-reference: properties.requestRoutingRules[0]."),
        (dangling("requestRoutingRules", 0, "backendAddressPool"), "dangling-reference: properties.requestRoutingRul"),
        (dangling("requestRoutingRules", 0, "rewriteRuleSet"), "dangling-reference: properties.requestRoutingRules[0"),
        (document([listener("a", 443), listener("A", 444)]), "duplicate-name: properties.httpListeners[1]: "),
    ],
)
def test_what_makes_it_another_gateway_stops_every_command(
    ask: Ask, command: str, broken: dict[str, Any], said: str
) -> None:
    """
    A misspelt mode, a reference that reaches nothing and a shared name are errors, whatever the command.
    """
    done = ask(command, broken)

    assert (2, "") == (done.exit_code, done.stdout)
    assert said in done.stderr
    assert "KeyError" not in done.output


@pytest.mark.parametrize(
    ("change", "rule", "stopped"),
    [
        ({"quantumSafe": True}, "unknown-property: properties.quantumSafe", {"template"}),
        ({"enableHttp3": True}, "unknown-property: properties.enableHttp3", {"template", "rehearse"}),
        (
            {"sku": {"name": "WAF_Medium", "tier": "WAF_v2"}},
            "sku-without-client-authentication: properties.sku.name",
            {"template", "rehearse"},
        ),
        (
            {"httpListeners": [], "requestRoutingRules": []},
            "no-listener: properties.httpListeners",
            {"rehearse", "verify --document"},
        ),
        (
            {"httpListeners": [listener("edge", 443), listener("spare", 443, hostNames=["spare.example"])]},
            "listener-without-rule: properties.httpListeners[1]",
            set(),
        ),
        (
            {"sslProfiles": [passthrough(), passthrough("spare")]},
            "profile-unused: properties.sslProfiles[1]",
            set(),
        ),
    ],
)
def test_what_a_command_can_work_with_is_a_warning(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], rule: str, stopped: set[str]
) -> None:
    """
    Each finding is printed by every command; it stops those whose own work would be wrong.
    """
    monkeypatch.setattr("mtls_app_gateway.commands.rehearse._run", lambda *_, **__: 0)
    given = gateway()
    given["properties"] |= copy.deepcopy(change)

    asked = {command: ask(command, given) for command in READERS}

    assert all(rule in done.stderr for done in asked.values())
    assert stopped == {command for command, done in asked.items() if f"warning: {rule}" not in done.stderr}
    assert stopped <= {command for command, done in asked.items() if done.exit_code == 2}


@pytest.mark.parametrize("command", READERS)
def test_the_body_of_a_request_takes_its_name_from_an_option(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """
    `--name` names a gateway whose name stands in its URL; without it, the message says so.
    """
    monkeypatch.setattr("mtls_app_gateway.commands.rehearse._run", lambda *_, **__: 0)
    body = {"properties": gateway()["properties"]}

    command, *document_option = command.split()
    unnamed = ask(" ".join((command, *document_option)), body)
    named = ask(" ".join((command, "--name", "edge", *document_option)), body)

    assert 2 == unnamed.exit_code
    assert "missing-name: name: " in unnamed.stderr
    assert "missing-name" not in named.stderr


def test_a_name_goes_with_a_document() -> None:
    """
    `--name` beside anything else than a document would be left aside, and is refused.
    """
    done = CliRunner().invoke(main, ["verify", "edge.example", "--mode", "strict", "--name", "edge"])

    assert (2, True) == (done.exit_code, "--name goes with --document" in done.stderr)


class TestDiff:
    """`mtls-gateway diff`, whose documents are the inputs that Pulumi shows."""

    def ask(self, before: dict[str, Any], after: dict[str, Any]) -> Result:
        token = API.token
        states = {
            side: {"type": token, "inputs": inputs} for side, inputs in (("oldState", before), ("newState", after))
        }
        step = {"op": "update", "urn": "urn:pulumi:dev::edge::x::edge-gateway", **states}
        return CliRunner().invoke(main, ["diff", "-"], input=json.dumps({"steps": [step]}))

    def test_a_name_that_is_not_compared_is_said_once(self) -> None:
        """
        A property that this project does not know takes no part in the comparison, and a warning says so.
        """
        before = flatten(gateway()) | {"quantumSafe": True}
        done = self.ask(before, before | {"enableHttp2": True})

        assert (1, "edge-gateway is updated in place\n  + enableHttp2: true\n") == (done.exit_code, done.stdout)
        assert 1 == done.stderr.count("warning: unknown-property: quantumSafe: ")

    def test_a_misspelt_mode_stops_it(self) -> None:
        """
        A change of a mode that is misspelt would look like no change.
        """
        after = flatten(gateway())
        after["sslProfiles"] = [{"name": "passthrough", "clientAuthConfiguration": {"verifyClientCertMode": "Strict"}}]
        done = self.ask(flatten(gateway()), after)

        assert (2, "") == (done.exit_code, done.stdout)
        assert "unknown-property: sslProfiles[0].clientAuthConfiguration.verifyClientCertMode: " in done.stderr


@pytest.mark.parametrize("command", READERS)
def test_an_expired_root_of_a_backend_is_a_warning(ask: Ask, command: str) -> None:
    """
    A command knows the time, so it says that a trusted root has expired, where the root is.
    """
    now = datetime.now(UTC)
    old = Authority.create("Old Root", not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))
    given = gateway()
    given["properties"]["trustedRootCertificates"] = [chain("old", old.certificate_pem)]

    said = ask(command, given).stderr

    assert "warning: trusted-root-validity: properties.trustedRootCertificates[0].properties.data" in said

"""What differs between two gateways is told part by part, all of it and nothing else."""

import copy
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.comparison import Change, Difference, differences
from mtls_app_gateway.document.spelling import flatten

GATEWAY_ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/edge"
TOKEN = API.token
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def gateway(mode: str = "Strict", *ports: int, **properties: Any) -> dict[str, Any]:
    """A document with one profile and these ports."""
    return {
        "type": "Microsoft.Network/applicationGateways",
        "apiVersion": API.version,
        "name": "edge",
        "properties": {
            "frontendPorts": [{"name": f"port-{port}", "properties": {"port": port}} for port in ports],
            "sslProfiles": [{"name": "app", "properties": {"clientAuthConfiguration": {"verifyClientAuthMode": mode}}}],
            **properties,
        },
    }


MODE = "clientAuthConfiguration.verifyClientAuthMode"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (gateway("Strict", 1), gateway("Strict", 1), []),
        (gateway("Strict", 1, 2), gateway("Strict", 2, 1), []),
        (
            gateway(),
            gateway("Passthrough"),
            [Difference(Change.OTHER, "sslProfiles/app", MODE, "Strict", "Passthrough")],
        ),
        (gateway(), gateway("Strict", 80), [Difference(Change.NEW, "frontendPorts/port-80", "", None, {"port": 80})]),
        (
            gateway("Strict", 1, 2),
            gateway("Strict", 2),
            [Difference(Change.GONE, "frontendPorts/port-1", "", {"port": 1}, None)],
        ),
        (
            gateway(frontendPorts=[{"name": "a", "properties": {"port": 1}}, {"name": "b"}]),
            gateway(frontendPorts=[{"name": "c"}, {"name": "d", "properties": {"port": 1}}]),
            [
                Difference(Change.OTHER, "frontendPorts/a", "name", "a", "d"),
                Difference(Change.GONE, "frontendPorts/b", "", {}, None),
                Difference(Change.NEW, "frontendPorts/c", "", None, {}),
            ],
        ),
        (gateway(sslProfiles=[]), gateway(sslProfiles=[{"name": "bare"}]), [
            Difference(Change.NEW, "sslProfiles/bare", "", None, {})]),
        (gateway(), gateway(enableHttp2=True), [Difference(Change.NEW, "", "enableHttp2", None, True)]),
        (gateway() | {"tags": {"a": "1"}}, gateway(), [Difference(Change.GONE, "", "tags", {"a": "1"}, None)]),
        ({"zones": ["1"]}, {"zones": ["2"]}, [Difference(Change.OTHER, "", "zones", ["1"], ["2"])]),
    ],
    ids=["none", "order", "mode", "new part", "part gone", "other name", "bare part", "new value", "tags gone", "list"],
)  # fmt: skip
def test_each_difference_is_told_once(before: dict[str, Any], after: dict[str, Any], found: list[Difference]) -> None:
    """
    A value, a part or a tag that is new, gone or another is one difference; another order of parts is none.
    """
    assert found == list(differences(before, after))


def test_a_difference_reads_as_one_line() -> None:
    """
    The mark is Pulumi's, the part comes before the path, a reference is the id it holds.
    """
    reference = {"id": "$self/sslProfiles/app"}

    assert "~ sslProfiles/app: mode: Strict -> Passthrough" == str(
        Difference(Change.OTHER, "sslProfiles/app", "mode", "Strict", "Passthrough")
    )
    assert "+ httpListeners/https: sslProfile: $self/sslProfiles/app" == str(
        Difference(Change.NEW, "httpListeners/https", "sslProfile", None, reference)
    )
    assert "- enableHttp2: false" == str(Difference(Change.GONE, "", "enableHttp2", False, None))


def as_imported(document: dict[str, Any]) -> dict[str, Any]:
    """Pulumi's inputs after an import: absolute ids, and each part with its own."""
    inputs: dict[str, Any] = json.loads(json.dumps(flatten(document)).replace("$self", GATEWAY_ID))
    for collection in ("frontendPorts", "sslProfiles"):
        for part in inputs[collection]:
            part["id"] = f"{GATEWAY_ID}/{collection}/{part['name']}"
    return inputs | {"resourceGroupName": "rg"}


def step(op: str, old: dict[str, Any] | None, new: dict[str, Any] | None, token: str = TOKEN) -> dict[str, Any]:
    """One step of a preview, as the engine prints it."""
    states = {"oldState": old, "newState": new}
    told = {side: {"type": token, "inputs": inputs} for side, inputs in states.items() if inputs is not None}
    return {"op": op, "urn": f"urn:pulumi:dev::edge::a$b${token}::edge-gateway", **told}


def run(*steps: dict[str, Any]) -> Result:
    return CliRunner().invoke(main, ["diff", "-"], input=json.dumps({"steps": steps}))


class TestCommand:
    """`mtls-gateway diff`, on what `pulumi preview --json` prints."""

    def test_only_what_changes_is_told(self) -> None:
        """
        Of an adopted gateway and a program, the spelling of references and the parts' own ids are no difference.
        """
        listener = {"name": "https", "properties": {"sslProfile": {"id": "$self/sslProfiles/app"}}}
        live, asked = (gateway(mode, 443, httpListeners=[listener]) for mode in ("Strict", "Passthrough"))

        done = run(step("update", as_imported(live), flatten(asked)))

        assert (
            "edge-gateway is updated in place\n"
            "  ~ sslProfiles/app: clientAuthConfiguration.verifyClientAuthMode: Strict -> Passthrough\n"
        ) == done.output
        assert 1 == done.exit_code

    def test_an_identity_is_read(self) -> None:
        """
        Pulumi's inputs hold the identities as a list of ids, an imported gateway's perhaps as ARM's map; both are read.
        """
        identity = {"type": "UserAssigned", "userAssignedIdentities": {"/id/a": {}}}
        live, asked = flatten(gateway()), flatten({**gateway(), "identity": identity})

        added, same = run(step("update", live, asked)), run(step("update", live | {"identity": identity}, asked))

        line = '  + identity: {"type": "UserAssigned", "userAssignedIdentities": {"/id/a": {}}}\n'
        assert f"edge-gateway is updated in place\n{line}" == added.output
        assert "edge-gateway is updated in place\n" == same.output

    def test_a_finding_that_the_change_brings_is_a_warning(self) -> None:
        """
        What the review finds in the new gateway and not in the old one is on standard error, and changes no exit code.
        """
        live, asked = flatten(gateway("Passthrough", 443)), flatten(gateway("Strict", 443))

        brought, left = run(step("update", live, asked)), run(step("update", asked, live))

        place = "properties.sslProfiles[0].properties.trustedClientCertificates"
        assert [f"warning: strict-without-chain: {place}"] == [
            line.partition(": the ")[0] for line in brought.stderr.splitlines()
        ]
        assert ("", 1) == (left.stderr, left.exit_code)

    def test_what_is_hidden_is_not_called_missing(self) -> None:
        """
        Certificates that Pulumi does not show are there: no finding says that the listener's is in Key Vault or none.
        """
        before = flatten(gateway(sslCertificates=[{"name": "c"}]))

        done = run(step("update", before | {"sslCertificates": "[secret]"}, before | {"sslCertificates": "[secret]"}))

        assert "" == done.stderr

    def test_what_is_hidden_is_said(self) -> None:
        """
        Where Pulumi shows a secret, and where a value is not known yet, the lines say so.
        """
        before, after = flatten(gateway(sslCertificates=[{"name": "c"}])), flatten(gateway(firewallPolicy={"id": "w"}))

        done = run(step("update", before, after | {"sslCertificates": "[secret]", "firewallPolicy": {"id": UNKNOWN}}))

        assert "  + firewallPolicy: $input/(known later)\n" in done.output
        assert "  ? sslCertificates: holds secrets, so Pulumi does not show what becomes of it\n" in done.output

    @pytest.mark.parametrize(
        ("op", "told"),
        [
            ("replace", "edge-gateway is REPLACED: the existing one is deleted, another is made\n  ~ name: edge -> b"),
            ("create", "edge-gateway is made"),
            ("delete", "edge-gateway is DELETED"),
        ],
    )  # fmt: skip
    def test_a_replacement_is_loud(self, op: str, told: str) -> None:
        """
        A gateway that is replaced, made or deleted is said to be.
        """
        old = None if op == "create" else flatten(gateway())
        new = None if op == "delete" else flatten(gateway()) | {"applicationGatewayName": "b"}

        assert f"{told}\n" == run(step(op, old, new)).output

    @pytest.mark.parametrize(
        "steps",
        [
            [],
            [step("same", flatten(gateway()), flatten(gateway()))],
            [step("create-replacement", None, flatten(gateway()))],
            [step("update", {}, {"x": 1}, "azure-native:network:PublicIPAddress")],
        ],
        ids=["empty", "same", "half of a replacement", "another type"],
    )
    def test_nothing_is_nothing(self, steps: list[dict[str, Any]]) -> None:
        """
        Where no gateway changes, one line says so, and the exit code is 0.
        """
        done = run(*copy.deepcopy(steps))

        assert (0, "No gateway changes.\n") == (done.exit_code, done.output)

    @pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"steps": 1}', '{"steps": [1]}', "Previewing update"])
    def test_what_is_no_preview_is_told(self, text: str) -> None:
        """
        Anything else is refused with exit code 2, and never read as a preview without changes.
        """
        done = CliRunner().invoke(main, ["diff", "-"], input=text)

        assert 2 == done.exit_code
        assert "no-preview" in done.stderr
        assert "" == done.stdout

"""`mtls-gateway review` judges gateways from any source, one or many."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import main
from mtls_app_gateway.rehearsal.authority import Authority

from tests.rehearsal.documents import chain, document, listener, passthrough, strict

Run = Callable[..., Result]
SOUND: dict[str, Any] = document([listener("https", 443, "app")], sslProfiles=[passthrough("app")])
OPEN: dict[str, Any] = document([listener("https", 443)]) | {"name": "open"}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write the gateways, review them, and give the result."""

    def reviewed(data: Any, *options: str) -> Result:
        path = tmp_path / "gateways.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return CliRunner().invoke(main, ["review", str(path), *options])

    return reviewed


def findings(result: Result) -> dict[str, set[str]]:
    """The codes found for each gateway, by its name."""
    return {
        each["name"]: {found["code"] for found in each["findings"]} for each in json.loads(result.output)["gateways"]
    }


def of_one_authority(days: int, **wanted: Any) -> dict[str, Any]:
    """A Strict gateway that trusts one CA with so many days left."""
    now = datetime.now(UTC)
    root = Authority.create("Example Root", now=now, not_after=now + timedelta(days=days))
    entry = chain("partners", root.certificate_pem)
    profile = strict("app", "partners", issuer_dn=True, **wanted)
    return document([listener("https", 443, "app")], sslProfiles=[profile], trustedClientCertificates=[entry])


def test_what_a_gateway_does_and_what_is_wrong(run: Run) -> None:
    """Each listener's behaviour is printed, then the findings, the most serious first, and how many there are."""
    result = run(of_one_authority(20))

    assert "Strict: the gateway verifies the certificate" in result.output
    assert "partners: CN=Example Root" in result.output
    assert "expires-soon: properties.trustedClientCertificates[0] (partners)" in result.output.replace("\n", " ")
    assert result.output.rstrip().splitlines()[-1].startswith("1 gateway: ")


@pytest.mark.parametrize("least", ["error", "warning", "note"])
def test_an_error_fails_whatever_the_least_severity(run: Run, least: str) -> None:
    """Errors count for every choice of --fail-on."""
    unsaid = document([listener("https", 443, "app")], sslProfiles=[strict("app")])

    assert 1 == run(unsaid, "--fail-on", least).exit_code


def test_the_least_severity_decides_the_exit_code(run: Run) -> None:
    """A gateway with warnings alone passes unless they are to count."""
    gateway = of_one_authority(20)

    assert 0 == run(gateway).exit_code
    assert 1 == run(gateway, "--fail-on", "warning").exit_code


def test_the_days_of_warning_can_be_chosen(run: Run) -> None:
    """A CA with 90 days left is reported to who wants to know 120 days ahead."""
    gateway = of_one_authority(90)

    assert "expires-soon" not in findings(run(gateway, "--json"))["gw"]
    assert "expires-soon" in findings(run(gateway, "--json", "--expiry-warning-days", "120"))["gw"]


def test_the_roots_of_backends_are_judged(run: Run) -> None:
    """A backend's trusted root is judged as a client CA is: its data by every rule, its validity ahead of time."""
    now = datetime.now(UTC)
    soon = Authority.create("Example Inside", now=now, not_after=now + timedelta(days=90))
    data = [chain("inside", soon.certificate_pem), chain("issuing", soon.intermediate().certificate_pem)]
    gateway = {**SOUND, "properties": {**SOUND["properties"], "trustedRootCertificates": data}}

    assert "trusted-root-missing" in findings(run(gateway, "--json"))["gw"]
    assert "trusted-root-validity" not in findings(run(gateway, "--json"))["gw"]
    assert "trusted-root-validity" in findings(run(gateway, "--json", "--expiry-warning-days", "120"))["gw"]


@pytest.mark.parametrize("key", [None, "data", "value"])
def test_many_gateways_in_one_file(run: Run, key: str | None) -> None:
    """The lists of `az` and the answers of Resource Graph and ARM hold gateways beside other resources."""
    rows = [SOUND | {"tenantId": "t", "subscriptionId": "s"}, {"type": "Microsoft.Network/virtualNetworks"}, OPEN]
    result = run({key: rows} if key else rows, "--json")

    assert {"gw", "open"} == set(findings(result))
    assert "listener-without-profile" in findings(result)["open"] - findings(result)["gw"]
    sources = [each["source"].rpartition(": ")[2] for each in json.loads(result.output)["gateways"]]
    assert [f"{key or ''}[0]", f"{key or ''}[2]"] == sources


def test_several_gateways_of_one_template(run: Run) -> None:
    """Each gateway of a template is reviewed; the table lists them."""
    result = run({"resources": [SOUND, OPEN]})

    (heading,) = (line for line in result.output.splitlines() if line.startswith("gateway "))
    assert ["gateway", "listeners", "first CA expiry", "errors", "warnings", "notes"] == re.split(
        " {2,}", heading.strip()
    )
    assert "1 Passthrough" in result.output
    assert "1 no mTLS" in result.output


@pytest.mark.parametrize("nothing", [[], {"data": []}, {"resources": []}, {"value": [1]}, "text"])
def test_a_file_without_a_gateway_is_not_fine(run: Run, nothing: Any) -> None:
    """Nothing reviewed is never success."""
    result = run(nothing)

    assert 2 == result.exit_code
    assert "no-gateway" in result.output


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    """A source that cannot be read ends the review with its name."""
    path = tmp_path / "edge.json"
    path.write_text("{", encoding="utf-8")
    result = CliRunner().invoke(main, ["review", str(path)])

    assert 2 == result.exit_code
    assert "document-unreadable" in result.output


def test_a_mode_that_azure_does_not_have_is_a_finding(run: Run) -> None:
    """Of such a gateway nothing is promised, and what is wrong is said."""
    wrong = document([listener("https", 443, "app")], sslProfiles=[passthrough("app")])
    wrong["properties"]["sslProfiles"][0]["properties"]["clientAuthConfiguration"]["verifyClientAuthMode"] = "Lenient"
    result = run(wrong, "--json")

    assert 1 == result.exit_code
    assert "mode-unknown" in findings(result)["gw"]
    assert [] == json.loads(result.output)["gateways"][0]["listeners"]

"""
The project itself, as it is cloned: the environments dev and prod go up by the README's own lines.

The engine, its command line and its Python host are real; Azure is the emulator.
"""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from tests.engine.conftest import RunEngine, RunningEmulator
from tests.engine.project import REPOSITORY, Project, copy_project, write_pfx

PASSWORD = "Rt6Vn3Kd8Qs1Zx5Bm"
ENVIRONMENTS = ("dev", "prod")
GATEWAY = "Microsoft.Network/applicationGateways"


@pytest.fixture
def project(run_engine: RunEngine, tmp_path: Path) -> Project:
    """A copy of the project with a listener certificate beside it, as its owner has one."""
    made = copy_project(tmp_path / "project", run_engine)
    write_pfx(made.folder / "edge.pfx", PASSWORD)
    return made


def set_up(project: Project, environment: str) -> None:
    """Type what the README says before `pulumi up`, for this environment, and the password where it is asked for."""
    (block,) = re.findall(r"\n## In Azure\n.*?```sh\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    lines = [line.replace("dev", environment) for line in block.splitlines()]
    ours = [line for line in lines if line.startswith("pulumi ") or "| pulumi " in line]
    assert "pulumi up" == ours[-1]
    project.type_lines("\n".join(ours[:-1]), PASSWORD)


def up_twice(project: Project) -> tuple[str, dict[str, Any]]:
    """Deploy, and again without a change; what was said, and the outputs."""
    first = project.run("up", "--yes", "--diff", "--show-config")
    assert 0 == first.returncode, first.stdout + first.stderr
    second = project.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert 0 == second.returncode, second.stdout + second.stderr
    outputs: dict[str, Any] = json.loads(project.run("stack", "output", "--json").stdout)
    return "".join((first.stdout, first.stderr, second.stdout, second.stderr)), outputs


def assert_secret(project: Project, said: str) -> None:
    """Neither what was said nor a file that is left, the state above all, shows the PFX or its password."""
    pfx = base64.b64encode((project.folder / "edge.pfx").read_bytes()).decode("ascii")
    left = [path for path in project.folder.parent.rglob("*") if path.is_file() and path.name != "edge.pfx"]
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in left}
    assert any("sslCertificates" in text for path, text in texts.items() if "backend" in path.parts)
    for secret in (PASSWORD, pfx, pfx[200:240]):
        assert secret not in said
        assert [] == [path for path, text in texts.items() if secret in text]


def profile_of(gateway: dict[str, Any]) -> dict[str, Any]:
    """What the one profile of a gateway says."""
    (profile,) = gateway["properties"]["sslProfiles"]
    found: dict[str, Any] = profile["properties"]
    return found


def test_dev_goes_up(project: Project, emulator: RunningEmulator) -> None:
    """
    By the README's lines dev becomes a Passthrough gateway with one staged chain, says so, and stays unchanged.
    """
    set_up(project, "dev")

    said, outputs = up_twice(project)

    gateway = emulator.the(GATEWAY)
    assert "1 chain staged, none enforced" in said
    assert {"default": "Passthrough"} == outputs["modes"]
    assert [("partners", False)] == [(each["name"], each["enforced"]) for each in outputs["trustedChains"]]
    assert "Passthrough" == profile_of(gateway)["clientAuthConfiguration"]["verifyClientAuthMode"]
    assert not profile_of(gateway).get("trustedClientCertificates")
    assert ["partners"] == [entry["name"] for entry in gateway["properties"]["trustedClientCertificates"]]


def test_prod_goes_up(project: Project, emulator: RunningEmulator) -> None:
    """
    By the README's lines prod becomes a Strict gateway with two chains, issuer names, OCSP and autoscale, in secrecy.
    """
    set_up(project, "prod")

    said, outputs = up_twice(project)

    gateway = emulator.the(GATEWAY)
    profile = profile_of(gateway)
    wanted = {"verifyClientAuthMode": "Strict", "verifyClientCertIssuerDN": True, "verifyClientRevocation": "OCSP"}
    assert wanted == {key: profile["clientAuthConfiguration"].get(key) for key in wanted}
    attached = [entry["id"].rsplit("/", 1)[1] for entry in profile["trustedClientCertificates"]]
    assert ["partners", "devices"] == attached
    scale = gateway["properties"]["autoscaleConfiguration"]
    assert (2, 20) == (scale["minCapacity"], scale["maxCapacity"])
    assert {"default": "Strict"} == outputs["modes"]
    assert outputs["url"] == f"https://{outputs['fqdn']}/"
    assert "contoso-mtls-edge." in outputs["fqdn"]
    assert_secret(project, said)


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, "local"])
def test_tracked_files_hold_no_secret(environment: str) -> None:
    """
    The environment's tracked file has no salt and no encrypted value, so that it is everybody's.
    """
    config = (REPOSITORY / f"Pulumi.{environment}.yaml").read_text()

    assert {"config"} == set(yaml.safe_load(config))
    assert "secure:" not in config
    assert "listener-" not in "".join(yaml.safe_load(config)["config"])


@pytest.mark.parametrize("file", sorted((REPOSITORY / "authorities").iterdir()), ids=lambda file: file.name)
def test_example_authorities_outlive_us(file: Path) -> None:
    """
    The example authorities are certificates alone, of authorities, good to the end of 2099.
    """
    pem = file.read_bytes()

    certificates = x509.load_pem_x509_certificates(pem)
    assert len(certificates) == pem.count(b"-----BEGIN ")
    assert {2099} == {certificate.not_valid_after_utc.year for certificate in certificates}
    for certificate in certificates:
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_every_named_authority_is_there() -> None:
    """
    The example authorities are those that the environments name, and no others.
    """
    texts = [(REPOSITORY / f"Pulumi.{environment}.yaml").read_text() for environment in (*ENVIRONMENTS, "local")]
    named = {path for text in texts for path in re.findall(r"path: (authorities/\S+)", text)}

    assert named == {f"authorities/{file.name}" for file in (REPOSITORY / "authorities").iterdir()}

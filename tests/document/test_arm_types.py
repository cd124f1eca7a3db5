"""The type table says what Azure's schema says."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from mtls_app_gateway.document.arm_types import Kind, object_type, resource_types

from .azure_types import AZURE_TYPES, published

REPOSITORY = Path(__file__).parents[2]
SCRIPT = REPOSITORY / "tools" / "derive_arm_types.py"
ROOM = REPOSITORY / "components" / "mtls_app_gateway" / "document"


def test_the_fixtures_are_what_microsoft_published() -> None:
    """
    Each file has the digest that stands beside its origin.
    """
    origins = dict(re.findall(r"^\| `(.+)\.gz` .*\| ([0-9a-f]{64}) \|$", (AZURE_TYPES / "README.md").read_text(), re.M))

    assert origins == {name: hashlib.sha256(published(name)).hexdigest() for name in origins}
    assert {f"{name}.gz" for name in origins} == {path.name for path in AZURE_TYPES.glob("*.gz")}


def test_the_committed_table_is_what_the_script_derives(tmp_path: Path) -> None:
    """
    The script makes exactly the committed table from Azure's file.
    """
    source = tmp_path / "types.json"
    source.write_bytes(published("types.json"))
    script: list[str | Path] = [sys.executable, SCRIPT, source]

    derived = subprocess.run(script, check=True, capture_output=True).stdout

    assert (ROOM / "arm_types.json").read_bytes() == derived


def test_the_licence_beside_the_table_is_the_sources_own() -> None:
    """
    The licence text shipped with the table is the one of the repository it comes from.
    """
    assert (ROOM / "arm_types.LICENSE.txt").read_bytes() == (AZURE_TYPES / "LICENSE.bicep-types-az.txt").read_bytes()


def test_another_file_is_refused(tmp_path: Path) -> None:
    """
    The script refuses a source other than the one whose commit it writes down.
    """
    other = tmp_path / "types.json"
    other.write_text("[]")
    script: list[str | Path] = [sys.executable, SCRIPT, other]

    told = subprocess.run(script, check=False, capture_output=True, text=True)

    assert (told.returncode, told.stdout) == (1, "")
    assert "not the file ORIGIN names" in told.stderr


def test_the_client_authentication_of_a_profile() -> None:
    """
    The three settings of client authentication stand in the table with their values.
    """
    settings = object_type("ApplicationGatewayClientAuthConfiguration").properties

    assert {name: found.shape.enum for name, found in settings.items()} == {
        "verifyClientAuthMode": ("Strict", "Passthrough"),
        "verifyClientCertIssuerDN": (),
        "verifyClientRevocation": ("None", "OCSP"),
    }
    assert Kind.BOOLEAN is settings["verifyClientCertIssuerDN"].shape.kind


def test_flags_and_bounds_are_kept() -> None:
    """
    Required, read-only, bounds and bags come through.
    """
    autoscale = object_type("ApplicationGatewayAutoscaleConfiguration").properties
    certificate = object_type("ApplicationGatewayTrustedClientCertificate")

    assert (autoscale["minCapacity"].required, autoscale["minCapacity"].shape.minimum) == (True, 0)
    assert certificate.bag is not None
    assert certificate.bag.properties["validatedCertData"].read_only
    assert object_type("ApplicationGatewaySku").bag is None


def test_no_bag_hides_a_property_of_its_holder() -> None:
    """
    Merging a bag upward can never overwrite anything, in any type of the table.
    """
    waiting, seen = list(resource_types()), set[str]()
    while waiting:
        kind = object_type(waiting.pop())
        seen.add(kind.name)
        if kind.bag is not None:
            assert set() == set(kind.properties) & set(kind.bag.properties), kind.name
        for found in kind.properties.values():
            shape = found.shape
            while shape.items is not None:
                shape = shape.items
            if shape.of is not None and shape.of not in seen:
                waiting.append(shape.of)

    assert len(seen) > 100

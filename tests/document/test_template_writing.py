"""
The deployment template of a gateway is one that Azure takes, and is the gateway.

What it does not prove: that Azure's deployment engine evaluates the expressions as this project's reader does.
"""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator  # type: ignore[import-untyped]
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.placeholder import Placeholder, is_placeholder
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.document.template_reading import RESOURCE_GROUP
from mtls_app_gateway.document.template_writing import template_of
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.profile_parts import TrustedEntry
from mtls_app_gateway.settings.to_document import draft_document, finished
from referencing import Registry
from referencing.jsonschema import DRAFT4

from ..settings.settings_examples import SMALLEST, SUBSCRIPTION, changed
from ..settings.test_to_document import EVERYTHING
from .azure_types import published

REPOSITORY = Path(__file__).parents[2]
QUICKSTART = REPOSITORY / "tests/fixtures/quickstart"
ENTRIES = {"default": (TrustedEntry("partners", "UEVN"),), "app": (TrustedEntry("later", Placeholder("chain")),)}
VAULT = "https://example.vault.azure.net/secrets/edge"


def document_of(asked: dict[str, Any]) -> dict[str, Any]:
    parsed = parse_settings(asked)
    assert () == parsed.problems
    return finished(draft_document(parsed.settings, ENTRIES))


def filled(value: Any, name: str) -> Any:
    """The value with a name in the place of its placeholder, of which no id can be made."""
    if isinstance(value, dict):
        return {filled(key, name): filled(inner, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(each, name) for each in value]
    return "edge" if value == name and is_placeholder(name) else value


def placeholders_by_parameter(template: dict[str, Any]) -> dict[str, str]:
    """The placeholder that each parameter of a template replaces."""
    found: dict[str, str] = {}
    for name, declared in template["parameters"].items():
        told = declared.get("metadata", {}).get("description", "")
        if path := re.fullmatch("The value of (.*) in the gateway's settings.", told):
            found[name] = Placeholder(path[1])
    return found


def assert_it_is(document: dict[str, Any], template: dict[str, Any]) -> None:
    """The template, its placeholders back in their places, reads as the document, in its resource group's location."""
    read = read_document(template, filled(placeholders_by_parameter(template), document["name"]))
    assert filled({"location": RESOURCE_GROUP["location"], **document}, document["name"]) == read


def quickstart() -> dict[str, Any]:
    """Microsoft's own gateway."""
    template, parameters = (
        json.loads((QUICKSTART / name).read_text()) for name in ("template.json", "parameters.json")
    )
    return read_document(template, parameters)


DOCUMENTS = {
    "smallest": document_of(SMALLEST),
    "everything": document_of(EVERYTHING),
    "quickstart": quickstart(),
}
each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())

HOST_NAMES = st.from_regex(r"[a-z0-9*]{1,8}(\.[a-z]{1,5})?", fullmatch=True)

# What Azure's template language gives a meaning to, and what this project does.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8) | st.sampled_from([
    "[abc]", "[[:alpha:]]+", "[", "]", "it's [a] 'b'", "$self/probes/backend", RESOURCE_GROUP["id"],
    f"{RESOURCE_GROUP['id']}/providers/Microsoft.Network/virtualNetworks/hub/subnets/edge",
    f"{RESOURCE_GROUP['id']}-hub/providers/Microsoft.Network/virtualNetworks/hub/subnets/edge",
    f"{RESOURCE_GROUP['id']}/providers/Microsoft.Network/virtualNetworks/hub/subnets",
])  # fmt: skip
PLACEHOLDERS = st.sampled_from(
    [Placeholder("network.subnetId"), Placeholder("tags.a-b"), Placeholder("tags.aB"), Placeholder("gatewayName")]
)
NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,6}[A-Za-z0-9_])?", fullmatch=True)


@st.composite
def gateways(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of settings with names, texts and placeholders of every kind."""
    some_text = TEXTS.filter(bool) | PLACEHOLDERS
    some_id = some_text.filter(lambda text: not text.startswith("$self/"))
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.casefold))
    vault = draw(st.booleans())
    certificate: dict[str, Any] = {"keyVaultSecretId": VAULT} if vault else {"pfx": Placeholder("pfx")}
    asked = changed(
        SMALLEST,
        gatewayName=draw(st.none() | NAMES | PLACEHOLDERS),
        location=draw(st.none() | some_text),
        identityId=draw(some_id) if vault else None,
        mode=draw(st.sampled_from(["Strict", "Passthrough"])),
        strict={"trustedCaChains": [{"data": "PEM"}]},
        tags=draw(st.dictionaries(TEXTS, TEXTS | PLACEHOLDERS, max_size=3)),
        listenerCertificates=[{"name": name, **certificate} for name in names],
        listeners=[
            {"name": name, "port": 443 + place, "certificate": name, "hostNames": [draw(HOST_NAMES)]}
            for place, name in enumerate(names)
        ],
        backends=[{"name": name, "fqdns": [draw(some_text)], "hostName": draw(some_text)} for name in names],
        routes=[{"name": name, "listener": name, "backend": name, "priority": 1 + at} for at, name in enumerate(names)],
        network={"subnetId": draw(some_id)} if draw(st.booleans()) else None,
    )
    return document_of(asked)


@each_document
def test_read_back_it_is_the_same_gateway(document: dict[str, Any]) -> None:
    """
    The template reads as the document it was made of, Microsoft's own gateway among them.
    """
    assert_it_is(document, template_of(document))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=gateways())
def test_every_gateway_survives_being_a_template(document: dict[str, Any]) -> None:
    """
    Whatever its names, texts and placeholders are, brackets and quotes among them, a gateway comes back as it was.
    """
    assert_it_is(document, template_of(document))


def validator() -> Draft4Validator:
    """Microsoft's JSON schema of a gateway in a template."""
    schema, definitions = (
        json.loads(published(name)) for name in ("Microsoft.Network.NRP.json", "common-definitions.json")
    )
    found = {each["id"].removesuffix("#"): DRAFT4.create_resource(each) for each in (schema, definitions)}
    gateway = f"{schema['id'].removesuffix('#')}#/resourceDefinitions/applicationGateways"
    return Draft4Validator({"$ref": gateway}, registry=Registry().with_resources(found.items()))


@each_document
def test_microsofts_schema_takes_it(document: dict[str, Any]) -> None:
    """
    The resource is one of Microsoft's JSON schema for deployment templates.
    """
    (resource,) = template_of(document)["resources"]

    assert [] == [error.json_path for error in validator().iter_errors(resource)]


def test_microsofts_schema_can_refuse() -> None:
    """
    A port that is a boolean, or a gateway without properties, is not one of that schema.
    """
    (resource,) = template_of(DOCUMENTS["smallest"])["resources"]
    wrong = copy.deepcopy(resource)
    wrong["properties"]["frontendPorts"][0]["properties"]["port"] = True

    assert not validator().is_valid(wrong)
    assert not validator().is_valid({key: value for key, value in resource.items() if key != "properties"})


@each_document
def test_every_name_is_azures(document: dict[str, Any]) -> None:
    """
    The type table, its objects closed, knows every name of the resource, those of the secrets included.
    """
    (resource,) = template_of(document)["resources"]

    assert flatten(resource)


def test_a_misspelt_mode_passes_the_schema_and_not_the_type_table() -> None:
    """
    The name that decides on client authentication, misspelt, is fine with the schema: only closed objects see it.
    """
    (resource,) = template_of(DOCUMENTS["smallest"])["resources"]
    misspelt = json.loads(json.dumps(resource).replace("verifyClientAuthMode", "verifyClientAuthMod"))

    assert validator().is_valid(misspelt)
    with pytest.raises(GatewayError, match="has no property 'verifyClientAuthMod'"):
        flatten(misspelt)


def test_a_misspelt_document_has_no_template() -> None:
    """
    A name that Azure would drop in silence stops the eject.
    """
    misspelt = json.loads(json.dumps(DOCUMENTS["smallest"]).replace("verifyClientAuthMode", "VerifyClientAuthMode"))

    with pytest.raises(GatewayError, match="Did you mean 'verifyClientAuthMode'"):
        template_of(misspelt)


def test_a_dangling_reference_has_no_template() -> None:
    """
    A listener that points at a profile which is not there stops the eject.
    """
    broken = copy.deepcopy(DOCUMENTS["smallest"])
    broken["properties"]["sslProfiles"][0]["name"] = "renamed"

    with pytest.raises(GatewayError, match="dangling-reference"):
        template_of(broken)


def test_a_pfx_is_two_secure_parameters() -> None:
    """
    The certificate's data has no default, its password an empty one that is sent as no password at all.
    """
    template = template_of(DOCUMENTS["smallest"])
    (certificate,) = template["resources"][0]["properties"]["sslCertificates"]
    pfx, password = (template["parameters"][name] for name in ("listenerPfx", "listenerPassword"))

    assert ("securestring", "securestring") == (pfx["type"], password["type"])
    assert "defaultValue" not in pfx
    assert "" == password["defaultValue"]
    assert {
        "data": "[parameters('listenerPfx')]",
        "password": "[if(empty(parameters('listenerPassword')), null(), parameters('listenerPassword'))]",
    } == certificate["properties"]


def test_a_key_vault_certificate_has_no_parameters() -> None:
    """
    What comes from a Key Vault is named by its secret id alone.
    """
    identity = f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/i"
    asked = changed(SMALLEST, listenerCertificates=[{"keyVaultSecretId": VAULT}], identityId=identity)
    template = template_of(document_of(asked))

    assert not {name for name, declared in template["parameters"].items() if declared["type"] == "securestring"}
    (certificate,) = template["resources"][0]["properties"]["sslCertificates"]
    assert {"keyVaultSecretId": VAULT} == certificate["properties"]


def test_a_part_is_named_by_its_resource_id() -> None:
    """
    References are calls, so that the template can be deployed under any name into any group.
    """
    (resource,) = template_of(quickstart())["resources"]
    (listener,) = resource["properties"]["httpListeners"]
    profile = "resourceId('Microsoft.Network/applicationGateways/sslProfiles', parameters('gatewayName'), "

    assert {"id": f"[{profile}'sslnotrustedcert')]"} == listener["properties"]["sslProfile"]
    assert "00000000" not in json.dumps(resource)


def test_a_placeholder_is_a_parameter_of_the_values_type() -> None:
    """
    What is not known yet is asked for, as a text or a list, as Azure takes it there.
    """
    document = copy.deepcopy(DOCUMENTS["smallest"])
    document["properties"]["backendAddressPools"][0]["properties"]["backendAddresses"] = Placeholder(
        "backends[0].members"
    )
    parameters = template_of(document)["parameters"]

    asked = {name: declared["type"] for name, declared in parameters.items() if "defaultValue" not in declared}
    assert {
        "backends0Members": "array",
        "chain": "string",
        "gatewayName": "string",
        "listenerPfx": "securestring",
        "networkSubnetId": "string",
        "publicIpId": "string",
    } == asked
    assert (
        Placeholder("backends[0].members") == placeholders_by_parameter({"parameters": parameters})["backends0Members"]
    )


class TestCommand:
    """`mtls-gateway template`."""

    def run(self, *arguments: str | Path) -> Any:
        return CliRunner().invoke(main, ["template", *map(str, arguments)])

    def test_it_writes_the_template(self, tmp_path: Path) -> None:
        """
        From Microsoft's template to ours: standard output is the template alone, the rest is on standard error.
        """
        arguments = (QUICKSTART / "template.json", "--parameters", QUICKSTART / "parameters.json")
        printed = self.run(*arguments)
        written = self.run(*arguments, "--output", tmp_path / "template.json")

        assert (0, 0, "") == (printed.exit_code, written.exit_code, written.stdout)
        assert template_of(quickstart()) == json.loads(printed.stdout)
        assert printed.stdout == (tmp_path / "template.json").read_text()
        assert "note: secret-left-out: resources[2].properties.sslCertificates[0].properties.data" in printed.stderr

    def test_what_azure_does_not_know_stops_it(self, tmp_path: Path) -> None:
        """
        A name that the template would lack is named on standard error, and no template is written.
        """
        given = json.loads(json.dumps(DOCUMENTS["smallest"]).replace("verifyClientAuthMode", "verifyMode"))
        (tmp_path / "gateway.json").write_text(json.dumps(given))
        done = self.run(tmp_path / "gateway.json", "--output", tmp_path / "template.json")

        assert 2 == done.exit_code
        assert "error: unknown-property: properties.sslProfiles[0].properties.clientAuthConfiguration" in done.stderr
        assert not (tmp_path / "template.json").exists()

    @pytest.mark.parametrize(
        ("content", "rule"),
        [
            (None, "document-unreadable"),
            ("no JSON", "document-unreadable"),
            ("{}", "no-gateway"),
            ('{"type": "Microsoft.Network/applicationGateways", "properties": {}}', "missing-name"),
        ],
    )
    def test_what_is_no_gateway_is_refused(self, tmp_path: Path, content: str | None, rule: str) -> None:
        """
        Nothing is written, exit code 2, and the problem stands on standard error.
        """
        if content is not None:
            (tmp_path / "gateway.json").write_text(content)
        done = self.run(tmp_path / "gateway.json", "--output", tmp_path / "template.json")

        assert 2 == done.exit_code
        assert f"error: {rule}" in done.stderr
        assert "Traceback" not in done.output
        assert not (tmp_path / "template.json").exists()

    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        """
        A template that cannot be written is a problem with a way out.
        """
        (tmp_path / "gateway.json").write_text(json.dumps(DOCUMENTS["smallest"]))
        done = self.run(tmp_path / "gateway.json", "--output", tmp_path / "nowhere" / "template.json")

        assert 2 == done.exit_code
        assert "template-unwritable" in done.stderr

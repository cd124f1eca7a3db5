"""One API version: that of the record is the one the gateway is registered, written and judged at."""

import json
from pathlib import Path

from mtls_app_gateway.document import arm_types
from mtls_app_gateway.document.azure import API, DEFAULT_API, ApiVersion
from mtls_app_gateway.emulator import kinds, schema
from mtls_app_gateway.resources import gateway_resource
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.to_document import build_document

from tests.settings.settings_examples import SMALLEST

RELEASED = ("2025-03-01",)
"""The versions at which released versions of this project registered gateways."""


def test_the_type_table_is_of_the_record() -> None:
    """A raised version needs a type table that was derived anew."""
    table = json.loads(Path(arm_types.__file__).with_name("arm_types.json").read_text())

    assert API.version == table["api_version"]
    assert f"/{API.version}/" in table["origin"]["path"]


def test_every_released_version_is_in_the_record() -> None:
    """One that is taken away would have every gateway of that version replaced."""
    assert set(RELEASED) <= {API.version, *API.former_versions}
    assert API.version not in API.former_versions


def test_a_version_names_the_package_and_the_type_of_the_gateway() -> None:
    """Released names never change, and those of former versions are made in the same way."""
    version = ApiVersion("2025-05-01", former_versions=("2025-03-01", "2025-01-01"))

    assert ("v20250501", "azure-native_network_v20250501") == (version.module, version.package)
    assert "azure-native_network_v20250501:network:ApplicationGateway" == version.token
    assert ("azure-native_network_v20250301", "azure-native_network_v20250101") == version.former_packages
    assert "azure-native_network_v20250301:network:ApplicationGateway" == version.former_tokens[0]


def test_everything_takes_the_version_from_the_record() -> None:
    """The resource, the document and the emulator are of it."""
    assert (API.package, API.token) == (gateway_resource.PACKAGE, gateway_resource.GATEWAY_TOKEN)
    assert API.version == build_document(parse_settings(SMALLEST).settings, {})["apiVersion"]
    assert API.version == kinds.KINDS[API.token].api_version
    assert {"module": "network", "version": API.module} == schema.PARAMETER


def test_the_default_version_lacks_what_this_project_is_about() -> None:
    """At azure-native's own version the mode is lost without a word."""
    assert "verifyClientAuthMode" in DEFAULT_API.absent_properties
    assert not API.absent_properties

"""One API version: that of the type table is the one the gateway is registered, written and judged at."""

from mtls_app_gateway.document.arm_types import api_version
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.emulator import kinds, schema
from mtls_app_gateway.resources import gateway_resource
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.to_document import build_document

from tests.settings.settings_examples import SMALLEST

STAMP = f"v{api_version().replace('-', '')}"


def test_the_record_is_of_the_type_tables_version() -> None:
    """Azure's types and the one record of the API version are of the same."""
    assert api_version() == API.version


def test_the_token_is_of_the_type_tables_version() -> None:
    """Released tokens never change: a newer version needs an alias for every gateway that exists."""
    assert gateway_resource.GATEWAY_TOKEN == "azure-native_network_v20250301:network:ApplicationGateway"
    assert f"azure-native_network_{STAMP}" == gateway_resource.PACKAGE


def test_the_document_is_written_at_it() -> None:
    """A document says the version that its names are of."""
    assert api_version() == build_document(parse_settings(SMALLEST).settings, {})["apiVersion"]


def test_the_emulator_serves_it() -> None:
    """The emulator serves the package of this version, and no other."""
    assert gateway_resource.PACKAGE == kinds.GATEWAY_PACKAGE
    assert {"module": "network", "version": STAMP} == schema.PARAMETER

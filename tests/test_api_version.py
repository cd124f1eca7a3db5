"""One API version: that of the record is the one the gateway is registered, written and judged at."""

import json
from pathlib import Path

from mtls_app_gateway.document import arm_types
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.emulator import kinds, schema
from mtls_app_gateway.resources import gateway_resource
from mtls_app_gateway.settings.parsing import parse_settings
from mtls_app_gateway.settings.to_document import draft_document, finished

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


def test_everything_takes_the_version_from_the_record() -> None:
    """The resource, the document and the emulator are of it."""
    assert (API.package, API.token) == (gateway_resource.PACKAGE, gateway_resource.GATEWAY_TOKEN)
    assert API.version == finished(draft_document(parse_settings(SMALLEST).settings, {}))["apiVersion"]
    assert API.version == kinds.KINDS[API.token].api_version
    assert {"module": "network", "version": API.module} == schema.PARAMETER

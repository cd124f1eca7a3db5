"""Settings that tests start from, and how they change them."""

from copy import deepcopy
from typing import Any

from mtls_app_gateway.document.placeholder import Placeholder

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"

SMALLEST: dict[str, Any] = {
    "resourceGroupName": "rg-edge",
    "mode": "Passthrough",
    "listenerCertificates": [{"pfx": Placeholder("listenerCertificates[0].pfx")}],
    "backends": [{"fqdns": ["app.example.com"]}],
}


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with some top-level keys replaced; None takes a key away."""
    given = deepcopy(base) | changes
    return {key: value for key, value in given.items() if value is not None}

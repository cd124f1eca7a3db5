"""Settings that tests start from, and how they change them."""

from copy import deepcopy
from typing import Any

from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.problems import Problem
from mtls_app_gateway.settings.parsing import Parsed
from mtls_app_gateway.settings.reviewing import review_draft
from mtls_app_gateway.settings.rules import check_settings
from mtls_app_gateway.settings.to_document import draft_document

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


def page(status: Any, url: str = "https://pages.example.com/error.html") -> dict[str, Any]:
    """An error page."""
    return {"status": status, "url": url}


def judged(parsed: Parsed) -> list[Problem]:
    """What the rules of both rooms say of settings, without their chains."""
    draft = draft_document(parsed.settings, {}, parsed.unread)
    return [*check_settings(parsed.settings, parsed.unread), *review_draft(draft, parsed.settings)]

"""Trusted CA chains that are added to a document."""

from typing import Any

import pytest
from mtls_app_gateway.document.added_chains import with_trusted_chains

from tests.rehearsal.documents import chain, document, passthrough, strict

BEFORE = document(
    [],
    sslProfiles=[strict("strict", "partners"), passthrough(), {"name": "empty"}],
    trustedClientCertificates=[chain("partners", "UEVN")],
)


def test_entries_and_references_are_added() -> None:
    """
    New entries stand behind those of the document, and a profile trusts them behind its own.
    """
    trusted_by = {"properties.sslProfiles[0]": ["more"], "properties.sslProfiles[2]": ["more", "other"]}

    changed = with_trusted_chains(BEFORE, {"more": "QQ==", "other": "Qg=="}, trusted_by)["properties"]

    names = [entry["name"] for entry in changed["trustedClientCertificates"]]
    assert ["partners", "more", "other"] == names
    assert [["partners", "more"], [], ["more", "other"]] == [attached(profile) for profile in changed["sslProfiles"]]


@pytest.mark.parametrize("before", [BEFORE, {"name": "edge"}], ids=["a gateway", "nothing"])
def test_without_new_entries_the_document_stays(before: dict[str, Any]) -> None:
    """
    Nothing is added where there is nothing to add.
    """
    assert before == with_trusted_chains(before, {}, {})


def attached(profile: dict[str, Any]) -> list[str]:
    """The names of the chains that a profile trusts."""
    references = profile.get("properties", {}).get("trustedClientCertificates", [])
    return [reference["id"].rpartition("/")[2] for reference in references]

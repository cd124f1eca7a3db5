"""The parts of a document are found by what points at them."""

import pytest
from mtls_app_gateway.document.references import Parts

PARTNERS, DEVICES, PROBE = {"name": "partners"}, {"name": "Devices"}, {"name": "partners"}
DOCUMENT = {"name": "edge", "properties": {"sslProfiles": [PARTNERS, DEVICES], "probes": [PROBE]}}
ELSEWHERE = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/applicationGateways/{}/sslProfiles/partners"


@pytest.mark.parametrize(
    ("expected", "identity"),
    [
        (PARTNERS, "$self/sslProfiles/partners"),
        (DEVICES, "$self/sslProfiles/devices"),
        (PARTNERS, ELSEWHERE.format("edge")),
    ],
)
def test_a_part_is_found_by_its_reference(expected: dict[str, str], identity: str) -> None:
    """The collection and the name decide, the name in any case."""
    assert expected is Parts(DOCUMENT).find({"id": identity})


@pytest.mark.parametrize(
    "reference",
    [None, "$self/sslProfiles/partners", {}, {"id": "$self/sslProfiles/nobody"}, {"id": ELSEWHERE.format("another")}],
)
def test_what_reaches_nothing_finds_nothing(reference: object) -> None:
    """No reference, one to no part, and one into another gateway find nothing."""
    assert Parts(DOCUMENT).find(reference) is None


def test_a_collection_keeps_the_documents_order() -> None:
    """The parts of one collection are all of it, in the document's order, and no others."""
    assert (PARTNERS, DEVICES) == Parts(DOCUMENT).of("sslProfiles")
    assert () == Parts(DOCUMENT).of("listeners")

"""What is unknown in a document is not judged, and hides nothing else."""

from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.view import view
from mtls_app_gateway.document.withholding import UnknownError, withhold
from mtls_app_gateway.review import review

from tests.rehearsal.documents import listener, part, passthrough

from .test_rules import PLAIN, STRICT, broken, gateway, named, two

LATER = Placeholder("later")
COLLECTIONS = {
    "sslProfiles": "profiles",
    "httpListeners": "listeners",
    "rewriteRuleSets": "rewrite_sets",
    "requestRoutingRules": "rules",
    "backendAddressPools": "pools",
    "sslPolicy": "tls_policy",
}


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("value", [LATER, [LATER]])
def test_a_collection_that_is_not_known_makes_no_false_findings(collection: str, value: Any) -> None:
    """
    A gateway that keeps every rule keeps it when one of its collections is only known later.
    """
    if isinstance(value, str) or collection != "sslPolicy":
        assert set() == broken(gateway(beside=None, **{collection: value}))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_reading_what_is_withheld_raises(collection: str) -> None:
    """
    An unknown attribute holds something in the view and raises in the withheld one.
    """
    made = view(gateway(beside=None, **{collection: LATER}))

    assert COLLECTIONS[collection] in made.unknown
    with pytest.raises(UnknownError, match=COLLECTIONS[collection]):
        getattr(withhold(made), COLLECTIONS[collection])


def test_only_what_is_unknown_raises() -> None:
    """
    A name that no part has is a mistake of the program, and stays one.
    """
    with pytest.raises(AttributeError, match="colour"):
        _ = withhold(view(gateway())).colour  # type: ignore[attr-defined]


def test_a_part_that_is_shared_stays_one() -> None:
    """
    The profile of a listener is the profile in the list, withheld or not.
    """
    withheld = withhold(view(gateway()))

    assert withheld.listeners[0].profile is withheld.profiles[0]


def test_what_is_unknown_of_one_part_hides_no_other() -> None:
    """
    A listener whose host names come later is not judged by them; the listener beside it is.
    """
    later = named(LATER, "**.example.com")
    found = broken(two(later, named("**.example.com", name="b", port=444)))

    assert {("host-name-wildcards", "properties.httpListeners[1].properties.hostNames[0]")} == found


@pytest.mark.parametrize("mode", ["Lenient", LATER])
def test_a_mode_that_is_not_known_is_neither(mode: str) -> None:
    """
    A profile whose mode is a word of no mode, or known later, is taken neither for Strict nor for Passthrough.
    """
    unknown = part("lenient", clientAuthConfiguration={"verifyClientAuthMode": mode})
    profiles = {**STRICT, "sslProfiles": [*STRICT["sslProfiles"], unknown]}

    assert set() == broken(two(listener("https", 443, "app"), listener("b", 444, "lenient"), **profiles))


def test_a_reference_that_reaches_nothing_is_not_taken_for_none() -> None:
    """
    A listener with a profile that does not exist is not called one without a profile; other checks name it.
    """
    assert {("profile-unused", "properties.sslProfiles[0]")} >= broken(gateway(listener("https", 443, "gone")))


def test_a_pool_member_that_comes_later_hides_no_other() -> None:
    """
    The members that are known lead around Strict, whatever else will be in the pool.
    """
    pool = part("app", backendAddresses=[{"fqdn": "app.example.com"}, {"fqdn": LATER}])
    found = broken(two(listener("https", 443, "app"), PLAIN, **STRICT, backendAddressPools=[pool]))

    assert {("strict-bypassed", "properties.httpListeners[1].properties.protocol")} == found


def test_the_order_of_findings_is_that_of_the_table() -> None:
    """
    Client authentication comes first, what is merely unused last.
    """
    made = gateway(sslProfiles=[passthrough("app"), passthrough("b")], probes=[part("probe")])

    assert ["profile-unused", "unused-part"] == [problem.rule for problem in review(view(made))]

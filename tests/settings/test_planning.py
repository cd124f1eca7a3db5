"""A plan is the document with the chains behind it, or every problem at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.problems import GatewayError, Problem, Severity
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.settings.deployment_rows import NOT_KNOWN_YET
from mtls_app_gateway.settings.planning import Plan, plan_gateway

from .settings_examples import SMALLEST, changed

AT = datetime(2030, 6, 1, tzinfo=UTC)
LATER = Placeholder("strict.trustedCaChains[0].data")
TWO_LISTENERS = {
    "listeners": [{}, {"name": "p", "port": 444, "profile": "p"}],
    "routes": [{"priority": 1}, {"name": "p", "listener": "p", "priority": 2}],
}


@pytest.fixture(scope="module")
def partners() -> Authority:
    """An authority that is valid when the plans are made."""
    return Authority.create("Example Partners Root", now=AT)


@pytest.fixture(scope="module")
def devices() -> Authority:
    """Another one."""
    return Authority.create("Example Devices Root", now=AT)


@pytest.fixture(scope="module")
def expired() -> Authority:
    """An authority that was valid a year before."""
    return Authority.create(
        "Example Old Root", now=AT, not_before=AT - timedelta(days=700), not_after=AT - timedelta(days=365)
    )


def strict(*chains: dict[str, Any], mode: str = "Strict", **rest: Any) -> dict[str, Any]:
    return changed(SMALLEST, mode=mode, strict={"trustedCaChains": list(chains), **rest})


def chain(authority: Authority, **rest: Any) -> dict[str, Any]:
    return {"data": authority.bundle_pem, **rest}


def plan(given: dict[str, Any], **rest: Any) -> Plan:
    return plan_gateway(given, now=AT, **rest)


def refused(given: dict[str, Any], **rest: Any) -> dict[str, Problem]:
    with pytest.raises(GatewayError) as raised:
        plan(given, **rest)
    return {problem.rule: problem for problem in raised.value.problems}


def entries(planned: Plan, profile: str = "default") -> list[str]:
    (found,) = (each for each in planned.profiles if each.name == profile)
    return [entry.name for entry in found.entries]


def test_the_smallest_plan() -> None:
    """Passthrough without chains has one profile, one document and nothing to say."""
    planned = plan(SMALLEST)

    assert [("default", False)] == [(it.name, it.is_strict) for it in planned.profiles]
    assert () == planned.problems
    assert "Microsoft.Network/applicationGateways" == planned.document["type"]


def test_a_wide_chain_is_said(partners: Authority) -> None:
    """Without a comparison of issuers every CA under the root issues clients; a note says so at the setting."""
    issuing = chain(partners.intermediate("Example Issuing CA"))

    (note,) = plan(strict(issuing, verifyIssuerDn=False)).problems
    assert ("issuer-dn-unchecked", "strict.verifyIssuerDn") == (note.rule, note.where)
    assert () == plan(strict(issuing)).problems


def test_chains_keep_their_order_and_names(partners: Authority, devices: Authority) -> None:
    """Strict attaches the chains as they were given, named or named by their content."""
    planned = plan(strict(chain(devices), chain(partners, name="partners")))

    first, second = entries(planned)
    assert first.startswith("example-devices-root-")
    assert "partners" == second
    (profile,) = planned.document["properties"]["sslProfiles"]
    attached = [found["id"].rsplit("/", 1)[1] for found in profile["properties"]["trustedClientCertificates"]]
    assert [first, second] == attached
    assert [first, second] == [found.name for found in planned.profiles[0].chains]


def test_a_bundle_may_be_split(partners: Authority, devices: Authority) -> None:
    """One bundle with two roots makes two entries where that was asked for."""
    both = {"data": partners.bundle_pem + devices.bundle_pem}

    assert "several-roots" in refused(strict(both))
    assert 2 == len(entries(plan(strict({**both, "split": True}))))


def test_a_chain_that_arrives_later_has_its_place(partners: Authority) -> None:
    """Its placeholder is in the document, under the name it was given."""
    planned = plan(strict({"data": LATER, "name": "later"}, chain(partners, name="partners")))

    assert ["later", "partners"] == entries(planned)
    assert ["partners"] == [found.name for found in planned.profiles[0].chains]
    uploaded = planned.document["properties"]["trustedClientCertificates"]
    assert {"name": "later", "properties": {"data": LATER}} == uploaded[0]


def test_a_chain_that_arrives_later_is_not_split() -> None:
    """How many entries a chain makes is not known before it arrives."""
    problem = refused(strict({"data": LATER, "name": "late", "split": True}))["chain-split-later"]

    assert "strict.trustedCaChains[0].split" == problem.where


def test_a_chain_that_arrives_later_needs_a_name() -> None:
    """There is no content yet to name it by."""
    problem = refused(strict({"data": LATER}))["chain-name-missing"]

    assert "strict.trustedCaChains[0].name" == problem.where


@pytest.mark.parametrize("other", ["later", "LATER"])
def test_two_entries_of_one_name_are_refused(partners: Authority, other: str) -> None:
    """Azure does not tell upper from lower case, and one of them would be lost."""
    assert "duplicate-name" in refused(strict({"data": LATER, "name": "later"}, chain(partners, name=other)))


def two_profiles(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    profile = {"name": "p", "mode": "Strict", "strict": {"trustedCaChains": [second]}}
    return strict(first) | TWO_LISTENERS | {"profiles": [profile]}


def test_two_profiles_may_trust_one_chain(partners: Authority) -> None:
    """It is uploaded once."""
    planned = plan(two_profiles(chain(partners, name="ca"), chain(partners, name="ca")))

    assert ["ca"] == entries(planned) == entries(planned, "p")
    assert 1 == len(planned.document["properties"]["trustedClientCertificates"])


def test_one_name_for_two_chains_is_refused(partners: Authority, devices: Authority) -> None:
    """Two profiles cannot have different chains under one name."""
    problem = refused(two_profiles(chain(partners, name="ca"), chain(devices, name="CA")))["chain-name-clash"]

    assert ("profile p, chain CA", "the profile default has another chain of that name") == (
        problem.where,
        problem.saw,
    )


@pytest.mark.parametrize(("count", "text"), [(1, "1 chain staged, none enforced"), (2, "2 chains staged")])
def test_staged_chains_are_spoken_of(partners: Authority, devices: Authority, count: int, text: str) -> None:
    """In Passthrough one note says how many chains wait to be enforced."""
    planned = plan(strict(*[chain(partners), chain(devices)][:count], mode="Passthrough"))

    (note,) = planned.problems
    assert ("chains-staged", Severity.NOTE) == (note.rule, note.severity)
    assert note.saw.startswith(text)


def test_strict_that_admits_nobody_is_refused(expired: Authority) -> None:
    """Where no enforced chain is valid, the remedy names the way to do it all the same."""
    problem = refused(strict(chain(expired)))["nobody-admitted"]

    assert "strict.unsafeNoValidChain: true" in problem.fix


@pytest.mark.parametrize(
    "given",
    [
        lambda old: strict(chain(old), mode="Passthrough"),
        lambda old: strict(chain(old), unsafeNoValidChain=True),
        lambda old: strict(chain(old), {"data": LATER, "name": "later"}),
    ],
    ids=["staged", "accepted", "another arrives later"],
)
def test_that_nobody_is_admitted_may_be_a_warning(expired: Authority, given: Any) -> None:
    """Staged, accepted in so many words, or not the last word: then it deploys with a warning."""
    warnings = {found.rule for found in plan(given(expired)).problems if found.severity is Severity.WARNING}

    assert "nobody-admitted" in warnings


def test_sources_name_what_is_wrong_with_a_bundle() -> None:
    """A bundle is called by the file it came from, or by its path in the settings."""
    sources = {"strict.trustedCaChains[0]": "ca/partners.pem"}
    given = strict({"data": "nonsense", "name": "partners"})

    assert any("ca/partners.pem" in found.where for found in refused(given, sources=sources).values())
    assert any("strict.trustedCaChains[0]" in found.where for found in refused(given).values())


def test_too_many_chains_are_counted(partners: Authority) -> None:
    """A profile takes a hundred chains, those that arrive later among them."""
    later = [{"data": Placeholder(str(number)), "name": f"chain-{number}"} for number in range(100)]

    assert 100 == len(entries(plan(strict(*later))))
    assert "too-many-chains-in-profile" in refused(strict(*later, chain(partners, name="last")))


def test_all_problems_are_told_together(partners: Authority) -> None:
    """What was found before, misshapen data, broken rules and bad bundles come at once, the warnings with them."""
    before = NOT_KNOWN_YET.problem("listenerCertificates[0].pfx", "an output")
    given = strict({"data": "nonsense"}, chain(partners), revocation="CRL") | {"colour": "red", "zones": ["1"]}

    problems = refused(given, others=[before])
    assert {"not-known-yet", "unknown-key", "revocation-unknown", "single-zone"} < set(problems)
    assert Severity.WARNING is problems["single-zone"].severity


def test_what_was_found_before_stops_a_plan_by_itself() -> None:
    """An error from elsewhere is an error here."""
    before = NOT_KNOWN_YET.problem("mode", "an output")

    assert {"not-known-yet": before} == refused(SMALLEST, others=[before])


def test_what_is_not_known_yet_is_told_once() -> None:
    """Rules say nothing of a key that could not be read because an output stands in it."""
    early = NOT_KNOWN_YET.problem("tlsPolicy.policyName", "an output")
    with pytest.raises(GatewayError) as raised:
        plan_gateway(changed(SMALLEST, tlsPolicy={}), now=AT, others=[early])

    assert (early,) == raised.value.problems


@pytest.mark.parametrize("mode", ["Strict", "strict"])
@pytest.mark.parametrize("block", [{}, {"trustedCaChains": []}, {"unsafeNoValidChain": True}, None])
def test_strict_with_a_tls_policy_and_no_chain_is_never_built(block: dict[str, Any] | None, mode: str) -> None:
    """
    Azure takes such a profile and asks no client for a certificate, so no setting lets it pass.
    """
    profile = {"name": "p", "mode": mode, "strict": block, "tlsPolicy": {"policyName": "AppGwSslPolicy20220101"}}
    found = refused(changed(SMALLEST, profiles=[profile], **TWO_LISTENERS))

    rule = "mode-unknown" if mode == "strict" else "strict-block-missing" if block is None else "strict-without-chain"
    assert Severity.ERROR is found[rule].severity


def test_a_chain_given_twice_under_one_name_is_one_entry(partners: Authority) -> None:
    """
    What is given twice is merged in its profile, and goes up once.
    """
    planned = plan(strict(chain(partners, name="partners"), chain(partners, name="partners")))

    assert ["partners"] == entries(planned)
    assert 1 == len(planned.document["properties"]["trustedClientCertificates"])

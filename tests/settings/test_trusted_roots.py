"""The roots of private CAs reach the gateway once each, and the backends that trust them point at them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.problems import GatewayError, Problem
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind
from mtls_app_gateway.settings.planning import Plan, plan_gateway

from .settings_examples import SMALLEST, SUBSCRIPTION, changed

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = Placeholder("backends[0].trustedRoots[0].data")
VAULT = {"name": "vaulted", "keyVaultSecretId": "https://v.vault.azure.net/secrets/root"}
IDENTITY = f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/i"


@pytest.fixture(scope="module")
def inside() -> Authority:
    """The CA of the backends."""
    return Authority.create("Example Inside Root", now=AT)


@pytest.fixture(scope="module")
def other() -> Authority:
    """The CA of other backends."""
    return Authority.create("Example Other Root", now=AT)


def settings(*roots: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A gateway whose one backend trusts these roots."""
    return changed(SMALLEST, backends=[{"fqdns": ["app.example.com"], "trustedRoots": list(roots), **keys}])


def of(authority: Authority, **rest: Any) -> dict[str, Any]:
    return {"data": authority.certificate_pem, **rest}


def plan(given: dict[str, Any]) -> Plan:
    return plan_gateway(given, now=AT, sources={"backends[0].trustedRoots[0]": "inside.pem"})


def refused(given: dict[str, Any]) -> dict[str, Problem]:
    with pytest.raises(GatewayError) as error:
        plan(given)
    return {problem.rule: problem for problem in error.value.problems}


def uploaded(planned: Plan) -> dict[str, Any]:
    parts = planned.document["properties"].get("trustedRootCertificates", ())
    return {part["name"]: part["properties"] for part in parts}


def trusted(planned: Plan, index: int = 0) -> list[str]:
    """The names of the roots that a backend trusts."""
    backend = planned.document["properties"]["backendHttpSettingsCollection"][index]["properties"]
    return [each["id"].rsplit("/", 1)[1] for each in backend.get("trustedRootCertificates", ())]


def test_without_roots_nothing_is_sent() -> None:
    """The public roots are trusted by Azure itself: the document of a backend without its own has no trace of them."""
    planned = plan(SMALLEST)

    assert "trustedRootCertificates" not in planned.document["properties"]
    assert [] == trusted(planned)


def test_roots_are_named_by_their_content_unless_they_have_a_name(inside: Authority, other: Authority) -> None:
    """Each root is an entry, and the backend trusts them in the order given."""
    planned = plan(settings(of(inside), of(other, name="other")))

    first, second = uploaded(planned)
    assert first.startswith("example-inside-root-")
    assert "other" == second
    assert [first, second] == trusted(planned)


def test_a_root_is_judged_once() -> None:
    """What is wrong with a root is said where it was read, and not again of the document that is made of it."""
    weak = Authority.create("Weak Root", key=KeyKind.RSA1024, now=AT)

    (problem,) = (each for each in plan(settings(of(weak))).problems if each.rule.startswith("trusted-root"))
    assert ("trusted-root-weak", True) == (problem.rule, problem.where.startswith("inside.pem"))


def test_two_backends_may_trust_one_root(inside: Authority) -> None:
    """It is uploaded once."""
    backends = [{"name": name, "fqdns": [f"{name}.example.com"], "trustedRoots": [of(inside)]} for name in "ab"]
    given = changed(
        SMALLEST,
        backends=backends,
        listeners=[{"name": "a", "port": 443}, {"name": "b", "port": 444}],
        routes=[{"name": name, "listener": name, "backend": name, "priority": 1 + (name == "b")} for name in "ab"],
    )
    planned = plan(given)

    assert 1 == len(uploaded(planned))
    assert list(uploaded(planned)) == trusted(planned, 0) == trusted(planned, 1)


def test_a_root_may_be_in_key_vault() -> None:
    """The entry has the secret's id, and an identity must be there to read it."""
    given = settings(VAULT)

    assert "identity-missing" in refused(given)
    planned = plan({**given, "identityId": IDENTITY})
    assert {"vaulted": {"keyVaultSecretId": VAULT["keyVaultSecretId"]}} == uploaded(planned)


def test_a_root_that_arrives_later_has_its_place() -> None:
    """Its placeholder is in the document, under the name it was given."""
    assert {"later": {"data": LATER}} == uploaded(plan(settings({"data": LATER, "name": "later"})))


@pytest.mark.parametrize("root", [{"data": LATER}, {"keyVaultSecretId": VAULT["keyVaultSecretId"]}])
def test_a_root_that_is_not_known_now_needs_a_name(root: dict[str, Any]) -> None:
    """There is no content yet to name it by."""
    problem = refused({**settings(root), "identityId": IDENTITY})["trusted-root-name-missing"]

    assert "backends[0].trustedRoots[0].name" == problem.where


def test_one_name_for_two_roots_is_refused_once(inside: Authority, other: Authority) -> None:
    """Azure does not tell upper from lower case, and one of them would be lost."""
    assert {"duplicate-name"} == set(refused(settings(of(inside, name="ca"), of(other, name="CA"))))


def test_a_root_that_cannot_be_read_is_the_only_problem() -> None:
    """It is reported in the words of its source, and what it would have been is taken as unknown."""
    (problem,) = refused(settings({"data": "no certificate"})).values()

    assert ("trusted-root-form", "inside.pem") == (problem.rule, problem.where)


def test_expiry_is_a_warning_in_the_days_of_the_gateway(inside: Authority) -> None:
    """A root that ends within the warning days is reported, and deploys."""
    given = {**settings(of(inside)), "caExpiryWarningDays": 20000}

    assert ["trusted-root-validity"] == [problem.rule for problem in plan(given).problems]
    assert () == plan(settings(of(inside))).problems


def test_verification_is_on_unless_an_unsafe_setting_takes_it_away() -> None:
    """Nothing is sent for Azure's own defaults, and each of the two goes alone."""
    sent = [
        plan(settings(**keys)).document["properties"]["backendHttpSettingsCollection"][0]["properties"]
        for keys in ({}, {"unsafeUnverifiedChain": True}, {"unsafeUnverifiedName": True})
    ]

    found = [(each.get("validateCertChainAndExpiry"), each.get("validateSNI")) for each in sent]
    assert [(None, None), (False, None), (None, False)] == found

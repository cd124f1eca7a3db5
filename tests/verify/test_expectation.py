"""What a promise makes each caller expect, how well it is known, and what cannot be asked."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from mtls_app_gateway.certificates import verify_client
from mtls_app_gateway.document.azure import Mode, TlsVersion
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.verify.judge.admission import AdmissionJudge, LetIn
from mtls_app_gateway.verify.judge.evidence import Grade
from mtls_app_gateway.verify.judge.expectation import Expectation, ListenerPlan, Unasked, expect
from mtls_app_gateway.verify.judge.expected import (
    Admitted,
    BackendReachedBy,
    CertificateAsked,
    HeadersForwarded,
    NotKnown,
    PoolReached,
    Redirected,
    Refused,
    VersionRefused,
    named,
)
from mtls_app_gateway.verify.knock.observation import Phrase
from mtls_app_gateway.verify.knock.question import Caller, Expect, OcspStatus
from mtls_app_gateway.verify.promise.promise import Promise, promise_by_hand
from mtls_app_gateway.verify.promise.promised_routes import NO_PATH, PromisedRoute

from tests.rehearsal.documents import (
    basic_rule,
    chain,
    document,
    headers_set,
    listener,
    part,
    passthrough,
    rewrite_set,
    strict,
)

from .asking import promise_of
from .conftest import Pki

ERROR, NONE = Refused((Phrase.CERTIFICATE_ERROR,)), Refused((Phrase.NO_CERTIFICATE,))


def plan_of(
    promise: Promise,
    callers: Sequence[Caller] = (),
    *,
    askable: Collection[TlsVersion] = tuple(TlsVersion),
    path: str | None = None,
) -> ListenerPlan:
    return expect(promise, callers, now=datetime.now(UTC), askable=askable, path=path)


def strict_promise(pki: Pki, **how: Any) -> Promise:
    gateway = document(
        [listener("edge", 443, "clients")],
        sslProfiles=[strict("clients", "a", **how)],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )
    return promise_of(gateway, "edge")


def passthrough_promise(**changed: Any) -> Promise:
    return promise_of(
        document([listener("edge", 443, "clients")], sslProfiles=[passthrough("clients")], **changed), "edge"
    )


def expectation(plan: ListenerPlan, row: str) -> Expectation:
    (found,) = [each for each in plan.expectations if each.row == row]
    return found


def unasked(plan: ListenerPlan) -> set[str]:
    return {each.row for each in plan.unasked}


@pytest.mark.parametrize(
    ("caller", "expected", "grade"),
    [
        ("valid", Admitted(), Grade.LIVE),
        ("issued by the root", ERROR, Grade.DOCUMENTED),
        ("sibling", ERROR, Grade.DOCUMENTED),
        ("expired", ERROR, Grade.LIVE),
        ("not yet valid", ERROR, Grade.LIVE),
        ("untrusted", ERROR, Grade.LIVE),
        ("forged", ERROR, Grade.LIVE),
        ("self-signed", ERROR, Grade.LIVE),
        ("for servers", ERROR, Grade.DOCUMENTED),
        ("no responder", ERROR, Grade.DOCUMENTED),
        ("revoked", ERROR, Grade.DOCUMENTED),
        ("responder down", ERROR, Grade.DOCUMENTED),
        ("unknown to the responder", ERROR, Grade.INFERRED),
    ],
)
def test_strict_with_every_check(caller: str, expected: object, grade: Grade, pki: Pki) -> None:
    """
    Each caller's outcome follows from the certificate, the chains and the checks, with the grade of its reason.
    """
    plan = plan_of(strict_promise(pki, issuer_dn=True, ocsp=True), pki.all_callers())
    found = expectation(plan, f"{caller}, TLS 1.3")

    assert (expected, grade) == (found.expected, found.evidence.grade)


@pytest.mark.parametrize("caller", ["sibling", "issued by the root", "revoked", "responder down", "no responder"])
def test_strict_without_checks(caller: str, pki: Pki) -> None:
    """
    Without the checks, whoever comes from the trusted root is let in.
    """
    assert Admitted() == expectation(plan_of(strict_promise(pki), pki.all_callers()), f"{caller}, TLS 1.2").expected


@pytest.mark.parametrize("caller", ["weak key", "no purpose"])
def test_what_is_not_known_is_not_expected(caller: str, pki: Pki) -> None:
    """
    What Azure does with a weak key, or without a purpose, is not known: nothing is expected.
    """
    found = expectation(plan_of(strict_promise(pki), pki.all_callers()), f"{caller}, TLS 1.2")

    assert isinstance(found.expected, NotKnown)


def test_revocation_that_is_not_given(pki: Pki) -> None:
    """
    What the responder says of a certificate of the user is not known, unless the owner says.
    """
    mine = replace(pki.callers["valid"], ocsp_status=OcspStatus.NOT_KNOWN)
    plan = plan_of(strict_promise(pki, ocsp=True), [mine])

    assert isinstance(expectation(plan, "valid, TLS 1.3").expected, NotKnown)


def test_trust_that_is_not_given(pki: Pki) -> None:
    """
    Without a word about CAs a certificate's outcome is not known, unless its owner says or it was minted here.
    """
    promise = promise_by_hand(Mode.STRICT)
    mine, stranger = pki.callers["valid"], replace(pki.callers["self-signed"], is_stranger=True)
    said = replace(pki.callers["expired"], expect=Expect.REFUSE)
    rows = {each.about: each.expected for each in plan_of(promise, [mine, stranger, said]).expectations}

    assert isinstance(rows["valid"], NotKnown)
    assert ERROR == rows["self-signed"] == rows["expired, as you expect"]
    assert "expired" not in rows


def test_a_caller_without_certificate(pki: Pki) -> None:
    """
    Without a certificate: refused with its own phrase in Strict, let in elsewhere.
    """
    assert NONE == expectation(plan_of(strict_promise(pki)), "no certificate, TLS 1.2").expected
    assert Admitted() == expectation(plan_of(passthrough_promise()), "no certificate, TLS 1.2").expected


def test_a_400_page_of_ones_own(pki: Pki) -> None:
    """
    Where the gateway has a 400 page of its own, its words are not expected.
    """
    promise = replace(strict_promise(pki), has_own_400_page=True)

    assert Refused(()) == expectation(plan_of(promise), "no certificate, TLS 1.2").expected


@pytest.mark.parametrize(
    ("caller", "grade"), [("expired", Grade.LIVE), ("weak key", Grade.INFERRED), ("for servers", Grade.INFERRED)]
)
def test_passthrough_lets_every_caller_in(caller: str, grade: Grade, pki: Pki) -> None:
    """
    In Passthrough every certificate is let in; for odd purposes and keys that is inferred only.
    """
    found = expectation(plan_of(passthrough_promise(), pki.all_callers()), f"{caller}, TLS 1.3")

    assert (Admitted(), grade) == (found.expected, found.evidence.grade)


def test_a_doubtful_passthrough_is_not_judged() -> None:
    """
    A doubt about a document makes its admissions unknown.
    """
    promise = replace(passthrough_promise(), doubts=("CA chains are attached",))

    assert NotKnown("CA chains are attached") == expectation(plan_of(promise), "no certificate, TLS 1.3").expected


def test_who_may_be_let_in_is_not_expected_to_be_refused(pki: Pki) -> None:
    """
    Where it is not known who is let in, what a spoofer meets is not judged, and no certificate is asked for that would
    help: it is not known of any.
    """
    promise = replace(passthrough_promise(), doubts=("CA chains are attached",))
    plan = plan_of(promise, [pki.callers["valid"]])
    owed = {each.about: (each.reason, each.options) for each in plan.unasked}

    assert (
        NotKnown("CA chains are attached")
        == expectation(plan, "no certificate, spoofing headers at /, TLS 1.3").expected
    )
    assert not [each.row for each in plan.expectations if isinstance(each.expected, Refused)]
    assert ("whether it is let in is not known: valid", "") == owed["spoofed headers beside a certificate"]
    assert ("whether any caller is let in is not known", "") == owed["transport to the backend"]


def test_a_certificate_that_was_given_and_is_not_valid(pki: Pki) -> None:
    """
    Who gave a certificate is reported that it is not valid, and not to give one; who gave one to be refused gave none.
    """
    promise = strict_promise(pki)
    untrusted = pki.callers["untrusted"]
    owed = ["a valid certificate", "spoofed headers beside a certificate"]

    def reported(*callers: Caller) -> list[tuple[str, str]]:
        plan = plan_of(promise, callers, askable=[TlsVersion.V1_3])
        return [(each.reason, each.options) for each in plan.unasked if each.about in owed]

    assert [("untrusted: not valid under the promised CAs", "")] * 2 == reported(untrusted)
    nothing = [("it takes a certificate that is let in", "--client-cert, --client-key")] * 2
    assert nothing == reported() == reported(replace(untrusted, expect=Expect.REFUSE))
    assert nothing == reported(replace(untrusted, is_stranger=True))


def test_headers_that_is_not_given() -> None:
    """
    A promise by hand without identity headers says that none was given; a document that has none says so.
    """
    by_hand = {each.about: (each.reason, each.options) for each in plan_of(promise_by_hand(Mode.STRICT)).unasked}
    rule = basic_rule("edge", rewrite=None)
    bare = plan_of(passthrough_promise(rewriteRuleSets=[], requestRoutingRules=[rule]))
    read = {each.about: (each.reason, each.options) for each in bare.unasked}

    assert ("no identity header was given", "--identity-header") == by_hand["spoofed headers"]
    assert ("this gateway forwards no identity header", "") == read["spoofed headers"]


def test_the_owner_of_a_certificate_is_asked_too(pki: Pki) -> None:
    """
    What the owner expects is a row of its own; where the document promises the opposite, that is another.
    """
    hopeful = replace(pki.callers["expired"], expect=Expect.ACCEPT)
    wary = replace(pki.callers["valid"], expect=Expect.REFUSE)
    agreed = replace(pki.callers["sibling"], expect=Expect.ACCEPT)
    plan = plan_of(strict_promise(pki), [hopeful, wary, agreed])
    rows = {each.about: (each.expected, each.evidence.grade) for each in plan.expectations}

    assert (Admitted(), Grade.OWNER) == rows["expired, as you expect"]
    assert (ERROR, Grade.LIVE) == rows["expired"]
    assert (ERROR, Grade.OWNER) == rows["valid, as you expect"]
    assert (Admitted(), Grade.LIVE) == rows["valid"]
    assert (Admitted(), Grade.OWNER) == rows["sibling, as you expect"]
    assert "sibling" not in rows


@pytest.mark.parametrize(("name", "expect"), [("expired", Expect.ACCEPT), ("valid", Expect.REFUSE)])
def test_who_is_refused_by_one_is_not_let_in(name: str, expect: Expect, pki: Pki) -> None:
    """
    A caller whom the promise refuses, or the owner, is not counted among those let in: nothing of it is expected to
    reach the backend, and it is no example of a valid certificate.
    """
    disputed = replace(pki.callers[name], expect=expect)
    promise = strict_promise(pki)
    plan = plan_of(promise, [disputed])

    assert LetIn.NO is AdmissionJudge(promise, datetime.now(UTC)).lets_in(disputed)
    assert not [each.row for each in plan.expectations if each.row.startswith(f"{name}, what the backend gets")]
    assert "spoofed headers beside a certificate" in {each.about for each in plan.unasked}


def test_certificate_request_and_versions(pki: Pki) -> None:
    """
    The handshake asks unless no client is asked; versions outside the policy are refused; those that cannot be spoken
    from here are not asked.
    """
    plan = plan_of(strict_promise(pki), askable=(TlsVersion.V1_0, TlsVersion.V1_2, TlsVersion.V1_3))

    assert CertificateAsked(True) == expectation(plan, "certificate request, TLS 1.2").expected
    assert VersionRefused() == expectation(plan, "protocol version, TLS 1.0").expected
    assert "protocol version, TLS 1.1" in unasked(plan)
    nobody = promise_by_hand(None)
    assert CertificateAsked(False) == expectation(plan_of(nobody), "certificate request, TLS 1.3").expected
    only_1_3 = replace(nobody, versions=(TlsVersion.V1_3,))
    assert VersionRefused() == expectation(plan_of(only_1_3), "protocol version, TLS 1.2").expected


def test_nothing_can_be_spoken(pki: Pki) -> None:
    """
    Where no version can be spoken, only plain HTTP is left to ask.
    """
    plan = plan_of(strict_promise(pki), askable=())

    assert ["the TLS port, plain HTTP"] == [each.row for each in plan.expectations]
    assert 4 == len(plan.unasked)


def test_headers(pki: Pki) -> None:
    """
    Who is let in has the gateway's values at the backend; who is not, has no such row.
    """
    plan = plan_of(strict_promise(pki), pki.all_callers())
    found = expectation(plan, "valid, what the backend gets, TLS 1.3").expected
    assert isinstance(found, HeadersForwarded)
    values = dict(found.values)

    assert ("SUCCESS", "CN=valid", "CN=Issuing A1") == (
        values["X-Client-Verification"],
        values["X-Client-Subject"],
        values["X-Client-Issuer"],
    )
    assert not [each.row for each in plan.expectations if each.row.startswith("expired, what")]


POOL = {
    "backendAddressPool": self_reference("backendAddressPools", "app"),
    "backendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
}
SECURE = part("secure", redirectType="Found", targetUrl="https://example.com/")
MOVED = {"redirectConfiguration": self_reference("redirectConfigurations", "secure")}


def with_paths(*path_rules: Any) -> dict[str, Any]:
    """The collections of a gateway whose listener has these path rules, and the identity headers on the rest."""
    paths = part(
        "paths",
        defaultBackendAddressPool=POOL["backendAddressPool"],
        defaultBackendHttpSettings=POOL["backendHttpSettings"],
        defaultRewriteRuleSet=self_reference("rewriteRuleSets", "identity"),
        pathRules=list(path_rules),
    )
    rule = basic_rule("edge", rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths"))
    return {"rules": [rule], "urlPathMaps": [paths], "redirectConfigurations": [SECURE]}


def rows_at(plan: ListenerPlan, path: str) -> dict[str, object]:
    """The rows of one path in TLS 1.3: what is expected, or why it is not asked."""
    rows: dict[str, object] = {each.about: each.expected for each in plan.expectations if each.version == "TLS 1.3"}
    rows |= {each.about: each.reason for each in plan.unasked if each.version == "TLS 1.3"}
    return {about: expected for about, expected in rows.items() if f"at {path}" in about}


def test_spoofing_on_every_route(pki: Pki) -> None:
    """
    Spoofers knock at every route; where the document neither sets nor deletes a header, the caller's must not arrive
    all the same.
    """
    hole, moved = part("hole", paths=["/hole"], **POOL), part("moved", paths=["/moved"], **MOVED)
    promise = passthrough_promise(**with_paths(hole, moved))
    plan = plan_of(promise, [pki.callers["valid"]])
    found = expectation(plan, "no certificate, spoofing headers at /hole, TLS 1.3").expected

    assert isinstance(found, HeadersForwarded)
    assert {None} == {value for _, value in found.values}
    assert expectation(plan, "valid, spoofing headers at /, TLS 1.3").question.spoofs == promise.identity_headers
    assert "/hole" == expectation(plan_of(promise, path="/hole"), "no certificate, TLS 1.3").question.path


def test_every_path_is_knocked_at_by_each_kind_of_caller(pki: Pki) -> None:
    """
    Without a certificate, with a valid one, with one that is refused, and with spoofed headers: on a path as on `/`.
    """
    rules = with_paths(
        part("api", paths=["/api"], rewriteRuleSet=self_reference("rewriteRuleSets", "identity"), **POOL)
    )
    gateway = document(
        [listener("edge", 443, "clients")],
        sslProfiles=[strict("clients", "a")],
        trustedClientCertificates=[chain("a", pki.bundle)],
        **rules,
    )
    promise = promise_of(gateway, "edge")
    found = rows_at(plan_of(promise, [pki.callers["valid"], pki.callers["expired"], pki.callers["untrusted"]]), "/api")

    assert {
        "no certificate at /api": NONE,
        "valid at /api": Admitted(),
        "expired at /api": ERROR,
        "no certificate, spoofing headers at /api": Refused((Phrase.NO_CERTIFICATE, Phrase.CERTIFICATE_ERROR)),
        "backend pool at /api": PoolReached("app"),
    }.items() <= found.items()
    assert {"valid at /api, what the backend gets", "valid, spoofing headers at /api"} < found.keys()
    assert 7 == len(found)
    takes = "it takes a certificate that is let in"
    alone = rows_at(plan_of(promise), "/api")
    assert [takes, takes] == [alone["a valid certificate at /api"], alone["backend pool at /api"]]


def test_a_redirect_at_a_path_is_judged_for_each_kind_of_caller(pki: Pki) -> None:
    """
    Whoever is let in is redirected, with spoofed headers too; no row expects anything of a backend.
    """
    promise = passthrough_promise(**with_paths(part("moved", paths=["/moved"], **MOVED)))
    found = rows_at(plan_of(promise, [pki.callers["valid"]]), "/moved")

    assert {
        "no certificate at /moved": Admitted,
        "valid at /moved": Admitted,
        "no certificate, spoofing headers at /moved": Redirected,
        "valid, spoofing headers at /moved": Redirected,
        "redirect at /moved": Redirected,
    } == {about: type(expected) for about, expected in found.items()}


def test_where_case_decides_only_the_callers_own_headers_are_judged() -> None:
    """
    Of two paths that differ in case alone it is not known which takes a request: no value, pool, redirect is expected.
    """
    identity = {"rewriteRuleSet": self_reference("rewriteRuleSets", "identity")}
    pair = with_paths(
        part("one", paths=["/A"], **POOL, **identity),
        part("two", paths=["/a"], **POOL, **identity),
        part("three", paths=["/B"], **POOL, **identity),
        part("four", paths=["/b"], **MOVED),
    )
    plan = plan_of(passthrough_promise(**pair))
    lower, moved = rows_at(plan, "/a"), rows_at(plan, "/b")

    spoofed = lower["no certificate, spoofing headers at /a"]
    assert isinstance(spoofed, HeadersForwarded)
    assert {None} == {value for _, value in spoofed.values}
    assert isinstance(moved["no certificate, spoofing headers at /b"], HeadersForwarded)
    for expected in (lower["backend pool at /a"], moved["redirect at /b"]):
        assert isinstance(expected, NotKnown)
    assert "no certificate at /a, what the backend gets" not in lower


@pytest.mark.parametrize("scheme", ["Http", "Https"])
def test_a_hidden_route_is_named_and_never_holds(scheme: str) -> None:
    """
    A route that no path was found for has one row, which is not asked.
    """
    hidden = with_paths(part("all", paths=["/*"], **POOL), part("api", paths=["/api", "/api"], **POOL))
    gateway = document([listener("edge", 443, protocol=scheme)], **hidden)
    plan = plan_of(promise_of(gateway, "edge"))

    assert {"path /api of paths/api", "path of no pattern of paths"} == {
        each.row for each in plan.unasked if each.reason == NO_PATH
    }
    assert not [each.row for each in plan.expectations if "/api" in each.row]


def test_conditional_headers_are_not_promised() -> None:
    """
    A header that is set on a condition is only promised not to be the caller's.
    """
    conditional = rewrite_set(
        "identity",
        {
            "conditions": [{"variable": "var_host", "pattern": "a"}],
            "actionSet": {"requestHeaderConfigurations": headers_set(X_Cert="{var_client_certificate}")},
        },
    )
    plan = plan_of(passthrough_promise(rewriteRuleSets=[conditional]))
    found = expectation(plan, "no certificate, spoofing headers at /, TLS 1.3").expected

    assert HeadersForwarded((("X-Cert", None),)) == found
    assert not [each.row for each in plan.expectations if "what the backend gets" in each.row]


def test_what_strict_needs_and_is_not_given(pki: Pki) -> None:
    """
    Rows that only the owner of the CA can fill are named as not asked, and go when they are filled.
    """
    promise = strict_promise(pki, issuer_dn=True, ocsp=True)
    owed = {"a valid certificate", "a sibling issuer's certificate", "a revoked certificate"}
    alone = {each.about for each in plan_of(promise).unasked}
    filled = {each.about for each in plan_of(promise, pki.all_callers()).unasked}

    assert owed | {"spoofed headers beside a certificate", "transport to the backend"} <= alone
    assert not owed & filled
    assert not owed & {each.about for each in plan_of(passthrough_promise()).unasked}


def test_plain_listener(pki: Pki) -> None:
    """
    A plain listener has no handshake to ask about, no caller with a certificate, and lets nothing of theirs through.
    """
    plan = plan_of(promise_of(document([listener("edge", 80, protocol="Http")]), "edge"), pki.all_callers())
    rows = [each.row for each in plan.expectations]

    assert all(row.endswith(", plain HTTP") for row in rows)
    assert [
        "no certificate, plain HTTP",
        "no certificate, what the backend gets, plain HTTP",
        "no certificate, spoofing headers at /, plain HTTP",
        "transport to the backend, plain HTTP",
    ] == rows


def test_redirects_and_headless_gateways() -> None:
    """
    A redirect is let in and asked nothing about a backend; without identity headers there is nothing to spoof.
    """
    secure = part("secure", redirectType="Found", targetUrl="https://example.com/")
    rule = basic_rule("edge", redirectConfiguration=self_reference("redirectConfigurations", "secure"))
    redirected = document([listener("edge", 80, protocol="Http")], rules=[rule], redirectConfigurations=[secure])
    plan = plan_of(promise_of(redirected, "edge"))
    bare = plan_of(passthrough_promise(rewriteRuleSets=[], requestRoutingRules=[basic_rule("edge", rewrite=None)]))

    assert [
        "no certificate, plain HTTP",
        "no certificate, spoofing headers at /, plain HTTP",
        "redirect at /, plain HTTP",
    ] == [each.row for each in plan.expectations]
    assert "redirected to https://example.com/ (302)" == str(expectation(plan, "redirect at /, plain HTTP").expected)
    assert "spoofed headers, TLS 1.3" in unasked(bare)


def test_a_redirect_that_cannot_be_asked_or_judged(pki: Pki) -> None:
    """
    Where no caller is let in, the row names what it takes; where the document does not say where to, it is not judged.
    """
    lost = part("lost", redirectType="Found", targetListener=self_reference("httpListeners", "gone"))
    rule = basic_rule("edge", rewrite=None, redirectConfiguration=self_reference("redirectConfigurations", "lost"))
    promise = promise_of(
        document(
            [listener("edge", 443, "clients")],
            rules=[rule],
            sslProfiles=[strict("clients", "a")],
            trustedClientCertificates=[chain("a", pki.bundle)],
            redirectConfigurations=[lost],
        ),
        "edge",
    )

    plan = plan_of(promise)
    assert "redirect at /, TLS 1.3" in unasked(plan)
    for row in ("no certificate, TLS 1.3", "no certificate, spoofing headers at /, TLS 1.3"):
        assert Grade.INFERRED is expectation(plan, row).evidence.grade
    judged = expectation(plan_of(promise, pki.all_callers()), "redirect at /, TLS 1.3")
    assert NotKnown("the document does not say where to") == judged.expected


def test_transport(pki: Pki) -> None:
    """
    The way to the backend is asked by whoever is let in.
    """
    plan = plan_of(strict_promise(pki), pki.all_callers())
    found = expectation(plan, "transport to the backend, TLS 1.3")

    assert (BackendReachedBy("http"), "valid") == (found.expected, found.question.caller.name)


def test_each_backend_is_asked_once(pki: Pki) -> None:
    """
    The way to every other backend is asked with the newest version, once for all of its routes; a redirect has none.
    """
    main = PromisedRoute("/", pool="app", settings="plain", transport="http")
    routes = (
        PromisedRoute("/a", pattern="/a", pool="app", settings="secure", transport="https"),
        PromisedRoute("/b", pattern="/b", pool="app", settings="secure", transport="https"),
        replace(main, path="/c", pattern="/c"),
        PromisedRoute("/d", pattern="/d", pool="other", settings="plain", transport="http"),
        main,
    )
    rows = [each.row for each in plan_of(replace(strict_promise(pki), routes=routes), pki.all_callers()).expectations]

    assert [
        "transport to the backend at /a, TLS 1.3",
        "transport to the backend at /d, TLS 1.3",
        "transport to the backend, TLS 1.2",
        "transport to the backend, TLS 1.3",
    ] == sorted(row for row in rows if row.startswith("transport"))


def test_rows_have_names_of_their_own(pki: Pki) -> None:
    """
    No two rows of a listener share a name, so that a watcher and a CI system can tell them apart.
    """
    plan = plan_of(strict_promise(pki, issuer_dn=True, ocsp=True), pki.all_callers())
    rows = [each.row for each in plan.expectations] + [each.row for each in plan.unasked]

    assert len(set(rows)) == len(rows)
    assert all(isinstance(each, Unasked) and each.reason for each in plan.unasked)
    assert all(str(each.expected) for each in plan.expectations)


def test_named() -> None:
    """
    Few names are reported, many are counted.
    """
    assert "a, b" == named(["a", "b"])
    assert "a and 2 others" == named(["a", "b", "c"])


def test_a_value_that_is_not_known_is_not_asked_for() -> None:
    """
    A header whose value cannot be worked out has a row for those who spoof it, and none that would hold for everybody.
    """
    setting = headers_set(X_Cert="{var_client_certificate} of {var_client_ip}")
    both = rewrite_set("identity", {"actionSet": {"requestHeaderConfigurations": setting}})
    plan = plan_of(passthrough_promise(rewriteRuleSets=[both]))
    spoofed = expectation(plan, "no certificate, spoofing headers at /, TLS 1.3").expected

    assert HeadersForwarded((("X-Cert", None),)) == spoofed
    assert not [each.row for each in plan.expectations if "what the backend gets" in each.row]


def test_each_caller_is_judged_once(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    However many rows and TLS versions a listener has, each certificate is judged once.
    """
    judged: list[str] = []

    def counted(certificate: str, *chains: Any, **how: Any) -> Any:
        judged.append(certificate)
        return verify_client(certificate, *chains, **how)

    monkeypatch.setattr("mtls_app_gateway.verify.judge.admission.verify_client", counted)
    plan_of(strict_promise(pki, issuer_dn=True), pki.all_callers())

    assert len(set(judged)) == len(judged) == len({each.certificate for each in pki.all_callers()})

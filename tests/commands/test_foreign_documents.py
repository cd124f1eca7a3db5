"""Gateways of others, with every feature of one at work: read, viewed, reviewed, rehearsed and written back.

What it does not prove: that Azure takes them. Its answers are made here, with what it is documented to add.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.document.gateway import Gateway, Listener
from mtls_app_gateway.document.reading import read, read_document
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.document.template_writing import template_of
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import Severity
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.session import Session
from mtls_app_gateway.review.review import review
from mtls_app_gateway.verify.judge.verdict import RowOutcome
from mtls_app_gateway.verify.report.report import Report

from .foreign_documents import FEATURES, GATEWAY, foreign_document

Document = dict[str, Any]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create("Root").intermediate("Issuing")


@pytest.fixture(params=FEATURES)
def feature(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def given(feature: str, authority: Authority) -> Document:
    return foreign_document(feature, authority)


def in_one_bag(value: Any) -> Any:
    """As `az network application-gateway show` prints it: each part's properties beside its name."""
    if isinstance(value, dict):
        inner = {key: in_one_bag(each) for key, each in value.items() if key != "properties"}
        return inner | (in_one_bag(value["properties"]) if "properties" in value else {})
    return [in_one_bag(each) for each in value] if isinstance(value, list) else value


def other_case(value: Any) -> Any:
    """The gateway's own ids in another case, as Azure's answers have them at times."""
    if isinstance(value, dict):
        return {key: other_case(each) for key, each in value.items()}
    if isinstance(value, list):
        return [other_case(each) for each in value]
    return value.upper() if isinstance(value, str) and value.startswith(f"{GATEWAY}/") else value


def with_what_azure_adds(document: Document) -> Document:
    """The answer of a GET: ids, etags and states on the gateway and on each of its parts."""
    made = deepcopy(document)
    made |= {"id": GATEWAY, "etag": 'W/"1"'}
    for collection, parts in made["properties"].items():
        for each in parts if isinstance(parts, list) else ():
            if "properties" in each:
                each |= {"id": f"{GATEWAY}/{collection}/{each['name']}", "etag": 'W/"1"'}
                each["type"] = f"Microsoft.Network/applicationGateways/{collection}"
                each["properties"]["provisioningState"] = "Succeeded"
    made["properties"] |= {"provisioningState": "Succeeded", "operationalState": "Running", "resourceGuid": "1"}
    return made


def assert_nothing_is_lost(given: Any, found: Any, where: str = "") -> None:
    """Everything that was given is in what was read; only own ids are written otherwise."""
    if isinstance(given, dict):
        for key, value in given.items():
            assert key in found, f"{where}.{key} is lost"
            assert_nothing_is_lost(value, found[key], f"{where}.{key}")
    elif isinstance(given, list):
        assert len(given) == len(found), where
        for at, (one, other) in enumerate(zip(given, found, strict=True)):
            assert_nothing_is_lost(one, other, f"{where}[{at}]")
    elif isinstance(given, str) and given.startswith(f"{GATEWAY}/"):
        assert given.replace(GATEWAY, "$self") == found, where
    else:
        assert given == found, where


def test_it_is_read_without_loss(given: Document) -> None:
    """
    Every property is in the document, own ids as references, and nothing is said of any.
    """
    reading = read(given)

    assert () == reading.problems
    assert_nothing_is_lost(given, reading.document)


@pytest.mark.parametrize("form", [in_one_bag, other_case, with_what_azure_adds], ids=lambda form: form.__name__)
def test_each_published_form_is_the_same_gateway(form: Callable[[Any], Any], given: Document) -> None:
    """
    The answer of `az`, of a GET, and ids in another case read as the body of the PUT does.
    """
    assert read_document(given) == read_document(form(given))


def test_it_is_written_back_without_loss(given: Document) -> None:
    """
    Its own document and its template read as the gateway that was read; flattened for Pulumi, no name is unknown.
    """
    document = read_document(given)
    template = json.loads(json.dumps(template_of(document)))

    assert document == read_document(json.loads(json.dumps(document)))
    assert document == read_document(template)
    assert flatten(document)["httpListeners"]


FACTS: dict[str, Callable[[Gateway], object]] = {
    "redirect": lambda gateway: ["Permanent", "appgwhl"] == _redirect_of(gateway, "plain"),
    "path map": lambda gateway: (
        [("/images/*", "/pictures"), ("/docs*",), None] == [each.paths for each in _listener(gateway, "appgwhl").routes]
        and "https://new.example.com/docs" in _redirect_of(gateway, "appgwhl", 1)
    ),
    "private frontend": lambda gateway: [True] == [each.is_private for each in gateway.frontends],
    "both frontends": lambda gateway: (
        {
            ("appgwhl", False),
            ("inside", True),
        }
        <= {(each.name, each.frontend.is_private) for each in gateway.listeners if each.frontend}
    ),
    "rewrites": lambda gateway: (
        [102, 900] == [each.sequence for each in gateway.rewrite_sets[0].rules]
        and gateway.rewrite_sets[0].rules[0].url is not None
    ),
    "error pages": lambda gateway: (
        "HttpStatus400" in {page.status for page in _listener(gateway, "appgwhl").error_pages}
    ),
    "trusted roots": lambda gateway: ["rootcert", "rootcert1"] == [each.name for each in gateway.trusted_roots],
    "load distribution": lambda gateway: _states(gateway, "loadDistributionPolicies"),
    "private link": lambda gateway: _states(gateway, "privateLinkConfigurations"),
    "tokens": lambda gateway: _states(gateway, "entraJWTValidationConfigs"),
}
"""What the view says of each feature."""


def _listener(gateway: Gateway, name: str) -> Listener:
    return next(each for each in gateway.listeners if each.name == name)


def _redirect_of(gateway: Gateway, listener: str, route: int = 0) -> list[str | None]:
    redirect = _listener(gateway, listener).routes[route].redirect
    return [] if redirect is None else [redirect.kind, redirect.target_listener or redirect.target_url]


def _states(gateway: Gateway, name: str) -> bool:
    return any(each.property == name for each in gateway.stated)


def test_the_view_has_it(feature: str, given: Document) -> None:
    """
    What the feature is can be read from the view; the listeners keep their modes beside it.
    """
    gateway = view(read_document(given))
    facts = FACTS.items() if feature == "everything" else [(feature, FACTS[feature])]

    for name, holds in facts:
        assert holds(gateway) or name == "private frontend", name
    assert {"Strict"} == {each.mode for each in gateway.listeners if each.is_tls}


NOTES = {
    "error pages": ("error-page-of-refusals",),
    "path map": ("path-without-slash",),
    "private frontend": ("private-only", "no-way-to-internet"),
    "trusted roots": ("trusted-root-left-out",),
    "everything": ("path-without-slash", "trusted-root-left-out", "error-page-of-refusals"),
}


def test_it_is_reviewed(feature: str, given: Document) -> None:
    """
    The review finds nothing in it but these notes; where its listeners lose their profile, it finds that.
    """
    document = read_document(given)
    notes = {(rule, Severity.NOTE) for rule in NOTES.get(feature, ())}
    assert notes == {(problem.rule, problem.severity) for problem in review(view(document))}

    for listener in document["properties"]["httpListeners"]:
        listener["properties"].pop("sslProfile", None)
    assert "profile-unused" in {problem.rule for problem in review(view(document))}


NOT_REHEARSED = {
    "error pages": "custom error pages: the gateway's own are shown",
    "load distribution": "load distribution policies",
    "private link": "private link",
    "tokens": "the validation of Entra tokens",
}
"""What a rehearsal leaves out of a feature, in its own words."""


def test_it_is_rehearsed_or_said_not_to_be(feature: str, given: Document, tmp_path: Path) -> None:
    """
    nginx serves it, every verdict that can be given holds, and what is left out is said.
    """
    document = read_document(given)
    with LocalRehearsal(tmp_path) as rehearsal:
        session = rehearsal.show(document)
        report = knock(session, feature, progress=lambda _done, _all: None)

    broken = {RowOutcome.FAILS, RowOutcome.UNANSWERED}
    assert [] == [(each.row, each.words) for each in report.verdicts if each.outcome in broken]
    assert 0 == report.exit_code
    left_out = NOT_REHEARSED.values() if feature == "everything" else filter(None, [NOT_REHEARSED.get(feature)])
    assert set(left_out) <= set(session.not_rehearsed)
    assert_rows_of(feature, report, session)


def assert_rows_of(feature: str, report: Report, session: Session) -> None:
    """The rows that the feature adds hold."""
    holds = {each.row for each in report.verdicts if each.outcome is RowOutcome.HOLDS}
    wanted = {
        "redirect": {"redirect at /, plain HTTP"},
        "path map": {
            "backend pool at /images/mtls-gateway-verify, TLS 1.3",
            "redirect at /docsmtls-gateway-verify, TLS 1.3",
            "valid (rehearsal CA), spoofing headers at /pictures, TLS 1.3",
        },
    }
    for name, rows in wanted.items():
        if feature in {name, "everything"}:
            assert rows <= holds
    listeners = {"both frontends": 2, "redirect": 2, "everything": 3}
    assert listeners.get(feature, 1) == len(session.listeners) == len({each.port for each in session.listeners})

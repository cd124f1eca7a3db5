"""Error pages of one's own: for which status, and whether the gateway or a listener shows them."""

from typing import Any

import pytest
from mtls_app_gateway.document.gateway import ErrorPage
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.spelling import flatten, nest
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import Problem, Severity
from mtls_app_gateway.settings.parsing import parse_settings

from .settings_examples import SMALLEST, changed, judged, page
from .test_to_document import document, parts

PAGES = "https://pages.example.com"


def found(*, of_listener: list[dict[str, Any]] | None = None, **changes: Any) -> list[Problem]:
    given = changed(SMALLEST, listeners=[{"errorPages": of_listener or []}], **changes)
    return judged(parse_settings(given))


def test_pages_are_written_at_the_gateway_and_at_a_listener() -> None:
    """A page is Azure's word for its status with its URL, and survives both spellings."""
    given = changed(SMALLEST, errorPages=[page(400), page(502)], listeners=[{"errorPages": [page(503)]}])
    built = document(given)

    url = {"customErrorPageUrl": f"{PAGES}/error.html"}
    assert [{"statusCode": "HttpStatus400", **url}, {"statusCode": "HttpStatus502", **url}] == built["properties"][
        "customErrorConfigurations"
    ]
    assert [{"statusCode": "HttpStatus503", **url}] == parts(built, "httpListeners")["https"][
        "customErrorConfigurations"
    ]
    assert built == nest(flatten(built), built["type"])


def test_without_pages_nothing_is_sent() -> None:
    """The gateway's own pages are Azure's default, and an empty list is none."""
    built = document(changed(SMALLEST, errorPages=[], listeners=[{"errorPages": []}]))

    assert "customErrorConfigurations" not in built["properties"]
    assert "customErrorConfigurations" not in parts(built, "httpListeners")["https"]


@pytest.mark.parametrize("status", [404, 401, "502", 502.5, True, None])
def test_a_status_without_a_page_is_refused(status: Any) -> None:
    """Only the statuses for which the gateway shows pages are taken; the rest is named with those that are."""
    problem, *_ = parse_settings(changed(SMALLEST, errorPages=[page(status)])).problems

    assert ("unknown-word", "errorPages[0].status") == (problem.rule, problem.where)
    assert "Write 400, 403, 405, 408, 500, 502, 503 or 504." == problem.fix


def test_a_number_of_a_plugin_is_a_status() -> None:
    """Numbers reach a plugin as floats."""
    assert 502 == parse_settings(changed(SMALLEST, errorPages=[page(502.0)])).settings.error_pages[0].status


def test_a_wrong_url_is_reported_at_its_setting_and_not_shown() -> None:
    """A URL may hold a password or a key."""
    (one,) = found(errorPages=[page(502, "https://u:secret@pages.example.com/a.html")])
    (other,) = found(of_listener=[page(502, "https://pages.example.com/a.html?sig=secret")])

    assert ("error-page-url", "errorPages[0].url") == (one.rule, one.where)
    assert ("error-page-url", "listeners[0].errorPages[0].url") == (other.rule, other.where)
    assert "secret" not in f"{one} {other}"


def test_a_url_that_is_known_later_is_not_judged() -> None:
    """It may be the output of a storage account."""
    assert [] == found(errorPages=[page(502, Placeholder("errorPages[0].url"))])


def test_pages_of_a_listener_that_lose_one_of_the_gateways_are_reported() -> None:
    """One page of a listener replaces all of the gateway's: which of them it loses is a warning."""
    (problem,) = found(errorPages=[page(502), page(503)], of_listener=[page(502)])

    assert ("error-pages-replaced", "listeners[0].errorPages") == (problem.rule, problem.where)
    assert Severity.WARNING is problem.severity
    assert "'https' has pages of its own, and so not the gateway's for 503" == problem.saw


def test_a_page_for_400_says_what_is_not_known() -> None:
    """Whether a client with a wrong certificate gets it is documented nowhere, and said as a note."""
    (problem,) = found(errorPages=[page(400)])

    assert ("error-page-of-refusals", "errorPages[0]", Severity.NOTE) == (problem.rule, problem.where, problem.severity)


def test_the_redirect_of_a_listener_has_no_pages_of_its_own() -> None:
    """What `redirectHttpToHttps` adds shows the gateway's pages: a redirect has none of its listener's."""
    listeners = [{"errorPages": [page(503)]}]
    built = document(changed(SMALLEST, redirectHttpToHttps=True, errorPages=[page(502)], listeners=listeners))

    shown = {each.name: each.error_pages for each in view(built).listeners}
    url = f"{PAGES}/error.html"
    assert {
        "https": (ErrorPage("HttpStatus503", url),),
        "redirect-https": (ErrorPage("HttpStatus502", url),),
    } == shown

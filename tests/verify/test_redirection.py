"""A redirect is judged by its status and where it leads: scheme, host, port and path."""

from dataclasses import replace

import pytest
from mtls_app_gateway.verify.judge.redirection import wrong_redirect
from mtls_app_gateway.verify.knock.observation import ForwardedRequest, KnockFault, Observation, ReachedLayer
from mtls_app_gateway.verify.knock.question import WITHOUT_CERTIFICATE, Question, Target
from mtls_app_gateway.verify.promise.promised_redirect import PromisedRedirect

TARGET = Target("app.example.com", 80)
TO_HTTPS = PromisedRedirect(301, "listener https", "https", "https", ("app.example.com", "*.example.net"), 443)
AWAY = PromisedRedirect(302, "https://new.example.org/new", None, "https", ("new.example.org",), 443, "/new")


def answer(location: str | None, status: int = 301) -> Observation:
    return Observation("no certificate", None, ReachedLayer.HTTP, status=status, location=location)


def wrong(redirect: PromisedRedirect, observed: Observation, path: str = "/a", target: Target = TARGET) -> str | None:
    return wrong_redirect(redirect, observed, Question(WITHOUT_CERTIFICATE, None, path), target)


@pytest.mark.parametrize(
    ("redirect", "location", "path"),
    [
        (TO_HTTPS, "https://app.example.com/a", "/a"),
        (TO_HTTPS, "HTTPS://APP.example.com:443/a?b", "/a"),
        (TO_HTTPS, "https://app.example.com", "/"),
        (TO_HTTPS, "https://app.example.com/a%20b", "/a b"),
        (TO_HTTPS, "https://app.example.com/a", "/a?b"),
        (TO_HTTPS, "https://app.example.com/a/", "/a/"),
        (TO_HTTPS, "https://x.example.net/a", "/a"),
        (replace(TO_HTTPS, hosts=()), "https://app.example.com/a", "/a"),
        (replace(TO_HTTPS, keeps_path=False), "https://app.example.com/", "/a"),
        (AWAY, "https://new.example.org/new/a", "/a"),
        (AWAY, "https://new.example.org/new", "/"),
        (replace(AWAY, keeps_path=False), "https://new.example.org/new", "/a"),
        (TO_HTTPS, f"https://app.example.com/{'x' * 200}", "/a"),
    ],
)
def test_the_promised_redirect_holds(redirect: PromisedRedirect, location: str, path: str) -> None:
    """In any case, with the port or without it where it is the scheme's own, to a name of the listener."""
    assert redirect.status is not None
    assert wrong(redirect, answer(location, redirect.status), path) is None


@pytest.mark.parametrize(
    ("observed", "words"),
    [
        (answer("https://app.example.com/a", 302), "not the promised redirect"),
        (answer(None), "not the promised redirect"),
        (answer(None, 200), "not the promised redirect"),
        (replace(answer("https://app.example.com/a"), forwarded=ForwardedRequest()), "not the promised redirect"),
        (answer("http://app.example.com/a"), "redirected elsewhere"),
        (answer("https://app.example.com:8443/a"), "redirected elsewhere"),
        (answer("https://other.example.com/a"), "redirected elsewhere"),
        (answer("https://app.example.com@evil.example/a"), "redirected elsewhere"),
        (answer("/a"), "redirected elsewhere"),
        (answer("https://app.example.com/"), "redirected to another path"),
        (
            replace(answer(None), layer=ReachedLayer.HANDSHAKE, fault=KnockFault.ALERT, status=None),
            "no redirect",
        ),
        (replace(answer(None), fault=KnockFault.INVALID_HTTP, status=None), "no redirect"),
    ],
)
def test_any_other_answer_is_wrong(observed: Observation, words: str) -> None:
    """Another status, no location, a forwarded request, another scheme, host, port or path."""
    assert words == wrong(TO_HTTPS, observed)


def test_a_path_keeps_its_last_slash() -> None:
    """`/a/` is another path than `/a`."""
    assert "redirected to another path" == wrong(TO_HTTPS, answer("https://app.example.com/a"), "/a/")


def test_a_url_does_not_keep_the_requested_host() -> None:
    """Only a redirect to a listener may lead to the host that was asked for."""
    assert "redirected elsewhere" == wrong(AWAY, answer("https://app.example.com/new/a", 302))


@pytest.mark.parametrize(("status", "words"), [(308, None), (400, "not the promised redirect")])
def test_without_a_type_any_redirect_will_do(status: int, words: str | None) -> None:
    """A document without a type that Azure knows promises no status."""
    assert words == wrong(replace(TO_HTTPS, status=None), answer("https://app.example.com/a", status))


def test_in_a_rehearsal_the_listener_has_another_port() -> None:
    """The port is then the one on this machine."""
    here = replace(TARGET, listener_ports={"https": 40443})

    assert wrong(TO_HTTPS, answer("https://app.example.com:40443/a"), target=here) is None
    assert "redirected elsewhere" == wrong(TO_HTTPS, answer("https://app.example.com/a"), target=here)

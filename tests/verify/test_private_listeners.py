"""A private listener is asked at its private address, and never at the public one, where another listener answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mtls_app_gateway.commands.verify_promise import Promised, all_listeners, listeners_for, parse_target
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.verify.judge.verdict import RowOutcome
from mtls_app_gateway.verify.promise.posture import posture
from mtls_app_gateway.verify.promise.promise import promises_of
from mtls_app_gateway.verify.report.drawing import draw
from mtls_app_gateway.verify.verification import verify_listeners

from tests.rehearsal.documents import document, listener, part

INSIDE, ELSEWHERE, NAME = "10.0.0.250", "203.0.113.7", "app.example.com"
PRIVATE = part("private", subnet={"id": "s"}, privateIPAddress=INSIDE)
PUBLIC = part("public", publicIPAddress={"id": "a"})


def inside(name: str, *host_names: str) -> dict[str, Any]:
    """A private listener on port 443."""
    made = listener(name, 443, hostNames=list(host_names))
    made["properties"]["frontendIPConfiguration"] = self_reference("frontendIPConfigurations", "private")
    return made


def promised(*listeners: dict[str, Any]) -> Promised:
    """What a gateway with these listeners promises."""
    made = document(listeners, frontendIPConfigurations=[PUBLIC, PRIVATE])
    return Promised("a file", promises_of(view(made)), made)


BOTH = promised(listener("out", 443, hostNames=[NAME]), inside("in", NAME))
INNER = promised(inside("in", NAME), inside("any"))


@pytest.mark.parametrize(
    ("gateway", "connect", "expected"),
    [
        (BOTH, None, {"out": (NAME, 443), "in": (INSIDE, 443)}),
        (BOTH, ELSEWHERE, {"out": (ELSEWHERE, 443), "in": None}),
        (BOTH, INSIDE, {"out": None, "in": (INSIDE, 443)}),
        (INNER, None, {"in": (INSIDE, 443), "any": (INSIDE, 443)}),
        (INNER, "127.0.0.1:8443", {"in": ("127.0.0.1", 8443), "any": ("127.0.0.1", 8443)}),
    ],
)
def test_where_each_listener_is_asked(gateway: Promised, connect: str | None, expected: dict[str, Any]) -> None:
    """The private address is known from the document; an address given leads to one frontend of two."""
    found = all_listeners(gateway, connect, None)

    assert expected == {promise.listener: target and target.endpoint for promise, target in found}


@pytest.mark.parametrize(
    ("host", "connect", "name", "expected"),
    [
        (NAME, INSIDE, None, ("in", INSIDE)),
        (NAME, ELSEWHERE, None, ("out", ELSEWHERE)),
        (NAME, None, "in", ("in", INSIDE)),
        (NAME, None, "out", ("out", NAME)),
        (NAME, "127.0.0.1", "in", ("in", "127.0.0.1")),
    ],
)
def test_the_frontend_that_is_meant(host: str, connect: str | None, name: str | None, expected: Any) -> None:
    """One name on both frontends is told apart by the address or by --listener."""
    target, says_port = parse_target(host, connect, None)

    promise, where = listeners_for(BOTH, target, name, says_port=says_port)

    assert expected == (promise.listener, where.endpoint[0])


def test_one_name_on_both_frontends_is_unclear() -> None:
    """Which of them a name leads to from here is not guessed."""
    with pytest.raises(GatewayError, match="listener-unclear"):
        listeners_for(BOTH, parse_target(NAME, None, None)[0], None, says_port=False)


def test_a_listener_of_the_other_frontend_is_not_asked() -> None:
    """It is reported with the reason, and no row of it holds."""
    found = [each for each in all_listeners(BOTH, ELSEWHERE, None) if each[1] is None]

    (section,) = verify_listeners(found, lambda _promise: (), now=datetime.now(UTC))

    assert {RowOutcome.NOT_ASKED} == {verdict.outcome for verdict in section.verdicts}
    assert "not on the frontend of --connect" in section.verdicts[0].words


def test_posture_and_drawing_say_private() -> None:
    """A reader sees which listener is on which address."""
    facts = [dict(posture(promise, now=datetime.now(UTC)))["listens"] for promise in BOTH.promises]

    assert [
        f"HTTPS on port 443 for {NAME}",
        f"HTTPS on port 443 of the private address {INSIDE} for {NAME}",
    ] == facts
    drawing = draw(BOTH.promises, view(BOTH.document or {}))
    assert 1 == drawing.count(f": HTTPS private 443 {NAME}")
    assert 1 == drawing.count(f": HTTPS 443 {NAME}")

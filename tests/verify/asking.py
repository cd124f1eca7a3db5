"""How the tests ask a gateway that is local here, and look at what came of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.verify.judge.expectation import expect
from mtls_app_gateway.verify.judge.matrix import ask
from mtls_app_gateway.verify.judge.verdict import RowOutcome, Verdict
from mtls_app_gateway.verify.knock.question import Caller, Target
from mtls_app_gateway.verify.knock.tls_client import can_ask
from mtls_app_gateway.verify.promise.promise import Promise, promises_of
from mtls_app_gateway.verify.report.report import Section

Document = Mapping[str, Any]


def promise_of(document: Document, listener: str) -> Promise:
    return next(each for each in promises_of(view(document)) if each.listener == listener)


def verify(
    document: Document,
    listener: str,
    target: Target,
    callers: Sequence[Caller] = (),
    *,
    timeout: float = 10.0,
    **how: Any,
) -> Section:
    """What comes of a listener of the document when it is knocked at there."""
    now = datetime.now(UTC)
    promise = promise_of(document, listener)
    plan = expect(promise, callers, now=now, askable=[version for version in TlsVersion if can_ask(version)])
    return Section(promise, target, ask(plan, target, now=now, timeout=timeout, **how))


def target_of(local: RunningGateway, listener: str) -> Target:
    found = next(each for each in local.listeners if each.name == listener)
    ports = {each.name: each.local_port for each in local.listeners}
    return Target(found.host, found.local_port, "127.0.0.1", server_ca=local.server_ca, listener_ports=ports)


def outcomes(section: Section) -> dict[str, RowOutcome]:
    return {verdict.row: verdict.outcome for verdict in section.verdicts}


def failed(section: Section) -> dict[str, str]:
    """The rows that do not hold, with their words."""
    return {each.row: each.words for each in section.verdicts if each.outcome is RowOutcome.FAILS}


def row(section: Section, name: str) -> Verdict:
    return next(verdict for verdict in section.verdicts if verdict.row == name)

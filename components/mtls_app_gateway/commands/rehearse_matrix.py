"""Verifies a rehearsal: its callers knock at its listeners, and the verifier judges."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from ..document.azure import TlsVersion
from ..document.view import view
from ..processes.input_file import read_file
from ..rehearsal.backend_certificates import BackendCertificate
from ..rehearsal.minted_callers import OVERSIZE
from ..rehearsal.session import Session, SessionCaller, SessionListener
from ..verify.judge import evidence
from ..verify.judge.expectation import Expectation, ListenerPlan, expect
from ..verify.judge.expected import Admitted, BackendReachedBy, HeadersForwarded, NotKnown
from ..verify.judge.matrix import ask
from ..verify.knock.live_callers import MAX_KEY_BYTES
from ..verify.knock.question import Caller, ClientCertificate, OcspStatus, Target
from ..verify.knock.tls_client import can_ask
from ..verify.promise.promise import Promise, promises_of
from ..verify.report.report import Report, Section
from .problem_rows import CASE_UNKNOWN
from .rehearse_backends import with_backend_certificate

ADDRESS = "127.0.0.1"
BY_REHEARSAL_CA = " (rehearsal CA)"
"""Marks a caller whose certificate a rehearsal CA has issued in place of a CA of the document."""

_OCSP_STATUS = {
    None: OcspStatus.NOT_KNOWN,
    "good": OcspStatus.GOOD,
    "slow": OcspStatus.GOOD,
    "revoked": OcspStatus.REVOKED,
    "unknown": OcspStatus.UNKNOWN,
    "silent": OcspStatus.SILENT,
}


def knock(session: Session, source: str, *, case: str | None = None, progress: Callable[[int, int], None]) -> Report:
    """Knock as every caller at every listener.

    Args:
        session: a rehearsal that runs.
        source: where its document comes from, for the report.
        case: only rows with this in their names.
        progress: called with the number of answered knocks, and of all.

    Raises:
        GatewayError: where no row's name has `case`.
    """
    now, started = datetime.now(UTC), time.monotonic()
    promises = {each.listener: each for each in promises_of(view(session.document))}
    plans = [(each, _plan(promises[each.name], each, session, now)) for each in session.listeners]
    if case is not None:
        plans = _only(case, plans)
    sections = tuple(
        Section(plan.promise, target, ask(plan, target, now=now, progress=progress))
        for listener, plan in plans
        for target in [target_of(listener, session)]
    )
    return Report(
        now,
        time.monotonic() - started,
        f"mtls-gateway {version('mtls-app-gateway')}",
        source,
        sections,
        served_by=session.served_by,
        not_known=session.not_rehearsed,
        document=session.document,
    )


def target_of(listener: SessionListener, session: Session) -> Target:
    """The target of a listener on this machine."""
    server_ca = session.folder / session.server_ca
    return Target(
        listener.host,
        listener.port,
        ADDRESS,
        server_ca=server_ca,
        report_token=session.report_token,
        listener_ports={each.name: each.port for each in session.listeners},
    )


def _plan(promise: Promise, listener: SessionListener, session: Session, now: datetime) -> ListenerPlan:
    callers = [_caller(each, session) for each in session.callers[promise.profile or ""]] if promise.is_tls else []
    if promise.profile is None:
        callers = callers[:1]  # Clients are not asked for a certificate: one caller with one is enough to see that.
    plan = expect(promise, callers, now=now, askable=[each for each in TlsVersion if can_ask(each)])
    # The options are those of another command.
    unasked = tuple(replace(each, options="") for each in plan.unasked)
    return as_rehearsed(replace(plan, unasked=unasked), listener, session)


def as_rehearsed(plan: ListenerPlan, listener: SessionListener, session: Session) -> ListenerPlan:
    """The plan without rows that a rehearsal cannot show, and with no verdict where Azure's behaviour is not known.

    Where the backend shows a certificate that the gateway should not accept, that is what is expected.
    """
    rows = _judgeable(plan, listener, is_echo=session.report_token is None)
    certificate = BackendCertificate(session.backend_certificate)
    return replace(plan, expectations=tuple(with_backend_certificate(rows, plan.promise, certificate)))


def _caller(caller: SessionCaller, session: Session) -> Caller:
    certificate, key = session.folder / caller.certificate, session.folder / caller.key
    shown = ClientCertificate(read_file(certificate, MAX_KEY_BYTES).decode("ascii"), certificate, key)
    name = f"{caller.name}{BY_REHEARSAL_CA}" if caller.is_by_rehearsal_ca else caller.name
    return Caller(name, caller.name, shown, _OCSP_STATUS[caller.ocsp_status])


def _judgeable(plan: ListenerPlan, listener: SessionListener, *, is_echo: bool) -> Iterator[Expectation]:
    """The plan's rows as far as they can be asked here, and as far as Azure's behaviour is known."""
    for row in plan.expectations:
        if isinstance(row.expected, BackendReachedBy) and not is_echo:
            continue  # A real application does not say how it is reached.
        if row.version in listener.unserved:
            unserved = NotKnown(f"the suites of its TLS policy for {row.version} are not served here")
            yield replace(row, expected=unserved, evidence=evidence.NGINX)
        elif not row.question.caller.name.startswith(OVERSIZE):
            yield row
        elif isinstance(row.expected, Admitted):
            unknown = NotKnown("from what size on a certificate is too large for a header")
            yield replace(row, expected=unknown, evidence=evidence.NGINX)
        elif not isinstance(row.expected, HeadersForwarded):
            yield row


Plans = list[tuple[SessionListener, ListenerPlan]]


def _only(case: str, plans: Plans) -> Plans:
    """The rows with the case in their name, and the listeners that have such rows."""
    wanted = case.casefold()
    kept = []
    for listener, plan in plans:
        rows = tuple(row for row in plan.expectations if wanted in row.about.casefold())
        unasked = tuple(row for row in plan.unasked if wanted in row.about.casefold())
        if rows:
            kept.append((listener, replace(plan, expectations=rows, unasked=unasked)))
    if not kept:
        names = dict.fromkeys(row.about for _, plan in plans for row in plan.expectations)
        fix = f"Use a part of one of these: {'; '.join(names)}."
        raise CASE_UNKNOWN.error("--case", f"no row has {case!r} in its name", fix)
    return kept

"""Verifies listeners one after the other: promises, targets and callers in, sections of a report out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..document.azure import TlsVersion
from .judge.expectation import ListenerPlan, Unasked, expect
from .judge.matrix import Progress, ask
from .knock.question import TIMEOUT, Caller, Target
from .knock.tls_client import can_ask
from .promise.promise import Promise
from .report.report import Section


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask every listener."""

    path: str | None = None
    """The path to request in place of `/`."""
    timeout: float = TIMEOUT
    retry_ocsp: bool = False
    progress: Progress = lambda _done, _all: None
    refine: Callable[[ListenerPlan], ListenerPlan] = lambda plan: plan
    """Changes a plan before it is asked, where not all of it can be judged."""


def verify_listeners(
    listeners: Sequence[tuple[Promise, Target | None]],
    callers: Callable[[Promise], Sequence[Caller]],
    *,
    now: datetime,
    asking: Asking | None = None,
) -> tuple[Section, ...]:
    """Knock at each listener as each of its callers.

    Args:
        listeners: the promise of each listener and where it is; without a target it is reported as not asked.
        callers: the callers for a listener.
        now: the time at which certificates are judged.
        asking: how to ask; the defaults where it is left out.

    Returns:
        A section of the report for each listener, in their order.

    Raises:
        GatewayError: where a caller's certificate and key, or the CA file for the server, cannot be used.
    """
    asking = asking or Asking()
    askable = [version for version in TlsVersion if can_ask(version)]
    sections = []
    for promise, target in listeners:
        if target is None:
            plan = ListenerPlan(promise, (), (Unasked("every caller", None, _why_not_asked(promise), is_for_all=True),))
        else:
            plan = asking.refine(expect(promise, callers(promise), now=now, askable=askable, path=asking.path))
        where = target or Target("", promise.port)
        verdicts = ask(
            plan, where, now=now, timeout=asking.timeout, retry_ocsp=asking.retry_ocsp, progress=asking.progress
        )
        sections.append(Section(promise, where, verdicts))
    return tuple(sections)


def _why_not_asked(promise: Promise) -> str:
    has_name = promise.private_address is not None or any(not set(name) & {"*", "?"} for name in promise.host_names)
    why = "it is not on the frontend of --connect" if has_name else "it has no host name of its own"
    return f"{why}: give HOST"

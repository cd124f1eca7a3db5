"""Reads the promise of a running rehearsal: its document with the rehearsal CAs, and its listeners' addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..document.view import view
from ..rehearsal.session import Session
from ..verify.judge.expectation import ListenerPlan
from ..verify.knock.question import Target
from ..verify.promise.promise import Promise, promises_of
from .problem_rows import LISTENER_UNKNOWN
from .rehearse_matrix import as_rehearsed, target_of
from .verify_promise import Promised


@dataclass(frozen=True, slots=True)
class RehearsedPromise:
    """What a running rehearsal promises, its targets, and a filter for the rows that can be judged there."""

    promised: Promised
    listeners: tuple[tuple[Promise, Target], ...]
    refine: Callable[[ListenerPlan], ListenerPlan]


def from_rehearsal(folder: Path, listener: str | None) -> RehearsedPromise:
    """The promise of the rehearsal that runs in a folder; of one listener where it is named.

    Raises:
        GatewayError: no rehearsal runs there, or it has no such listener.
    """
    session = Session.read(folder.absolute())
    promises = {promise.listener: promise for promise in promises_of(view(session.document))}
    running = {each.name: each for each in session.listeners}
    chosen = [each for each in running.values() if listener is None or each.name.casefold() == listener.casefold()]
    if not chosen:
        fix = f"It is one of: {', '.join(running)}."
        raise LISTENER_UNKNOWN.error("--listener", f"there is no listener {listener!r}", fix)
    return RehearsedPromise(
        Promised(
            f"the rehearsal in {folder}",
            tuple(promises.values()),
            session.document,
            served_by=session.served_by,
            not_known=session.not_rehearsed,
        ),
        tuple((promises[each.name], target_of(each, session)) for each in chosen),
        lambda plan: as_rehearsed(plan, running[plan.promise.listener], session),
    )

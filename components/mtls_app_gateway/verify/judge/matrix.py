"""Asks all questions of a plan and judges the observations.

Every question is asked once, however many rows it decides, and at most `AT_ONCE` are asked at a time.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue

from ..knock.knock import Knock
from ..knock.line import Addresses, resolve
from ..knock.observation import Observation, Phrase
from ..knock.question import TIMEOUT, Question, Target
from .expectation import Expectation, ListenerPlan
from .expected import Admitted
from .verdict import Verdict, judge_observation, not_asked, not_found

AT_ONCE = 64
"""More than the rows of a listener, and a small load for a gateway."""

Progress = Callable[[int, int], None]
"""Called with the number of answered knocks, and of all."""


def ask(
    plan: ListenerPlan,
    target: Target,
    *,
    now: datetime,
    timeout: float = TIMEOUT,
    retry_ocsp: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Verdict, ...]:
    """Knock for each row of the plan and judge what was observed, in the plan's order; rows not asked come last.

    Args:
        plan: the rows of one listener.
        target: where the listener is.
        now: the time at which server certificates are judged.
        timeout: seconds for each knock.
        retry_ocsp: knock again for a caller that should be let in and is refused: Azure documents that its first
            OCSP answer may be a refusal until its cache is filled.
        progress: called after each knock.

    Raises:
        GatewayError: where a caller's certificate and key, or the CA file for the server, cannot be used.
    """
    questions = _distinct(plan)
    addresses = resolve(target, timeout) if questions else ()
    if questions and not addresses:
        for question in questions:
            Knock(question, target).load()  # A file that cannot be used is reported in any case.
        return (not_found(target), *map(not_asked, plan.unasked))
    observed = _ask_all(questions, target, addresses, timeout, progress)
    if retry_ocsp and plan.promise.verify_revocation:
        refused = dict.fromkeys(row.question for row in plan.expectations if _was_refused(row, observed))
        observed |= _ask_all(tuple(refused), target, addresses, timeout, progress)
    judged = [
        judge_observation(expectation, observed[expectation.question], now=now, target=target)
        for expectation in plan.expectations
    ]
    return (*judged, *map(not_asked, plan.unasked))


def _distinct(plan: ListenerPlan) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(expectation.question for expectation in plan.expectations))


def _ask_all(
    questions: Sequence[Question], target: Target, addresses: Addresses, timeout: float, progress: Progress
) -> dict[Question, Observation]:
    """The observation for each question.

    When interrupted it ends at once: no other knock begins, and those under way are abandoned.
    """
    waiting: SimpleQueue[Question] = SimpleQueue()
    answered: SimpleQueue[tuple[Question, Observation | BaseException]] = SimpleQueue()
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            try:
                question = waiting.get_nowait()
            except Empty:
                return
            try:
                answered.put((question, _ask(Knock(question, target, timeout=timeout), addresses)))
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                answered.put((question, error))

    for question in questions:
        waiting.put(question)
    for _ in range(min(AT_ONCE, len(questions))):
        # A daemon: the threads of the library's own pool are joined at exit, for as long as a silent server is silent.
        threading.Thread(target=work, name="knock", daemon=True).start()
    observed: dict[Question, Observation] = {}
    try:
        while len(observed) < len(questions):
            question, result = answered.get()
            if isinstance(result, BaseException):
                raise result
            observed[question] = result
            progress(len(observed), len(questions))
    finally:
        is_over.set()
    return observed


def _ask(knock: Knock, addresses: Addresses) -> Observation:
    knock.load()
    return knock.ask(addresses)


def _was_refused(row: Expectation, observed: Mapping[Question, Observation]) -> bool:
    refused = observed[row.question].phrase is Phrase.CERTIFICATE_ERROR
    return refused and isinstance(row.expected, Admitted) and row.question.caller.certificate is not None

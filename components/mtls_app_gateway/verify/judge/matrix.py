"""All rows of a listener asked at once: a plan becomes verdicts.

Every question is asked once, however many rows it settles; at most `AT_ONCE` are on their way at a time.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue

from ..knock.knock import TIMEOUT, Knock
from ..knock.line import Addresses, resolve
from ..knock.observation import Observation, Phrase
from ..knock.question import Question, Target
from .expectation import Expectation, Plan
from .expected import Admitted
from .verdict import Verdict, judge, not_asked, not_found

AT_ONCE = 64
"""More than the rows of a listener, less than a gateway would notice."""

Progress = Callable[[int, int], None]
"""Told how many of how many knocks have been answered."""


def ask(
    plan: Plan,
    target: Target,
    *,
    at: datetime,
    timeout: float = TIMEOUT,
    retry_ocsp: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Verdict, ...]:
    """Knock for each row of the plan and judge what was met, in the plan's order; rows not asked come last.

    With `retry_ocsp`, a caller who should be let in and is refused once knocks again: Azure documents that its first
    OCSP answer may be a refusal until its cache is filled.

    Raises:
        GatewayError: where a caller's certificate and key, or the CA file for the server, cannot be used.
    """
    questions = _distinct(plan)
    addresses = resolve(target, timeout) if questions else ()
    if questions and not addresses:
        for question in questions:
            Knock(question, target).load()  # A file that cannot be used is told all the same.
        return (not_found(target), *map(not_asked, plan.unasked))
    met = _ask_all(questions, target, addresses, timeout, progress)
    if retry_ocsp and plan.promise.verify_revocation:
        refused = dict.fromkeys(row.question for row in plan.expectations if _was_refused(row, met))
        met |= _ask_all(tuple(refused), target, addresses, timeout, progress)
    judged = [judge(expectation, met[expectation.question], at=at) for expectation in plan.expectations]
    return (*judged, *map(not_asked, plan.unasked))


def _distinct(plan: Plan) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(expectation.question for expectation in plan.expectations))


def _ask_all(
    questions: Sequence[Question], target: Target, addresses: Addresses, timeout: float, progress: Progress
) -> dict[Question, Observation]:
    """What each question met. Interrupted, it ends at once: no other knock begins, those under way are left behind."""
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
    met: dict[Question, Observation] = {}
    try:
        while len(met) < len(questions):
            question, result = answered.get()
            if isinstance(result, BaseException):
                raise result
            met[question] = result
            progress(len(met), len(questions))
    finally:
        is_over.set()
    return met


def _ask(knock: Knock, addresses: Addresses) -> Observation:
    knock.load()
    return knock.ask(addresses)


def _was_refused(row: Expectation, met: Mapping[Question, Observation]) -> bool:
    refused = met[row.question].phrase is Phrase.CERTIFICATE_ERROR
    return refused and isinstance(row.expected, Admitted) and row.question.caller.certificate is not None

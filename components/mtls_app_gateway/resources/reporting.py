"""Problems as Pulumi shows them: one error that ends the run without a traceback, warnings at the component."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pulumi

from ..errors import GatewayError, Problem, Severity, errors_of


@contextmanager
def run_error() -> Iterator[None]:
    """Turn our list of problems into the one exception that ends a Pulumi program without a traceback."""
    try:
        yield
    except GatewayError as error:
        raise pulumi.RunError(describe(error.problems)) from None


def describe(problems: Sequence[Problem]) -> str:
    """All problems as one text, errors first."""
    errors = errors_of(problems)
    others = [problem for problem in problems if problem.severity is not Severity.ERROR]
    title = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
    lines = [f"the gateway cannot be built as asked: {title}"]
    lines += [f"  {problem}" for problem in errors]
    lines += [f"  ({problem.severity}) {problem}" for problem in others]
    return "\n".join(lines)


def tell(problems: Iterable[Problem], resource: pulumi.Resource) -> None:
    """Say warnings and notes in previews and updates, at the component they are about."""
    for problem in problems:
        say = pulumi.log.warn if problem.severity is Severity.WARNING else pulumi.log.info
        say(str(problem), resource)

"""Reports problems through Pulumi: one error that ends the run without a traceback, warnings at the component."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pulumi

from ..problems import GatewayError, Problem, Severity, errors_of
from ..settings.planning import PlannedProfile


@contextmanager
def run_error() -> Iterator[None]:
    """Turns a `GatewayError` into the one exception that ends a Pulumi program without a traceback."""
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


def log_problems(problems: Iterable[Problem], resource: pulumi.Resource) -> None:
    """Log warnings in previews and updates, notes in previews alone, at the component they are about."""
    for problem in problems:
        if problem.severity is Severity.WARNING:
            pulumi.log.warn(str(problem), resource)
        elif pulumi.runtime.is_dry_run():
            pulumi.log.info(str(problem), resource)


def report_problems(problems: Iterable[Problem], resource: pulumi.Resource) -> None:
    """Log problems that come up while the program runs; errors among them end the deployment, with all of them."""
    found = tuple(problems)
    with run_error():
        if errors_of(found):
            raise GatewayError(found)
    log_problems(found, resource)


def log_chains(profile: PlannedProfile, resource: pulumi.Resource) -> None:
    """Log each CA chain of a profile in previews: name, subject of its root, fingerprint, expiry."""
    if pulumi.runtime.is_dry_run():
        word = "trusts" if profile.is_strict else "has staged"
        for chain in profile.chains:
            pulumi.log.info(
                f"profile {profile.name} {word} {chain.name}: {chain.root.subject}, "
                f"SHA-256 {chain.root.fingerprint}, until {chain.expires:%Y-%m-%d}",
                resource,
            )

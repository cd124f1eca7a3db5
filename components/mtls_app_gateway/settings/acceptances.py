"""What a setting may accept: findings of the review that a setting with `unsafe` in its name turns into a warning."""

from dataclasses import replace

from ..problems import Problem, Row, Severity
from ..review.backend_roots import BACKEND_ROOT_CODES
from .origins import is_arm
from .settings import GatewaySettings

STRICT_BYPASSED_UNSAFE = Row(
    code="strict-bypassed-unsafe",
    demands="A backend that Strict protects and that everyone may reach is a known risk.",
    source="Microsoft, Overview of mutual authentication: each listener authenticates by its own profile",
    remedy="The backend must not take a request for authenticated because it came through the gateway.",
    severity=Severity.WARNING,
)
FACTS_UNSAFE = Row(
    code="facts-unsafe",
    demands="Unverified facts are a known risk.",
    source="Microsoft, Overview of mutual authentication: Passthrough verifies nothing",
    remedy="The backend must not decide by them: any client can make them up.",
    severity=Severity.WARNING,
)
_JUDGED_AS_SETTINGS = frozenset({*BACKEND_ROOT_CODES, "listener-rules"})
"""A trusted root is judged when it is read, and the routes of a listener by a rule of their own."""
ROWS = (STRICT_BYPASSED_UNSAFE, FACTS_UNSAFE)


def accepted(problem: Problem, settings: GatewaySettings) -> Problem | None:
    """A problem of the review as the settings leave it: a warning where they accept it, else with the way to accept it.

    Args:
        problem: what the review found, at its setting's path.
        settings: what the reviewed document was made of.

    Returns:
        The problem; None where a setting asks for what was found, in a word of its own, or is judged itself.
    """
    if _is_wanted(problem, settings):
        return None
    if is_arm(problem.where):
        return problem
    if problem.rule == "strict-bypassed" and problem.where.startswith("listeners["):
        index = int(problem.where.partition("[")[2].partition("]")[0])
        key, is_accepted = f"listeners[{index}].unsafeBypassesStrict", settings.listeners[index].unsafe_bypasses_strict
        row = STRICT_BYPASSED_UNSAFE
    elif problem.rule == "facts-unverified":
        key, is_accepted = "identityHeaders.unsafeUnverifiedFacts", settings.identity_headers.unsafe_unverified_facts
        row = FACTS_UNSAFE
    else:
        return problem
    if is_accepted:
        return row.problem(key, problem.saw)
    return replace(problem, fix=f"{problem.fix} To do it all the same, say {key}: true.")


def _is_wanted(problem: Problem, settings: GatewaySettings) -> bool:
    """Whether a setting asks for what was found, answers it, or is judged itself."""
    if problem.rule == "no-way-to-internet":
        # The document does not say what the subnet has.
        return settings.network.nat_gateway_id is not None
    if is_arm(problem.where):
        return False
    if problem.rule == "unused-part":
        return problem.where == "publicIp" and settings.public_ip.keep_unused
    # A listener has the default profile unless its `profile` is `none`.
    return problem.rule == "listener-without-profile" or problem.rule in _JUDGED_AS_SETTINGS

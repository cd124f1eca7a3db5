"""Judges a gateway by every rule."""

from ..document.gateway import Gateway
from ..document.withholding import withhold
from ..problems import Problem
from .checks import judge
from .rules import RULES


def review(gateway: Gateway) -> tuple[Problem, ...]:
    """Everything that is wrong with a gateway, in the order of the table of rules.

    What is unknown in the view is not judged, and hides nothing else.

    Args:
        gateway: the view of any document, ours or another's.

    Returns:
        The problems, each with its place in the document.
    """
    return tuple(judge(RULES, withhold(gateway)))

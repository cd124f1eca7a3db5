"""The rules of a trusted root's data, which `certificates/` has, for the roots of any gateway document."""

from collections.abc import Iterator
from datetime import datetime

from ..certificates import Circumstances, Examination, GivenBundle, examine
from ..certificates.trusted_root_rules import TRUSTED_ROOT_RULES, TRUSTED_ROOT_VALIDITY
from ..document.backend_view import BackendRoot
from ..document.gateway import Gateway
from ..problems import Finding, Problem, Rule, rule_of
from .checks import for_each

_ANY_TIME = Circumstances(datetime.min)
"""Every rule but that of validity needs no date."""


def _judged(rule: Rule[Examination], circumstances: Circumstances = _ANY_TIME) -> Rule[Gateway]:
    """The rule of a root's data as one of a gateway."""

    @for_each(lambda gateway: gateway.trusted_roots)
    def check(_gateway: Gateway, root: BackendRoot) -> Iterator[Finding]:
        # The data of a root in Key Vault is not in the document.
        if root.data:
            for found in rule.check(examine(GivenBundle(root.data, root.name), circumstances)):
                saw = f"{found.where}: {found.saw}" if found.where else found.saw
                yield Finding(f"{root.place}.properties.data", saw, found.fix)

    return rule_of(rule, check)


def review_validity(gateway: Gateway, *, now: datetime, expiry_warning_days: int = 30) -> tuple[Problem, ...]:
    """What is wrong with the validity of a gateway's trusted roots, which `review` cannot know without the time."""
    judged = _judged(TRUSTED_ROOT_VALIDITY, Circumstances(now, expiry_warning_days))
    return tuple(judged.problems(gateway))


BACKEND_ROOT_RULES = tuple(_judged(rule) for rule in TRUSTED_ROOT_RULES if rule is not TRUSTED_ROOT_VALIDITY)
BACKEND_ROOT_CODES = frozenset(rule.code for rule in TRUSTED_ROOT_RULES)

"""Reviews the document that settings make, and reports what is found at the settings' paths."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..document.references import check_references
from ..document.view import view
from ..document.withholding import withhold
from ..problems import Problem
from ..review import review
from ..review.checks import judge, once
from ..review.strict_bypass import STRICT_BYPASS_RULES
from .acceptances import accepted
from .origins import is_arm
from .settings import GatewaySettings
from .to_document import Draft, draft_document


def review_draft(draft: Draft, settings: GatewaySettings) -> Iterator[Problem]:
    """What the review says of a draft, each problem once at a setting's path, as the settings accept it."""
    yield from draft.problems
    gateway = view(draft.document)
    # The document leaves them out.
    rewrites = (each for each in gateway.unused if each.collection == "rewriteRuleSets")
    spare = {each.place for each in rewrites if each.name.casefold() not in draft.kept}
    found = (problem for problem in review(gateway) if problem.rule != "unused-part" or problem.where not in spare)
    yield from once(_of_settings(found, draft, settings))


def check_arm_references(draft: Draft) -> Iterator[Problem]:
    """The references of `arm` that reach nothing, at its paths; those that settings write are found by their rules."""
    for problem in check_references(draft.document):
        where = draft.origins.setting(problem.where.partition(", of ")[0])
        if is_arm(where):
            yield replace(problem, where=where)


def late_bypasses(settings: GatewaySettings, members: Mapping[str, str]) -> tuple[Problem, ...]:
    """The ways around a Strict listener that are seen once late pool members are known, and were not seen before.

    Args:
        settings: the settings with placeholders for late members.
        members: the members by their placeholders.
    """
    backends = tuple(
        backend.model_copy(
            update={
                "fqdns": tuple(members.get(name, name) for name in backend.fqdns),
                "ip_addresses": tuple(members.get(address, address) for address in backend.ip_addresses),
            }
        )
        for backend in settings.backends
    )
    before = set(_bypasses(settings))
    known = settings.model_copy(update={"backends": backends})
    return tuple(problem for problem in _bypasses(known) if problem not in before)


def _bypasses(settings: GatewaySettings) -> Iterator[Problem]:
    draft = draft_document(settings, {})
    yield from _of_settings(judge(STRICT_BYPASS_RULES, withhold(view(draft.document))), draft, settings)


def _of_settings(problems: Iterable[Problem], draft: Draft, settings: GatewaySettings) -> Iterator[Problem]:
    for problem in problems:
        left = accepted(replace(problem, where=draft.origins.setting(problem.where)), settings)
        if left is not None:
            yield left

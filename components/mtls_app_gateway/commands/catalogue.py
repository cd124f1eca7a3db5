"""The whole catalogue of problems: the rows of every room, by subject. Loads no Pulumi."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from ..certificates import rules as certificate_rules
from ..document import problem_rows as of_documents
from ..problems import Row
from ..processes import problem_rows as of_files
from ..rehearsal import problem_rows as of_rehearsals
from ..review import rules as review_rules
from ..settings import acceptances
from ..settings import deployment_rows as of_deployments
from ..settings import problem_rows as of_settings
from ..settings import rules as settings_rules
from ..verify import problem_rows as of_verification
from . import problem_rows as of_commands

_SUBJECTS: Mapping[str, tuple[ModuleType, ...]] = {
    "Certificates": (certificate_rules,),
    "Gateway documents": (of_documents,),
    "Review": (review_rules,),
    "Settings": (of_settings, settings_rules, acceptances),
    "Deployments": (of_deployments,),
    "Rehearsals": (of_files, of_rehearsals),
    "Verification": (of_verification,),
    "Commands": (of_commands,),
}
"""The modules with the rows of each subject. A row that two of them name belongs to the first."""


def catalogue() -> dict[str, tuple[Row, ...]]:
    """Every row, by subject; those of a subject by code."""
    subjects: dict[str, tuple[Row, ...]] = {}
    earlier: set[str] = set()
    for subject, modules in _SUBJECTS.items():
        rows = {row.code: row for module in modules for row in _rows_in(module) if row.code not in earlier}
        earlier |= rows.keys()
        subjects[subject] = tuple(row for _, row in sorted(rows.items()))
    return subjects


def _rows_in(module: ModuleType) -> Iterator[Row]:
    for value in vars(module).values():
        yield from (row for row in (value if isinstance(value, tuple) else (value,)) if isinstance(row, Row))

"""The table of all rules about certificates, from which the tables that people read are made."""

from typing import Any

from .bundle_rules import BUNDLE_RULES
from .entry_rules import COUNT_RULES, ENTRY_RULES
from .pfx import PFX_RULES
from .rule import Rule

RULES: tuple[Rule[Any], ...] = (*BUNDLE_RULES, *ENTRY_RULES, *COUNT_RULES, *PFX_RULES)


def rules_as_markdown() -> str:
    """The table for a README: one row a rule."""
    rows = [
        f"| `{rule.code}` | {rule.severity} | {f'`{rule.azure_code}`' if rule.azure_code else ''} | {rule.demands} |"
        for rule in RULES
    ]
    return "\n".join(["| rule | severity | Azure's code | what is asked for |", "|---|---|---|---|", *rows]) + "\n"

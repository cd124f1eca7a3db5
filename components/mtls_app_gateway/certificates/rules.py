"""The table of all rules about certificates, from which the tables that people read are made."""

from typing import Any

from .bundle_rules import BUNDLE_RULES
from .entry_rules import COUNT_RULES, ENTRY_RULES
from .pfx import PFX_RULES
from .rule import Rule

RULES: tuple[Rule[Any], ...] = (*BUNDLE_RULES, *ENTRY_RULES, *COUNT_RULES, *PFX_RULES)

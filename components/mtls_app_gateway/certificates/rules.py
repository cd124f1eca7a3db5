"""The table of all rules about certificates, from which the tables that people read are made."""

from typing import Any

from ..problems import Rule
from .authority_rules import AUTHORITY_RULES
from .chain_rules import CHAIN_RULES
from .entry_rules import COUNT_RULES, ENTRY_RULES
from .examination import Examination
from .form_rules import FORM_RULES, LEFT_OUT_RULES
from .pfx import PFX_RULES
from .trusted_root_rules import TRUSTED_ROOT_RULES

BUNDLE_RULES: tuple[Rule[Examination], ...] = (*FORM_RULES, *CHAIN_RULES, *AUTHORITY_RULES, *LEFT_OUT_RULES)
"""The rules that a CA bundle must keep, in the order in which their problems are reported."""

RULES: tuple[Rule[Any], ...] = (*BUNDLE_RULES, *ENTRY_RULES, *COUNT_RULES, *PFX_RULES, *TRUSTED_ROOT_RULES)

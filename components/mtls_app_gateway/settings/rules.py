"""The table of rules over the settings, and the judging of settings by it."""

from collections.abc import Iterator

from ..problems import Problem
from .allowed_source_rules import ALLOWED_SOURCE_RULES
from .authentication_rules import AUTHENTICATION_RULES
from .cipher_suite_rules import CIPHER_SUITE_RULES
from .front_door_rules import FRONT_DOOR_RULES
from .host_name_rules import HOST_NAME_RULES
from .identity_header_rules import IDENTITY_HEADER_RULES
from .name_rules import NAME_RULES
from .network_rules import SURROUNDINGS_RULES
from .rule import Rule
from .settings import GatewaySettings
from .size_rules import SIZE_RULES
from .subnet_rules import SUBNET_RULES
from .traffic_rules import TRAFFIC_RULES

RULES: tuple[Rule, ...] = (
    *AUTHENTICATION_RULES,
    *CIPHER_SUITE_RULES,
    *FRONT_DOOR_RULES,
    *IDENTITY_HEADER_RULES,
    *TRAFFIC_RULES,
    *HOST_NAME_RULES,
    *SURROUNDINGS_RULES,
    *NAME_RULES,
    *SIZE_RULES,
    *SUBNET_RULES,
    *ALLOWED_SOURCE_RULES,
)

ROWS = tuple(rule.row for rule in RULES)
"""Their rows in the catalogue."""


def check_settings(settings: GatewaySettings, unread: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Every broken rule, in the table's order; `unread` names the top-level keys that were read only in part."""
    for rule in RULES:
        yield from rule.problems(settings, unread)

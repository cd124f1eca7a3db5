"""The table of the rules over what a document cannot hold, and the judging of settings by it."""

from collections.abc import Iterator
from typing import Any, cast

from pydantic.alias_generators import to_camel

from ..document.withholding import UnknownError
from ..problems import Problem, Rule
from ..review.checks import judge
from .allowed_source_rules import ALLOWED_SOURCE_RULES
from .backend_rules import BACKEND_RULES
from .frontend_rules import FRONTEND_RULES
from .name_rules import NAME_RULES
from .network_extra_rules import NETWORK_EXTRA_RULES
from .network_rules import NETWORK_RULES
from .profile_rules import PROFILE_RULES
from .redirect_rules import REDIRECT_RULES
from .rewrite_rules import REWRITE_RULES
from .settings import GatewaySettings
from .size_rules import SIZE_RULES
from .subnet_rules import SUBNET_RULES
from .traffic_rules import TRAFFIC_RULES

RULES: tuple[Rule[GatewaySettings], ...] = (
    *PROFILE_RULES,
    *TRAFFIC_RULES,
    *REDIRECT_RULES,
    *REWRITE_RULES,
    *BACKEND_RULES,
    *NETWORK_RULES,
    *NETWORK_EXTRA_RULES,
    *FRONTEND_RULES,
    *NAME_RULES,
    *SIZE_RULES,
    *SUBNET_RULES,
    *ALLOWED_SOURCE_RULES,
)


def check_settings(settings: GatewaySettings, unread: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Every broken rule, in the table's order.

    Args:
        settings: what could be read.
        unread: the top-level keys that were read only in part; what a rule would say of them is withheld.
    """
    yield from judge(RULES, cast(GatewaySettings, _Withholding(settings, unread)) if unread else settings)


class _Withholding:
    """Settings in which reading a key that could not be read raises `UnknownError`."""

    def __init__(self, settings: GatewaySettings, unread: frozenset[str]) -> None:
        self._settings = settings
        self._unread = unread

    def __getattr__(self, name: str) -> Any:
        if to_camel(name) in self._unread:
            raise UnknownError(name)
        return getattr(self._settings, name)

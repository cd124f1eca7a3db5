"""Compares what the provider returned for the gateway with what was requested, and where it was made with its network.

In a preview nothing has come back yet: there only the place of a gateway that is deployed already is compared.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from ..document.asked_is_not_got import ReturnedGateway, check_returned
from ..problems import GatewayError
from .gateway_resource import ApplicationGateway
from .providers import check_landing
from .reporting import run_error

_TRUSTED, _PATH_MAPS = "trustedClientCertificates", "urlPathMaps"
_ROOTS, _BACKENDS = "trustedRootCertificates", "backendHttpSettingsCollection"
_COMPARED = (
    "sslProfiles",
    _TRUSTED,
    "httpListeners",
    "listeners",
    "rewriteRuleSets",
    "requestRoutingRules",
    _PATH_MAPS,
    _ROOTS,
    _BACKENDS,
)
_LATE = (_TRUSTED, _PATH_MAPS, _ROOTS, _BACKENDS)
"""Of these something may be known only later, and be secret, such as the data of a chain; no problem repeats it."""


def compared_modes(
    requested: Mapping[str, Any], gateway: ApplicationGateway, neighbour_id: pulumi.Input[str]
) -> pulumi.Output[dict[str, str]]:
    """Each profile's mode as the provider returned it, once the whole comparison has passed.

    Args:
        requested: the gateway's inputs in Pulumi's spelling; those of `_LATE` may have outputs in them.
        neighbour_id: the id of a resource of its network.
    """

    def check(known: list[Any]) -> dict[str, str]:
        its_id, other_id, late, *parts = known
        returned = ReturnedGateway(*(part or () for part in parts))
        with run_error():
            check_landing(its_id, other_id)
            if problems := check_returned({**requested, **late}, returned):
                raise GatewayError(problems)
        return returned.modes

    def look(known: list[Any]) -> dict[str, str]:
        its_id, other_id, profiles = known
        with run_error():
            check_landing(its_id, other_id)
        return ReturnedGateway(profiles or ()).modes

    # A gateway that a targeted run leaves for later has no id yet, and there is nothing to compare.
    ids = (gateway.id, neighbour_id)
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.all(*ids, gateway.returned("sslProfiles")).apply(look)
    late = {name: pulumi.Output.unsecret(pulumi.Output.from_input(requested.get(name, []))) for name in _LATE}
    parts = {name: gateway.returned(name) for name in _COMPARED}
    parts |= {name: pulumi.Output.unsecret(parts[name]) for name in _LATE}
    return pulumi.Output.all(*ids, pulumi.Output.all(**late), *parts.values()).apply(check)

"""Compares pool members that are known only later across backends, before the gateway is registered."""

from collections.abc import Callable, Mapping

import pulumi

from ..document.placeholder import is_placeholder
from ..settings.reviewing import late_bypasses
from ..settings.settings import GatewaySettings
from .late_values import LateChecks


def late_members(
    settings: GatewaySettings, values: Mapping[str, pulumi.Input[str]], checks: LateChecks
) -> dict[str, pulumi.Output[str]]:
    """The late pool members by their placeholders; they fail if they open a way around a Strict listener.

    With one listener nothing is compared: there is no second way to a backend.
    """
    late = {
        member: values[member]
        for backend in settings.backends
        for member in (*backend.fqdns, *backend.ip_addresses)
        if is_placeholder(member)
    }
    if len(settings.listeners) == 1 or not late:
        return {}

    def check(known: dict[str, str]) -> dict[str, str]:
        checks.report(late_bypasses(settings, known))
        return known

    checked = pulumi.Output.all(**late).apply(check)
    return {member: checked.apply(_item(member)) for member in late}


def _item(member: str) -> Callable[[dict[str, str]], str]:
    return lambda known: known[member]

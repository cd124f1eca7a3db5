"""The rules of a listener's host names beyond their form: wildcards, and names given twice.

Source: Microsoft, Application Gateway multi-site hosting, wildcard host names in listener.
"""

from collections.abc import Iterator

from ..escaping import quoted
from .rule import Finding, Rule, repeated
from .settings import GatewaySettings

_MOST_STARS = 2
_MOST_WILDCARDS = 4


def _host_name_wildcards(settings: GatewaySettings) -> Iterator[Finding]:
    for position, listener in enumerate(settings.listeners):
        for index, name in enumerate(listener.host_names):
            saw = _wrong_wildcards(name)
            if saw is not None:
                yield Finding(
                    f"listeners[{position}].hostNames[{index}]",
                    f"{quoted(name)} has {saw}",
                    "Use at most one * in a label and none beside a ?, two * and four wildcards in a name.",
                )


def _wrong_wildcards(name: str) -> str | None:
    stars, wildcards = name.count("*"), name.count("*") + name.count("?")
    if any(pair in name for pair in ("**", "*?", "?*")):
        return "two wildcards side by side, one of them *"
    if any(label.count("*") > 1 for label in name.split(".")):
        return "two * in a label"
    if stars > _MOST_STARS:
        return f"{stars} *"
    return f"{wildcards} wildcards" if wildcards > _MOST_WILDCARDS else None


def _host_name_repeated(settings: GatewaySettings) -> Iterator[Finding]:
    for position, listener in enumerate(settings.listeners):
        for index, name in repeated(listener.host_names):
            yield Finding(
                f"listeners[{position}].hostNames[{index}]",
                f"{quoted(name)} is named already (case does not count)",
                "Take it away.",
            )


HOST_NAME_RULES = (
    Rule("host-name-wildcards", "A host name has few wildcards, and far apart.", ("listeners",), _host_name_wildcards),
    Rule("host-name-repeated", "A listener names each host once.", ("listeners",), _host_name_repeated),
)

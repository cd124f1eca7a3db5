"""The profiles that settings mean, wherever they were written."""

from typing import Any

import pytest
from mtls_app_gateway.settings.implied import address_zones, profile_of, profiles_of
from mtls_app_gateway.settings.parsing import parse_settings

from .settings_examples import SMALLEST, changed


def meant(given: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    parsed = parse_settings(given)
    assert () == parsed.problems
    return [(profile.name, profile.mode, profile.at("mode")) for profile in profiles_of(parsed.settings)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("default", "Passthrough", "mode")]),
        ({"mode": None}, [("default", None, "mode")]),
        ({"mode": None, "listeners": [{"profile": "none"}]}, []),
        ({"mode": None, "listeners": [{"protocol": "Http"}]}, []),
        ({"mode": None, "strict": {}, "listeners": [{"profile": "none"}]}, [("default", None, "mode")]),
        (
            {
                "mode": None,
                "profiles": [{"name": "partners", "mode": "Strict"}],
                "listeners": [{"profile": "partners"}],
            },
            [("partners", "Strict", "profiles[0].mode")],
        ),
    ],
)
def test_the_default_profile_is_there_where_it_is_meant(
    given: dict[str, Any], expected: list[tuple[str, str | None, str]]
) -> None:
    """A mode, a strict block or a listener without another profile asks for the default one."""
    assert expected == meant(changed(SMALLEST, **given))


@pytest.mark.parametrize(
    ("listener", "profile"),
    [
        ({}, "default"),
        ({"profile": "default"}, "default"),
        ({"profile": "partners"}, "partners"),
        ({"profile": "none"}, None),
        ({"protocol": "Http"}, None),
    ],
)
def test_a_listener_uses_one_profile_or_none(listener: dict[str, Any], profile: str | None) -> None:
    """No listener is without a profile by mistake: none has to be said, or the protocol to be plain HTTP."""
    settings = parse_settings(changed(SMALLEST, listeners=[listener])).settings

    assert profile == profile_of(settings.listeners[0])


@pytest.mark.parametrize(
    ("gateway", "address", "zones"),
    [
        ([], None, None),
        (["1", "2"], None, ["1", "2"]),
        (["1"], ["1", "2", "3"], ["1", "2", "3"]),
        ([], ["2"], ["2"]),
        (["1"], [], None),
    ],
)
def test_the_address_has_the_zones_of_its_gateway(
    gateway: list[str], address: list[str] | None, zones: list[str] | None
) -> None:
    """Zones of the gateway are its address's, unless the address has its own, or none in so many words."""
    public_ip = {} if address is None else {"zones": address}

    assert zones == address_zones(parse_settings(changed(SMALLEST, zones=gateway, publicIp=public_ip)).settings)

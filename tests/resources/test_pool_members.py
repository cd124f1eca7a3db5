"""Pool members that are outputs open no way around a Strict listener unseen."""

from typing import Any

import pulumi
import pytest

from .conftest import Build
from .recorder import GATEWAY, Recorder


def two_ways(strict: dict[str, Any], second: str) -> dict[str, Any]:
    """A Strict listener and a plain one, each with a backend whose member is an output."""
    return strict | {
        "listeners": [{}, {"name": "plain", "port": 80, "protocol": "Http"}],
        "backends": [
            {"fqdns": [pulumi.Output.from_input("app.example.com")]},
            {"name": "other", "fqdns": [pulumi.Output.from_input(second)]},
        ],
        "routes": [{"priority": 1}, {"name": "plain", "listener": "plain", "backend": "other", "priority": 2}],
    }


def test_outputs_that_are_one_address_stop_the_gateway(
    build: Build, recorder: Recorder, strict: dict[str, Any]
) -> None:
    """
    Two outputs with one value are one backend: the gateway is not registered.
    """
    with pytest.raises(pulumi.RunError, match=r"strict-bypassed: listeners\[1\]\.protocol"):
        build(two_ways(strict, "APP.example.com"))

    assert () == recorder.of(GATEWAY)


def test_outputs_that_differ_are_the_members(build: Build, recorder: Recorder, strict: dict[str, Any]) -> None:
    """
    Outputs with two values reach the gateway as they are.
    """
    build(two_ways(strict, "other.example.com"))

    assert [[{"fqdn": "app.example.com"}], [{"fqdn": "other.example.com"}]] == [
        pool["backendAddresses"] for pool in recorder.the(GATEWAY).inputs["backendAddressPools"]
    ]

"""Asked is not got: any difference in client authentication between what was asked for and what came back is told."""

from copy import deepcopy
from typing import Any

import pytest
from mtls_app_gateway.gateway.received import Received, check_received

ROOT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/agw"
ASKED: dict[str, Any] = {
    "trustedClientCertificates": [{"name": "partners", "data": "PEM"}],
    "sslProfiles": [
        {
            "name": "default",
            "clientAuthConfiguration": {
                "verifyClientAuthMode": "Strict",
                "verifyClientCertIssuerDN": True,
                "verifyClientRevocation": "OCSP",
            },
            "trustedClientCertificates": [{"id": "$self/trustedClientCertificates/partners"}],
        },
        {"name": "open", "clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}},
    ],
    "httpListeners": [
        {"name": "https", "sslProfile": {"id": "$self/sslProfiles/default"}},
        {"name": "open", "sslProfile": {"id": "$self/sslProfiles/open"}},
        {"name": "plain"},
    ],
}


def answer() -> dict[str, Any]:
    """What Azure answers when it did what was asked: ids, its own case, checks that were not asked for."""
    got = deepcopy(ASKED)
    for collection, parts in got.items():
        for part in parts:
            part["id"] = f"{ROOT}/{collection}/{part['name']}"
    profile = got["sslProfiles"][0]
    profile["name"] = "Default"
    profile["trustedClientCertificates"][0]["id"] = f"{ROOT}/trustedClientCertificates/Partners"
    got["sslProfiles"][1]["clientAuthConfiguration"] |= {
        "verifyClientCertIssuerDN": False,
        "verifyClientRevocation": "None",
    }
    got["httpListeners"][0]["sslProfile"]["id"] = f"{ROOT}/sslProfiles/default"
    return got


def told(got: dict[str, Any]) -> list[str]:
    received = Received(got["sslProfiles"], got["trustedClientCertificates"], got["httpListeners"])
    problems = check_received(ASKED, received)
    assert {"asked-is-not-got"} >= {problem.rule for problem in problems}
    return [f"{problem.where}: {problem.saw}" for problem in problems]


def test_what_was_asked_for_came_back() -> None:
    """Ids, another case and checks that were left to Azure are no difference."""
    assert [] == told(answer())


def test_nothing_asked_nothing_got() -> None:
    """A gateway without client authentication has nothing to compare."""
    assert () == check_received({}, Received((), (), ()))


def test_the_modes_are_those_that_came_back() -> None:
    """A profile that came back without a mode has none."""
    got = answer()
    del got["sslProfiles"][1]["clientAuthConfiguration"]

    assert {"Default": "Strict"} == Received(got["sslProfiles"], (), ()).modes


def drop(*path: str | int) -> Any:
    def change(got: Any) -> None:
        *steps, last = path
        for step in steps:
            got = got[step]
        del got[last]

    return change


def put(value: Any, *path: str | int) -> Any:
    def change(got: Any) -> None:
        *steps, last = path
        for step in steps:
            got = got[step]
        got[last] = value

    return change


CHECKS = ("sslProfiles", 0, "clientAuthConfiguration")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            drop(*CHECKS, "verifyClientAuthMode"),
            "sslProfiles/default: verifyClientAuthMode was to be Strict and is not there",
        ),
        (
            put("Passthrough", *CHECKS, "verifyClientAuthMode"),
            "sslProfiles/default: verifyClientAuthMode was to be Strict and is Passthrough",
        ),
        (
            put("Strict", "sslProfiles", 1, "clientAuthConfiguration", "verifyClientAuthMode"),
            "sslProfiles/open: verifyClientAuthMode was to be Passthrough and is Strict",
        ),
        (
            put(False, *CHECKS, "verifyClientCertIssuerDN"),
            "sslProfiles/default: verifyClientCertIssuerDN was to be True and is False",
        ),
        (
            put("None", *CHECKS, "verifyClientRevocation"),
            "sslProfiles/default: verifyClientRevocation was to be OCSP and is None",
        ),
        (
            drop("sslProfiles", 0, "trustedClientCertificates"),
            "sslProfiles/default: the CA chains were to be partners and are none",
        ),
        (
            put([{"id": f"{ROOT}/trustedClientCertificates/partners"}], "sslProfiles", 1, "trustedClientCertificates"),
            "sslProfiles/open: the CA chains were to be none and are partners",
        ),
        (drop("sslProfiles", 0), "sslProfiles/default: the profile is not there"),
        (drop("sslProfiles", 0, "id"), "sslProfiles/default: the profile is not there"),
        (
            drop("trustedClientCertificates", 0),
            "trustedClientCertificates/partners: the trusted CA chain is not there",
        ),
        (
            drop("trustedClientCertificates", 0, "id"),
            "trustedClientCertificates/partners: the trusted CA chain is not there",
        ),
        (drop("httpListeners", 0), "httpListeners/https: its profile was to be default and is none"),
        (drop("httpListeners", 0, "id"), "httpListeners/https: its profile was to be default and is none"),
        (drop("httpListeners", 0, "sslProfile"), "httpListeners/https: its profile was to be default and is none"),
        (
            put({"id": f"{ROOT}/sslProfiles/open"}, "httpListeners", 0, "sslProfile"),
            "httpListeners/https: its profile was to be default and is open",
        ),
        (
            put({"id": f"{ROOT}/sslProfiles/open"}, "httpListeners", 2, "sslProfile"),
            "httpListeners/plain: its profile was to be none and is open",
        ),
    ],
)
def test_a_difference_is_told(change: Any, expected: str) -> None:
    """What is missing, altered or attached unasked is told at its place, and nothing else is."""
    got = answer()
    change(got)

    assert [expected] == told(got)


def test_a_profile_that_lost_everything_is_told_of_each() -> None:
    """Without its clientAuthConfiguration a profile differs in each check."""
    got = answer()
    got["sslProfiles"][0]["clientAuthConfiguration"] = None

    assert 3 == len(told(got))

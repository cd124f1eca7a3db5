"""What the gateway does with client certificates, by the mode contract, and the headers that it sends to backends."""

from typing import Any

import pulumi
import pytest

from .conftest import Build, Certificates
from .recorder import GATEWAY, Recorder


def profiles(recorder: Recorder) -> dict[str, dict[str, Any]]:
    return {profile["name"]: profile for profile in recorder.the(GATEWAY).inputs["sslProfiles"]}


def trusted(recorder: Recorder) -> list[str]:
    return [entry["name"] for entry in recorder.the(GATEWAY).inputs.get("trustedClientCertificates", ())]


def identity_headers(recorder: Recorder, route: str) -> dict[str, str]:
    """The headers that a route rewrites, which it does without a condition."""
    inputs = recorder.the(GATEWAY).inputs
    (requested,) = (rule for rule in inputs["requestRoutingRules"] if rule["name"] == route)
    name = requested["rewriteRuleSet"]["id"].rsplit("/", 1)[1]
    (rules,) = (found["rewriteRules"] for found in inputs["rewriteRuleSets"] if found["name"] == name)
    (rule,) = rules
    assert "conditions" not in rule
    return {it["headerName"]: it["headerValue"] for it in rule["actionSet"]["requestHeaderConfigurations"]}


def test_passthrough_sends_its_mode_and_nothing_else(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """The default profile is Passthrough in so many words, and the listener uses it."""
    build(smallest)

    assert {
        "default": {"name": "default", "clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}}
    } == profiles(recorder)
    (listener,) = recorder.the(GATEWAY).inputs["httpListeners"]
    assert {"id": "$self/sslProfiles/default"} == listener["sslProfile"]
    assert [] == trusted(recorder)


def test_strict_sends_its_chains_and_checks(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates
) -> None:
    """Strict attaches each chain, as base64 of its PEM, and sends both checks."""
    chains = [
        {"name": "partners", "data": certificates.partners.bundle_pem},
        {"name": "devices", "data": certificates.devices.bundle_pem},
    ]
    built = build(smallest | {"mode": "Strict", "strict": {"trusted_ca_chains": chains, "revocation": "OCSP"}})

    assert {
        "name": "default",
        "clientAuthConfiguration": {
            "verifyClientAuthMode": "Strict",
            "verifyClientCertIssuerDN": True,
            "verifyClientRevocation": "OCSP",
        },
        "trustedClientCertificates": [
            {"id": "$self/trustedClientCertificates/partners"},
            {"id": "$self/trustedClientCertificates/devices"},
        ],
    } == profiles(recorder)["default"]
    assert ["partners", "devices"] == trusted(recorder)
    assert {"default": "Strict"} == built.outputs["modes"]


def test_a_strict_block_in_passthrough_is_staged(build: Build, recorder: Recorder, strict: dict[str, Any]) -> None:
    """Its chains are uploaded, attached to nothing, none of its checks is sent, and a preview says so in one line."""
    built = build(strict | {"mode": "Passthrough"}, preview=True)

    assert ["partners"] == trusted(recorder)
    assert {
        "default": {"name": "default", "clientAuthConfiguration": {"verifyClientAuthMode": "Passthrough"}}
    } == profiles(recorder)
    staged = [line for line in recorder.said("INFO") if line.startswith("chains-staged")]
    assert 1 == len(staged)
    assert "1 chain staged, none enforced" in staged[0]
    assert [False] == [chain["enforced"] for chain in built.outputs["trustedChains"]]


def test_one_word_is_between_staged_and_enforced(build: Build, recorder: Recorder, strict: dict[str, Any]) -> None:
    """From Passthrough to Strict nothing but the profile changes."""
    build(strict)
    build(strict | {"mode": "Passthrough"})

    enforced, staged = (dict(found.inputs) for found in recorder.of(GATEWAY))
    assert enforced.pop("sslProfiles") != staged.pop("sslProfiles")
    assert enforced == staged


def test_a_chain_may_be_known_later(
    build: Build, recorder: Recorder, strict: dict[str, Any], certificates: Certificates
) -> None:
    """A chain that is an output is registered as the same chain given as text would be."""
    build(strict)
    pem = certificates.partners.bundle_pem.replace("\n", "\r\n")
    chain = {"name": "partners", "data": pulumi.Output.from_input(pem)}
    built = build(strict | {"strict": {"trusted_ca_chains": [chain]}})

    known, later = recorder.of(GATEWAY)
    assert known.inputs == later.inputs
    assert ["partners"] == [found["name"] for found in built.outputs["trustedChains"]]


def test_a_chain_that_is_known_later_is_checked_then(
    build: Build, recorder: Recorder, strict: dict[str, Any], certificates: Certificates
) -> None:
    """A private key in it stops the gateway, and neither the key nor the rest of the text is shown."""
    client = certificates.partners.issue("client")
    text = client.key_pem + certificates.partners.bundle_pem
    chain = {"name": "partners", "data": pulumi.Output.secret(text)}

    with pytest.raises(Exception, match="private-key") as raised:
        build(strict | {"strict": {"trusted_ca_chains": [chain]}})

    assert () == recorder.of(GATEWAY)
    assert client.key_pem.splitlines()[1] not in str(raised.value)


def test_a_trusted_root_that_is_known_later_is_checked_then(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates
) -> None:
    """A private key in it stops the gateway, and neither the key nor the rest of the text is shown."""
    client = certificates.partners.issue("client")
    root = {"name": "inside", "data": pulumi.Output.secret(client.key_pem + certificates.devices.certificate_pem)}

    with pytest.raises(Exception, match="trusted-root-private-key") as raised:
        build(smallest | {"backends": [{"fqdns": ["app.example.com"], "trusted_roots": [root]}]})

    assert () == recorder.of(GATEWAY)
    assert client.key_pem.splitlines()[1] not in str(raised.value)


def test_a_wrong_password_that_is_known_later_stops_the_gateway(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates
) -> None:
    """The gateway is not registered, and neither the password nor the PFX is shown."""
    given = {"pfx": pulumi.Output.secret(certificates.pfx), "password": pulumi.Output.secret("Wrong1")}

    with pytest.raises(pulumi.RunError, match="pfx-password-wrong") as raised:
        build(smallest | {"listener_certificates": [given]})

    assert () == recorder.of(GATEWAY)
    assert "Wrong1" not in str(raised.value)
    assert certificates.pfx not in str(raised.value)


def test_a_wrong_password_is_reported_before_anything_is_registered(
    build: Build, recorder: Recorder, smallest: dict[str, Any], certificates: Certificates
) -> None:
    """A PFX and password given as text are tried at once, and the mistake is reported with every other."""
    given = {"pfx": certificates.pfx, "password": "Wrong1"}

    with pytest.raises(pulumi.RunError) as raised:
        build(smallest | {"mode": "strict", "listener_certificates": [given]})

    assert [] == recorder.registrations
    assert {"2 problems", "pfx-password-wrong: listenerCertificates[0].pfx", "mode-unknown: mode"} <= {
        found
        for found in ("2 problems", "pfx-password-wrong: listenerCertificates[0].pfx", "mode-unknown: mode")
        if found in str(raised.value)
    }
    assert "Wrong1" not in str(raised.value)


def test_identity_headers_are_the_gateways_alone(build: Build, recorder: Recorder, strict: dict[str, Any]) -> None:
    """Each header is set where clients are authenticated, and deleted on every other route to any backend."""
    names = {
        "certificate": "X-Edge-Cert",
        "verification": "X-Edge-Verify",
        "subject": "X-Edge-Subject",
        "issuer": "X-Edge-Issuer",
        "serial": "X-Edge-Serial",
        "fingerprint": "X-Edge-Fingerprint",
    }
    build(
        strict
        | {
            "identity_headers": names,
            "listeners": [
                {},
                {"name": "open", "port": 444, "profile": "none", "unsafe_bypasses_strict": True},
                {"name": "plain", "port": 80, "protocol": "Http", "unsafe_bypasses_strict": True},
            ],
            "routes": [
                {"name": "asked", "priority": 1},
                {"name": "open", "listener": "open", "priority": 2},
                {"name": "plain", "listener": "plain", "priority": 3},
            ],
        }
    )

    assert {
        "X-Edge-Cert": "{var_client_certificate}",
        "X-Edge-Verify": "{var_client_certificate_verification}",
        "X-Edge-Subject": "{var_client_certificate_subject}",
        "X-Edge-Issuer": "{var_client_certificate_issuer}",
        "X-Edge-Serial": "{var_client_certificate_serial}",
        "X-Edge-Fingerprint": "{var_client_certificate_fingerprint}",
    } == identity_headers(recorder, "asked")
    assert (
        dict.fromkeys(names.values(), "") == identity_headers(recorder, "open") == identity_headers(recorder, "plain")
    )


def test_the_certificate_travels_in_its_usual_header(
    build: Build, recorder: Recorder, smallest: dict[str, Any]
) -> None:
    """Unless another name is chosen the certificate, and nothing else, travels in X-Client-Cert."""
    build(smallest)

    assert {"X-Client-Cert": "{var_client_certificate}"} == identity_headers(recorder, "route")

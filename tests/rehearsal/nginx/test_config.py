"""The whole configuration as text, so that a change to it is seen by whoever reviews it."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.nginx.config import Rehearsal, plan
from mtls_app_gateway.rehearsal.nginx.placement import Endpoint, Placement, endpoints

from ..documents import basic_rule, chain, document, listener, part, passthrough, strict

GOLDEN = Path(__file__).parent / "golden"
QUICKSTART = Path(__file__).parents[2] / "fixtures" / "quickstart" / "template.json"


def planned(gateway: dict[str, Any], version: tuple[int, ...] = (1, 31, 3)) -> Rehearsal:
    ports = {endpoint: 9000 + number for number, endpoint in enumerate(endpoints(view(gateway)))}
    pools = [pool["name"] for pool in gateway["properties"]["backendAddressPools"]]
    backends = {pool: f"127.0.0.1:{9100 + number}" for number, pool in enumerate(pools)}
    return plan(view(gateway), Placement(ports, backends, 9200, version))


def checked(name: str, text: str) -> None:
    """Compare with the golden file; UPDATE_GOLDENS=1 in the environment writes it instead."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


def strict_gateway() -> dict[str, Any]:
    root = Authority.create("Root").intermediate("Issuing")
    return document(
        [listener("https", 443, "partners", hostName="api.example.com")],
        sslProfiles=[strict("partners", "root", issuer_dn=True, ocsp=True)],
        trustedClientCertificates=[chain("root", root.bundle_pem)],
        enableHttp2=True,
    )


def test_the_quickstart_as_nginx_reads_it() -> None:
    """
    Microsoft's template is one Passthrough listener that lets every certificate by and forwards none.
    """
    text = planned(read_document(json.loads(QUICKSTART.read_text()))).config

    assert "ssl_verify_client optional_no_ca;" in text
    assert "error_page 495 = @presented;" in text
    assert "ssl_client_escaped_cert" not in text
    checked("quickstart.conf", text)


def test_listeners_are_tried_by_the_priority_of_their_rules() -> None:
    """
    Of two listeners with patterns for one host name, that of the rule with the smaller number comes first, as on Azure,
    wherever the rules stand in the document.
    """
    names = {"last": "*.example.com", "first": "a*.example.com", "second": "*b.example.com"}
    priorities = {"last": 300, "first": 100, "second": 200}
    gateway = document(
        [listener(name, 443, hostNames=[pattern]) for name, pattern in names.items()],
        rules=[basic_rule(name, priorities[name]) for name in names],
    )
    found = planned(gateway)

    assert ["first", "second", "last"] == [each.name for each in found.listeners]
    assert ["a.*", ".*b", ".*"] == re.findall(r"server_name \"~\^(.*?)\\\\\.example", found.config)


def test_a_strict_gateway_as_nginx_reads_it() -> None:
    """
    Strict with issuer names and OCSP verifies, compares, asks, and forwards the identity.
    """
    text = planned(strict_gateway()).config

    for line in ("ssl_verify_client on;", "ssl_ocsp leaf;", "return 495;", "http2 on;"):
        assert f"        {line}\n" in text or f"            {line}\n" in text
    assert "proxy_set_header X-Client-Cert ${ssl_client_escaped_cert};" in text.replace('"', "")
    checked("strict.conf", text)


def test_an_older_nginx_is_asked_in_its_own_words() -> None:
    """
    Before 1.25.1 HTTP/2 is a word of `listen`, after that a directive.
    """
    old = planned(strict_gateway(), (1, 22, 1)).config

    assert "listen 127.0.0.1:9000 ssl http2;" in old
    assert "http2 on;" not in old


def test_the_generation_tells_configurations_apart() -> None:
    """
    The same document gives the same text, another one another generation.
    """
    one, again = (planned(document([listener("tls", 443)])) for _ in range(2))
    other = planned(document([listener("tls", 443)], enableHttp2=True))

    assert one == again
    assert one.generation in one.config
    assert one.generation != other.generation


def test_an_endpoint_is_a_frontend_and_a_port() -> None:
    """
    Two frontends may have the same port and are two places; two host names at one port are one.
    """
    inner = listener("inner", 443)
    inner["properties"]["frontendIPConfiguration"] = {"id": "$self/frontendIPConfigurations/private"}
    frontends = [part("public"), part("private")]
    both = [listener("a", 443, hostName="a.example.com"), listener("b", 443, hostName="b.example.com"), inner]

    assert (Endpoint("public", 443), Endpoint("private", 443)) == endpoints(
        view(document(both, frontendIPConfigurations=frontends))
    )


def test_a_listener_without_a_rule_does_not_run() -> None:
    """
    What no rule leads to is left out and named.
    """
    rehearsal = planned(document([listener("tls", 443)], rules=[]))

    assert () == rehearsal.listeners
    assert "listener tls: no rule uses it, so it does not run here" in rehearsal.not_rehearsed


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"firewallPolicy": {"id": "/waf"}}, "web application firewall"),
        ({"webApplicationFirewallConfiguration": {"enabled": True}}, "web application firewall"),
        ({"probes": [{"name": "p", "properties": {}}]}, "health probes"),
        ({"listeners": [{"name": "l4", "properties": {}}]}, "layer 4"),
        ({"customErrorConfigurations": [{"statusCode": "HttpStatus400"}]}, "custom error pages"),
        (
            {"backendHttpSettingsCollection": [{"name": "app", "properties": {"dedicatedBackendConnection": True}}]},
            "a connection to the backend for each client",
        ),
        (
            {"backendHttpSettingsCollection": [{"name": "app", "properties": {"cookieBasedAffinity": "Enabled"}}]},
            "backendHttpSettingsCollection app: cookie-based affinity",
        ),
        (
            {"backendHttpSettingsCollection": [{"name": "app", "properties": {"protocol": "Https"}}]},
            "reached over plain HTTP",
        ),
    ],
)
def test_what_is_not_acted_out_is_named(properties: dict[str, Any], said: str) -> None:
    """
    Everything a document asks for that nobody does here is named, and not when it is not asked for.
    """
    gateway = document([listener("tls", 443)])
    without = planned(gateway).not_rehearsed
    with_it = planned(gateway | {"properties": gateway["properties"] | properties}).not_rehearsed

    assert any(said in each for each in with_it)
    assert not any(said in each for each in without)


def test_what_is_not_acted_out_of_a_path_map_is_named() -> None:
    """
    The WAF policy of a path rule, once though two listeners use its map.
    """
    tight = part("tight", paths=["/tight"], firewallPolicy={"id": "/waf"})
    to_map = {"urlPathMap": self_reference("urlPathMaps", "map")}
    said = planned(
        document(
            [listener("a", 443), listener("b", 444)],
            rules=[basic_rule("a", 1, None, **to_map), basic_rule("b", 2, None, **to_map)],
            urlPathMaps=[part("map", pathRules=[tight])],
        )
    ).not_rehearsed

    assert 1 == said.count("path rule map/tight: its web application firewall policy")


def test_what_is_open_about_a_profile_is_named() -> None:
    """
    No mode, chains in Passthrough, and issuer names of several chains: open questions, each told by the profile's name.
    """
    root = Authority.create("Root").bundle_pem
    trusted = [{"id": "$self/trustedClientCertificates/root"}]
    no_mode = {"name": "unsaid", "properties": {"trustedClientCertificates": trusted}}
    gateway = document(
        [listener("a", 1, "unsaid"), listener("b", 2, "staged"), listener("c", 3, "several")],
        sslProfiles=[
            no_mode,
            passthrough("staged", trustedClientCertificates=trusted),
            strict("several", "root", "other", issuer_dn=True),
        ],
        trustedClientCertificates=[chain("root", root), chain("other", Authority.create("Other").bundle_pem)],
    )

    rehearsal = planned(gateway)

    assert ["Strict", "Passthrough", "Strict"] == [each.mode for each in rehearsal.listeners]
    for said in (
        "profile unsaid: no mode",
        "profile staged: CA chains attached",
        "profile several: which issuer names",
    ):
        assert any(said in each for each in rehearsal.not_rehearsed)


def test_an_unknown_mode_does_not_run() -> None:
    """
    A profile whose mode Azure has not becomes no server: neither Strict nor Passthrough is what was meant.
    """
    odd = part("clients", clientAuthConfiguration={"verifyClientAuthMode": "Passthru"})

    with pytest.raises(GatewayError, match="mode-unknown"):
        planned(document([listener("edge", 443, "clients")], sslProfiles=[odd]))


def test_a_mode_is_acted_out_in_any_case() -> None:
    """
    Azure reads its words in any case, and so is the mode acted out.
    """
    lenient = part("clients", clientAuthConfiguration={"verifyClientAuthMode": "passthrough"})
    config = planned(document([listener("edge", 443, "clients")], sslProfiles=[lenient])).config

    assert "optional_no_ca" in str(config)

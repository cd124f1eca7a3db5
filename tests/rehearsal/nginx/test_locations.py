"""Routing in real requests: rules, host names, path maps, redirects and rewrites."""

from collections.abc import Callable
from typing import Any

import pytest
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.nginx.variables import with_named_groups

from ..documents import Part, basic_rule, document, headers_set, listener, part, passthrough, rewrite_set
from ..knocking import knock, listener_of

Show = Callable[[Any], RunningGateway]


def pool(name: str, fqdn: str = "app.example.com") -> Part:
    return part(name, backendAddresses=[{"fqdn": fqdn}])


def settings(name: str, **properties: Any) -> Part:
    return part(name, port=80, protocol="Http", **properties)


def to(pool_name: str, settings_name: str = "app", prefix: str = "", **properties: Any) -> dict[str, Any]:
    keys = ("backendAddressPool", "backendHttpSettings")
    names = [f"default{key[0].upper()}{key[1:]}" if prefix else key for key in keys]
    collections = ("backendAddressPools", "backendHttpSettingsCollection")
    values = [self_reference(*each) for each in zip(collections, (pool_name, settings_name), strict=True)]
    return dict(zip(names, values, strict=True)) | properties


def rewritten(show: Show, *rules: Part, **given: Any) -> tuple[Any, RunningGateway]:
    """What the backend gets, or the client gets back, through one rewrite set on a Passthrough listener."""
    gateway = document(
        [listener("tls", 8462, "passthrough")],
        rules=[basic_rule("tls", rewrite="set")],
        sslProfiles=[passthrough()],
        rewriteRuleSets=[rewrite_set("set", *rules)],
    )
    local = show(gateway)
    return knock(local, "tls", **given), local


def request_headers(**values: str) -> Part:
    return {"actionSet": {"requestHeaderConfigurations": headers_set(**values)}}


def on(variable: str, pattern: str, **more: bool) -> dict[str, Any]:
    return {"variable": variable, "pattern": pattern, **more}


class TestListeners:
    """Host names and ports."""

    def test_host_names_share_a_port(self, show: Show) -> None:
        """
        Each host name leads to its own rule, wildcards included; a name of no listener is 404.
        """
        names = {"one": ["one.example.com"], "two": ["*.two.example.com", "two.example.com"], "any": ["b?.example.*"]}
        gateway = document(
            [listener(name, 8463, "passthrough", hostNames=hosts) for name, hosts in names.items()],
            rules=[basic_rule(name, 100, None, **to(name)) for name in names],
            sslProfiles=[passthrough()],
            backendAddressPools=[pool(name) for name in names],
        )
        local = show(gateway)

        def reached(host: str) -> str:
            return str(knock(local, "one", host=host, sni="localhost").forwarded["pool"])

        assert "one" == reached("one.example.com")
        assert ["two", "two"] == [reached("a.two.example.com"), reached("two.example.com")]
        assert ["any", "any"] == [reached("b1.example.com"), reached("bb.example.org")]
        met = knock(local, "one", host="nobody.example.com", sni="localhost")
        assert (404, True) == (met.status, "404 Not Found" in met.text)

    def test_a_host_name_is_in_the_certificate(self, show: Show) -> None:
        """
        The throwaway certificate is good for each of the listener's names.
        """
        gateway = document(
            [listener("tls", 8463, "passthrough", hostNames=["one.example.com", "*.two.example.com"])],
            sslProfiles=[passthrough()],
        )
        local = show(gateway)

        for host in ("one.example.com", "a.two.example.com"):
            assert 200 == knock(local, "tls", host=host).status

    def test_one_listener_for_all_other_names(self, show: Show) -> None:
        """
        A listener without host names takes what no other takes, also when its rule comes first in the document.
        """
        gateway = document(
            [listener("rest", 8463), listener("one", 8463, hostName="one.example.com")],
            rules=[basic_rule("rest", 200, None, **to("rest")), basic_rule("one", 100, None, **to("one"))],
            backendAddressPools=[pool("rest"), pool("one")],
        )
        local = show(gateway)

        assert "one" == knock(local, "rest", host="one.example.com", sni="localhost").forwarded["pool"]
        assert "rest" == knock(local, "rest", host="other.example.com", sni="localhost").forwarded["pool"]

    def test_a_port_below_1024_is_mapped_and_said(self, show: Show) -> None:
        """
        Port 443 is another here; the backend is reported 443 all the same, and the report tells both.
        """
        local = show(document([listener("tls", 443)]))

        at = listener_of(local, "tls")
        assert at.local_port > 1024
        assert "443" == knock(local, "tls").backend_headers["x-forwarded-port"]
        assert f"listener tls: port 443, which is {at.local_port} on this machine" in local.not_rehearsed
        assert at.url == f"https://localhost:{at.local_port}/"


class TestBackends:
    """Host header, path override, timeouts."""

    @pytest.mark.parametrize(
        ("given", "host"),
        [
            ({}, "asked.example.com"),
            ({"hostName": "set.example.com"}, "set.example.com"),
            ({"pickHostNameFromBackendAddress": True}, "app.example.com"),
        ],
    )
    def test_the_host_the_backend_sees(self, show: Show, given: dict[str, Any], host: str) -> None:
        """
        The caller's host unless the settings name one or take the pool's.
        """
        gateway = document([listener("tls", 8464)], backendHttpSettingsCollection=[settings("app", **given)])

        met = knock(show(gateway), "tls", host="asked.example.com", sni="localhost")

        assert (host, "asked.example.com") == (met.backend_headers["host"], met.backend_headers["x-original-host"])

    @pytest.mark.parametrize("name", ["X-Original-Host", "x-original-host", "Connection", "Upgrade"])
    def test_some_headers_are_never_rewritten(self, show: Show, name: str) -> None:
        """
        The gateway's own header stays what the caller asked for, and the report says that the action was left out.
        """
        met, local = rewritten(show, request_headers(**{name: "forged"}), host="asked.example.com", sni="localhost")

        assert "asked.example.com" == met.backend_headers["x-original-host"]
        assert "forged" not in met.backend_headers.values()
        assert f"rewrite rule set/set-0: {name} cannot be rewritten" in local.not_rehearsed

    def test_a_backend_that_is_down_is_502(self, show: Show) -> None:
        """
        A pool that nothing answers for gives the gateway's own page, without the rewrites of responses.
        """
        gateway = document(
            [listener("tls", 8464)],
            rules=[basic_rule("tls", 1, None, backendAddressPool={"id": "$self/backendAddressPools/none"})],
        )

        met = knock(show(gateway), "tls")

        assert 502 == met.status
        assert "<center><h1>502 Bad Gateway</h1></center>" in met.text
        assert "Microsoft-Azure-Application-Gateway/v2" in met.text


class TestPathMaps:
    """Path rules in their order, and the default."""

    @pytest.fixture
    def local(self, show: Show) -> RunningGateway:
        path_map = part(
            "map",
            **to("rest", prefix="default"),
            pathRules=[
                part("images", paths=["/images/*", "/pictures"], **to("images")),
                part("all-jpg", paths=["/images/jpg/*"], **to("never")),
                part("moved", paths=["/old/*"], **to("images", "moved")),
            ],
        )
        gateway = document(
            [listener("tls", 8465, "passthrough")],
            rules=[basic_rule("tls", urlPathMap=self_reference("urlPathMaps", "map"), rewrite=None)],
            sslProfiles=[passthrough()],
            urlPathMaps=[path_map],
            backendAddressPools=[pool("images"), pool("rest"), pool("never")],
            backendHttpSettingsCollection=[settings("app"), settings("moved", path="/new/")],
        )
        return show(gateway)

    @pytest.mark.parametrize(
        ("target", "reached"),
        [
            ("/images/1.png", ("images", "/images/1.png")),
            ("/IMAGES/1.png?a=b", ("images", "/IMAGES/1.png")),
            ("/images/jpg/1", ("images", "/images/jpg/1")),
            ("/pictures", ("images", "/pictures")),
            ("/pictures/1", ("rest", "/pictures/1")),
            ("/", ("rest", "/")),
            ("/old/a%2Fb", ("images", "/new/a%2Fb")),
        ],
    )
    def test_the_first_path_rule_that_fits(self, local: RunningGateway, target: str, reached: tuple[str, str]) -> None:
        """
        Path rules are tried in their order and without regard to case; what none takes goes to the default.
        """
        received = knock(local, "tls", target=target).forwarded

        assert reached == (received["pool"], received["path"])

    def test_an_expired_certificate_finds_the_same_way(self, local: RunningGateway, callers: dict[str, Any]) -> None:
        """
        A certificate that nginx objects to changes nothing about the route in Passthrough.
        """
        assert "images" == knock(local, "tls", callers["expired"], target="/images/1").forwarded["pool"]


class TestRedirects:
    """Redirects to a listener and to elsewhere."""

    @pytest.mark.parametrize(
        ("given", "location"),
        [
            ({"redirectType": "Permanent"}, "/a?b=c"),
            ({"redirectType": "Found", "includePath": False}, "?b=c"),
            ({"redirectType": "SeeOther", "includeQueryString": False}, "/a"),
            ({"redirectType": "Temporary", "includePath": False, "includeQueryString": False}, ""),
        ],
    )
    def test_http_is_sent_to_https(self, show: Show, given: dict[str, Any], location: str) -> None:
        """
        The four kinds of redirect have their codes, and path and query go along as asked.
        """
        redirect = part("up", targetListener=self_reference("httpListeners", "tls"), **given)
        gateway = document(
            [listener("tls", 443), listener("plain", 80, protocol="Http")],
            rules=[
                basic_rule("tls"),
                basic_rule("plain", rewrite=None, redirectConfiguration=self_reference("redirectConfigurations", "up")),
            ],
            redirectConfigurations=[redirect],
        )
        local = show(gateway)

        met = knock(local, "plain", target="/a?b=c", host="app.example.com")

        codes = {"Permanent": 301, "Found": 302, "SeeOther": 303, "Temporary": 307}
        here = listener_of(local, "tls").local_port
        assert (codes[given["redirectType"]], f"https://app.example.com:{here}{location}") == (
            met.status,
            met.headers["location"],
        )

    def test_elsewhere_is_taken_as_it_is_written(self, show: Show) -> None:
        """
        A target URL is kept, dollar signs included, and gets path and query.
        """
        gateway = document(
            [listener("tls", 8466)],
            rules=[
                basic_rule("tls", rewrite=None, redirectConfiguration=self_reference("redirectConfigurations", "away"))
            ],
            redirectConfigurations=[part("away", redirectType="Found", targetUrl="https://example.com/$x/")],
        )

        met = knock(show(gateway), "tls", target="/a?b=c")

        assert "https://example.com/$x/a?b=c" == met.headers["location"]


class TestRewrites:
    """Rewrite rule sets."""

    def test_text_arrives_as_it_is_written(self, show: Show) -> None:
        """
        Whatever nginx would take for its own in a value arrives as text.
        """
        text = r"""a $b "c" \d; {e} \\ 'f' #g ~h %20 \n"""

        met, _ = rewritten(
            show, request_headers(X_Text=text, X_Both="<{var_http_method}|{http_req_X-In}>"), headers={"X-In": "in"}
        )

        assert (text, "<GET|in>") == (met.backend_headers["x-text"], met.backend_headers["x-both"])

    def test_an_empty_value_deletes(self, show: Show) -> None:
        """
        A header set to nothing is absent at the backend, not empty.
        """
        met, _ = rewritten(show, request_headers(X_Client_Cert=""), headers={"X-Client-Cert": "spoofed", "X-Keep": "1"})

        assert "x-client-cert" not in met.backend_headers
        assert "1" == met.backend_headers["x-keep"]

    @pytest.mark.parametrize(
        ("condition", "sent", "holds"),
        [
            (on("http_req_X-In", "^a+$"), "aaa", True),
            (on("http_req_X-In", "^a+$"), "baa", False),
            (on("http_req_X-In", "^A+$"), "aaa", False),
            (on("http_req_X-In", "^A+$", ignoreCase=True), "aaa", True),
            (on("http_req_X-In", "b"), "abc", True),
            (on("http_req_X-In", "b", negate=True), "abc", False),
            (on("http_req_X-In", "b", negate=True), "acc", True),
            (on("http_req_X-In", r"^\d{2}[.\-]\w\"$"), '12-x"', True),
            (on("http_req_X-In", "^$"), "", True),
            (on("http_req_X-In", "^$"), "x", False),
            (on("http_req_X-In", ".+", negate=True), "", True),
            (on("var_http_method", "GET"), "", True),
            (on("var_client_certificate_verification", "^NONE$"), "", True),
            (on("var_client_certificate_verification", "SUCCESS"), "", False),
        ],
    )
    def test_a_rule_waits_for_its_condition(self, show: Show, condition: Part, sent: str, holds: bool) -> None:
        """
        The header is set when the pattern is found, case and negation as asked; else the client's own goes through.
        """
        rule = request_headers(X_Out="set") | {"conditions": [condition]}

        met, _ = rewritten(show, rule, headers={"X-In": sent, "X-Out": "mine"} if sent else {"X-Out": "mine"})

        assert ("set" if holds else "mine") == met.backend_headers["x-out"]

    def test_all_conditions_must_hold(self, show: Show) -> None:
        """
        Of two conditions one is not enough.
        """
        conditions = [on("http_req_X-A", "1"), on("http_req_X-B", "1")]
        rule = request_headers(X_Out="both") | {"conditions": conditions}

        one, local = rewritten(show, rule, headers={"X-A": "1"})
        both = knock(local, "tls", headers={"X-A": "1", "X-B": "1"})

        assert "x-out" not in one.backend_headers
        assert "both" == both.backend_headers["x-out"]

    def test_captures_are_used(self, show: Show) -> None:
        """
        The groups of a pattern are numbered as they open, named ones and nested ones too.
        """
        rule = request_headers(X_Out="{http_req_X-In_3}-{http_req_X-In_1}-{http_req_X-In_2}-{var_uri_path_1}") | {
            "conditions": [
                on("http_req_X-In", r"(\w(?P<named>\d))\((?:x|y)([^)]*)\)"),
                on("var_uri_path", "^/([a-z]+)"),
            ]
        }

        met, _ = rewritten(show, rule, headers={"X-In": "a7(xyz)"}, target="/part/of")

        assert "yz-a7-7-part" == met.backend_headers["x-out"]

    def test_rules_run_in_their_sequence(self, show: Show) -> None:
        """
        The rule with the larger number has the last word, unless its condition fails.
        """
        first = request_headers(X_Out="first") | {"ruleSequence": 200}
        last = request_headers(X_Out="last") | {"ruleSequence": 300, "conditions": [on("http_req_X-In", "x")]}
        never = request_headers(X_Out="overruled") | {"ruleSequence": 50}

        met, local = rewritten(show, last, first, never, headers={"X-In": "x"})

        assert "last" == met.backend_headers["x-out"]
        assert "first" == knock(local, "tls").backend_headers["x-out"]

    def test_response_headers_are_rewritten(self, show: Show) -> None:
        """
        A response header is replaced, added or taken away, and may quote the backend's own.
        """
        rule = {
            "actionSet": {
                "responseHeaderConfigurations": headers_set(
                    Cache_Control="",
                    Strict_Transport_Security="max-age=1",
                    Content_Type="x; was={http_resp_Content-Type}",
                )
            }
        }

        met, _ = rewritten(show, rule)

        assert "cache-control" not in met.headers
        assert "max-age=1" == met.headers["strict-transport-security"]
        assert "x; was=application/json; charset=utf-8" == met.headers["content-type"]

    @pytest.mark.parametrize(
        ("url", "reached"),
        [
            ({"modifiedPath": "/new/{var_uri_path}"}, ("/new//a/b", "x=1")),
            ({"modifiedPath": "/new", "modifiedQueryString": "q={var_query_string}"}, ("/new", "q=x=1")),
            ({"modifiedQueryString": "z=$1"}, ("/a/b", "z=$1")),
            ({"modifiedPath": "/new", "modifiedQueryString": ""}, ("/new", "")),
        ],
    )
    def test_urls_are_rewritten(self, show: Show, url: dict[str, str], reached: tuple[str, str]) -> None:
        """
        Path and query are replaced each on its own; what is not said stays.
        """
        met, local = rewritten(
            show,
            {"conditions": [on("var_uri_path", "^/a")], "actionSet": {"urlConfiguration": url}},
            target="/a/b?x=1",
        )

        assert reached == (met.forwarded["path"], met.forwarded["query"])
        untouched = knock(local, "tls", target="/other%20?x=1").forwarded
        assert ("/other%20", "x=1") == (untouched["path"], untouched["query"])

    def test_what_cannot_be_rehearsed_is_said(self, show: Show) -> None:
        """
        A pattern beyond RE2, an unknown variable and a header that cannot be rewritten are named.
        """
        matched = {"headerName": "X-E", "headerValue": "", "headerValueMatcher": {"pattern": "a"}}
        rules = [
            request_headers(X_A="1") | {"conditions": [on("http_req_X-In", "(?=a)")]},
            request_headers(X_B="1") | {"conditions": [on("var_client_certificate_subject_cn", "a")]},
            request_headers(X_C="<{var_nothing}>", Connection="close"),
            request_headers(X_D="1") | {"conditions": [on("client_ip", "a")]},
            {"actionSet": {"urlConfiguration": {"modifiedPath": "/moved", "reroute": True}}},
            {"actionSet": {"requestHeaderConfigurations": [matched]}},
            {"actionSet": {"responseHeaderConfigurations": headers_set(Server="", X_Powered_By="")}},
        ]

        met, local = rewritten(show, *rules, headers={"X-In": "a"})

        assert {"<>"} == {value for name, value in met.backend_headers.items() if name in {"x-a", "x-b", "x-c"}}
        said = "\n".join(local.not_rehearsed)
        for words in (
            "look-around",
            "no variable 'var_client_certificate_subject_cn'",
            "{var_nothing}",
            "Connection cannot",
            "no variable 'client_ip'",
            "choosing the path rule again",
            "value matcher of X-E",
            "the response header Server; nginx writes its own here",
        ):
            assert words in said


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("(a)(b)", "(?<c1>a)(?<c2>b)"),
        (r"\((a)[(](?:b)", r"\((?<c1>a)[(](?:b)"),
        ("(?P<x>a(b))", "(?<c1>a(?<c2>b))"),
        (r"[\](](a)", r"[\](](?<c1>a)"),
        ("[[:alpha:](](a)", "[[:alpha:](](?<c1>a)"),
        ("[^)(](?i)(a)", "[^)(](?i)(?<c1>a)"),
    ],
)
def test_groups_get_names(pattern: str, named: str) -> None:
    """
    Groups that capture are named by number; escaped, listed and non-capturing parentheses are left alone.
    """
    assert named == with_named_groups(pattern, "c")

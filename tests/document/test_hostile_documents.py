"""Hostile and absurd documents: each is read in bounded time, or refused with its place, never with a traceback."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.reading import MAX_DEPTH, read, read_document
from mtls_app_gateway.problems import GatewayError, Severity

from tests.rehearsal.documents import basic_rule, document, headers_set, listener, part, rewrite_set

AT_MOST = 2.0
"""Seconds of CPU; a guard against minutes."""


@contextmanager
def bounded() -> Iterator[None]:
    """Two seconds of CPU and 300 MB more than there are now."""
    before, grown = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - before < AT_MOST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown < 300_000


def template(value: str, **variables: Any) -> dict[str, Any]:
    """A deployment template whose gateway has this tag."""
    gateway = {**document([listener("https", 443)]), "tags": {"tag": value}}
    return {"variables": variables, "resources": [gateway]}


def deep(function: str, times: int) -> str:
    return f"[{function}(" * 1 + f"{function}(" * (times - 1) + "'x'" + ")" * times + "]"


DOUBLED = {f"v{n}": f"[concat(variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 34)} | {"v0": "x"}
LISTS = {f"v{n}": [f"[variables('v{n - 1}')]"] * 2 for n in range(1, 34)} | {"v0": "x"}
IDS = {f"v{n}": f"[resourceId('a/b/c', variables('v{n - 1}'), variables('v{n - 1}'))]" for n in range(1, 40)}
CHAINED = {f"v{n}": f"[variables('v{n - 1}')]" for n in range(1, 2_000)} | {"v0": "x"}


def nested_format(times: int) -> str:
    inner = "'x'"
    for _ in range(times):
        inner = f"format('{'{0}' * 40}', {inner})"
    return f"[{inner}]"


@pytest.mark.parametrize(
    ("given", "saw"),
    [
        (template("[variables('v33')]", **DOUBLED), "more than"),
        (template("[variables('v33')]", **LISTS), "more than"),
        (template("[variables('v39')]", **IDS, v0="x"), "more than"),
        (template(nested_format(8)), "more than 8,000,000 characters"),
        (template(deep("concat", 3_000)), "more than 50 deep"),
        (template("[variables('v1999')]", **CHAINED), "more than 50 deep"),
        (template("[variables('v0')]" + "[" * 5_000 + "]", v0="x"), "goes on where it should end"),
        (template("[" + "variables('a')[" * 3_000 + "]"), "there is no variable 'a'"),
        (template("[format('{0}', variables('a'))]", a=[1]), "not what it takes"),
        (template("[concat('a', 1234567890123456789012345)]"), "not separated by commas"),
        (template("[format('{" + "9" * 5_000 + "}', 'a')]"), "not what it takes"),
        (template("[parameters('a')]") | {"parameters": {"a": "no object"}}, "has no value"),
        (template("[variables('" + "s" * 70 + "')]"), "there is no variable"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_expression_is_worked_out_within_bounds(given: dict[str, Any], saw: str) -> None:
    """What a template's few lines ask for is not made where it is more than a gateway can need."""
    with bounded():
        problems = [each for each in read(given).problems if each.rule == "not-understood"]
    assert [True] == [saw in each.saw for each in problems]


def test_a_template_of_a_large_gateway_is_worked_out() -> None:
    """What counts is far from what a gateway needs: a hundred parameters of 25 KB, and long names used often."""
    given = template("[variables('v15')]", **DOUBLED)
    parts = [part(f"ca{n}", data=f"[parameters('ca{n}')]") for n in range(100)]
    given["resources"][0]["properties"]["trustedClientCertificates"] = parts
    given["parameters"] = {f"ca{n}": {"type": "string"} for n in range(100)}
    with bounded():
        reading = read(given, {f"ca{n}": {"value": "A" * 25_000} for n in range(100)})
    assert [] == [each for each in reading.problems if each.severity is Severity.ERROR]
    assert 2**18 == len(read_document(template("[variables('v18')]", **DOUBLED))["tags"]["tag"])


def test_a_value_counts_each_time_it_is_used() -> None:
    """A parameter that is given once and used ten thousand times is as large as ten thousand."""
    given = template("x")
    given["resources"][0]["tags"] = {f"t{n}": "[parameters('large')]" for n in range(10_000)}
    with bounded():
        problems = read(given, {"large": {"value": ["A" * 1_000] * 10}}).problems
    assert any("more than 8,000,000" in each.saw for each in problems)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900])
def test_what_is_nested_too_deep_is_refused(wrap: Any, depth: int) -> None:
    """Whatever nests deeper than a gateway is refused as a whole, in the document and in its parameters."""
    value: Any = "x"
    for _ in range(depth):
        value = wrap(value)
    given = document([listener("https", 443)])
    for data, parameters in (({**given, "tags": value}, None), ({**given, "properties": value}, None), (given, value)):
        with bounded(), pytest.raises(GatewayError) as caught:
            read_document(data, parameters)
        assert ["no-gateway"] == [each.rule for each in caught.value.problems]


CONTROLS = ("\x00", "\r\n", "\x1b[31m", "\x7f", "\x9b", "\ud800", "\u2028")


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("name", lambda text: {"name": text}),
        ("tags.tag", lambda text: {"tags": {"tag": text}}),
        ("properties.httpListeners[0].properties.hostNames[0]", lambda text: listener("a", 443, hostNames=[text])),
        ("properties.httpListeners[0].name", lambda text: listener(text, 443)),
        (
            "properties.rewriteRuleSets[0].properties.rewriteRules[0].actionSet.requestHeaderConfigurations[0].headerName",
            lambda text: rewrite_set("a", {"actionSet": {"requestHeaderConfigurations": headers_set(**{text: "v"})}}),
        ),
        (
            "properties.urlPathMaps[0].properties.pathRules[0].properties.paths[0]",
            lambda text: part("a", pathRules=[part("r", paths=[f"/{text}"])]),
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_control_character_is_refused_with_its_place(where: str, change: Any, control: str) -> None:
    """No text of a document may colour a terminal, end a line of a request, or be what UTF-8 cannot write."""
    changed = change(f"a{control}b")
    given = document([listener("https", 443)])
    if where.startswith("properties."):
        given["properties"][where.split(".")[1].partition("[")[0]] = [changed]
    else:
        given |= changed
    (problem,) = [each for each in read(given).problems if each.rule == "control-character"]
    assert (where, Severity.ERROR) == (problem.where, problem.severity)
    assert f"the text has U+{ord(control[0]):04X}, a control character or a lone surrogate" == problem.saw


def test_a_name_of_a_tag_is_a_text_too() -> None:
    """What stands before a colon is looked at as well."""
    (problem,) = read({**document([listener("https", 443)]), "tags": {"a\x1b": "b"}}).problems
    assert ("control-character", "tags.a\x1b, its name") == (problem.rule, problem.where)


def test_a_certificate_may_have_lines() -> None:
    """PEM keeps its line ends; another control character in it is refused."""
    for data, rules in (("-----BEGIN CERTIFICATE-----\r\n\tMII\n", []), ("\x00", ["control-character"])):
        parts = [part("a", data=data)]
        reading = read(document([listener("https", 443)], trustedClientCertificates=parts))
        assert rules == [each.rule for each in reading.problems]


@pytest.mark.parametrize(
    ("rule", "where", "changed"),
    [
        ("missing-name", "properties.httpListeners[0].name", {"httpListeners": [{"properties": {}}]}),
        ("missing-name", "properties.sslProfiles[0].name", {"sslProfiles": [{"name": ""}]}),
        (
            "missing-name",
            "properties.urlPathMaps[0].properties.pathRules[0].name",
            {"urlPathMaps": [part("a", pathRules=[{"properties": {"paths": ["/a"]}}])]},
        ),
        (
            "path-malformed",
            "properties.urlPathMaps[0].properties.pathRules[0].properties.paths[0]",
            {"urlPathMaps": [part("a", pathRules=[part("r", paths=["no slash"])])]},
        ),
        (
            "port-out-of-range",
            "properties.frontendPorts[0].properties.port",
            {"frontendPorts": [part("p", port=70000)]},
        ),
        ("port-out-of-range", "properties.probes[0].properties.port", {"probes": [part("p", port=0)]}),
        ("wrong-form", "properties.frontendPorts[0].properties.port", {"frontendPorts": [part("p", port=10**399)]}),
        ("wrong-form", "properties.frontendPorts[0].properties.port", {"frontendPorts": [part("p", port="9" * 400)]}),
        ("wrong-form", "properties.frontendPorts[0].properties.port", {"frontendPorts": [part("p", port=1e999)]}),
        ("wrong-form", "properties.frontendPorts[0].name", {"frontendPorts": [{"name": float("nan")}]}),
        *(
            ("host-name-malformed", "properties.httpListeners[0].properties.hostNames[0]", {"httpListeners": [entry]})
            for name in (
                "",
                ".x",
                "a..b",
                "a" * 70,
                "a.",
                "a b",
                "a$b",
                "ä" * 70,
                "-.ẞ.\u0378",
                ".".join(["a" * 60] * 5),
            )
            for entry in [listener("https", 443, hostNames=[name])]
        ),
        (
            "host-name-malformed",
            "properties.httpListeners[0].properties.hostName",
            {"httpListeners": [listener("https", 443, hostName=".x")]},
        ),
        *(
            (
                "header-name-malformed",
                f"properties.rewriteRuleSets[0].properties.rewriteRules[0].actionSet.{kind}[0].headerName",
                {"rewriteRuleSets": [rewrite_set("a", {"actionSet": {kind: [{"headerName": name}]}})]},
            )
            for name, kind in (
                ("X-Ünï", "requestHeaderConfigurations"),
                ("", "requestHeaderConfigurations"),
                ("X: a", "responseHeaderConfigurations"),
            )
        ),
    ],
)
def test_what_no_gateway_can_have_is_refused_with_its_place(rule: str, where: str, changed: dict[str, Any]) -> None:
    """Names, ports, host names, paths and header names are looked at before anything is made of a document."""
    problems = read(document([listener("https", 443)], **changed)).problems
    assert [(rule, where)] == [(each.rule, each.where) for each in problems if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("ä.example", "xn--4ca.example"),
        ("*.straße.example", "*.xn--strae-oqa.example"),
        ("BÜCHER。example", "xn--bcher-kva.example"),
        ("_x.Example", "_x.Example"),
    ],
)
def test_an_international_host_name_is_converted(name: str, ascii_name: str) -> None:
    """Host names are written as browsers and curl ask for them, everywhere in a document; a note says so."""
    given = document(
        [listener("https", 443, hostNames=["a.example", name], hostName=name)],
        backendAddressPools=[part("app", backendAddresses=[{"fqdn": name}])],
        probes=[part("p", host=name)],
    )
    reading = read(given)
    bag = reading.document["properties"]
    found = bag["httpListeners"][0]["properties"]
    assert (["a.example", ascii_name], ascii_name) == (found["hostNames"], found["hostName"])
    assert ascii_name == bag["backendAddressPools"][0]["properties"]["backendAddresses"][0]["fqdn"]
    assert ascii_name == bag["probes"][0]["properties"]["host"]
    assert {Severity.NOTE} >= {each.severity for each in reading.problems}
    assert (0 if name == ascii_name else 4) == len(reading.problems)


@pytest.mark.parametrize(
    "changed",
    [
        {"httpListeners": Placeholder("x")},
        {"httpListeners": [{"name": "a", "properties": Placeholder("x")}]},
        {"frontendPorts": [part("p", port=Placeholder("x"))]},
        {"enableHttp2": Placeholder("x")},
        {"httpListeners": [listener("a", 443, hostNames=Placeholder("x"))]},
    ],
)
def test_a_placeholder_stands_only_where_a_value_can_come_later(changed: dict[str, Any]) -> None:
    """A text that begins as a placeholder skips no look at its form; where a program says so, it may stand anywhere."""
    given = document([listener("https", 443)], **changed)
    assert "wrong-form" in [each.rule for each in read(given).problems]
    assert [] == [each.rule for each in read(given, later=Placeholder("x")).problems]


def test_a_placeholder_is_no_host_name() -> None:
    """Nor does it skip the rules: a listener's host names are known from the start."""
    given = document([listener("https", 443, hostNames=[Placeholder("x")])])
    assert ["host-name-malformed"] == [each.rule for each in read(given).problems]


def test_many_unknown_names_are_read_soon() -> None:
    """Near names are looked for so long only; every unknown name is told all the same."""
    given = document([listener("https", 443)]) | {f"protocolX{n}": 1 for n in range(20_000)} | {"x" * 1_000_000: 1}
    with bounded():
        problems = read(given).problems
    assert 20_001 == len(problems)
    assert 200 > max(len(each.saw) for each in problems)


def test_a_deep_document_is_told_as_deep_by_every_python() -> None:
    """The guard is ours, not the interpreter's: the deepest document that is read leaves room on the stack."""
    value: Any = "x"
    for _ in range(MAX_DEPTH - 3):
        value = [value]
    given = json.loads(json.dumps({**document([listener("https", 443)]), "tags": {"a": value}}))
    assert ["wrong-form"] == [each.rule for each in read(given).problems]
    assert sys.getrecursionlimit() >= 1_000
    assert [] == [each.rule for each in read(document([], rules=[basic_rule("a")])).problems]

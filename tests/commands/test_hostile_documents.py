"""Hostile gateway documents through whole commands: a message or the work done, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.references import self_reference

from tests.rehearsal.documents import basic_rule, document, headers_set, listener, part, passthrough, rewrite_set

Run = Callable[..., Result]
LONG = ".".join(["a" * 60] * 4)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_one(command: str, given: Any, *more: str) -> Result:
        file = tmp_path / "gateway.json"
        file.write_text(given if isinstance(given, str) else json.dumps(given))
        options = {"verify": ["--document", str(file), "--connect", "127.0.0.1:9"]}.get(command, [str(file)])
        done = CliRunner().invoke(main, [command, *options, *more])
        assert "unexpected-error" not in done.output
        assert "Traceback" not in done.output
        assert all(line.isprintable() for line in done.output.split("\n"))
        return done

    return run_one


def hosted(*names: str) -> dict[str, Any]:
    return document([listener("https", 8591, "lenient", hostNames=list(names))], sslProfiles=[passthrough("lenient")])


def with_paths(*paths: str) -> dict[str, Any]:
    way = {
        "BackendAddressPool": self_reference("backendAddressPools", "app"),
        "BackendHttpSettings": self_reference("backendHttpSettingsCollection", "app"),
        "RewriteRuleSet": self_reference("rewriteRuleSets", "identity"),
    }
    rule = part("rule", paths=list(paths), **{name[0].lower() + name[1:]: value for name, value in way.items()})
    defaults = {f"default{name}": value for name, value in way.items()}
    return document(
        [listener("https", 8592)],
        rules=[basic_rule("https", urlPathMap=self_reference("urlPathMaps", "map"))],
        urlPathMaps=[part("map", pathRules=[rule], **defaults)],
    )


def with_pattern(pattern: str) -> dict[str, Any]:
    rule = {
        "conditions": [{"variable": "var_host", "pattern": pattern}],
        "actionSet": {"requestHeaderConfigurations": headers_set(X_Match="yes")},
    }
    return document([listener("https", 8593)], rewriteRuleSets=[rewrite_set("identity", rule)])


def renamed(name: str) -> dict[str, Any]:
    actions = {"requestHeaderConfigurations": [{"headerName": name, "headerValue": "{var_client_certificate}"}]}
    return document([listener("https", 8594)], rewriteRuleSets=[rewrite_set("identity", {"actionSet": actions})])


WORKS = {
    "a host name of 243 characters": (hosted(LONG), LONG),
    "an international host name": (hosted("ä.example"), "xn--4ca.example"),
    "an international wildcard": (hosted("*.straße.example"), "any.xn--strae-oqa.example"),
    "an international path": (with_paths("/straße/*"), "stra%C3%9Fe"),
    "a path with a blank": (with_paths("/a b/*"), "/a%20b/"),
    "hostile stars": (with_paths("/" + "*a" * 1_000), "hold"),
}


@pytest.mark.parametrize("name", WORKS)
def test_what_a_gateway_can_have_is_rehearsed(run: Run, name: str) -> None:
    """International names are converted, long ones are host names all the same, and every verdict holds."""
    given, shown = WORKS[name]
    done = run("rehearse", given)
    assert 0 == done.exit_code, done.output
    assert shown in done.output.replace("\n", "") or name.startswith("a host")


REFUSED: dict[str, list[Any]] = {
    "host-name-malformed": [hosted(name) for name in ("", ".x", "a..b", "a" * 70)],
    "control-character": [
        hosted("a\x00b"),
        hosted("a\x1b[31mb"),
        hosted("a\r\nEvil: 1"),
        hosted("\ud800"),
        with_paths("/a\r\nEvil: 1"),
        renamed("X\r\nEvil: 1\r\nY"),
    ],
    "header-name-malformed": [renamed("X-Ünï"), renamed("X-[/red]")],
    "missing-name": [document([listener("https", 8595)], httpListeners=[{"properties": {"protocol": "Https"}}])],
    "port-out-of-range": [document([listener("https", 8596)], frontendPorts=[part("port-8596", port=70_000)])],
    "wrong-form": [document([listener("https", 8597)], frontendPorts=[part("port-8597", port=int("9" * 400))])],
    "document-unreadable": ["[" * 100_000, '{"port": ' + "9" * 5_000 + "}", '{"a": NaN}', "\x00", '{"a":"\x1b"}', ""],
    "no-gateway": ["[]", "1", '{"properties": []}', '{"resources": 1}', "null", '"' + "a" * 100_000 + '"'],
    "nginx-refused": [with_pattern("[" * 4_000), with_pattern("(" * 1_000)],
}
"""By the rule that refuses each. Only rehearse runs nginx."""


@pytest.mark.parametrize("command", ["rehearse", "verify", "template"])
@pytest.mark.parametrize("rule", REFUSED)
def test_what_no_gateway_can_have_is_refused(run: Run, rule: str, command: str) -> None:
    """Each command that reads a document says what is wrong with it and ends with exit code 2."""
    for given in REFUSED[rule]:
        if (rule, command) == ("nginx-refused", "verify") or (rule, command) == ("nginx-refused", "template"):
            continue
        done = run(command, given)
        assert 2 == done.exit_code, done.output
        assert f"{rule}: " in done.stderr


@pytest.mark.parametrize("pattern", ["[" * 40_000, "(|){60}b", "(" * 5_000 + ")" * 5_000])
@pytest.mark.parametrize("command", ["rehearse", "verify", "template"])
def test_a_hostile_pattern_ends_soon(run: Run, command: str, pattern: str) -> None:
    """nginx itself refuses patterns that it cannot take, and no command hangs on them."""
    done = run(command, with_pattern(pattern))
    assert {"rehearse": {0, 2}, "verify": {1, 2}, "template": {0}}[command] >= {done.exit_code}, done.output


@pytest.mark.parametrize(
    ("path", "seen"),
    [("evil", "/evil"), (".attacker.example/", "/.attacker.example/"), ("{http_req_X-Path}", "/"), ("/fine", "/fine")],
)
def test_a_rewritten_path_never_becomes_part_of_the_backends_address(run: Run, path: str, seen: str) -> None:
    """A modifiedPath without its slash reaches the same backend, under a path."""
    rule = {"actionSet": {"urlConfiguration": {"modifiedPath": path, "reroute": False}}}
    done = run("rehearse", document([listener("https", 8598)], rewriteRuleSets=[rewrite_set("identity", rule)]))
    assert 0 == done.exit_code, done.output
    assert (seen != path) is ("may lack its first slash" in done.output)

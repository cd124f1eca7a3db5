"""Mangled gateway documents by the ten thousand: each is read, planned, promised and written, or refused, and soon.

    python benchmarks/fuzz_documents.py [CASES] [SEED]

Cases follow from the seed, which is printed. Exits with 1 at the first case that fails, and
writes it to fuzz-case.json.
"""

import copy
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mtls_app_gateway.document.arm_types import GATEWAY_TYPE
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.document.references import check_references
from mtls_app_gateway.document.template_writing import template_of
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.nginx.config import plan
from mtls_app_gateway.rehearsal.nginx.placement import Placement, endpoints
from mtls_app_gateway.review import review
from mtls_app_gateway.verify.promise.promise import promises_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
SLOWEST = 2.0
QUICKSTART = Path(__file__).parents[1] / "tests" / "fixtures" / "quickstart"

Part = dict[str, Any]
Place = tuple[Any, Any]
"""A list or an object, and a position or a name in it."""

TEXTS = (
    *(
        "",
        " ",
        "\x00",
        "\r\nEvil: 1",
        "\x1b[31m",
        "\ud800",
        "\u202e",
        "$",
        "${dollar}",
        '"',
        "\\",
        ";",
        "{",
        "}",
        "*",
        "?",
    ),
    *("/", "//", "a..b", ".x", "ä.example", "*.straße.example", "a" * 70, "a." * 130, "X-Ünï", "-", "0", "-1", "1.0"),
    *(
        "9" * 400,
        "true",
        "TRUE",
        "None",
        "Strict",
        "Passthrough",
        "Https",
        "Http",
        "HttpStatus400",
        "$input/x",
        "$self/",
    ),
    *(
        "$self/httpListeners/https",
        "$self/sslProfiles/strict",
        "[",
        "[" * 5_000,
        "(" * 300,
        "(|){60}b",
        "[[:alpha:]",
        "a{9}",
    ),
    *("(?<a>b)", "{var_host}", "{var_x_1}", "{http_req_A}", "{", "/" + "*a" * 500, "[variables('x')]", "[concat('a']"),
    *("[parameters('appGateway')]", "[resourceId('a/b', 'c')]", "[format('{0}{0}', 'a')]", "2025-03-01", "9999-99-99"),
)
NUMBERS = (0, 1, -1, 443, 65_535, 65_536, 70_000, 2**31, 2**63, 10**399, 1e308, 1e999, float("nan"), 1.5, True, False)


def main(cases: int, seed: int) -> int:
    """Run the cases; say what the slowest took and what became of them."""
    choose = random.Random(seed)  # noqa: S311 - cases to repeat, no secret
    slowest, outcomes = 0.0, Counter[str]()
    for number in range(cases):
        case = mangled(choose)
        started = time.process_time()
        try:
            outcomes.update(outcome(*case))
            taken = time.process_time() - started
        except BaseException:  # noqa: BLE001 - also what a library raises beyond Exception
            traceback.print_exc()
            taken = SLOWEST + 1
        if taken > SLOWEST:
            Path("fuzz-case.json").write_text(json.dumps(case), encoding="ascii")
            print(f"case {number} of seed {seed} failed after {taken:.2f} s; it is in fuzz-case.json")
            return 1
        slowest = max(slowest, taken)
    print(f"{cases:,} cases of seed {seed}: slowest {1000 * slowest:.1f} ms")
    print(", ".join(f"{name} {count:,}" for name, count in outcomes.most_common()))
    return 0


def outcome(data: Any, parameters: Any) -> Iterator[str]:
    """Through the reader, and where that takes it through everything that is made of a document."""
    try:
        document = read_document(data, parameters)
    except GatewayError as error:
        yield from {problem.rule for problem in error.problems}
        return
    yield "read"
    works = [("view", view), ("review", _review), ("promise", _promise), ("template", _template)]
    # A local gateway is planned for a document whose references reach what they name.
    works += [("nginx", _nginx)] if not check_references(document) else []
    for name, work in works:
        try:
            work(document)
            yield name
        except GatewayError:
            yield f"no {name}"


def _nginx(document: Part) -> None:
    gateway = view(document)
    ports = {endpoint: 10_000 + number for number, endpoint in enumerate(endpoints(gateway))}
    backends = {pool.name: f"127.0.0.1:{number + 1}" for number, pool in enumerate(gateway.pools)}
    plan(gateway, Placement(ports, backends, 9_999, (1, 31, 3))).config.encode()


def _review(document: Part) -> None:
    review(view(document))


def _promise(document: Part) -> None:
    promises_of(view(document))


def _template(document: Part) -> None:
    json.dumps(template_of(document))


def mangled(choose: random.Random) -> tuple[Any, Any]:
    """A document, and the parameters of a template or none, with some places changed."""
    data, parameters = copy.deepcopy(choose.choice(SEEDS))
    for _ in range(choose.choice((1, 1, 1, 2, 2, 4, 8, 32))):
        root = data if parameters is None or choose.random() < 0.9 else parameters
        with suppress(RecursionError):  # Nested so deep that Python's own copying gives up.
            if places := list(_places(root)):
                _change(choose, *choose.choice(places), places)
    return data, parameters


def _places(value: Any) -> Iterator[Place]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _change(choose: random.Random, holder: Any, key: Any, places: list[Place]) -> None:
    other, other_key = choose.choice(places)
    match choose.randrange(9):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = choose.choice(TEXTS)
        case 3:
            holder[key] = choose.choice(NUMBERS)
        case 4:
            holder[key] = choose.choice((None, [], {}, [None], [[]], {"": ""}, {"id": None}, {"name": None}))
        case 5:
            holder[key] = _nested(choose, holder[key])
        case 6 if isinstance(holder, dict):
            holder[choose.choice((str(key).upper(), f"{key}{choose.choice(TEXTS)}"))] = holder.pop(key)
        case 7 if isinstance(holder[key], str):
            cut = choose.randrange(len(holder[key]) + 1)
            holder[key] = holder[key][:cut] + choose.choice(TEXTS) + holder[key][cut:]
        case _ if other_key in range(len(other)) if isinstance(other, list) else other_key in other:
            holder[key] = copy.deepcopy(other[other_key])


def _nested(choose: random.Random, value: Any) -> Any:
    for _ in range(choose.choice((1, 2, 40, 70, 300))):
        value = [value] if choose.random() < 0.5 else {"properties": value}
    return value


def _part(name: str, **properties: Any) -> Part:
    return {"name": name, "properties": properties}


def _to(collection: str, name: str) -> dict[str, str]:
    return {"id": f"$self/{collection}/{name}"}


def _gateway() -> Part:
    """A gateway with a part of each kind that anything here looks at."""
    way = {
        "backendAddressPool": _to("backendAddressPools", "app"),
        "backendHttpSettings": _to("backendHttpSettingsCollection", "app"),
        "rewriteRuleSet": _to("rewriteRuleSets", "identity"),
    }
    headers = [{"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"}]
    rewrite = {
        "name": "identity",
        "ruleSequence": 100,
        "conditions": [{"variable": "var_host", "pattern": "(.*)a", "ignoreCase": True, "negate": False}],
        "actionSet": {
            "requestHeaderConfigurations": headers,
            "responseHeaderConfigurations": [{"headerName": "X-A", "headerValue": "{var_host_1}"}],
            "urlConfiguration": {"modifiedPath": "/a", "modifiedQueryString": "b=c", "reroute": False},
        },
    }
    place = {
        "frontendIPConfiguration": _to("frontendIPConfigurations", "public"),
        "frontendPort": _to("frontendPorts", "p"),
    }
    shown = {"protocol": "Https", "sslCertificate": _to("sslCertificates", "tls")}
    profiled = place | shown | {"hostNames": ["a.example", "*.b.example"], "sslProfile": _to("sslProfiles", "strict")}
    wanted = {"verifyClientAuthMode": "Strict", "verifyClientCertIssuerDN": True, "verifyClientRevocation": "OCSP"}
    properties = {
        "sku": {"name": "Standard_v2", "tier": "Standard_v2", "capacity": 1},
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "frontendIPConfigurations": [_part("public", publicIPAddress={"id": "$input/publicIp.id"})],
        "frontendPorts": [_part("p", port=443), _part("q", port=80)],
        "sslCertificates": [{"name": "tls"}],
        "sslProfiles": [
            _part(
                "strict",
                clientAuthConfiguration=wanted,
                trustedClientCertificates=[_to("trustedClientCertificates", "a")],
            ),
            _part("lenient", clientAuthConfiguration={"verifyClientAuthMode": "Passthrough"}),
        ],
        "trustedClientCertificates": [_part("a", data="AAAA")],
        "httpListeners": [
            _part("https", **profiled),
            _part("other", **place, **shown, hostName="c.example", sslProfile=_to("sslProfiles", "lenient")),
            _part("plain", **place | {"frontendPort": _to("frontendPorts", "q"), "protocol": "Http"}),
        ],
        "backendAddressPools": [
            _part("app", backendAddresses=[{"fqdn": "app.example.com"}, {"ipAddress": "10.0.0.4"}])
        ],
        "backendHttpSettingsCollection": [_part("app", port=443, protocol="Https", path="/base", requestTimeout=20)],
        "probes": [_part("app", host="app.example.com", path="/", port=443, interval=30)],
        "redirectConfigurations": [_part("up", redirectType="Permanent", targetListener=_to("httpListeners", "https"))],
        "rewriteRuleSets": [_part("identity", rewriteRules=[rewrite])],
        "urlPathMaps": [
            _part(
                "map",
                pathRules=[_part("images", paths=["/images/*", "/a*"], **way)],
                **{f"default{name[0].upper()}{name[1:]}": target for name, target in way.items()},
            )
        ],
        "requestRoutingRules": [
            _part(
                "one", priority=100, httpListener=_to("httpListeners", "https"), urlPathMap=_to("urlPathMaps", "map")
            ),
            _part("two", priority=200, httpListener=_to("httpListeners", "other"), **way),
            _part(
                "three",
                httpListener=_to("httpListeners", "plain"),
                redirectConfiguration=_to("redirectConfigurations", "up"),
            ),
        ],
        "customErrorConfigurations": [{"statusCode": "HttpStatus400", "customErrorPageUrl": "https://example.com/400"}],
    }
    tags = {
        "tags": {"owner": "someone"},
        "zones": ["1"],
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"$input/id": {}}},
    }
    return {"type": GATEWAY_TYPE, "apiVersion": API.version, "name": "gw", "properties": properties} | tags


def _seeds() -> tuple[tuple[Any, Any], ...]:
    template, parameters = (
        json.loads((QUICKSTART / f"{name}.json").read_text()) for name in ("template", "parameters")
    )
    gateway = _gateway()
    return (gateway, None), (gateway, None), (template_of(read_document(gateway)), {}), (template, parameters)


SEEDS = _seeds()

if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [20_000, 1][len(arguments) :])))

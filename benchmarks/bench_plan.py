"""What it costs to plan a large gateway: settings parsed and judged, CA chains loaded, the document built and reviewed.

The large gateway has 100 listeners, 400 path rules and 200 CA chains, and is compared with one of half the size, in
turn, on processor time, so that other work on the machine counts for both.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from statistics import median
from typing import Any

from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind
from mtls_app_gateway.settings.planning import plan_gateway

from benchmarks.bars import Bar, report

AT = datetime(2026, 3, 1, tzinfo=UTC)
LISTENERS, PATH_RULES, CHAINS = 100, 400, 200
RULES_OF_A_MAP = 100
RUNS = 7
MOST_SECONDS = 1.0
MOST_GROWTH = 2.6
"""Times the gateway of half the size: linear, with room for noise."""


def main() -> None:
    """Measure, print, judge."""
    chains = [_chain(number) for number in range(CHAINS)]
    whole, half = _settings(chains, 1), _settings(chains, 2)
    _seconds(half)
    pairs = [(_seconds(whole), _seconds(half)) for _ in range(RUNS)]
    seconds = median(one for one, _ in pairs)
    growth = median(one / other for one, other in pairs)
    print(f"{LISTENERS} listeners, {PATH_RULES} path rules, {CHAINS} chains: {1000 * seconds:.0f} ms")
    report(
        [
            Bar("plan of a large gateway", seconds, most=MOST_SECONDS, unit="s of processor time"),
            Bar("growth from half its size", growth, most=MOST_GROWTH),
        ]
    )


def _chain(number: int) -> dict[str, str]:
    root = Authority.create(f"Root {number}", now=AT, key=KeyKind.P256)
    return {"name": f"chain-{number}", "data": root.intermediate(f"Issuing {number}", key=KeyKind.P256).bundle_pem}


def _settings(chains: list[dict[str, str]], divisor: int) -> dict[str, Any]:
    """A gateway of this part of the full size: half of its listeners trust half of its chains each."""
    listeners, maps, count = LISTENERS // divisor, PATH_RULES // RULES_OF_A_MAP // divisor, CHAINS // divisor
    profiles = [
        {"name": name, "mode": "Strict", "strict": {"trustedCaChains": chains[start : start + count // 2]}}
        for name, start in (("first", 0), ("second", count // 2))
    ]
    return {
        "resourceGroupName": "rg-edge",
        "redirectHttpToHttps": True,
        "profiles": profiles,
        "listenerCertificates": [{"pfx": Placeholder("listenerCertificates[0].pfx")}],
        "listeners": [
            {
                "name": f"listener-{at}",
                "hostNames": [f"host-{at}.example.com"],
                "profile": profiles[at % 2]["name"],
                "port": 443 + at % 2,
            }
            for at in range(listeners)
        ],
        "backends": [{"name": f"backend-{at}", "fqdns": [f"app-{at}.example.com"]} for at in range(listeners)],
        "routes": [
            {
                "name": f"route-{at}",
                "listener": f"listener-{at}",
                "backend": f"backend-{at}",
                "priority": 1 + at,
                "paths": _path_rules(listeners) if at < maps else [],
            }
            for at in range(listeners)
        ],
    }


def _path_rules(backends: int) -> list[dict[str, Any]]:
    return [
        {"name": f"path-{at}", "paths": [f"/{at}", f"/{at}/*"], "backend": f"backend-{at % backends}"}
        for at in range(RULES_OF_A_MAP)
    ]


def _seconds(settings: Mapping[str, Any]) -> float:
    start = time.process_time()
    plan_gateway(settings, now=AT)
    return time.process_time() - start


if __name__ == "__main__":
    main()

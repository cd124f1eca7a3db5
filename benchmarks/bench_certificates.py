"""What it costs to load, check and encode CA bundles, beside what the cryptography library alone needs for them.

The yardstick parses every certificate and verifies every signature once. Runs are paired, yardstick and ours in turn,
on processor time, so that other work on the machine counts for both.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median

from cryptography import x509
from mtls_app_gateway.certificates import GivenBundle, load_chains
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind, PrivateKey

from benchmarks.bars import Bar, report

AT = datetime(2026, 3, 1, tzinfo=UTC)
SIZES = (10, 50, 100, 200)
RUNS = 15
MOST = 3.0
"""Times the yardstick, at 200 bundles."""
MOST_GROWTH = 1.5
"""Least time per bundle at 200, over that at 10: linear, with room for noise."""


def main() -> None:
    """Measure, print, judge."""
    bundles = _bundles(max(SIZES))
    ratios, per_bundle = {}, {}
    for size in SIZES:
        some = bundles[:size]
        yardstick, ours = _paired(lambda some=some: _yardstick(some), lambda some=some: _ours(some))  # type: ignore[misc]
        ratios[size] = median(mine / theirs for mine, theirs in zip(ours, yardstick, strict=True))
        per_bundle[size] = min(ours) / size
        print(
            f"{size:4} bundles: cryptography alone {1000 * median(yardstick):7.1f} ms, loaded and checked "
            f"{1000 * median(ours):7.1f} ms, {ratios[size]:.2f} times, {1e6 * per_bundle[size]:.0f} µs a bundle"
        )
    growth = per_bundle[200] / per_bundle[10]
    report(
        [
            Bar("ratio at 200", ratios[200], most=MOST),
            Bar("growth per bundle from 10 to 200", growth, most=MOST_GROWTH),
        ]
    )


def _bundles(count: int) -> list[str]:
    """A root and an intermediate each, RSA and P-256 in turn; a few RSA keys serve all, since making one is slow."""
    rsa_keys = [KeyKind.RSA2048.generate() for _ in range(4)]

    def key(number: int, offset: int) -> KeyKind | PrivateKey:
        return rsa_keys[(number + offset) % 4] if number % 2 else KeyKind.P256

    return [
        Authority.create(f"Root {number}", now=AT, key=key(number, 0))
        .intermediate(f"Issuing {number}", key=key(number, 1))
        .bundle_pem
        for number in range(count)
    ]


def _yardstick(bundles: Sequence[str]) -> None:
    for bundle in bundles:
        lower, root = x509.load_pem_x509_certificates(bundle.encode())
        lower.verify_directly_issued_by(root)
        root.verify_directly_issued_by(root)


def _ours(bundles: Sequence[str]) -> None:
    given = [GivenBundle(bundle, f"{number}.pem") for number, bundle in enumerate(bundles)]
    loaded = load_chains(given, now=AT, verify_issuer_dn=True)
    if loaded.problems or len([chain.data for chain in loaded.chains]) != len(bundles):
        raise SystemExit("the bundles of the benchmark are not clean")


def _paired(first: Callable[[], None], second: Callable[[], None]) -> tuple[list[float], list[float]]:
    pairs = [(_seconds(first), _seconds(second)) for _ in range(RUNS)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()

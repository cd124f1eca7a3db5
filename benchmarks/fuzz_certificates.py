"""Mangled bundles by the hundred thousand: each must end in a report, soon, and never in an exception.

    python benchmarks/fuzz_certificates.py [CASES] [SEED]

Cases follow from the seed, which is printed. Exits with 1 at the first case that fails, and writes it to fuzz-case.bin.
"""

import base64
import random
import sys
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from mtls_app_gateway.certificates import GivenBundle, load_chains, verify_client
from mtls_app_gateway.rehearsal.authority import Authority, KeyKind

AT = datetime(2026, 3, 1, tzinfo=UTC)
SLOWEST = 1.0
INTERESTING = (0, 1, 2, 3, 4, 5, 0x30, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xA3, 0xFF)


def main(cases: int, seed: int) -> int:
    """Run the cases; say what the slowest took and what was found."""
    choose = random.Random(seed)  # noqa: S311 - cases to repeat, no secret
    seeds = _seeds()
    slowest, rules = 0.0, Counter[str]()
    for number in range(cases):
        data = _mangled(choose, seeds)
        start = time.process_time()
        try:
            loaded = load_chains([GivenBundle(data, "fuzz", split=number % 2 == 0)], now=AT, verify_issuer_dn=True)
            verify_client(data, loaded.chains, now=AT, verify_issuer_dn=True, verify_revocation=True)
            taken = time.process_time() - start
            failed = taken > SLOWEST or not (loaded.chains or loaded.problems)
        except BaseException:  # noqa: BLE001 - also what the library raises beyond Exception
            traceback.print_exc()
            taken, failed = 0.0, True
        if failed:
            Path("fuzz-case.bin").write_bytes(data)
            print(f"case {number} of seed {seed} failed after {taken:.2f} s; it is in fuzz-case.bin")
            return 1
        slowest = max(slowest, taken)
        rules.update({problem.rule for problem in loaded.problems} or {"no problem"})
    print(f"{cases:,} cases of seed {seed}: slowest {1000 * slowest:.1f} ms")
    print(", ".join(f"{rule} {count:,}" for rule, count in rules.most_common()))
    return 0


def _seeds() -> list[bytes]:
    root = Authority.create("Example Root", now=AT)
    old = Authority.create("Old Root", now=AT, key=KeyKind.RSA1024)
    issuing = root.intermediate("Issuing")
    crossed = old.cross_sign(issuing)
    ders = [one.certificate.public_bytes(Encoding.DER) for one in (root, issuing, crossed, issuing.issue())]
    certificates = [root.certificate, issuing.certificate, old.certificate]
    return [
        *ders,
        issuing.bundle_pem.encode(),
        (issuing.bundle_pem + crossed.bundle_pem).encode(),
        pkcs7.serialize_certificates(certificates, Encoding.DER),
        pkcs7.serialize_certificates(certificates, Encoding.PEM),
        root.key_pem.encode(),
        base64.b64encode(issuing.bundle_pem.encode()),
    ]


def _mangled(choose: random.Random, seeds: list[bytes]) -> bytes:
    """One of the seeds, or two joined, with bytes changed, put in or taken out; DER is sometimes wrapped as PEM."""
    data = bytearray(choose.choice(seeds))
    if choose.random() < 0.2:
        data += choose.choice(seeds)
    for _ in range(choose.choice((1, 1, 1, 2, 4, 16))):
        place = choose.randrange(len(data))
        match choose.randrange(4):
            case 0:
                data[place] ^= 1 << choose.randrange(8)
            case 1:
                data[place] = choose.choice(INTERESTING)
            case 2:
                data[place:place] = choose.randbytes(choose.randrange(1, 9))
            case _:
                del data[place : place + choose.randrange(1, 9)]
        data = data or bytearray(b"-")
    if data[0] == 0x30 and choose.random() < 0.5:
        body = base64.encodebytes(data)
        return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n" + seeds[4]
    return bytes(data)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(arguments + [100_000, 1][len(arguments) :])))

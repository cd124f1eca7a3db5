"""How long the rows of one listener take, beside the line of each row, as --explain prints it, run by curl in turn.

Both knock at a rehearsed gateway with every check on. Loopback is curl's best case, and bounded by what the gateway's
one worker can do: on a network every knock waits for its round trips, here all at once and there one after the other.
Judged by the median of the paired ratios, and by the slowest knock. Exits with 1 only where nothing can be compared.
"""

import shlex
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from mtls_app_gateway.document.azure import API, TlsVersion
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.document.view import view
from mtls_app_gateway.rehearsal.authority import Authority, Credential, LeafUse, self_signed, write_credential
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.rehearsal.ocsp_responder import OcspResponder
from mtls_app_gateway.verify.judge.expectation import ListenerPlan, expect
from mtls_app_gateway.verify.judge.matrix import ask
from mtls_app_gateway.verify.knock.question import Caller, ClientCertificate, OcspStatus, Target
from mtls_app_gateway.verify.promise.promise import promises_of
from mtls_app_gateway.verify.report.shell_lines import shell_lines

from benchmarks.bars import Bar, report

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
PAIRS = 7
LEAST = 5.0
"""Times quicker than curl."""
LOADED = {"verify": 0.2, "verify_run": 0.3}
"""Seconds of processor time at most until the options of the command are loaded, and its work."""
MOST_OF_SLOWEST, GRACE = 1.5, 1.0
"""The rows may take this often their slowest knock, and so many seconds."""


def main() -> int:
    """Measure, print, judge."""
    with TemporaryDirectory() as scratch, _gateway(Path(scratch)) as (plan, target):
        lines = [line for row in plan.expectations if (line := shell_lines(row.question, target).curl)]
        if len(lines) != len(plan.expectations):
            print("a row cannot be asked by curl", file=sys.stderr)
            return 1
        knocks = len({row.question for row in plan.expectations})
        print(f"{len(lines)} rows, settled by {knocks} knocks")
        pairs = [_pair(plan, target, lines) for _ in range(PAIRS)]
    for module, most in LOADED.items():
        print(f"{module} is loaded in {1000 * _loaded(module):.0f} ms of processor time (at most {1000 * most:.0f})")
    _judge(pairs)
    return 0


def _loaded(module: str) -> float:
    """Seconds of processor time until a module of the commands is loaded: the least of some."""
    program = f"import time, mtls_app_gateway.cli, mtls_app_gateway.commands.{module}; print(time.process_time())"
    command = [sys.executable, "-c", program]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(PAIRS))  # noqa: S603


def _pair(plan: ListenerPlan, target: Target, lines: Sequence[str]) -> tuple[float, float, float]:
    """Seconds that we took, that our slowest knock took, that curl took."""
    started = time.monotonic()
    verdicts = ask(plan, target, now=datetime.now(UTC))
    ours = time.monotonic() - started
    slowest = max(verdict.observation.timings.total for verdict in verdicts if verdict.observation)
    started = time.monotonic()
    for line in lines:
        subprocess.run(shlex.split(line), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
    return ours, slowest, time.monotonic() - started


def _judge(pairs: Sequence[tuple[float, float, float]]) -> None:
    ours, slowest, curl = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(theirs / mine for mine, _, theirs in pairs)
    share = max(mine - MOST_OF_SLOWEST * longest for mine, longest, _ in pairs)
    print(f"verified in {1000 * ours:.0f} ms, the slowest {1000 * slowest:.0f} ms; by curl {1000 * curl:.0f} ms")
    beyond = f"beyond {MOST_OF_SLOWEST} times the slowest knock"
    report([Bar("quicker than curl", ratio, least=LEAST), Bar(beyond, share, most=GRACE, unit="s")])


@contextmanager
def _gateway(folder: Path) -> Iterator[tuple[ListenerPlan, Target]]:
    """A gateway with its backend and its OCSP responder in a process of their own, as they are in life."""
    root = Authority.create("Root")
    issuing, sibling = root.intermediate("Issuing"), root.intermediate("Sibling")
    document = _document(issuing)
    here, there = Pipe()
    serving = get_context("fork").Process(target=_serve, args=(folder, document, (root, issuing, sibling), there))
    serving.start()
    try:
        url, target = here.recv()
        callers = _callers(issuing, sibling, url, folder)
        yield expect(promises_of(view(document))[0], callers, now=NOW, askable=tuple(TlsVersion)), target
    finally:
        here.send("end")
        serving.join()


def _serve(folder: Path, document: dict[str, Any], authorities: Sequence[Authority], parent: Connection) -> None:
    with OcspResponder(authorities) as responder, LocalGateway(folder / "gateway") as running:
        raised = running.show(document)
        (listener,) = raised.listeners
        target = Target(listener.host, listener.local_port, "127.0.0.1", server_ca=raised.server_ca)
        parent.send((responder.url, target))
        parent.recv()


def _callers(issuing: Authority, sibling: Authority, url: str, folder: Path) -> list[Caller]:
    credentials = {
        "valid": issuing.issue("valid", ocsp_url=url),
        "expired": issuing.issue("expired", ocsp_url=url, not_before=NOW - 9 * DAY, not_after=NOW - DAY),
        "not-yet-valid": issuing.issue("early", not_before=NOW + DAY, ocsp_url=url),
        "for-servers": issuing.issue("server", purpose=LeafUse.SERVER, ocsp_url=url),
        "sibling": sibling.issue("sibling", ocsp_url=url),
        "untrusted": Authority.create("Other").issue("untrusted", ocsp_url=url),
        "self-signed": self_signed(),
        "no-responder": issuing.issue("silent"),
    }
    return [_caller(name, credential, folder) for name, credential in credentials.items()]


def _caller(name: str, credential: Credential, folder: Path) -> Caller:
    certificate, key = write_credential(credential, folder, name)
    return Caller(name, name, ClientCertificate(credential.chain_pem, certificate, key), OcspStatus.GOOD)


def _document(trusted: Authority) -> dict[str, Any]:
    def part(name: str, **properties: Any) -> dict[str, Any]:
        return {"name": name, "properties": properties}

    header = {"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"}
    properties = {
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "frontendIPConfigurations": [part("public", publicIPAddress={"id": "ip"})],
        "frontendPorts": [part("https", port=9643)],
        "sslCertificates": [{"name": "tls"}],
        "trustedClientCertificates": [part("ca", data=b64encode(trusted.bundle_pem.encode()).decode())],
        "sslProfiles": [
            part(
                "clients",
                clientAuthConfiguration={
                    "verifyClientAuthMode": "Strict",
                    "verifyClientCertIssuerDN": True,
                    "verifyClientRevocation": "OCSP",
                },
                trustedClientCertificates=[self_reference("trustedClientCertificates", "ca")],
            )
        ],
        "httpListeners": [
            part(
                "edge",
                protocol="Https",
                frontendIPConfiguration=self_reference("frontendIPConfigurations", "public"),
                frontendPort=self_reference("frontendPorts", "https"),
                sslCertificate=self_reference("sslCertificates", "tls"),
                sslProfile=self_reference("sslProfiles", "clients"),
            )
        ],
        "backendAddressPools": [part("app", backendAddresses=[])],
        "backendHttpSettingsCollection": [part("app", port=80, protocol="Http")],
        "rewriteRuleSets": [
            part(
                "identity",
                rewriteRules=[
                    {"name": "set", "ruleSequence": 1, "actionSet": {"requestHeaderConfigurations": [header]}}
                ],
            )
        ],
        "requestRoutingRules": [
            part(
                "to-app",
                ruleType="Basic",
                priority=1,
                httpListener=self_reference("httpListeners", "edge"),
                backendAddressPool=self_reference("backendAddressPools", "app"),
                backendHttpSettings=self_reference("backendHttpSettingsCollection", "app"),
                rewriteRuleSet=self_reference("rewriteRuleSets", "identity"),
            )
        ],
    }
    return {
        "type": "Microsoft.Network/applicationGateways",
        "apiVersion": API.version,
        "name": "gw",
        "properties": properties,
    }


if __name__ == "__main__":
    sys.exit(main())

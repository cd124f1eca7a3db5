"""What the local gateway costs: to raise it, to knock at it as everybody, and in its workers, beside one by hand.

The generated configuration is compared with the shortest one written by hand that verifies clients alike: processor
time of the nginx worker per full handshake with a client certificate, paired, in turn, judged by the median of the
paired ratios. Only Linux measures that time exactly enough.
"""

import base64
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from mtls_app_gateway.commands.rehearse_matrix import knock
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.rehearsal.authority import Authority, write_credential
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.nginx_process import find_nginx

from benchmarks.bars import Bar, report

RAISED, MATRIX, PATHS, LARGE, RATIO = 1.0, 3.0, 6.0, 5.0, 1.05
"""The bars: four in seconds, and times the configuration written by hand."""

PAIRS, HANDSHAKES, ROUNDS = 41, 100, 5

# Without tickets off, a client could come back on an earlier verdict: that would not be the same verification.
BY_HAND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {gateway}/listener-0.pem;
    ssl_certificate_key {gateway}/listener-0.key.pem;
    ssl_client_certificate {gateway}/profile-0.trusted.pem;
    ssl_verify_client on;
    ssl_verify_depth 10;
    ssl_session_tickets off;
    location / {{ return 200; }}
  }}
}}
"""


def main() -> None:
    """Measure, print, judge."""
    nginx = find_nginx()
    print(f"served by {nginx}")
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        report(
            [
                _judged("raising a Strict gateway until it answers", _raising(folder), RAISED),
                _judged("all callers over one listener with every check", _matrix(folder), MATRIX),
                _judged("all callers over ten paths with every check", _matrix(folder, paths=9), PATHS),
                _judged("raising 50 listeners and 200 chains", _large(folder), LARGE),
                *_compare(folder),
            ]
        )


def _judged(what: str, seconds: list[float], bar: float) -> Bar:
    print(f"{what}: worst {max(seconds):.2f} s of {len(seconds)}")
    return Bar(what, median(seconds), most=bar, unit="s")


def _raising(folder: Path) -> list[float]:
    authority, taken = Authority.create("Root").intermediate("Issuing"), []
    for number in range(ROUNDS):
        began = time.perf_counter()
        with LocalRehearsal(folder / f"raised-{number}") as rehearsal:
            session = rehearsal.show(_gateway({"partners": authority.bundle_pem}))
            caller = session.callers["profile"][0]
            pair = (session.folder / caller.certificate, session.folder / caller.key)
            context = _context(session.folder / session.server_ca, pair)
            connection = http.client.HTTPSConnection("localhost", session.listeners[0].port, context=context)
            connection.request("GET", "/")
            if connection.getresponse().status != 200:
                raise RuntimeError("the raised gateway does not let a valid client in")
            taken.append(time.perf_counter() - began)
            connection.close()
    return taken


def _matrix(folder: Path, *, paths: int = 0) -> list[float]:
    authority, taken = Authority.create("Root").intermediate("Issuing"), []
    document = _gateway({"partners": authority.bundle_pem}, checks=True, paths=paths)
    with LocalRehearsal(folder / "matrix") as rehearsal:
        for _ in range(ROUNDS):
            session = rehearsal.show(document)
            began = time.perf_counter()
            report = knock(session, "bench", progress=lambda _done, _all: None)
            taken.append(time.perf_counter() - began)
            if paths and not any(row.row.startswith(f"backend pool at /{paths - 1}/") for row in report.verdicts):
                raise RuntimeError("the last path was not knocked at")
            if report.exit_code != 0:
                raise RuntimeError(report.summary)
    return taken


def _large(folder: Path) -> list[float]:
    chains = {f"chain-{at}": Authority.create(f"Root {at}").intermediate(f"Issuing {at}") for at in range(200)}
    document, taken = _gateway({name: each.bundle_pem for name, each in chains.items()}, listeners=50), []
    for number in range(ROUNDS):
        began = time.perf_counter()
        with LocalRehearsal(folder / f"large-{number}") as rehearsal:
            rehearsal.show(document)
            taken.append(time.perf_counter() - began)
    return taken


@dataclass(frozen=True, slots=True)
class _Contender:
    """A worker and where it listens."""

    worker: int
    port: int


def _compare(folder: Path) -> list[Bar]:
    authority = Authority.create("Root").intermediate("Issuing")
    pair = write_credential(authority.issue(), folder, "client")
    with LocalGateway(folder / "generated") as gateway:
        raised = gateway.show(_gateway({"partners": authority.bundle_pem}))
        generated = _Contender(_worker(folder / "generated" / "nginx.pid"), raised.listeners[0].local_port)
        with _by_hand(folder / "by-hand", folder / "generated") as by_hand:
            return [
                _compared(version.name, generated, by_hand, _context(raised.server_ca, pair, version))
                for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
            ]


def _compared(name: str, generated: _Contender, by_hand: _Contender, context: ssl.SSLContext) -> Bar:
    for contender in (generated, by_hand):
        _cost(contender, context)
    pairs = []
    for number in range(PAIRS):
        first, second = (generated, by_hand) if number % 2 else (by_hand, generated)
        costs = {first: _cost(first, context), second: _cost(second, context)}
        pairs.append((costs[generated], costs[by_hand]))
    ratio = median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (1e6 * median(costs) for costs in zip(*pairs, strict=True))
    print(f"{name}: worker time a handshake {mine:.0f} µs generated, {theirs:.0f} µs by hand")
    return Bar(f"{name}: median ratio of {PAIRS} pairs", ratio, most=RATIO)


def _cost(contender: _Contender, context: ssl.SSLContext) -> float:
    """Seconds of processor time the worker takes for a full handshake with a client certificate, on average."""
    before = _processor_time(contender.worker)
    for _ in range(HANDSHAKES):
        with (
            socket.create_connection(("127.0.0.1", contender.port)) as connection,
            context.wrap_socket(connection, server_hostname="localhost") as line,
            suppress(OSError),
        ):
            # In TLS 1.3 the server looks at the certificate after the client is done: wait for its goodbye.
            line.unwrap()
    return (_processor_time(contender.worker) - before) / HANDSHAKES


def _processor_time(process: int) -> float:
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _worker(pid_file: Path) -> int:
    master = pid_file.read_text().strip()
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(worker)


@contextmanager
def _by_hand(folder: Path, gateway: Path) -> Iterator[_Contender]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(BY_HAND.format(folder=folder, gateway=gateway, port=port, user=user))
    command = [str(find_nginx().binary), "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(config)]
    # In a session of its own, as the rehearsal's: the scheduler deals out time by session.
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603 - the nginx of the rehearsal
        try:
            end = time.monotonic() + 10
            # It writes down its process id after it has begun to listen.
            while not (_is_listening(port) and (folder / "nginx.pid").exists()) and time.monotonic() < end:
                time.sleep(0.02)
            yield _Contender(_worker(folder / "nginx.pid"), port)
        finally:
            process.terminate()


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _context(
    server_ca: Path, pair: tuple[Path, Path], version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(server_ca))
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*pair)
    return context


def _gateway(chains: Mapping[str, str], *, checks: bool = False, listeners: int = 1, paths: int = 0) -> dict[str, Any]:
    """A gateway with Strict listeners that trust all these chains, and as many paths beside the rest."""

    def reference(collection: str, name: str) -> dict[str, str]:
        return {"id": f"$self/{collection}/{name}"}

    def part(name: str, **properties: Any) -> dict[str, Any]:
        return {"name": name, "properties": properties}

    names = [f"https-{at}" for at in range(listeners)]
    wanted = {
        "verifyClientAuthMode": "Strict",
        "verifyClientCertIssuerDN": checks,
        "verifyClientRevocation": "OCSP" if checks else "None",
    }
    header = {"headerName": "X-Client-Cert", "headerValue": "{var_client_certificate}"}
    rewriting = {"name": "identity", "ruleSequence": 100, "actionSet": {"requestHeaderConfigurations": [header]}}
    backend = {
        "backendAddressPool": reference("backendAddressPools", "app"),
        "backendHttpSettings": reference("backendHttpSettingsCollection", "app"),
        "rewriteRuleSet": reference("rewriteRuleSets", "identity"),
    }
    rest = {f"default{name[0].upper()}{name[1:]}": value for name, value in backend.items()}
    path_rules = [part(f"path-{at}", paths=[f"/{at}/*"], **backend) for at in range(paths)]
    kind: dict[str, Any] = {"ruleType": "Basic", **backend}
    if paths:
        kind = {"ruleType": "PathBasedRouting", "urlPathMap": reference("urlPathMaps", "paths")}
    properties = {
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"},
        "frontendIPConfigurations": [part("public", publicIPAddress={"id": "$input/publicIp.id"})],
        "frontendPorts": [part(name, port=20_000 + at) for at, name in enumerate(names)],
        "sslCertificates": [{"name": "tls"}],
        "trustedClientCertificates": [
            part(name, data=base64.b64encode(pem.encode()).decode()) for name, pem in chains.items()
        ],
        "sslProfiles": [
            part(
                "profile",
                clientAuthConfiguration=wanted,
                trustedClientCertificates=[reference("trustedClientCertificates", name) for name in chains],
            )
        ],
        "httpListeners": [
            part(
                name,
                frontendIPConfiguration=reference("frontendIPConfigurations", "public"),
                frontendPort=reference("frontendPorts", name),
                protocol="Https",
                sslCertificate=reference("sslCertificates", "tls"),
                sslProfile=reference("sslProfiles", "profile"),
            )
            for name in names
        ],
        "backendAddressPools": [part("app", backendAddresses=[{"fqdn": "app.example.com"}])],
        "backendHttpSettingsCollection": [part("app", port=80, protocol="Http")],
        "rewriteRuleSets": [part("identity", rewriteRules=[rewriting])],
        "urlPathMaps": [part("paths", pathRules=path_rules, **rest)] if paths else [],
        "requestRoutingRules": [
            part(name, priority=100 + at, httpListener=reference("httpListeners", name), **kind)
            for at, name in enumerate(names)
        ],
    }
    return {
        "type": "Microsoft.Network/applicationGateways",
        "apiVersion": API.version,
        "name": "gw",
        "properties": properties,
    }


if __name__ == "__main__":
    main()

"""`mtls-gateway verify` as people and CI run it: exit codes, where the promise comes from, files, watching."""

import copy
import json
import os
import pty
import re
import select
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from mtls_app_gateway.cli import main
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.rehearsal.authority import LeafUse, write_credential
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway

from tests.rehearsal.documents import basic_rule, chain, document, listener, part, passthrough, strict

from .asking import Document
from .conftest import Pki
from .servers import echoing, over_tls, server_context, serving

CONNECT = ("--connect", "127.0.0.1")


@pytest.fixture(scope="module")
def gateway(pki: Pki) -> Document:
    return document(
        [
            listener("strict", 8951, "strict", hostNames=["strict.example.com"]),
            listener("lenient", 8952, "lenient", hostNames=["lenient.example.com", "*.lenient.example.com"]),
            listener("any", 8953, "lenient"),
            listener("another", 8952, "lenient"),
        ],
        sslProfiles=[strict("strict", "a"), passthrough("lenient")],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )


@pytest.fixture(scope="module")
def local(gateway: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running.show(gateway)


@pytest.fixture(scope="module")
def served(gateway: Document, local: RunningGateway) -> Document:
    """The document with the ports that it got on this machine."""
    ports = {f"port-{each.endpoint.port}": each.local_port for each in local.listeners}
    found = copy.deepcopy(dict(gateway))
    for port in found["properties"]["frontendPorts"]:
        port["properties"]["port"] = ports[port["name"]]
    return found


@pytest.fixture(scope="module")
def file(served: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document in a file, and the gateway up."""
    path = tmp_path_factory.mktemp("document") / "gateway.json"
    path.write_text(json.dumps(served))
    return path


@pytest.fixture(scope="module")
def ports(local: RunningGateway) -> dict[str, int]:
    """Each listener's port."""
    return {each.name: each.local_port for each in local.listeners}


@pytest.fixture(scope="module")
def host(ports: dict[str, int]) -> str:
    """Where the Strict listener is."""
    return f"strict.example.com:{ports['strict']}"


@pytest.fixture
def trusting(local: RunningGateway) -> tuple[str, ...]:
    return (*CONNECT, "--server-ca", str(local.server_ca))


@pytest.fixture
def strictly(host: str, file: Path, trusting: tuple[str, ...]) -> tuple[object, ...]:
    """The arguments to ask the Strict listener."""
    return (host, "--document", file, *trusting)


def verify(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def own(pki: Pki, *names: str) -> list[str]:
    certificates = [pki.callers[name].certificate for name in names]
    return [
        word
        for each in certificates
        if each
        for word in ("--client-cert", str(each.certificate_path), "--client-key", str(each.key_path))
    ]


def rows(result: Result) -> dict[str, Any]:
    (section,) = json.loads(result.stdout)["listeners"]
    return {row["row"]: row for row in section["rows"]}


def test_it_holds(host: str, file: Path, pki: Pki, trusting: tuple[str, ...]) -> None:
    """
    Exit code 0, a table with every row, and a legend.
    """
    result = verify(host, "--document", file, *trusting, *own(pki, "valid"))

    assert 0 == result.exit_code
    assert re.search(r"your certificate valid\.pem .* let in .* HTTP 200, from the backend .* holds", result.output)
    assert "L  seen on a live gateway and published" in result.output
    assert re.search(r"^\d+ hold", result.output, re.MULTILINE)
    assert "\x1b" not in result.output


def test_it_does_not_hold(host: str, file: Path, trusting: tuple[str, ...]) -> None:
    """
    Exit code 1 where a row fails: a Strict listener, asked as if it were Passthrough.
    """
    result = verify(host, "--document", file, "--listener", "lenient", *trusting)

    assert 1 == result.exit_code
    assert "does not hold" in result.output


def test_all_listeners(file: Path, trusting: tuple[str, ...]) -> None:
    """
    Without a host every listener is asked by a name of its own; one without a name is reported, and is no success.
    """
    result = verify("--document", file, "--json", *trusting)
    data = json.loads(result.stdout)

    assert 2 == result.exit_code == data["exitCode"]
    assert ["strict", "lenient", "any", "another"] == [each["listener"] for each in data["listeners"]]
    assert ["strict.example.com", "lenient.example.com", "", ""] == [each["host"] for each in data["listeners"]]
    assert 0 == data["summary"]["FAILS"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("strict.example.com", "strict"),
        ("https://lenient.example.com:{lenient}/", "lenient"),
        ("x.lenient.example.com", "lenient"),
        ("anything.example.com:{any}", "any"),
        ("anything.example.com:{another}", "another"),
    ],
)
def test_the_listener_that_is_meant(
    said: str, found: str, ports: dict[str, int], file: Path, trusting: tuple[str, ...]
) -> None:
    """
    Name and port tell the listener, a wildcard counts, one for every name takes what no other takes.
    """
    result = verify(said.format_map(ports), "--document", file, "--json", *trusting)
    (section,) = json.loads(result.stdout)["listeners"]

    assert (found, ports[found]) == (section["listener"], section["port"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.example.com:1"], "listener-unknown: a.example.com:1: no listener of"),
        (["nobody.example.org"], "listener-unclear: nobody.example.org:443: several listeners fit"),
        (["a.example.com", "--listener", "none"], "no listener of"),
        (["a b"], "target-malformed: 'a b'"),
        (["a.example.com:x"], "target-malformed"),
        (["a.example.com/path"], "target-malformed"),
        (["x..y"], "target-malformed"),
    ],
)
def test_a_host_that_is_not_understood(arguments: list[str], words: str, file: Path) -> None:
    """
    A host no listener takes, or that is none, is reported with the way out, and exits 2.
    """
    result = verify(*arguments, "--document", file)

    assert 2 == result.exit_code
    assert words in result.stderr
    assert "" == result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give one of --document, --stack"),
        (["--mode", "strict"], "Missing argument 'HOST[:PORT]'"),
        (["x", "--mode", "strict", "--stack", "dev"], "Give one of --document, --stack"),
        (["x", "y", "--mode", "strict", "--listener", "z"], "--listener goes with one HOST"),
        (["x", "--mode", "strict", "--watch", "1", "--json"], "--watch prints changes"),
        (["x", "--mode", "strict", "--path", "no-slash"], "--path begins with /"),
        (["x", "--mode", "strict", "--path", "/a b"], "is percent-encoded"),
        (["x", "--mode", "strict", "--path", "/ä"], "is percent-encoded"),
        (["x", "--mode", "strict", "--path", "/a\tb"], "is percent-encoded"),
        (
            ["x", "--mode", "strict", "--client-cert", "a", "--expect", "accept", "--expect", "refuse"],
            "--expect comes 2 times",
        ),
        (["x", "--mode", "sometimes"], "Invalid value for '--mode'"),
        (["x", "--document", "no-such-file.json"], "document-unreadable: no-such-file.json: No such file"),
        (["x", "--document", __file__], "this is not JSON"),
        (["x", "--mode", "strict", "--trusted-ca", "no-such.pem"], "bundle-unreadable: no-such.pem"),
        (["x", "--mode", "strict", "--trusted-ca", __file__], "PEM"),
        (["x", "--mode", "strict", "--client-cert", "no-such.pem"], "client-certificate-unusable: no-such.pem"),
        (["x", "--mode", "strict", "--client-cert", __file__], "there is no PEM certificate in it"),
        (["x", "--mode", "strict", "--server-ca", "no-such.pem"], "server-ca-unreadable: no-such.pem"),
    ],
)
def test_what_could_not_be_asked_exits_2(arguments: list[str], words: str) -> None:
    """
    Bad arguments and files that cannot be used are reported, without a traceback, and exit 2.
    """
    result = verify(*arguments)

    assert 2 == result.exit_code
    assert words in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_an_unknown_mode_exits_2(tmp_path: Path) -> None:
    """
    A document with a mode that Azure has not is knocked at as nothing: the word is named.
    """
    odd = part("clients", clientAuthConfiguration={"verifyClientAuthMode": "Passthru"})
    file = tmp_path / "gateway.json"
    file.write_text(json.dumps(document([listener("edge", 443, "clients")], sslProfiles=[odd])))
    result = verify("127.0.0.1", "--document", file)

    assert 2 == result.exit_code
    assert "mode-unknown: sslProfiles/clients" in result.stderr
    assert "'Passthru'" in result.stderr


def test_an_unknown_host() -> None:
    """
    An unknown name exits 2, never 0 and never 1.
    """
    result = verify("no-such-host.invalid", "--mode", "strict", "--timeout", "2")

    assert 2 == result.exit_code
    assert "TCP: name not found" in result.output
    assert "could not be asked" in result.output


def test_by_hand(host: str, pki: Pki, trusting: tuple[str, ...], tmp_path: Path) -> None:
    """
    A promise by hand: the mode, the chains, the headers.
    """
    (tmp_path / "ca.pem").write_text(pki.bundle)
    said = ["--mode", "strict", "--trusted-ca", tmp_path / "ca.pem", "--identity-header", "X-Client-Cert"]
    result = verify(host, *said, "--json", *trusting, *own(pki, "valid", "untrusted"))
    found = rows(result)

    assert 0 == result.exit_code
    assert 'HTTP 400, "The SSL certificate error"' == found["your certificate untrusted.pem, TLS 1.3"]["expected"]
    assert "HOLDS" == found["your certificate valid.pem, spoofing headers at /, TLS 1.3"]["outcome"]


def test_by_hand_reports_what_was_given(host: str, pki: Pki, trusting: tuple[str, ...], tmp_path: Path) -> None:
    """
    Without a document, the port is the target's, headers that were not given are no fact, and an invalid certificate
    that was given is not asked for again.
    """
    (tmp_path / "ca.pem").write_text(pki.bundle)
    said = ["--mode", "strict", "--trusted-ca", tmp_path / "ca.pem"]
    result = verify(host, *said, *trusting, *own(pki, "untrusted"))
    reported = " ".join(result.output.split())

    assert f"HTTPS on port {host.rpartition(':')[2]} for" in reported
    assert "identity headers none given: --identity-header" in reported
    given = rows(verify(host, *said, "--json", *trusting, *own(pki, "untrusted")))["a valid certificate, TLS 1.3"]
    assert "your certificate untrusted.pem: not valid under the promised CAs" == given["words"]


def test_expectations_of_the_owner(host: str, file: Path, pki: Pki, trusting: tuple[str, ...]) -> None:
    """
    --expect is a row of its own beside what the document promises.
    """
    arguments = [*own(pki, "valid", "expired"), "--expect", "refuse", "--expect", "refuse"]
    result = verify(host, "--document", file, "--json", *trusting, *arguments)
    found = rows(result)

    assert 1 == result.exit_code
    assert "FAILS" == found["your certificate valid.pem, as you expect, TLS 1.2"]["outcome"]
    assert "HOLDS" == found["your certificate valid.pem, TLS 1.2"]["outcome"]
    assert "HOLDS" == found["your certificate expired.pem, as you expect, TLS 1.2"]["outcome"]
    assert "-" == found["your certificate expired.pem, as you expect, TLS 1.2"]["evidence"]["grade"]


def test_keys(strictly: tuple[object, ...], pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A key may stand in the certificate's file, and be encrypted; without its password, or with another's certificate, it
    is of no use, and no part of it is printed.
    """
    credential = pki.a1.issue("mine")
    both = tmp_path / "both.pem"
    both.write_text(credential.chain_pem + credential.key_pem)
    closed = tmp_path / "closed.pem"
    protection = serialization.BestAvailableEncryption(b"open sesame")
    closed.write_bytes(
        credential.chain_pem.encode()
        + credential.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        )
    )
    common = (*strictly, "--json")
    monkeypatch.delenv("MTLS_GATEWAY_KEY_PASSWORD", raising=False)
    refused = verify(*common, "--client-cert", closed)
    other = verify(*common, "--client-cert", both, "--client-key", own(pki, "valid")[-1])
    monkeypatch.setenv("MTLS_GATEWAY_KEY_PASSWORD", "open sesame")

    assert 0 == verify(*common, "--client-cert", both).exit_code
    assert 0 == verify(*common, "--client-cert", closed).exit_code
    assert (2, 2) == (refused.exit_code, other.exit_code)
    assert "the key is encrypted, and there is no password for it" in refused.stderr
    assert "key values mismatch" in other.stderr
    assert credential.key_pem.splitlines()[1] not in refused.output + other.output


def test_the_key_that_client_cert_wrote(strictly: tuple[object, ...], pki: Pki, tmp_path: Path) -> None:
    """
    The key beside NAME.pem in NAME.key.pem is found without being named; one in the certificate's file goes before it.
    """
    certificate, key = write_credential(pki.a1.issue("mine"), tmp_path, "mine")
    found = verify(*strictly, "--client-cert", certificate)
    certificate.write_text(certificate.read_text() + key.read_text())
    key.write_text("another")
    in_one = verify(*strictly, "--client-cert", certificate)

    assert (0, 0) == (found.exit_code, in_one.exit_code)


def test_two_certificates_of_one_name(
    host: str, file: Path, pki: Pki, trusting: tuple[str, ...], tmp_path: Path
) -> None:
    """
    Certificates whose files have one name in two folders are distinguished.
    """
    names = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        certificate, key = write_credential(pki.a1.issue(folder), tmp_path / folder, "client")
        names += ["--client-cert", str(certificate), "--client-key", str(key)]
    found = rows(verify(host, "--document", file, "--json", *trusting, *names))

    assert {"your certificate client.pem (1), TLS 1.3", "your certificate client.pem (2), TLS 1.3"} <= set(found)


def test_files(host: str, file: Path, trusting: tuple[str, ...], tmp_path: Path) -> None:
    """
    --junit and --html write their files; where they cannot, the command says so.
    """
    junit, html = tmp_path / "r.xml", tmp_path / "r.html"
    common = (host, "--document", file, *trusting)
    result = verify(*common, "--junit", junit, "--html", html)
    nowhere = verify(*common, "--html", tmp_path / "no" / "folder.html")

    assert 0 == result.exit_code
    assert "testsuites" == Xml.parse(junit).getroot().tag  # noqa: S314 - our own file
    assert html.read_text().startswith("<!doctype html>")
    assert 2 == nowhere.exit_code
    assert "No such file" in nowhere.stderr


def test_explain_keeps_what_its_lines_need(host: str, file: Path, trusting: tuple[str, ...]) -> None:
    """
    --explain prints the lines, and leaves the strangers' files they name, keys for their owner alone.
    """
    result = verify(host, "--document", file, *trusting, "--explain")
    folder = Path(result.stderr.strip().rpartition(" ")[2])
    keys = list(folder.rglob("*.key.pem"))

    assert [] != keys
    assert {0o600} == {stat.S_IMODE(key.stat().st_mode) for key in keys}
    assert str(keys[0]) in result.stdout
    assert re.search(r"^# stranger, self-signed, TLS 1\.3: HTTP 400", result.stdout, re.MULTILINE)


def test_strangers_do_not_stay(
    host: str, file: Path, trusting: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Without --explain nothing is left of the strangers' certificates and keys.
    """
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verify(host, "--document", file, *trusting)

    assert [] == list(tmp_path.iterdir())


def fake_pulumi(folder: Path, text: str, code: int = 0) -> None:
    folder.mkdir()
    program = folder / "pulumi"
    (folder / "said").write_text(text)
    lines = (
        "#!/bin/sh",
        '[ "$1 $2 $3" = "stack export --stack" ] || exit 9',
        f'cat "{folder}/said"',
        f'[ {code} = 0 ] || echo "error: no stack named $4" >&2',
        f"exit {code}",
    )
    program.write_text("\n".join(lines))
    program.chmod(0o755)


def exported(*documents: Any) -> str:
    resources: list[dict[str, Any]] = [{"type": "pulumi:pulumi:Stack", "outputs": {"url": "https://x/"}}]
    resources += [
        {"type": "mtls-app-gateway:index:MtlsAppGateway", "outputs": {"document": each}} for each in documents
    ]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})


def test_stack(
    host: str, served: Document, trusting: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    --stack takes the component's output from Pulumi, which has to hold exactly one.
    """
    text = json.dumps(served)
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
    cases = {
        "one": (exported(text), 0, "", 0),
        "none": (exported(), 0, "the stack holds 0 components", 2),
        "secret": (exported(secret), 0, "the stack holds 0 components", 2),
        "two": (exported(text, text), 0, "the stack holds 2 components", 2),
        "garbage": ("not JSON", 0, "did not print JSON", 2),
        "no document": (exported("{"), 0, "its document is not JSON", 2),
        "empty": ("[]", 0, "the stack holds 0 components", 2),
        "failed": ("", 255, "pulumi stack export failed: error: no stack named dev", 2),
    }
    found = {}
    for name, (said, code, words, _) in cases.items():
        fake_pulumi(tmp_path / name, said, code)
        monkeypatch.setenv("PATH", f"{tmp_path / name}:/usr/bin:/bin")
        result = verify(host, "--stack", "dev", *trusting)
        found[name] = result.exit_code
        assert words in result.stderr
    monkeypatch.setenv("PATH", "")
    missing = verify(host, "--stack", "dev")

    assert {name: code for name, (_, _, _, code) in cases.items()} == found
    assert 2 == missing.exit_code
    assert "no-pulumi" in missing.stderr


PROGRAM = """
import signal
# A shell that runs the suite in the background has it ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from mtls_app_gateway.cli import main
main()
"""
COMMAND = [sys.executable, "-c", PROGRAM, "verify"]


def test_watch(pki: Pki, tmp_path: Path) -> None:
    """
    --watch prints what changes and nothing else, and on Ctrl-C stops cleanly with the last round's exit code.
    """
    lenient = document([listener("edge", 8961, "clients")], sslProfiles=[passthrough("clients")])
    hard = document(
        [listener("edge", 8961, "clients")],
        sslProfiles=[strict("clients", "a")],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )
    file = tmp_path / "lenient.json"
    file.write_text(json.dumps(lenient))
    with LocalGateway(tmp_path / "gateway") as running:
        local = running.show(lenient)
        where = f"127.0.0.1:{local.listeners[0].local_port}"
        options = [
            "localhost:8961",
            "--connect",
            where,
            "--document",
            str(file),
            "--server-ca",
            str(local.server_ca),
            "--watch",
            "0.2",
        ]
        watching = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert watching.stdout is not None
        for line in watching.stdout:
            if re.match(r"\d+ hold", line):
                break
        running.show(hard)
        changes = []
        for line in watching.stdout:
            changes.append(line)
            if "stranger, self-signed, TLS 1.3: HTTP 200, from the backend -> refused by the gateway" in line:
                break
        watching.send_signal(signal.SIGINT)
        _, errors = watching.communicate(timeout=20)

    assert 1 == watching.returncode
    assert errors.endswith("stopped\n")
    assert all(re.match(r"\d\d:\d\d:\d\d edge, ", line) for line in changes)
    assert not [line for line in changes if "protocol version" in line]


def test_progress_and_colour_on_a_terminal() -> None:
    """
    On a terminal the verdicts are in colour, and after a second it is reported how far the knocking is.
    """

    def hang(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with serving(hang) as target:
        main_side, terminal = pty.openpty()
        arguments = [f"localhost:{target.port}", "--mode", "strict", "--timeout", "2"]
        running = subprocess.Popen(
            [*COMMAND, *arguments], stdout=terminal, stderr=terminal, env=os.environ | {"TERM": "xterm"}
        )
        os.close(terminal)
        shown = read_all(main_side)
        running.wait()

    assert 2 == running.returncode
    assert "knocking" in shown
    assert "\x1b[" in shown


def read_all(descriptor: int) -> str:
    data, deadline = b"", time.monotonic() + 30
    while time.monotonic() < deadline and select.select([descriptor], [], [], 30)[0]:
        try:
            more = os.read(descriptor, 65_536)
        except OSError:
            break
        if not more:
            break
        data += more
    os.close(descriptor)
    return data.decode("utf-8", "replace")


def test_retry_ocsp(pki: Pki, tmp_path: Path) -> None:
    """
    --retry-ocsp knocks once more for a caller who should be let in and was refused; without it the refusal stands.
    """
    refused_once: set[str] = set()
    page = b"<center>The SSL certificate error</center>"
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(page), page)

    def cold(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        version = connection.version() or ""
        if connection.getpeercert() and version not in refused_once:
            refused_once.add(version)
            connection.recv(65_536)
            connection.sendall(refusal)
        else:
            echoing()(connection)

    (tmp_path / "ca.pem").write_text(pki.bundle)
    credential = pki.servers.issue("localhost", purpose=LeafUse.SERVER, host_names=["localhost"])
    context = server_context(pki.servers, tmp_path, credential=credential, trusted=pki.bundle)
    context.verify_mode = ssl.CERT_OPTIONAL
    said = ["--mode", "strict", "--trusted-ca", tmp_path / "ca.pem", "--ocsp", "--expect", "accept", "--json"]
    found = []
    for retry in ([], ["--retry-ocsp"]):
        refused_once.clear()
        with serving(over_tls(context, cold)) as target:
            result = verify(f"localhost:{target.port}", *CONNECT, *said, *own(pki, "valid"), *retry)
        found.append(rows(result)["your certificate valid.pem, as you expect, TLS 1.3"]["outcome"])

    assert ["FAILS", "HOLDS"] == found


def test_it_starts_without_pulumi() -> None:
    """
    Starting loads neither Pulumi nor azure-native, which would take longer than all else; `make bench` says how long.
    """
    program = (
        "import sys; import mtls_app_gateway.cli, mtls_app_gateway.commands.verify_run; "
        "print([n for n in ('pulumi', 'pulumi_azure_native', 'grpc') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_a_rule_that_leads_nowhere_is_no_listener(tmp_path: Path) -> None:
    """
    A document whose rule leads to no listener is refused with both mistakes, and nothing is asked.
    """
    file = tmp_path / "gateway.json"
    dangling = basic_rule("edge")
    dangling["properties"]["httpListener"] = self_reference("httpListeners", "gone")
    file.write_text(json.dumps(document([listener("edge", 443)], rules=[dangling])))
    result = verify("--document", file)

    assert 2 == result.exit_code
    assert "" == result.stdout
    assert "dangling-reference: properties.requestRoutingRules[0]" in result.stderr
    assert "no-listener: properties.httpListeners: " in result.stderr

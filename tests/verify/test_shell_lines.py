"""The lines of --explain show what the rows show: they are run as they are printed, against a gateway, and compared."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mtls_app_gateway.document.azure import TlsVersion
from mtls_app_gateway.rehearsal.authority import write_credential
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.verify.judge.expectation import Expectation
from mtls_app_gateway.verify.knock.observation import Observation
from mtls_app_gateway.verify.knock.question import Caller, ClientCertificate, Question, Target
from mtls_app_gateway.verify.report.shell_lines import shell_lines

from tests.rehearsal.documents import chain, document, listener, passthrough, strict

from .asking import Document, target_of, verify
from .conftest import Pki, caller_of


@pytest.fixture(scope="module")
def gateway(pki: Pki) -> Document:
    return document(
        [
            listener("strict", 8851, "strict", hostNames=["app.example.com"]),
            listener("lenient", 8852, "lenient"),
            listener("any issuer", 8853, "any issuer"),
        ],
        sslProfiles=[strict("strict", "a", issuer_dn=True), passthrough("lenient"), strict("any issuer", "a")],
        trustedClientCertificates=[chain("a", pki.bundle)],
    )


@pytest.fixture(scope="module")
def local(gateway: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with LocalGateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running.show(gateway)


def run(line: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line or "exit 99"], capture_output=True, text=True, timeout=30, check=False, errors="replace"
    )


def status_in(output: str) -> int | None:
    found = re.search(r"^HTTP/1\.1 (\d+)", output, re.MULTILINE)
    return int(found[1]) if found else None


def same(line: str, met: Observation) -> str | None:
    """What differs between the line's outcome and the row's; None where nothing does."""
    done = run(line)
    if status_in(done.stdout) != met.status:
        return f"{line}\n{status_in(done.stdout)} in place of {met.words}\n{done.stderr}"
    if met.phrase and met.phrase not in done.stdout:
        return f"{line}\nlacks {met.phrase}"
    return None


@pytest.mark.parametrize("name", ["strict", "lenient"])
def test_the_lines_show_the_rows(name: str, gateway: Document, local: RunningGateway, pki: Pki) -> None:
    """
    Every printed curl and openssl line meets the status, and the phrase, that its row met.
    """
    target = target_of(local, name)
    names = ("valid", "valid RSA", "expired", "sibling", "self-signed", "weak key")
    odd = caller_of("a 'quoted' $HOME name", pki.a1.issue("odd"), pki.folder)
    section = verify(gateway, name, target, [*(pki.callers[each] for each in names), odd])
    lines: dict[str, Observation] = {}
    for verdict in section.verdicts:
        if isinstance(verdict.asked, Expectation) and verdict.observation:
            explained = shell_lines(verdict.asked.question, target)
            lines |= {line: verdict.observation for line in (explained.curl, explained.openssl) if line}
    with ThreadPoolExecutor(8) as pool:
        differences = list(pool.map(same, lines, lines.values()))

    assert len(lines) > 40
    assert [] == [difference for difference in differences if difference]


@pytest.mark.parametrize("version", [TlsVersion.V1_2, TlsVersion.V1_3])
def test_the_intermediates_are_sent_along(version: TlsVersion, local: RunningGateway, pki: Pki) -> None:
    """
    A client whom its own intermediate certificate gets in is let in by both lines; one without any has nothing to send.
    """
    below = pki.a1.intermediate("Below A1")
    deep = caller_of("by an intermediate", below.issue("deep"), pki.folder)
    target = target_of(local, "any issuer")
    lines = shell_lines(Question(deep, version), target)
    alone = shell_lines(Question(pki.callers["issued by the root"], version), target)

    assert [200, 200] == [status_in(run(line).stdout) for line in (lines.curl, lines.openssl)]
    assert "-cert_chain" not in str(alone.openssl)


def test_a_server_certificate_that_is_not_trusted(local: RunningGateway, pki: Pki, tmp_path: Path) -> None:
    """
    The lines about the server's certificate fail where it does not come from the CAs that were given, and by name.
    """
    (tmp_path / "other.pem").write_text(pki.root_b.bundle_pem)
    here = target_of(local, "lenient")
    question = Question(Caller("x", "x"), TlsVersion.V1_3, checks_server=True)
    other_ca = shell_lines(question, Target(here.host, here.port, here.address, server_ca=tmp_path / "other.pem"))
    other_name = shell_lines(question, Target("other.example.com", here.port, here.address, server_ca=here.server_ca))
    good = shell_lines(question, here)

    for lines in (other_ca, other_name):
        assert 60 == run(lines.curl).returncode
        assert "verify error" in run(lines.openssl).stderr
    assert 0 == run(good.curl).returncode
    assert "verify error" not in run(good.openssl or "").stderr


def test_quoting(tmp_path: Path, pki: Pki) -> None:
    """
    Paths, percent signs and addresses come through the shell as they are; no key and no password is printed.
    """
    certificate, key = write_credential(pki.a1.issue("x"), tmp_path, "it's; $(x)")
    caller = Caller("x", "x", ClientCertificate(pki.a1.issue("x").chain_pem, certificate, key, "secret-word"))
    question = Question(caller, TlsVersion.V1_2, path="/a%20b?c=\\d", spoofs=("X-A",))
    lines = shell_lines(question, Target("::1", 8443))

    assert lines.curl is not None
    assert lines.openssl is not None
    words = shlex.split(lines.curl)
    assert str(certificate) == words[words.index("--cert") + 1]
    assert "https://[::1]:8443/a%20b?c=\\d" == words[-1]
    assert "-noservername" in shlex.split(lines.openssl)
    printed = run(lines.openssl.partition(" | ")[0]).stdout
    assert printed.startswith("GET /a%20b?c=\\d HTTP/1.1\nHost: [::1]:8443\n")
    assert "secret-word" not in lines.curl + lines.openssl
    assert "PRIVATE" not in lines.curl + lines.openssl


def test_the_systems_cas_are_the_tools_own() -> None:
    """
    Where no CA file is given, neither line names one: both tools have the system's.
    """
    lines = shell_lines(Question(Caller("x", "x"), TlsVersion.V1_3, checks_server=True), Target("app.example.com"))

    assert "--cacert" not in str(lines.curl)
    assert "--insecure" not in str(lines.curl)
    assert "-verify_hostname app.example.com" in str(lines.openssl)
    assert "-CAfile" not in str(lines.openssl)


def test_plain_http_needs_no_tls_tool() -> None:
    """
    For plain HTTP there is a curl line and no other.
    """
    lines = shell_lines(Question(Caller("x", "x"), None), Target("app.example.com", 80))

    assert lines.openssl is None
    assert lines.curl is not None
    assert lines.curl.endswith("http://app.example.com:80/")

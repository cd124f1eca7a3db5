"""The lines of docs/local.md for a kept rehearsal, run as written there."""

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mtls_app_gateway.rehearsal.authority import Authority

from .documents import basic_rule, chain, document, headers_set, listener, passthrough, rewrite_set, strict

PAGE = Path(__file__).parents[2] / "docs/local.md"
PROGRAM = str(Path(sys.executable).parent / "mtls-gateway")
HEARS_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"


def lines() -> list[list[str]]:
    """The lines about the folder `rehearsal`, in words."""
    typed = re.findall(r"^mtls-gateway .*\brehearsal\b.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [words for line in typed if "rehearsal" in (words := shlex.split(line, comments=True))]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    partners = Authority.create("Partners Root").intermediate("Partners Issuing")
    setting = headers_set(X_Client_Cert="{var_client_certificate}")
    gateway = document(
        [listener("partners", 8471, "strict"), listener("app", 8472, "passthrough")],
        rules=[basic_rule("partners", 100), basic_rule("app", 101)],
        rewriteRuleSets=[rewrite_set("identity", {"actionSet": {"requestHeaderConfigurations": setting}})],
        sslProfiles=[passthrough(), strict("strict", "partners", issuer_dn=True)],
        trustedClientCertificates=[chain("partners", partners.bundle_pem)],
    )
    path = tmp_path_factory.mktemp("readme") / "gateway.json"
    path.write_text(json.dumps(gateway))
    return path


@pytest.fixture(scope="module")
def kept(file: Path) -> Iterator[Path]:
    """The folder in which the first of the lines runs."""
    keep = lines()[0]
    assert "--keep" in keep
    program = f"{HEARS_INTERRUPTS} from mtls_app_gateway.cli import main; main()"
    command = [sys.executable, "-c", program, *keep[1:]]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=file.parent, stdout=quiet, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert any("until Ctrl-C" in line for line in running.stderr)
        yield file.parent
        running.send_signal(signal.SIGINT)
        assert 0 == running.wait(30)


def run(words: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([PROGRAM, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_a_kept_rehearsal_is_verified(kept: Path) -> None:
    """
    Keep, write a client, verify: every row about the client holds, and none contradicts another.
    """
    _, client, verify = lines()
    written = run(client, kept)
    done = run([*verify, "--json"], kept)

    report = json.loads(done.stdout)
    rows = [row for section in report["listeners"] for row in section["rows"] if "alice" in row["about"]]
    assert (0, 0) == (written.returncode, done.returncode), done.stderr
    assert ["partners", "app"] == [section["listener"] for section in report["listeners"]]
    assert len(rows) >= 12
    assert {"HOLDS"} == {row["outcome"] for row in rows}
    assert "nginx" in report["servedBy"]
    assert any("rehearsal" in report["source"] and "CA" in each for each in report["notKnown"])


def test_one_listener_of_it(kept: Path) -> None:
    """
    --listener takes one; an unknown name is reported with the known ones, and what the rehearsal knows is not asked.
    """
    one = run(["", "verify", "--rehearsal", "rehearsal", "--listener", "App", "--json"], kept)
    other = run(["", "verify", "--rehearsal", "rehearsal", "--listener", "apps"], kept)
    twice = run(["", "verify", "app.example.com", "--rehearsal", "rehearsal"], kept)
    elsewhere = run(["", "verify", "--rehearsal", "."], kept)

    assert ["app"] == [section["listener"] for section in json.loads(one.stdout)["listeners"]]
    assert (0, 2, 2, 2) == (one.returncode, other.returncode, twice.returncode, elsewhere.returncode)
    assert "It is one of: partners, app." in other.stderr
    assert "leave out HOST" in twice.stderr
    assert "no-rehearsal" in elsewhere.stderr

"""`mtls-gateway rehearse` and `client-cert`, as processes: what they print, how they end, what they leave."""

import json
import os
import re
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from mtls_app_gateway.document.references import self_reference
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.echo_backend import EchoBackend
from mtls_app_gateway.rehearsal.session import Session

from .documents import basic_rule, chain, document, headers_set, listener, part, passthrough, rewrite_set, strict

COMMAND = [str(Path(sys.executable).parent / "mtls-gateway")]
QUICKSTART = Path(__file__).parents[1] / "fixtures" / "quickstart"
PATIENCE = 30.0
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a folder of its own, and see that it leaves nothing where temporary files are."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def run_one(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [*COMMAND, *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr
        assert [] == list(temporary.iterdir())
        return done

    return run_one


@pytest.fixture(scope="module")
def partners() -> Authority:
    return Authority.create("Partners Root").intermediate("Partners Issuing")


@pytest.fixture(scope="module")
def devices() -> Authority:
    return Authority.create("Devices Root")


def gateway(partners: Authority, devices: Authority, *profiles: str) -> dict[str, Any]:
    """A gateway with a listener for each of these profiles."""
    setting = rewrite_set(
        "identity",
        {"actionSet": {"requestHeaderConfigurations": headers_set(X_Client_Cert="{var_client_certificate}")}},
    )
    listeners = [listener(name, 8471 + at, name) for at, name in enumerate(profiles)]
    return document(
        listeners,
        rules=[basic_rule(name, 100 + at) for at, name in enumerate(profiles)],
        rewriteRuleSets=[setting],
        sslProfiles=[
            passthrough(),
            strict("strict", "partners", "devices"),
            strict("everything", "partners", "devices", issuer_dn=True, ocsp=True),
        ],
        trustedClientCertificates=[chain("partners", partners.bundle_pem), chain("devices", devices.bundle_pem)],
    )


@pytest.fixture
def write(tmp_path: Path, partners: Authority, devices: Authority) -> Callable[..., Path]:
    """Write the document of a gateway with these profiles."""

    def write_one(*profiles: str) -> Path:
        file = tmp_path / "gateway.json"
        file.write_text(json.dumps(gateway(partners, devices, *profiles)))
        return file

    return write_one


def rows(done: "subprocess.CompletedProcess[str]", number: int = 0) -> dict[str, dict[str, Any]]:
    """The rows of a listener by name."""
    return {row["row"]: row for row in json.loads(done.stdout)["listeners"][number]["rows"]}


def test_the_quickstart_template_is_rehearsed(run: Run) -> None:
    """
    Microsoft's template for Passthrough, as printed there, is raised with its parameters and lets every caller in.
    """
    done = run("rehearse", QUICKSTART / "template.json", "--parameters", QUICKSTART / "parameters.json", "--json")

    met = rows(done)
    callers = {name for name in met if name.endswith("TLS 1.3") and met[name]["expected"] == "let in"}
    assert 0 == done.returncode, done.stderr
    assert {"no certificate, TLS 1.3", "expired, TLS 1.3", "untrusted, TLS 1.3", "self-signed, TLS 1.3"} <= callers
    assert {200} == {met[name]["met"]["status"] for name in callers}
    assert any("which is" in notice for notice in json.loads(done.stdout)["notKnown"])


@pytest.mark.parametrize("version", ["TLS 1.2", "TLS 1.3"])
def test_every_caller_meets_what_strict_promises(run: Run, write: Callable[..., Path], version: str) -> None:
    """
    With issuer names and OCSP checked, exactly the sound callers of both chains are let in, and every verdict holds.
    """
    done = run("rehearse", write("everything"), "--json", "--case", "")

    met = {
        row["about"]: row["met"]["status"] for row in rows(done).values() if row["version"] == version and row["met"]
    }
    admitted = {about.removesuffix(" (rehearsal CA)") for about, status in met.items() if status == 200}
    assert 0 == done.returncode, done.stderr
    assert {
        "valid",
        "valid RSA",
        "valid, leaf alone",
        "valid by devices",
        "no extended key usage",
        "oversize certificate",
        "OCSP: slow",
    } == {about for about in admitted if not re.search("what the backend gets|spoofing|transport", about)}
    refused = {about.removesuffix(" (rehearsal CA)") for about, status in met.items() if status == 400}
    refused -= {"certificate request", "server certificate"}
    assert {
        "no certificate",
        "by an intermediate",
        "by an intermediate, leaf alone",
        "by the root",
        "sibling issuer",
        "sibling issuer, leaf alone",
        "expired",
        "not yet valid",
        "wrong purpose",
        "weak key",
        "revoked",
        "untrusted",
        "forged issuer name",
        "self-signed",
        "OCSP: unknown",
        "OCSP: silent",
        "OCSP: no responder named",
        "no certificate, spoofing headers at /",
    } == refused


def test_rehearsal_cas_are_marked_in_each_row(run: Run, write: Callable[..., Path]) -> None:
    """
    Callers from a rehearsal CA are marked, those who face the real one are not, and the table says what that means.
    """
    done = run("rehearse", write("strict"))

    lines = done.stdout.splitlines()
    assert 0 == done.returncode, done.stdout + done.stderr
    for marked in (
        "valid (rehearsal CA)",
        "expired (rehearsal CA)",
        "revoked (rehearsal CA)",
        "valid by devices (rehearsal",
    ):
        assert any(line.startswith(marked) for line in lines), marked
    for name in ("untrusted ", "forged issuer name ", "self-signed "):
        assert any(line.startswith(name) and "rehearsal CA" not in line for line in lines), name
    assert any(line.startswith("(rehearsal CA)  issued by CAs that were minted") for line in lines)
    assert "X-Client-Cert: CN=valid" in done.stdout
    assert "served by" in done.stdout
    assert "nginx " in done.stdout


def test_a_case_is_knocked_alone(run: Run, write: Callable[..., Path]) -> None:
    """
    `--case` asks what has that name and nothing else; a name that no row has is reported with those there are.
    """
    path = write("strict", "passthrough")

    done = run("rehearse", path, "--case", "Expired", "--json")
    assert 0 == done.returncode
    assert {"expired (rehearsal CA), TLS 1.2", "expired (rehearsal CA), TLS 1.3"} == set(rows(done))
    assert 2 == len(json.loads(done.stdout)["listeners"])

    none = run("rehearse", path, "--case", "expierd")
    assert 2 == none.returncode
    assert "case-unknown" in none.stderr
    assert "expired (rehearsal CA);" in none.stderr


def over_https(**settings: Any) -> dict[str, Any]:
    """A Strict gateway before a backend that it reaches over HTTPS on one path, and over plain HTTP on every other."""
    partners = Authority.create("Partners Root").intermediate("Partners Issuing")
    pool = self_reference("backendAddressPools", "app")
    to = {name: self_reference("backendHttpSettingsCollection", name) for name in ("app", "secure")}
    identity = self_reference("rewriteRuleSets", "identity")
    rule = part(
        "secure",
        paths=["/secure"],
        backendAddressPool=pool,
        backendHttpSettings=to["secure"],
        rewriteRuleSet=identity,
    )
    paths = part(
        "paths",
        pathRules=[rule],
        defaultBackendAddressPool=pool,
        defaultBackendHttpSettings=to["app"],
        defaultRewriteRuleSet=identity,
    )
    return document(
        [listener("edge", 8473, "strict")],
        rules=[basic_rule("edge", rewrite=None, urlPathMap=self_reference("urlPathMaps", "paths"))],
        urlPathMaps=[paths],
        sslProfiles=[strict("strict", "partners")],
        trustedClientCertificates=[chain("partners", partners.bundle_pem)],
        backendHttpSettingsCollection=[
            part("app", port=80, protocol="Http"),
            part("secure", port=443, protocol="Https", hostName="inside.example.com", **settings),
        ],
    )


REFUSED = "let in; HTTP 502, because the backend's certificate"
SECURE = "transport to the backend at /secure, TLS 1.3"
NO_CHAIN, NO_NAME = {"validateCertChainAndExpiry": False}, {"validateSNI": False}


@pytest.mark.parametrize(
    ("certificate", "settings", "expected", "status", "outcome"),
    [
        ("valid", {}, "backend reached by HTTPS", 200, "HOLDS"),
        ("expired", {}, "let in; HTTP 502, because the backend's certificate has expired", 502, "HOLDS"),
        (
            "other-ca",
            {},
            "let in; HTTP 502, because the backend's certificate is of a CA that is not trusted",
            502,
            "HOLDS",
        ),
        ("wrong-name", {}, "let in; HTTP 502, because the backend's certificate is for another name", 502, "HOLDS"),
        ("wrong-name", NO_NAME, "backend reached by HTTPS", 200, "HOLDS"),
        ("expired", NO_CHAIN | NO_NAME, "backend reached by HTTPS", 200, "HOLDS"),
        (
            "wrong-name",
            NO_CHAIN,
            "not known: a name that is verified without the chain; nginx verifies neither",
            200,
            "NOT_JUDGED",
        ),
    ],
)
def test_a_certificate_of_the_backend_is_tried(  # noqa: PLR0917 - a table
    run: Run,
    tmp_path: Path,
    certificate: str,
    settings: dict[str, Any],
    expected: str,
    status: int,
    outcome: str,
) -> None:
    """
    With a certificate that the document makes Azure refuse, HTTP 502 is expected and seen; other paths are as before.
    """
    (tmp_path / "gateway.json").write_text(json.dumps(over_https(**settings)))

    done = run("rehearse", "gateway.json", "--backend-certificate", certificate, "--json", "--case", "")

    met = rows(done)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert (expected, status, outcome) == (
        met[SECURE]["expected"],
        met[SECURE]["met"]["status"],
        met[SECURE]["outcome"],
    )
    assert "backend reached by HTTP" == met["transport to the backend, TLS 1.3"]["expected"]
    assert 200 == met["valid (rehearsal CA), TLS 1.3"]["met"]["status"]
    assert 400 == met["no certificate, TLS 1.3"]["met"]["status"]


def test_callers_of_a_refused_backend(run: Run, tmp_path: Path) -> None:
    """
    Where every path leads to the refused backend, those let in meet 502 and nothing reaches it; the others meet 400.
    """
    given = over_https()
    given["properties"]["urlPathMaps"][0]["properties"]["defaultBackendHttpSettings"] = self_reference(
        "backendHttpSettingsCollection", "secure"
    )
    (tmp_path / "gateway.json").write_text(json.dumps(given))

    done = run("rehearse", "gateway.json", "--backend-certificate", "expired")

    (valid,) = (line for line in done.stdout.splitlines() if line.startswith("valid (rehearsal CA) "))
    assert 0 == done.returncode, done.stdout + done.stderr
    assert re.search(r"let in; HTTP 502.*│ HTTP 502 .*│ nothing .*│ holds", valid)
    assert "HTTP 200" not in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--backend-certificate", "expired"], "no-https-backend"),
        (["--backend-certificate", "expired", "--backend", "8000"], "--backend takes its place"),
        (["--backend-certificate", "perfect"], "'perfect' is not one of"),
    ],
)
def test_a_certificate_that_nothing_looks_at_is_refused(
    run: Run, write: Callable[..., Path], options: list[str], said: str
) -> None:
    """
    Where no backend is reached over HTTPS, or it is an application of one's own, the choice would show nothing.
    """
    done = run("rehearse", write("strict"), *options)

    assert (2, True) == (done.returncode, said in done.stderr)


def test_junit_is_written(run: Run, write: Callable[..., Path], tmp_path: Path) -> None:
    """
    Each row is a test case for CI, a suite for each listener.
    """
    run("rehearse", write("strict"), "--junit", "report.xml")

    (suite,) = Xml.parse(tmp_path / "report.xml").getroot()  # noqa: S314 - our own
    assert ("0", "0") == (suite.get("failures"), suite.get("errors"))
    assert int(suite.get("tests", "0")) > 40


def test_a_backend_that_is_not_there_is_reported(run: Run, write: Callable[..., Path]) -> None:
    """
    A backend that is not there leaves what cannot be asked, and the exit code is 2, never 0.
    """
    with EchoBackend() as gone:
        (backend,) = gone.serve(["app"]).values()

    done = run("rehearse", write("passthrough"), "--backend", backend, "--case", "valid RSA", "--json")

    assert 2 == done.returncode
    assert rows(done)["valid RSA (rehearsal CA), TLS 1.3"]["words"].startswith("no backend answered behind the gateway")


def test_what_is_not_known_of_passthrough_is_not_judged(
    run: Run, partners: Authority, devices: Authority, tmp_path: Path
) -> None:
    """
    Passthrough with CA chains attached: it is not known who is let in, so no caller fails; and no option of another
    command is advised.
    """
    open_question = gateway(partners, devices, "passthrough")
    open_question["properties"]["sslProfiles"][0]["properties"]["trustedClientCertificates"] = [
        {"id": "$self/trustedClientCertificates/partners"}
    ]
    (tmp_path / "gateway.json").write_text(json.dumps(open_question))

    done = run("rehearse", tmp_path / "gateway.json", "--json")

    outcomes = {name: row["outcome"] for name, row in rows(done).items()}
    assert 0 == done.returncode
    assert "NOT_JUDGED" == outcomes["no certificate, spoofing headers at /, TLS 1.3"]
    assert "FAILS" not in outcomes.values()
    assert "--client" not in done.stdout + done.stderr


def test_an_unknown_mode_is_not_rehearsed(run: Run, partners: Authority, devices: Authority, tmp_path: Path) -> None:
    """
    A mode that Azure has not is named, and nothing is raised in its place.
    """
    odd = gateway(partners, devices, "passthrough")
    odd["properties"]["sslProfiles"][0]["properties"]["clientAuthConfiguration"]["verifyClientAuthMode"] = "Passthru"
    (tmp_path / "gateway.json").write_text(json.dumps(odd))

    done = run("rehearse", tmp_path / "gateway.json")

    assert (2, "") == (done.returncode, done.stdout)
    assert "mode-unknown: sslProfiles/passthrough." in done.stderr


def test_a_real_backend_takes_the_echos_place(run: Run, write: Callable[..., Path]) -> None:
    """
    With `--backend` the request arrives at that application.
    """
    with EchoBackend() as application:
        (address,) = application.serve(["my-application"]).values()
        done = run("rehearse", write("passthrough"), "--backend", address, "--json", "--case", "valid RSA")

    received = rows(done)["valid RSA (rehearsal CA), TLS 1.3"]["met"]["received"]
    assert 0 == done.returncode
    assert "my-application" == received["pool"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give either FILE or --running DIR"),
        (["gateway.json", "--running", "x"], "Give either FILE or --running DIR"),
        (["--running", "x", "--keep"], "--running knocks at a rehearsal that runs already"),
        (["gateway.json", "--backend", "localhost"], "backend-malformed"),
        (["gateway.json", "--backend", "a;b:80"], "backend-malformed"),
        (["gateway.json", "--backend", "70000"], "backend-malformed"),
        (["--running", "x"], "no-rehearsal"),
        (["nothing.json"], "nothing.json"),
        (["broken.json"], "broken.json"),
        (["gateway.json", "--folder", "gateway.json"], "cannot-write"),
    ],
)
def test_a_mistake_is_reported(
    run: Run, write: Callable[..., Path], tmp_path: Path, arguments: list[str], said: str
) -> None:
    """
    What cannot be done is reported in a sentence, and the exit code is 2.
    """
    write("strict")
    (tmp_path / "broken.json").write_text("{")

    done = run("rehearse", *arguments)

    assert 2 == done.returncode
    assert said in done.stderr


class TestKept:
    """A rehearsal that stays until it is ended."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "work"

    @pytest.fixture
    def kept(self, write: Callable[..., Path], tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
        """
        A rehearsal of a Strict listener and a Passthrough one, kept in a folder.

        It inherits SIGINT as ignored, as from a shell that starts it in the background; Python then leaves it ignored.
        """
        file = write("strict", "passthrough")
        ignoring = ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
        command = [*ignoring, *COMMAND, "rehearse", str(file), "--keep", "--folder", "work", "--case", "untrusted"]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            yield process
            process.kill()

    @pytest.fixture
    def said(self, kept: "subprocess.Popen[str]") -> str:
        """What it says before it waits."""
        assert kept.stderr is not None
        assert kept.stdout is not None
        for line in kept.stderr:
            if "until Ctrl-C" in line:
                break
        # Standard output is a pipe here: what was said so far is in it, and the curl lines are the last of it.
        lines = []
        for line in kept.stdout:
            lines.append(line)
            if sum("--cert " in each for each in lines) == 2:
                break
        return "".join(lines)

    def test_its_curl_lines_work(self, said: str, tmp_path: Path) -> None:
        """
        Typed as they are printed, they are answered as the listener promises, and the echo shows the header to look at.
        """
        met = [_typed(line, tmp_path) for line in said.splitlines() if line.strip().startswith("curl ")]

        assert ["400", "200", "200", "200"] == [status for status, _ in met]
        assert "CN=client" in met[1][1]
        assert "see X-Client-Cert" in said

    @pytest.mark.usefixtures("said")
    def test_a_client_certificate_is_written_on_request(self, run: Run, folder: Path, tmp_path: Path) -> None:
        """
        `client-cert` writes a pair that is let in, the key for its owner alone, in the work directory or elsewhere.
        """
        inside = run("client-cert", "work", "--name", "alice")
        outside = run("client-cert", "work", "--name", "bob", "--into", "mine", "--listener", "strict")

        for done, place, name in ((inside, folder / "clients", "alice"), (outside, tmp_path / "mine", "bob")):
            assert 0 == done.returncode, done.stderr
            assert [str((place / each).relative_to(tmp_path)) for each in (f"{name}.pem", f"{name}.key.pem")] == (
                done.stdout.splitlines()
            )
            assert 0o600 == stat.S_IMODE((place / f"{name}.key.pem").stat().st_mode)
            (line,) = [each for each in done.stderr.splitlines() if "curl" in each]
            status, body = _typed(line.partition("Try: ")[2], tmp_path)
            assert "200" == status
            assert f"CN={name}" in body

        assert 2 == run("client-cert", "work", "--listener", "other").returncode
        assert "no-rehearsal" in run("client-cert", "elsewhere").stderr
        assert 2 == run("client-cert", "work", "--name", "../escape").returncode

    @pytest.mark.usefixtures("said")
    def test_no_key_is_anybody_elses_to_read(self, folder: Path) -> None:
        """
        Every file with a private key is for its owner alone, and so is the folder.
        """
        keys = [
            path for path in folder.rglob("*") if path.is_file() and "PRIVATE KEY" in path.read_text(errors="replace")
        ]

        assert len(keys) > 20
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in keys}
        assert 0o700 == stat.S_IMODE(folder.stat().st_mode)

    @pytest.mark.usefixtures("said")
    def test_a_second_one_in_the_folder_is_refused(self, run: Run, write: Callable[..., Path], folder: Path) -> None:
        """
        Two rehearsals never share a folder; the first goes on, and others may knock at it.
        """
        second = run("rehearse", write("strict"), "--folder", "work")

        assert 2 == second.returncode
        assert "folder-in-use" in second.stderr
        assert 0 == run("rehearse", "--running", "work").returncode
        assert 2 == len(Session.read(folder).listeners)

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_after_its_end_nothing_is_left(
        self, kept: "subprocess.Popen[str]", said: str, run: Run, folder: Path, ending: signal.Signals
    ) -> None:
        """
        However it is asked to end, nginx ends with it, the exit code is the matrix's, and nobody believes that it runs.
        """
        assert said
        pid = int((folder / "nginx.pid").read_text())

        kept.send_signal(ending)

        assert 0 == kept.wait(PATIENCE)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert "no-rehearsal" in run("rehearse", "--running", "work").stderr

    def test_what_was_killed_is_cleared_away(
        self, kept: "subprocess.Popen[str]", said: str, run: Run, write: Callable[..., Path], folder: Path
    ) -> None:
        """
        After `kill -9` the folder of yesterday is reported to be over, and serves the next one.
        """
        assert said
        pid = int((folder / "nginx.pid").read_text())
        kept.kill()
        kept.wait(PATIENCE)
        assert "has ended" in run("rehearse", "--running", "work").stderr

        assert 0 == run("rehearse", write("strict"), "--folder", "work", "--case", "expired").returncode
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_an_nginx_that_dies_is_started_again(
        self, kept: "subprocess.Popen[str]", said: str, folder: Path, run: Run
    ) -> None:
        """
        A kept rehearsal looks after its nginx, and says so.
        """
        assert said
        os.kill(int((folder / "nginx.pid").read_text()), signal.SIGKILL)

        assert kept.stderr is not None
        assert "died and was started again" in kept.stderr.readline()
        assert 0 == run("rehearse", "--running", "work", "--case", "expired").returncode


def _typed(line: str, folder: Path) -> tuple[str, str]:
    """The status and the body that a printed curl line gives."""
    command = [*shlex.split(line), "--silent", "--show-error", "--write-out", "\n%{http_code}", "--noproxy", "*"]
    end = time.monotonic() + PATIENCE
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert 0 == done.returncode, done.stderr
    assert time.monotonic() < end
    body, _, status = done.stdout.rpartition("\n")
    return status, body

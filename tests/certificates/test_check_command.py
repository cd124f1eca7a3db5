"""`mtls-gateway check` says what is in a file, what is wrong with it, and exits as documented."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.certificates.rules import RULES
from mtls_app_gateway.cli import main
from mtls_app_gateway.commands.check import check as check_command
from mtls_app_gateway.rehearsal.authority import LeafUse
from mtls_app_gateway.settings.settings import Strict

from .minting import AT, DAY, root

NOW = AT.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authorities")
    top = root()
    upper = top.intermediate("Upper")
    lower = upper.intermediate("Lower")
    (folder / "good.pem").write_text(lower.bundle_pem)
    (folder / "key.pem").write_text(top.bundle_pem + top.key_pem)
    (folder / "soon.pem").write_text(top.intermediate("Soon", not_after=AT + 5 * DAY).bundle_pem)
    (folder / "tree.pem").write_text(lower.bundle_pem + top.intermediate("Other").certificate_pem)
    (folder / "client.pem").write_text(lower.issue("robot").certificate_pem)
    (folder / "server.pem").write_text(lower.issue("site", purpose=LeafUse.SERVER).certificate_pem)
    (folder / "no-purpose.pem").write_text(lower.issue("any", purpose=None).certificate_pem)
    (folder / "issued-higher.pem").write_text(upper.issue("elder").certificate_pem)
    (folder / "folder").mkdir()
    (folder / "folder" / "a.crt").write_text(lower.bundle_pem)
    (folder / "folder" / "notes.txt").write_text("not a certificate")
    (folder / "folder" / "._a.crt").write_text("what another file system keeps of a.crt")
    (folder / "folder" / "below.pem").mkdir()
    (folder / "empty").mkdir()
    return folder


def check(*arguments: str | Path, width: int = 200) -> Result:
    command = ["check", *map(str, arguments), *([] if "--rules" in arguments else ["--at", NOW])]
    return CliRunner().invoke(main, command, env={"COLUMNS": str(width)})


def test_a_good_file_is_drawn_and_clean(files: Path) -> None:
    """
    A chain is drawn from the root down, with its entry's name, issuer and size, and the exit code is 0.
    """
    result = check(files / "good.pem")
    lines = [line.rstrip() for line in result.output.splitlines()]

    assert result.exit_code == 0
    assert lines[0] == f"{files / 'good.pem'} · 3 certificates"
    assert lines[1].startswith("  Example Root · P-256 · until 2036-02-27 · ")
    assert lines[2].startswith("  └── Upper · ")
    assert lines[3].startswith("      └── Lower · ")
    assert lines[4].startswith("  entry      example-root-")
    assert lines[5] == "  issuer DN  CN=Lower"
    assert lines[6].endswith(" of 25,600 bytes (7 %)")
    assert lines[-1] == "1 bundle, 1 usable chain: no problem"


def test_what_branches_is_drawn_once(files: Path) -> None:
    """
    Chains that share their root share its line.
    """
    result = check(files / "tree.pem")

    assert result.output.count("Example Root · ") == 1
    assert "├── Upper" in result.output
    assert "└── Other" in result.output


def test_a_warning_is_told_and_is_no_failure(files: Path) -> None:
    """
    What only warns leaves the exit code at 0.
    """
    result = check(files / "soon.pem")

    assert result.exit_code == 0
    assert "warning  expires-soon  certificate 1, 'Soon'" in result.output
    assert "1 bundle, 1 usable chain: 1 warning" in result.output


@pytest.mark.parametrize(("days", "is_soon"), [("4", False), ("5", True)])
def test_the_days_of_the_expiry_warning_are_the_callers(files: Path, days: str, *, is_soon: bool) -> None:
    """What expires in five days is no matter to whoever wants to hear of four."""
    result = check(files / "soon.pem", "--expiry-warning-days", days)

    assert is_soon is ("expires-soon" in result.output)


def test_an_error_is_told_with_azures_code_and_fails(files: Path) -> None:
    """
    An error gives exit code 1, what to do, and the code Azure would answer with, but never the key.
    """
    result = check(files / "key.pem")

    assert result.exit_code == 1
    assert "error  private-key-inside  block 2" in result.output
    assert "[ApplicationGatewayTrustedClientCertificateMustNotHavePrivateKey]" in result.output
    assert (files / "key.pem").read_text().splitlines()[-3] not in result.output
    assert "entry" not in result.output


def test_what_stands_side_by_side_is_judged_together(files: Path) -> None:
    """
    A chain given twice is told of once, under its own heading.
    """
    result = check(files / "good.pem", files / "good.pem")

    assert "together\n" in result.output
    assert "chain-repeated" in result.output


def test_a_folder_is_its_certificate_files(files: Path) -> None:
    """
    Of a folder the files with a certificate's suffix are bundles; hidden ones, others and folders are passed over.
    """
    result = check(files / "folder")

    assert result.exit_code == 0
    assert "a.crt" in result.output
    assert "notes.txt" not in result.output
    assert "._a.crt" not in result.output
    assert "below.pem" not in result.output
    assert result.output.endswith("1 bundle, 1 usable chain: no problem\n")


def test_a_client_that_would_pass(files: Path) -> None:
    """
    A client's steps are listed and end in the log's word.
    """
    result = check(files / "good.pem", "--client", files / "client.pem")

    assert result.exit_code == 0
    assert "passed     chain        Example Root ← Upper ← Lower ← robot" in result.output
    assert "a Strict gateway lets it in · sslClientVerify SUCCESS" in result.output
    assert result.output.endswith("1 bundle, 1 usable chain: no problem; the client would be let in\n")


def test_a_client_that_would_be_refused(files: Path) -> None:
    """
    A client that would get 400 makes the check fail.
    """
    result = check(files / "good.pem", "--client", files / "server.pem")

    assert result.exit_code == 1
    assert "a Strict gateway answers 400 · sslClientVerify FAILED:unsuitable certificate purpose" in result.output
    assert result.output.endswith("1 bundle, 1 usable chain: no problem; the client would be refused (purpose)\n")


def test_a_client_of_whom_it_is_not_known_is_neither(files: Path) -> None:
    """
    Where a step is open the check has an exit code of its own, and gives neither answer.
    """
    result = check(files / "good.pem", "--client", files / "no-purpose.pem")
    data = json.loads(check(files / "good.pem", "--client", files / "no-purpose.pem", "--json").output)

    assert result.exit_code == 3
    assert "a Strict gateway lets it in or answers 400: not known from here " in result.output
    assert result.output.endswith("no problem; whether the client would be let in is not known (purpose)\n")
    assert (None, None) == (data["client"]["admitted"], data["client"]["sslClientVerify"])


def test_the_issuer_is_compared_as_the_component_compares_it(files: Path) -> None:
    """
    Unless said otherwise, the check judges the gateway that the component builds unless said otherwise.
    """
    (option,) = (one for one in check_command.params if one.name == "verify_issuer_dn")
    asked = check(files / "good.pem", "--client", files / "issued-higher.pem")
    not_asked = check(files / "good.pem", "--client", files / "issued-higher.pem", "--no-verify-issuer-dn")

    assert Strict.model_fields["verify_issuer_dn"].default is option.default
    assert (1, 0) == (asked.exit_code, not_asked.exit_code)
    assert "sslClientVerify FAILED:Unable to verify the client certificate issuer" in asked.output


def test_data_for_programs(files: Path) -> None:
    """
    With --json the same is said as data, a client's verdict included.
    """
    result = check(files / "good.pem", files / "key.pem", "--client", files / "client.pem", "--ocsp", "--json")
    data = json.loads(result.output)

    assert result.exit_code == 1
    assert data["at"] == AT.isoformat()
    assert [["Lower", "Upper", "Example Root"], ["Example Root"]] == [
        [certificate["subject"].removeprefix("CN=") for certificate in bundle["chains"][0]["certificates"]]
        for bundle in data["bundles"]
    ]
    assert ["private-key-inside"] == [problem["rule"] for problem in data["problems"]]
    assert data["client"]["sslClientVerify"] == "FAILED:certificate status request failed"
    assert "client" not in json.loads(check(files / "good.pem", "--json").output)


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("nothing.pem: No such file or directory", ["nothing.pem"]),
        ("no certificate file in this folder", ["empty"]),
        ("nobody.pem: No such file or directory", ["good.pem", "--client", "nobody.pem"]),
        ("Missing argument 'PATH...'", []),
    ],
)
def test_what_cannot_be_read_has_a_code_of_its_own(files: Path, said: str, arguments: list[str]) -> None:
    """
    A missing file, an empty folder, no argument at all: one line, and exit code 2.
    """
    result = check(*[one if one.startswith("--") else files / one for one in arguments])

    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_listed_is_told(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever the system says of a folder is told, without a traceback. (As root no mode of a real folder stops one.)
    """

    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    result = check(files / "empty")

    assert 2 == result.exit_code
    assert "Permission denied" in result.output


def test_a_file_that_is_far_too_large_is_refused(tmp_path: Path) -> None:
    """
    Only so much of a large file is read as shows that it is too large.
    """
    with (tmp_path / "huge.pem").open("wb") as file:
        file.truncate(100_000_000)
    result = check(tmp_path / "huge.pem")

    assert result.exit_code == 1
    assert "bundle-too-large" in result.output


@pytest.mark.parametrize("width", [80, 120])
def test_lines_keep_to_the_width_of_the_terminal(files: Path, width: int) -> None:
    """
    What is said fits the terminal.
    """
    result = check(files / "key.pem", files / "tree.pem", "--client", files / "client.pem", width=width)

    assert all(len(line.rstrip()) <= width for line in result.output.splitlines() if str(files) not in line)


def test_the_rules_are_listed() -> None:
    """
    With --rules every rule of the table is said, with Azure's code in full.
    """
    result = check("--rules", width=80)

    assert result.exit_code == 0
    assert all(rule.code in result.output for rule in RULES)
    assert "ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate" in result.output


def test_now_is_the_moment_unless_said(files: Path) -> None:
    """
    Without --at, validity is judged now.
    """
    result = CliRunner().invoke(main, ["check", str(files / "good.pem"), "--json"])

    assert json.loads(result.output)["at"] > AT.isoformat()


def test_help_names_the_commands() -> None:
    """
    The group lists its commands, and an unknown one is an error in use.
    """
    assert "check" in CliRunner().invoke(main, ["--help"]).output
    assert CliRunner().invoke(main, ["chekc"]).exit_code == 2


def test_a_check_loads_no_pulumi_and_starts_quickly(files: Path) -> None:
    """
    The command does not import Pulumi, and needs at most 0.3 s of processor time.
    """
    script = (
        "import sys, time\n"
        "from mtls_app_gateway.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.split('.')[0].startswith('pulumi')], file=sys.stderr)\n"
        "print(time.process_time(), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, "check", str(files / "good.pem")]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stderr.split("\n") for _ in range(3)]

    assert {"[]"} == {loaded for loaded, *_ in runs}
    assert min(float(taken) for _, taken, *_ in runs) <= 0.3

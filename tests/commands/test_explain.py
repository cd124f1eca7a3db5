"""`mtls-gateway explain`: a code's row, for people and for programs."""

import json

import pytest
from click.testing import CliRunner, Result
from mtls_app_gateway.cli import main
from mtls_app_gateway.commands.catalogue import catalogue

ROWS = {row.code: row for rows in catalogue().values() for row in rows}


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def test_a_code_is_explained() -> None:
    """The row in its parts, each under its name."""
    assert (
        "no-root (error)\n"
        "Asks for:     Each chain ends in its root, a self-signed CA certificate.\n"
        "What to do:   Add the issuer named here, and so on up to the root.\n"
        "Source:       https://learn.microsoft.com/azure/application-gateway/mutual-authentication-troubleshooting\n"
        "Azure's code: ApplicationGatewayOnlyOneRootCAAllowedInTrustedClientCertificate\n"
    ) == explain("no-root").output


def test_a_code_of_azures_is_explained() -> None:
    """Every row with that code, whatever its case; a blank line between two."""
    code = "ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate"
    done = explain(code.lower())
    blocks = done.stdout.split("\n\n")
    assert (0, ["no-authority (error)", "self-signed-not-authority (error)"]) == (
        done.exit_code,
        [block.split("\n")[0] for block in blocks],
    )


@pytest.mark.parametrize("code", ROWS)
def test_an_explanation_fits_80_columns(code: str) -> None:
    """Only a word that is longer than a line, as an address, is let stand out."""
    for line in explain(code).output.splitlines():
        assert len(line) <= 80 or " " not in line[14:]


def test_all_codes_are_listed() -> None:
    """Without a code, each has its line, sorted."""
    lines = explain().output.splitlines()
    assert sorted(ROWS) == [line.split(" ")[0] for line in lines]
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("code", "fix"), [("no-rot", "Did you mean no-root?"), ("\x1b[31m", "Run `mtls-gateway explain`")]
)
def test_an_unknown_code_is_refused(code: str, fix: str) -> None:
    """The nearest codes are named, else how to list them all; the exit code is 2."""
    done = explain(code)
    assert (2, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("code-unknown: ")
    assert fix in done.stderr
    assert "\x1b" not in done.stderr


def test_programs_get_the_same() -> None:
    """As JSON, a list of rows."""
    row = ROWS["no-root"]
    assert [
        {
            "code": "no-root",
            "severity": "error",
            "demands": row.demands,
            "remedy": row.remedy,
            "source": row.source,
            "azureCode": row.azure_code,
        }
    ] == json.loads(explain("no-root", "--json").stdout)
    assert len(ROWS) == len(json.loads(explain("--json").stdout))

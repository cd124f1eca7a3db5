"""What a page shows of an output is what the code prints."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from mtls_app_gateway.cli import COMMANDS, main
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.resources.reporting import describe
from mtls_app_gateway.settings.planning import plan_gateway

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_preview_with_three_mistakes() -> None:
    """
    The README shows the problems of these settings as a preview prints them.
    """
    settings = {
        "resourceGroupName": "rg-edge",
        "mode": "Strct",
        "strict": {
            "revocation": "CRL",
            "trustedCaChains": [{"data": (REPOSITORY / "authorities/partners.pem").read_text(encoding="ascii")}],
        },
        "identityId": "/subscriptions/0/resourceGroups/g/providers/Microsoft.ManagedIdentity"
        "/userAssignedIdentities/reader",
        "listenerCertificates": [{"keyVaultSecretId": "https://contoso.vault.azure.net/secrets/edge"}],
        "listeners": [{"name": "https"}, {"name": "api"}],
        "backends": [{"fqdns": ["app.example.com"]}],
        "routes": [{"name": name, "listener": name, "priority": n} for n, name in enumerate(("https", "api"), 1)],
    }
    with pytest.raises(GatewayError) as stopped:
        plan_gateway(settings, now=datetime(2026, 1, 1, tzinfo=UTC))

    (shown,) = re.findall(r"\$ pulumi preview\nerror: (.*?)\n```", README, re.DOTALL)
    assert shown == describe(stopped.value.problems)


def test_the_table_of_commands() -> None:
    """
    The README lists each command there is.
    """
    listed = set(re.findall(r"^\| `mtls-gateway ([\w-]+) ", README, re.MULTILINE))

    assert listed == set(COMMANDS)


def test_the_pages_name_options_that_exist() -> None:
    """
    Each option of a command line in a page is one of the command's.
    """
    runner = CliRunner()
    lines = [
        line.partition("#")[0]
        for page in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
        for line in re.findall(r"mtls-gateway [a-z][^`\n]*", page.read_text(encoding="utf-8"))
    ]
    unknown = {
        (command, option)
        for line in lines
        for command in [line.split()[1]]
        for option in re.findall(r" (--[a-z-]+)", line)
        if command in COMMANDS and option not in runner.invoke(main, [command, "--help"]).stdout
    }

    assert len(lines) > 15
    assert set() == unknown

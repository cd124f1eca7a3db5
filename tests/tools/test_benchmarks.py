"""What `make bench` prints of its bars, and what it takes of a stack's config."""

import pytest
import yaml

from benchmarks.bars import Bar, report
from benchmarks.bench_preview import without_secrets

TAKEN = """\
encryptionsalt: v1:salt
secretsprovider: passphrase
encryptedkey: a2V5
config:
  azure-native:location: westeurope
  mtls-app-gateway:mode: Strict
  mtls-app-gateway:listener-pfx:
    secure: v1:cipher
"""


def test_a_missed_bar_is_marked_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Each figure is printed beside its bar, and those that fell short say so."""
    report(
        [
            Bar("quicker than curl", 5.26, least=5),
            Bar("growth", 1.6, most=1.5),
            Bar("raised", 0.2, least=0.5, most=1, unit="s"),
        ]
    )

    assert [
        "quicker than curl: 5.26 times (at least 5)",
        "growth: 1.6 times (at most 1.5)  FELL SHORT",
        "raised: 0.2 s (at least 0.5, at most 1)  FELL SHORT",
    ] == capsys.readouterr().out.splitlines()


def test_a_stack_of_the_same_name_is_no_hindrance() -> None:
    """Salt, key and secrets of the stack in this clone are left out: no other passphrase opens them."""
    assert {
        "config": {"azure-native:location": "westeurope", "mtls-app-gateway:mode": "Strict"},
    } == yaml.safe_load(without_secrets(TAKEN))
    assert {"name": "edge"} == yaml.safe_load(without_secrets("name: edge\n"))

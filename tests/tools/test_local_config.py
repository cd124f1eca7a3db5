"""The copy of a stack's config: everything tracked, word for word, and what was minted here."""

import pytest
import yaml

from tools.local_config import has_value, merged

TRACKED = """\
# This machine.
config:
  azure-native:location: westeurope
  mtls-gateway:mode: "Strict"   # or Passthrough
  mtls-gateway:port: 0444
  mtls-gateway:since: 2025-03-01
  mtls-gateway:country: no
  mtls-gateway:strict:
    trustedCaChains:
      - pem: |
          -----BEGIN CERTIFICATE-----
          AAAA
          -----END CERTIFICATE-----
"""
MINTED = """\
config:
  mtls-gateway:mode: Passthrough
  mtls-gateway:removed-since: gone
  mtls-gateway:listener-pfx:
    secure: v1:AAAA:BBBB
encryptionsalt: v1:CCCC
"""


def _scalars(text: str) -> list[tuple[str, str, str | None]]:
    """Each scalar with its tag and style: what a YAML reader of any version has to go by."""
    return [(e.value, str(e.tag), e.style) for e in yaml.parse(text) if isinstance(e, yaml.ScalarEvent)]


def test_what_is_tracked_stays_as_it_is_written() -> None:
    """No scalar is read and written again: quotes, leading zeros, dates and words like `no` stay as they are."""
    assert _scalars(TRACKED) == _scalars(merged(TRACKED, "config: {}\n"))


def test_salt_and_secrets_are_kept() -> None:
    """From the earlier copy come the salt and the encrypted values, and nothing else."""
    both = yaml.safe_load(merged(TRACKED, MINTED))

    assert "v1:CCCC" == both["encryptionsalt"]
    assert {"secure": "v1:AAAA:BBBB"} == both["config"]["mtls-gateway:listener-pfx"]
    assert "Strict" == both["config"]["mtls-gateway:mode"]
    assert "mtls-gateway:removed-since" not in both["config"]


def test_what_is_tracked_wins_over_what_was_minted() -> None:
    """A key that is set in the tracked file wins."""
    tracked = "config:\n  mtls-gateway:listener-pfx: mine\n"

    assert "mine" == yaml.safe_load(merged(tracked, MINTED))["config"]["mtls-gateway:listener-pfx"]


@pytest.mark.parametrize("tracked", ["", "# nothing\n", "config:\n", "config: {}\n"])
def test_a_config_without_entries_can_be_copied(tracked: str) -> None:
    """An empty config file, or an empty section, takes the secrets like any other."""
    assert {"mtls-gateway:listener-pfx"} == set(yaml.safe_load(merged(tracked, MINTED))["config"])


@pytest.mark.parametrize(("expected", "key"), [(True, "mode"), (False, "mod"), (False, "encryptionsalt")])
def test_a_key_is_looked_for_by_its_name_in_the_project(expected: bool, key: str) -> None:
    """The project's name before the key is not part of the question."""
    assert expected is has_value(MINTED, key)

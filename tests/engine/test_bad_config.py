"""
The real engine refuses a bad stack config: all mistakes told, nothing registered, no secret shown.

That each mistake alone is told once is proved in `tests/resources/test_stack_config.py`, over the same table. Here they
come together as far as they can stand in one config, as `pulumi preview` meets them.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import RunEngine, RunningEmulator
from tests.engine.project import Project, copy_project
from tests.resources.bad_config import (
    BAD,
    CHAINS,
    DEVICES,
    GOOD,
    LISTENERS,
    PAGE,
    PARTNERS,
    ROUTES,
    WRONG_PASSWORD,
    Files,
    Told,
    errors_in,
    mint,
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Mistakes of the table that stand together in one config."""

    mistakes: tuple[str, ...]
    config: dict[str, Any]
    told: Told
    in_plain_text: tuple[str, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)


_BUNDLES = {
    "leaf-instead-of-authority": ("leaf.pem", "no-authority", ""),
    "private-key-in-bundle": ("with-key.pem", "private-key-inside", ", block 2"),
    "empty-file": ("empty.pem", "bundle-empty", ""),
    "binary-noise": ("noise.cer", "not-certificates", ""),
    "bundle-of-26-kb": ("large.pem", "chain-too-large", ""),
}
_BAD_CHAINS = [{"path": f"ca/{name}"} for name, _, _ in _BUNDLES.values()]
_LENIENT = {"name": "lenient", "mode": "Passthrough", "wrong": 1}
_LENIENT_STRICT = {"trustedCaChains": [{**DEVICES, "wrong": 1}], "wrong": 1}

BATCHES = {
    "bundles": Batch(
        (*_BUNDLES, "missing-file", "wrong-mode-word", "wrong-revocation-word", "wrong-pfx-password"),
        {
            "mode": "Strct",
            "strict": {"trustedCaChains": [*_BAD_CHAINS, {"path": "ca/partner.pem"}, PARTNERS], "revocation": "CRL"},
        },
        (
            *(
                (rule, f"{CHAINS}[{position}].path (ca/{name}){within}")
                for position, (name, rule, within) in enumerate(_BUNDLES.values())
            ),
            ("file-missing", f"{CHAINS}[5].path"),
            ("mode-unknown", "mode"),
            ("revocation-unknown", "strict.revocation"),
            ("pfx-password-wrong", "listener-pfx"),
        ),
        secrets={"listener-password": WRONG_PASSWORD},
    ),
    "traffic": Batch(
        (
            *("duplicate-chain-names", "duplicate-listener-names", "duplicate-backend-names"),
            *("port-clash", "priority-clash", "mode-missing", "pfx-in-plain-text"),
        ),
        {
            "mode": None,
            "strict": {"trustedCaChains": [PARTNERS, {**DEVICES, "name": "Partners"}]},
            "listeners": [*LISTENERS, {"name": "second"}],
            "backends": [*GOOD["backends"], {"name": "Backend", "fqdns": ["b.example.com"]}],
            "routes": [{"priority": 7}, {**ROUTES[1], "priority": 7}],
        },
        (
            ("secret-in-plain-text", "listener-pfx"),
            ("mode-missing", "mode"),
            ("chain-name-not-unique", f"{CHAINS}[1].path (ca/devices.pem)"),
            ("name-repeated", "listeners[2].name"),
            ("name-repeated", "backends[1].name"),
            ("port-clash", "listeners[2].port"),
            ("priority-clash", "routes[1].priority"),
        ),
        in_plain_text=("listener-pfx",),
    ),
    "passthrough": Batch(
        ("short-facts-in-passthrough", "101-chains", "password-in-plain-text"),
        {
            "mode": "Passthrough",
            "strict": {"trustedCaChains": [{"path": "ca/many"}]},
            "identityHeaders": {"subject": "X-Client-Subject", "serial": "X-Client-Serial"},
        },
        (
            *BAD["password-in-plain-text"].told,
            *BAD["short-facts-in-passthrough"].told,
            *BAD["101-chains"].told,
        ),
        in_plain_text=("listener-password",),
    ),
    "rewritten-identity": Batch(
        ("rewritten-identity",), BAD["rewritten-identity"].config, BAD["rewritten-identity"].told
    ),
    "strict-without-block": Batch(
        ("strict-without-block",), BAD["strict-without-block"].config, BAD["strict-without-block"].told
    ),
    "strict-without-chain": Batch(
        ("strict-without-chain",), BAD["strict-without-chain"].config, BAD["strict-without-chain"].told
    ),
    "unknown-keys": Batch(
        tuple(name for name in BAD if name.startswith("unknown-key")),
        {
            "wrong": 1,
            "strict": {"trustedCaChains": [{**PARTNERS, "wrong": 1}], "wrong": 1},
            "profiles": [
                {
                    **_LENIENT,
                    "strict": _LENIENT_STRICT,
                    "tlsPolicy": {"policyName": "AppGwSslPolicy20220101", "wrong": 1},
                }
            ],
            "listenerCertificates": [{"wrong": 1}],
            "errorPages": [{"status": 502, "url": PAGE, "wrong": 1}],
            "privateIp": {"address": "10.0.0.250", "wrong": 1},
            "listeners": [
                {"errorPages": [{"status": 502, "url": PAGE, "wrong": 1}], "wrong": 1},
                {"name": "second", "port": 8443, "profile": "lenient", "frontend": "Private"},
            ],
            "backends": [
                {
                    "fqdns": ["app.example.com"],
                    "trustedRoots": [{"path": PARTNERS["path"], "wrong": 1}],
                    **{key: {"wrong": 1} for key in ("connectionDraining", "probe")},
                    "wrong": 1,
                }
            ],
            "routes": [
                {
                    "priority": 1,
                    "redirect": {"url": "https://www.example.com/", "wrong": 1},
                    "paths": [
                        {
                            "name": "a",
                            "paths": ["/a"],
                            "redirect": {"url": "https://a.example/", "wrong": 1},
                            "wrong": 1,
                        }
                    ],
                    "wrong": 1,
                },
                ROUTES[1],
            ],
            "rewrites": [
                {
                    "name": "own",
                    "conditions": [{"variable": "var_host", "pattern": "a", "wrong": 1}],
                    "url": {"path": "/new", "wrong": 1},
                    "wrong": 1,
                }
            ],
            "strictTransportSecurity": {"wrong": 1},
            "network": {
                "additionalSubnets": [{"name": "backend", "addressPrefix": "10.0.2.0/24", "wrong": 1}],
                "wrong": 1,
            },
            "tlsPolicy": {"policyName": "AppGwSslPolicy20220101S", "wrong": 1},
            **{key: {"wrong": 1} for key in ("identityHeaders", "autoscale", "publicIp", "timeouts")},
        },
        tuple(told for name in BAD if name.startswith("unknown-key") for told in BAD[name].told),
    ),
}


@pytest.fixture(scope="module")
def files() -> Files:
    """CA files good and bad."""
    return mint()


@pytest.fixture
def project(files: Files, run_engine: RunEngine, tmp_path: Path) -> Project:
    """The project with these CA files in it."""
    made = copy_project(tmp_path / "project", run_engine)
    files.write(made.folder)
    return made


def test_every_mistake_of_the_table_meets_the_engine() -> None:
    """
    No mistake of the table is left out here.
    """
    empty_as_missing = {"mode-empty"}
    assert set(BAD) - empty_as_missing == {name for batch in BATCHES.values() for name in batch.mistakes}


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_a_bad_config_registers_nothing(
    batch: Batch, project: Project, files: Files, emulator: RunningEmulator
) -> None:
    """
    The engine fails with every mistake told once and no traceback, shows no secret, and registers nothing.
    """
    every = {**files.secrets, **batch.secrets}
    plain = {key: every.pop(key) for key in batch.in_plain_text}
    config = {key: value for key, value in {**GOOD, **batch.config, **plain}.items() if value is not None}
    project.configure("bad", config, every)

    refused = project.run("preview", "--stack", "bad")

    output = refused.stdout + refused.stderr
    diagnostics = output.split("Diagnostics:")[1]
    assert 0 != refused.returncode
    assert sorted(batch.told) == sorted(errors_in(diagnostics)), output
    assert "Traceback" not in output
    assert [] == files.shown_in(output)
    assert [] == emulator.journal("Check", "Create")
    assert [] == project.resources()

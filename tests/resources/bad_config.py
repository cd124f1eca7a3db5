"""Stack configs with one mistake each, and what must be told of it: the rule and the place, once for each mistake."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mtls_app_gateway.rehearsal.authority import Authority, LeafUse, padding

PASSWORD = "Jd7Qm2Xw9Tz4Lk8Rv3"
WRONG_PASSWORD = "Wp5Hc8Nb1Ys6Gf0Ke2"

Told = tuple[tuple[str, str], ...]
CHAINS = "strict.trustedCaChains"
PARTNERS = {"name": "partners", "path": "ca/partners.pem"}
DEVICES = {"name": "devices", "path": "ca/devices.pem"}
LISTENERS: list[dict[str, Any]] = [{}, {"name": "second", "port": 8443}]
ROUTES: list[dict[str, Any]] = [{"priority": 1}, {"name": "other", "listener": "second", "priority": 2}]

GOOD: Mapping[str, Any] = {
    "resourceGroupName": "rg-edge",
    "mode": "Strict",
    "strict": {"trustedCaChains": [PARTNERS]},
    "backends": [{"fqdns": ["app.example.com"]}],
}


@dataclass(frozen=True, slots=True)
class Files:
    """CA files good and bad, the listener's PFX, and every text that nobody may ever be shown."""

    contents: Mapping[str, bytes]
    pfx: str
    private: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the CA files below a folder, as a project has them."""
        for name, data in self.contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets of a config in which nothing is wrong."""
        return {"listener-pfx": self.pfx, "listener-password": PASSWORD}

    def shown_in(self, output: str) -> list[str]:
        """The parts of secrets that some output shows."""
        return [piece for secret in self.private for piece in pieces(secret) if piece in output]


def pieces(secret: str) -> Iterable[str]:
    """A secret in parts so small that even an abridged echo holds one."""
    return (secret[start : start + 16] for start in range(0, len(secret) - 15, 16))


def mint() -> Files:
    """Mint everything anew."""
    root = Authority.create("Example Partners Root")
    client = root.issue("client")
    large = Authority.create("Example Large Root", extensions=[padding(19_000)])
    server = root.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
    pfx = base64.b64encode(server.pfx(PASSWORD)).decode("ascii")
    contents = {
        "ca/partners.pem": root.bundle_pem.encode(),
        "ca/devices.pem": Authority.create("Example Devices Root").bundle_pem.encode(),
        "ca/leaf.pem": client.certificate_pem.encode(),
        "ca/with-key.pem": (root.bundle_pem + root.key_pem).encode(),
        "ca/empty.pem": b"",
        "ca/noise.cer": bytes((index * 37 + index // 7) % 251 + 3 for index in range(900)),
        "ca/large.pem": large.bundle_pem.encode(),
    }
    many = (Authority.create(f"Example Root {number}") for number in range(101))
    contents |= {f"ca/many/{number:03}.pem": each.bundle_pem.encode() for number, each in enumerate(many)}
    keys = [line for line in root.key_pem.splitlines() if "-----" not in line]
    return Files(contents, pfx, (pfx, PASSWORD, WRONG_PASSWORD, "".join(keys), *keys))


@dataclass(frozen=True, slots=True)
class Bad:
    """Keys in place of the good ones (None takes one away), and what must be told."""

    config: dict[str, Any]
    told: Told
    secrets: dict[str, str] = field(default_factory=dict)
    """Secrets in place of the good ones."""
    in_plain_text: tuple[str, ...] = ()
    """Secrets that stand in the config as they are."""


def _chains(*chains: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"strict": {"trustedCaChains": list(chains), **others}}


def _bundle(name: str, rule: str, within: str = "") -> Bad:
    return Bad(_chains(PARTNERS, {"path": f"ca/{name}"}), ((rule, f"{CHAINS}[1].path (ca/{name}){within}"),))


_SUBJECT = "var_client_certificate_subject"
BAD: dict[str, Bad] = {
    "wrong-mode-word": Bad({"mode": "Strct"}, (("mode-unknown", "mode"),)),
    "mode-missing": Bad({"mode": None}, (("mode-missing", "mode"),)),
    "mode-empty": Bad({"mode": ""}, (("mode-missing", "mode"),)),
    "strict-without-block": Bad({"strict": None}, (("strict-block-missing", "strict"),)),
    "strict-without-chain": Bad(_chains(revocation="OCSP"), (("strict-without-chain", CHAINS),)),
    "wrong-revocation-word": Bad(_chains(PARTNERS, revocation="CRL"), (("revocation-unknown", "strict.revocation"),)),
    "short-facts-in-passthrough": Bad(
        {"mode": "Passthrough", "identityHeaders": {"subject": "X-Client-Subject", "serial": "X-Client-Serial"}},
        (("facts-unverified", "identityHeaders.subject"), ("facts-unverified", "identityHeaders.serial")),
    ),
    "leaf-instead-of-authority": _bundle("leaf.pem", "no-authority"),
    "private-key-in-bundle": _bundle("with-key.pem", "private-key-inside", ", block 2"),
    "empty-file": _bundle("empty.pem", "bundle-empty"),
    "binary-noise": _bundle("noise.cer", "not-certificates"),
    "bundle-of-26-kb": _bundle("large.pem", "chain-too-large"),
    "missing-file": Bad(_chains({"path": "ca/partner.pem"}), (("file-missing", f"{CHAINS}[0].path"),)),
    "101-chains": Bad(
        _chains({"path": "ca/many"}), (("too-many-chains-in-profile", "trusted CA chains, profile 'default'"),)
    ),
    "duplicate-chain-names": Bad(
        _chains(PARTNERS, {**DEVICES, "name": "Partners"}),
        (("chain-name-not-unique", f"{CHAINS}[1].path (ca/devices.pem)"),),
    ),
    "duplicate-listener-names": Bad(
        {"listeners": [{}, {"port": 8443}], "routes": [{"priority": 1}]},
        (("name-repeated", "listeners[1].name"),),
    ),
    "duplicate-backend-names": Bad(
        {"backends": [*GOOD["backends"], {"name": "Backend", "fqdns": ["b.example.com"]}], "routes": [{"priority": 1}]},
        (("name-repeated", "backends[1].name"),),
    ),
    "port-clash": Bad(
        {"listeners": [{}, {"name": "second"}], "routes": ROUTES}, (("port-clash", "listeners[1].port"),)
    ),
    "priority-clash": Bad(
        {"listeners": LISTENERS, "routes": [{"priority": 7}, {**ROUTES[1], "priority": 7}]},
        (("priority-clash", "routes[1].priority"),),
    ),
    "pfx-in-plain-text": Bad({}, (("secret-in-plain-text", "listener-pfx"),), in_plain_text=("listener-pfx",)),
    "password-in-plain-text": Bad(
        {}, (("secret-in-plain-text", "listener-password"),), in_plain_text=("listener-password",)
    ),
    "wrong-pfx-password": Bad(
        {}, (("pfx-password-wrong", "listener-pfx"),), secrets={"listener-password": WRONG_PASSWORD}
    ),
}

REWRITE = {"name": "own", "responseHeaders": {"Server": ""}}
LEVELS: dict[str, dict[str, Any]] = {
    "": {"wrong": 1},
    "strict": {"strict": {"trustedCaChains": [PARTNERS], "wrong": 1}},
    f"{CHAINS}[0]": _chains({**PARTNERS, "wrong": 1}),
    "profiles[0]": {"profiles": [{"name": "lenient", "mode": "Passthrough", "wrong": 1}], "listeners": [{}]},
    "profiles[0].strict": {
        "profiles": [{"name": "lenient", "mode": "Passthrough", "strict": {"trustedCaChains": [DEVICES], "wrong": 1}}]
    },
    "profiles[0].strict.trustedCaChains[0]": {
        "profiles": [
            {"name": "lenient", "mode": "Passthrough", "strict": {"trustedCaChains": [{**DEVICES, "wrong": 1}]}}
        ]
    },
    "profiles[0].tlsPolicy": {
        "profiles": [
            {
                "name": "second",
                "mode": "Strict",
                "strict": {"trustedCaChains": [DEVICES]},
                "tlsPolicy": {"policyName": "AppGwSslPolicy20220101S", "wrong": 1},
            }
        ]
    },
    "strictTransportSecurity": {"strictTransportSecurity": {"wrong": 1}},
    "rewrites[0]": {"rewrites": [{**REWRITE, "wrong": 1}]},
    "rewrites[0].conditions[0]": {
        "rewrites": [{**REWRITE, "conditions": [{"variable": "var_host", "pattern": "a", "wrong": 1}]}]
    },
    "rewrites[0].url": {"rewrites": [{**REWRITE, "url": {"path": "/a", "wrong": 1}}]},
    "listenerCertificates[0]": {"listenerCertificates": [{"wrong": 1}]},
    "listeners[0]": {"listeners": [{"wrong": 1}]},
    "backends[0]": {"backends": [{"fqdns": ["app.example.com"], "wrong": 1}]},
    "backends[0].trustedRoots[0]": {
        "backends": [{"fqdns": ["app.example.com"], "trustedRoots": [{"path": PARTNERS["path"], "wrong": 1}]}]
    },
    "backends[0].connectionDraining": {
        "backends": [{"fqdns": ["app.example.com"], "connectionDraining": {"wrong": 1}}]
    },
    "backends[0].probe": {"backends": [{"fqdns": ["app.example.com"], "probe": {"wrong": 1}}]},
    "routes[0]": {"routes": [{"priority": 1, "wrong": 1}]},
    "routes[0].redirect": {"routes": [{"priority": 1, "redirect": {"url": "https://www.example.com/", "wrong": 1}}]},
    "privateIp": {
        "privateIp": {"address": "10.0.0.250", "wrong": 1},
        "listeners": [{"frontend": "Private"}],
    },
    "routes[0].paths[0]": {"routes": [{"priority": 1, "paths": [{"name": "a", "paths": ["/a"], "wrong": 1}]}]},
    "routes[0].paths[0].redirect": {
        "routes": [
            {
                "priority": 1,
                "paths": [{"name": "a", "paths": ["/a"], "redirect": {"url": "https://a.example/", "wrong": 1}}],
            }
        ]
    },
    "identityHeaders": {"identityHeaders": {"wrong": 1}},
    "tlsPolicy": {"tlsPolicy": {"policyName": "AppGwSslPolicy20220101S", "wrong": 1}},
    "autoscale": {"autoscale": {"wrong": 1}},
    "network": {"network": {"wrong": 1}},
    "network.additionalSubnets[0]": {
        "network": {"additionalSubnets": [{"name": "backend", "addressPrefix": "10.0.2.0/24", "wrong": 1}]}
    },
    "publicIp": {"publicIp": {"wrong": 1}},
    "timeouts": {"timeouts": {"wrong": 1}},
}
"""A key that nobody knows, at each level of the settings."""


def _unknown_key(level: str, config: dict[str, Any]) -> Bad:
    named = config["profiles"][0]["name"] if "profiles" in config else None
    listeners = [{}, {"name": "second", "port": 8443, "profile": named}]
    beside = {"listeners": listeners, "routes": ROUTES} if named else {}
    return Bad({**config, **beside}, (("unknown-key", f"{level}.wrong".lstrip(".")),))


BAD["rewritten-identity"] = Bad(
    {
        "rewrites": [{"name": "own", "requestHeaders": {"x-client-cert": "", "X-Name": f"{{{_SUBJECT}}}"}}],
        "routes": [{"priority": 1, "rewrites": ["own"]}],
    },
    (
        ("identity-header-rewritten", "rewrites[0].requestHeaders.x-client-cert"),
        ("client-fact-unprotected", "rewrites[0].requestHeaders.X-Name"),
    ),
)
BAD |= {f"unknown-key-at-{level or 'top'}": _unknown_key(level, config) for level, config in LEVELS.items()}


def text(value: Any) -> str:
    """A value as the engine hands it over."""
    return value if isinstance(value, str) else json.dumps(value)


def errors_in(refusal: str) -> list[tuple[str, str]]:
    """The errors that a refusal lists, warnings left out: rule and place."""
    lines = [line.strip().split(": ", 2) for line in refusal.splitlines() if re.match(r" +(?!error)[a-z0-9-]+: ", line)]
    return [(rule, where) for rule, where, _ in lines]

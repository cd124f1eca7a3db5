"""Inline programs of the component, and what tests ask of a run: its changes, its words, the files it left."""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pulumi
from mtls_app_gateway import MtlsAppGateway, MtlsAppGatewayArgs
from mtls_app_gateway.rehearsal.authority import Authority, LeafUse
from pulumi import automation as auto

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
CONFIG = {"azure-native:subscriptionId": SUBSCRIPTION, "azure-native:location": "westeurope"}
GATEWAY = "Microsoft.Network/applicationGateways"
CHILDREN = 6
"""What the smallest use registers in Azure or beside it: provider, address, rules, network, subnet, gateway."""

PASSWORD = "Kz93mQx7Rv"
WRONG_PASSWORD = "Wq58nTy2Lb"

Options = Callable[[], pulumi.ResourceOptions | None]
Arguments = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Material:
    """The certificates of a test: a listener's PFX, two authorities, a caller's private key."""

    pfx: str
    bare_pfx: str
    """The same without a password."""
    partners: str
    devices: str
    private_key: str


def mint() -> Material:
    """New ones."""
    at = datetime.now(UTC)
    partners = Authority.create("Example Partners Root", now=at)
    server = partners.issue("edge.example.com", purpose=LeafUse.SERVER, host_names=["edge.example.com"])
    return Material(
        base64.b64encode(server.pfx(PASSWORD)).decode(),
        base64.b64encode(server.pfx()).decode(),
        partners.bundle_pem,
        Authority.create("Example Devices Root", now=at).bundle_pem,
        partners.issue("client").key_pem,
    )


def smallest(material: Material, **changes: Any) -> dict[str, Any]:
    """The smallest use."""
    return {
        "resource_group_name": "rg-edge",
        "mode": "Passthrough",
        "listener_certificates": [{"pfx": material.pfx, "password": PASSWORD}],
        "backends": [{"fqdns": ["app.example.com"]}],
        **changes,
    }


def edge(arguments: Arguments, options: Options = lambda: None) -> Callable[[], None]:
    """A program with one component; the arguments are made anew in each run."""

    def program() -> None:
        gateway = MtlsAppGateway("edge", cast(MtlsAppGatewayArgs, arguments()), options())
        pulumi.export("modes", gateway.modes)
        pulumi.export("gatewayId", gateway.gateway_id)
        pulumi.export("document", gateway.document)

    return program


@dataclass(slots=True)
class Words:
    """Everything an engine said, over all runs of a test."""

    said: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(self.said)

    def up(self, stack: auto.Stack) -> auto.UpResult:
        """An up that is expected to end well."""
        return stack.up(on_output=self.said.append, on_error=self.said.append)

    def red(self, run: Callable[..., Any]) -> str:
        """An up or a preview that is expected to fail, and what it said."""
        before = len(self.said)
        try:
            run(on_output=self.said.append, on_error=self.said.append)
        except auto.CommandError as error:
            self.said.append(str(error))
            return "\n".join(self.said[before:])
        raise AssertionError("the run ended well")


def changes(result: auto.UpResult | auto.RefreshResult) -> dict[str, int]:
    """What a run did, without what it left as it was, the component and the stack."""
    found = {str(kind): count for kind, count in (result.summary.resource_changes or {}).items()}
    return {kind: count for kind, count in found.items() if kind != "same"}


def files_with(folder: Path, *texts: str) -> Iterator[tuple[Path, str]]:
    """The files below a folder that hold one of these texts."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield from ((path, text) for text in texts if text.encode() in content)

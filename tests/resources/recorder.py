"""A strict fake of the engine's monitor: it records every registration and refuses what Pulumi's mocks let pass.

Refused are unexpected tokens, placeholders, names that Azure does not have (or in snake_case), and resources of a
parameterized package without its `package_ref`. It does not run hooks or transforms, and it resolves no `$self`.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from google.protobuf import json_format  # type: ignore[import-untyped]
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.spelling import NAME_INPUTS, nest
from mtls_app_gateway.problems import GatewayError
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2

PACKAGE = API.package
GATEWAY = API.token
PROVIDER = f"pulumi:providers:{PACKAGE}"
NETWORK_PROVIDER = "pulumi:providers:azure-native"
COMPONENT = "mtls-app-gateway:index:MtlsAppGateway"
PUBLIC_IP = "azure-native:network:PublicIPAddress"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
LOCK = "azure-native:authorization:ManagementLockByScope"

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
ADDRESS = "203.0.113.7"

_PATHS: Mapping[str, tuple[str, frozenset[str]]] = {
    GATEWAY: ("Microsoft.Network/applicationGateways", frozenset({"resourceGroupName"})),
    PUBLIC_IP: ("Microsoft.Network/publicIPAddresses", frozenset({"resourceGroupName"})),
    SECURITY_GROUP: ("Microsoft.Network/networkSecurityGroups", frozenset({"resourceGroupName"})),
    NETWORK: ("Microsoft.Network/virtualNetworks", frozenset({"resourceGroupName"})),
    SUBNET: (
        "Microsoft.Network/virtualNetworks/subnets",
        frozenset({"resourceGroupName", "virtualNetworkName"}),
    ),
    LOCK: ("Microsoft.Authorization/locks", frozenset({"scope"})),
}
_SECRET_MARK = ("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a program registered: the inputs without secret marks, and the places of those marks."""

    token: str
    name: str
    urn: str
    parent: str
    provider: str
    depends_on: tuple[str, ...]
    inputs: dict[str, Any]
    secrets: frozenset[str]
    protect: bool
    version: str

    @property
    def document(self) -> dict[str, Any]:
        """The inputs as ARM spells them."""
        arm_type, path = _PATHS[self.token]
        return nest({key: value for key, value in self.inputs.items() if key not in path}, arm_type)


@dataclass(frozen=True, slots=True)
class Built:
    """The outputs of a component that was built, and which of them are secret."""

    outputs: dict[str, Any]
    secrets: frozenset[str]


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelname, record.getMessage()))


class Recorder(mocks.MockMonitor):
    """The monitor of one test."""

    def __init__(self) -> None:
        super().__init__(_NoMocks())
        self.registrations: list[Registration] = []
        self.reads: list[str] = []
        """The ids of the resources that exist and are read."""
        self.packages: list[resource_pb2.RegisterPackageRequest] = []
        self.violations: list[str] = []
        self.registered_outputs: dict[str, dict[str, Any]] = {}
        self.log = _Log()
        self.lose: Callable[[dict[str, Any]], dict[str, Any]] = dict
        """What becomes of the gateway's inputs on the way to Azure and back."""
        self.gateway_subscription = SUBSCRIPTION
        """Where the gateway is made."""

    # What a test does.

    def build(
        self,
        program: Callable[[], Mapping[str, pulumi.Output[Any]]],
        *,
        preview: bool = False,
    ) -> Built:
        """Run a program to its end and give the outputs it returned."""
        logger = logging.Logger("recorder")
        logger.addHandler(self.log)
        mocks.set_mocks(self.mocks, project="edge", stack="test", preview=preview, logger=logger, monitor=self)
        settings.SETTINGS.package_refs = {}  # The SDK keeps them for a deployment, and each test is one.
        # Older SDKs ask a real engine alone whether it serves parameterized packages.
        getattr(settings.SETTINGS, "feature_support", {})["parameterization"] = True
        found: dict[str, Any] = {}
        secret: set[str] = set()

        async def look(outputs: Mapping[str, pulumi.Output[Any]]) -> None:
            for key, output in outputs.items():
                if await output.is_known():
                    found[key] = await output.future()
                if await output.is_secret():
                    secret.add(key)

        def run() -> Any:
            # The error that ends the program is raised below; the loop need not log it for each output again.
            asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
            return look(program())

        mocks.test(run)()  # type: ignore[no-untyped-call] # the SDK has no types there
        if self.violations:
            raise AssertionError("\n".join(self.violations))
        return Built(found, frozenset(secret))

    def of(self, token: str) -> tuple[Registration, ...]:
        """The registrations of a type, in their order."""
        return tuple(found for found in self.registrations if found.token == token)

    def the(self, token: str) -> Registration:
        """The one registration of a type."""
        (found,) = self.of(token)
        return found

    def said(self, severity: str) -> list[str]:
        """What was logged with this severity: INFO, WARNING, ERROR."""
        return [line for level, line in self.log.lines if level == severity]

    # What the SDK asks.

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> Any:  # noqa: N802
        self.packages.append(request)
        return resource_pb2.RegisterPackageResponse(ref=f"package-{len(self.packages)}")

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802
        self.registered_outputs[request.urn] = _plain(_as_dict(request.outputs), "", set())
        return Empty()

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        secrets: set[str] = set()
        inputs = _plain(_as_dict(request.object), "", secrets)
        registration = Registration(
            request.type,
            request.name,
            urn,
            request.parent,
            request.provider,
            tuple(sorted(request.dependencies)),
            inputs,
            frozenset(secrets),
            request.protect,
            request.version,
        )
        self.registrations.append(registration)
        self.violations += self._violations(request, registration)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        outputs = self._answer(registration)
        self.resources[urn] = self.ResourceRegistration(urn, _identity(registration), registration.inputs)
        identity = _identity(registration)
        if registration.token == GATEWAY:
            identity = identity.replace(SUBSCRIPTION, self.gateway_subscription)
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=identity, object=json_format.ParseDict(outputs, Struct())
        )

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        assert request.type == PUBLIC_IP, f"{request.type}: read"
        self.reads.append(request.id)
        answer = {"ipAddress": ADDRESS, "dnsSettings": {"fqdn": "owned.westeurope.cloudapp.azure.com"}}
        return resource_pb2.ReadResourceResponse(urn=urn, properties=json_format.ParseDict(answer, Struct()))

    def _violations(self, request: Any, registration: Registration) -> Iterator[str]:
        token = registration.token
        of_package = token in (GATEWAY, PROVIDER)
        if bool(request.packageRef) != of_package:
            yield f"{token}: {'no' if of_package else 'a'} package_ref"
        if "$input/" in str(registration.inputs):
            yield f"{token}: a placeholder in place of a value"
        if token in (COMPONENT, PROVIDER, NETWORK_PROVIDER):
            return
        if token not in _PATHS:
            yield f"{token}: an unexpected token"
            return
        for required in _PATHS[token][1] - registration.inputs.keys():
            yield f"{token}: no {required}"
        try:
            _ = registration.document
        except GatewayError as error:
            yield f"{token}: {error}"

    def _answer(self, registration: Registration) -> dict[str, Any]:
        answer: dict[str, Any] = dict(registration.inputs)
        if registration.token in _PATHS:
            answer["name"] = _own_name(registration)
        if registration.token == GATEWAY:
            answer = self.lose({name: _with_ids(registration, name, it) for name, it in answer.items()})
        if registration.token == PUBLIC_IP:
            label = answer.get("dnsSettings", {}).get("domainNameLabel")
            answer["ipAddress"] = ADDRESS
            if label:
                answer["dnsSettings"] = {"domainNameLabel": label, "fqdn": f"{label}.westeurope.cloudapp.azure.com"}
        # The engine marks the whole output of a provider that knows no secrets.
        marked = {path.split(".")[0].split("[")[0] for path in registration.secrets}
        key, value = _SECRET_MARK
        return {name: {key: value, "value": it} if name in marked else it for name, it in answer.items()}


class _NoMocks(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token}: the component calls no functions")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise AssertionError(f"{args.typ}: not registered but read")


def _as_dict(struct: Any) -> dict[str, Any]:
    made: dict[str, Any] = json_format.MessageToDict(struct)
    return made


def _plain(value: Any, path: str, secrets: set[str]) -> Any:
    """The value without the marks of secrets, whose paths are gathered."""
    if isinstance(value, dict):
        key, mark = _SECRET_MARK
        if value.get(key) == mark:
            secrets.add(path)
            return _plain(value["value"], path, secrets)
        return {name: _plain(item, f"{path}.{name}".lstrip("."), secrets) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, f"{path}[{at}]", secrets) for at, item in enumerate(value)]
    return value


def _with_ids(registration: Registration, collection: str, value: Any) -> Any:
    """What Azure makes of a collection: each named part gets an id."""
    if not isinstance(value, list) or not all(isinstance(part, dict) and "name" in part for part in value):
        return value
    return [{**part, "id": f"{_identity(registration)}/{collection}/{part['name']}"} for part in value]


def _own_name(registration: Registration) -> str:
    name_input = NAME_INPUTS[_PATHS[registration.token][0]]
    return str(registration.inputs.get(name_input, f"{registration.name}0a1b2c3d"))


def _identity(registration: Registration) -> str:
    if registration.token not in _PATHS:
        return f"{registration.name}-id"
    if registration.token == LOCK:
        return f"{registration.inputs['scope']}/providers/{_PATHS[LOCK][0]}/{_own_name(registration)}"
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{registration.inputs.get('resourceGroupName')}"
    namespace, *types = _PATHS[registration.token][0].split("/")
    names = [str(registration.inputs["virtualNetworkName"])] if registration.token == SUBNET else []
    pairs = "/".join(f"{kind}/{name}" for kind, name in zip(types, [*names, _own_name(registration)], strict=True))
    return f"{group}/providers/{namespace}/{pairs}"

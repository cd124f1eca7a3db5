"""The provider protocol: what the engine asks of azure-native, answered by the stand-in."""

import base64
import functools
import json
import logging
from collections.abc import Callable, Sequence
from importlib.metadata import version as installed_version
from typing import Any, TypeVar

import grpc  # type: ignore[import-untyped]
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from ..problems import GatewayError
from .answers import normalised_location
from .arm_error import ArmError
from .checking import failures
from .configuration import Configurations, ProviderConfiguration
from .diffing import carried_over, diff
from .journal import Journal
from .kinds import BASE_PACKAGE, GATEWAY_PACKAGE, KINDS, ResourceKind
from .manager import ResourceManager
from .naming import with_defaults, without_notes
from .requests import Put, arriving, put_of
from .schema import PARAMETER, package_schema
from .spelling import inputs_of, outputs_of, preview_outputs
from .wire import from_struct, secret_keys, to_struct

_log = logging.getLogger(__name__)
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _refusals_reach_the_engine(method: _Method) -> _Method:
    """A refusal becomes a message of the engine; anything else is a defect and says so, without values."""

    @functools.wraps(method)
    def guarded(self: "StandIn", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except (ArmError, GatewayError, RequestError) as refusal:
            message = str(refusal)
        except Exception as defect:  # noqa: BLE001 - nothing may reach the engine as a traceback
            _log.exception("%s failed", method.__name__)
            message = f"the stand-in failed in {method.__name__} ({type(defect).__name__}): see its log"
        return context.abort(grpc.StatusCode.UNKNOWN, message)

    return guarded  # type: ignore[return-value]


class RequestError(Exception):
    """The engine asked for something the stand-in does not serve."""


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """`azure-native` and its package for API 2025-03-01, for every provider of a deployment at once.

    `drop` names properties of the gateway that get lost on the way to Azure and back, as an API version that does not
    know them would lose them. `location` is that of resource groups this subscription does not have.
    """

    def __init__(self, manager: ResourceManager, journal: Journal, *, location: str, drop: Sequence[str] = ()) -> None:
        self._manager = manager
        self._journal = journal
        self._location = location
        self._drop = tuple(drop)
        self._configurations = Configurations()
        self._version = installed_version("pulumi-azure-native")

    # The plugin.

    def Handshake(self, _request: Any, _context: Any) -> provider_pb2.ProviderHandshakeResponse:  # noqa: N802
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, _request: Any, _context: Any) -> Empty:  # noqa: N802
        return Empty()

    def GetPluginInfo(self, _request: Any, _context: Any) -> plugin_pb2.PluginInfo:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self._version)

    def Cancel(self, _request: Any, _context: Any) -> Empty:  # noqa: N802
        return Empty()

    @_refusals_reach_the_engine
    def Parameterize(  # noqa: N802
        self, request: provider_pb2.ParameterizeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        asked = _parameter(request)
        if asked != PARAMETER:
            raise RequestError(f"the stand-in serves the parameter {PARAMETER} of azure-native, not {asked}")
        return provider_pb2.ParameterizeResponse(name=GATEWAY_PACKAGE, version=self._version)

    @_refusals_reach_the_engine
    def GetSchema(  # noqa: N802
        self, request: provider_pb2.GetSchemaRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        package = request.subpackage_name or BASE_PACKAGE
        return provider_pb2.GetSchemaResponse(schema=package_schema(package, self._version))

    # The provider.

    def CheckConfig(self, request: provider_pb2.CheckRequest, _context: Any) -> provider_pb2.CheckResponse:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, _context: Any) -> provider_pb2.DiffResponse:  # noqa: N802
        changed = from_struct(request.old_inputs) != from_struct(request.news)
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some if changed else none)

    @_refusals_reach_the_engine
    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        configuration = ProviderConfiguration(request.urn, from_struct(request.args), secret_keys(request.args))
        self._configurations.add(context.peer(), configuration)
        settings = configuration.told(self._manager.digest)
        self._journal.write("Configure", urn=request.urn, type=request.type, settings=settings)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    @_refusals_reach_the_engine
    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        raise RequestError(f"the stand-in serves no functions, and {request.tok} is one")

    # Resources.

    @_refusals_reach_the_engine
    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        kind, provider = _kind(request.type), self._provider(context)
        olds = from_struct(request.olds)

        def location_of(group: str) -> str:
            return str(olds.get("location") or provider.location or self._group_location(provider, group))

        inputs = with_defaults(
            kind,
            from_struct(request.news),
            olds,
            logical_name=request.name,
            seed=request.randomSeed,
            location_of=location_of,
            proposed_name=_proposed_name(request, kind),
        )
        if not kind.strict:
            _log.info("%s is outside the type table: its inputs are checked loosely", request.type)
        # No failure names a property: the engine would print the value it finds there, secrets included.
        reasons = failures(kind, arriving(kind, without_notes(inputs), ()))
        self._note("Check", request, provider, inputs)
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs), failures=[provider_pb2.CheckFailure(reason=reason) for reason in reasons]
        )

    @_refusals_reach_the_engine
    def Diff(self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext) -> provider_pb2.DiffResponse:  # noqa: N802
        kind = _kind(request.type)
        return diff(kind, from_struct(request.old_inputs), from_struct(request.news))

    @_refusals_reach_the_engine
    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        kind, inputs = _kind(request.type), from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=self._previewed(kind, inputs))
        provider = self._provider(context)
        self._note("Create", request, provider, inputs)
        put = self._put(kind, inputs, provider)
        document = self._manager.put(put, must_be_new=True)
        return provider_pb2.CreateResponse(id=put.id, properties=self._outputs(kind, document))

    @_refusals_reach_the_engine
    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        kind, inputs = _kind(request.type), from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=self._previewed(kind, inputs))
        provider = self._provider(context)
        self._note("Update", request, provider, inputs)
        document = self._manager.put(self._put(kind, inputs, provider))
        return provider_pb2.UpdateResponse(properties=self._outputs(kind, document))

    @_refusals_reach_the_engine
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:  # noqa: N802
        kind = _kind(request.type)
        self._note("Read", request, self._provider(context), {})
        document = self._manager.get(request.id)
        if document is None:
            return provider_pb2.ReadResponse()
        outputs = arriving(kind, outputs_of(kind, document), self._drop)
        own = arriving(kind, outputs_of(kind, self._manager.stored(request.id)), self._drop)
        inputs = inputs_of(kind, request.id, own)
        if known := from_struct(request.inputs):
            before = inputs_of(kind, request.id, from_struct(request.properties))
            inputs = carried_over(known, before, inputs)
        return provider_pb2.ReadResponse(id=request.id, properties=to_struct(outputs), inputs=to_struct(inputs))

    @_refusals_reach_the_engine
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Empty:  # noqa: N802
        self._note("Delete", request, self._provider(context), {})
        self._manager.delete(request.id)
        return Empty()

    def _put(self, kind: ResourceKind, inputs: dict[str, Any], provider: ProviderConfiguration) -> Put:
        return put_of(kind, without_notes(inputs), provider.subscription, self._drop)

    def _outputs(self, kind: ResourceKind, document: dict[str, Any]) -> Any:
        return to_struct(arriving(kind, outputs_of(kind, document), self._drop))

    def _previewed(self, kind: ResourceKind, inputs: dict[str, Any]) -> Any:
        return to_struct(preview_outputs(kind, arriving(kind, without_notes(inputs), ())))

    def _provider(self, context: grpc.ServicerContext) -> ProviderConfiguration:
        try:
            return self._configurations.of(context.peer())
        except LookupError:
            raise RequestError("a provider was asked for a resource before it was configured") from None

    def _group_location(self, provider: ProviderConfiguration, group: str) -> str:
        found = self._manager.get(f"/subscriptions/{provider.subscription}/resourceGroups/{group}")
        return normalised_location(str(found["location"]) if found else self._location)

    def _note(self, method: str, request: Any, provider: ProviderConfiguration, inputs: dict[str, Any]) -> None:
        settings = provider.told(self._manager.digest)
        told = {"urn": provider.urn, "settings": settings}
        self._journal.write(method, urn=request.urn, type=request.type, keys=sorted(inputs), provider=told)


def _kind(token: str) -> ResourceKind:
    try:
        return KINDS[token]
    except KeyError:
        known = ", ".join(KINDS)
        raise RequestError(f"the stand-in does not know {token}. It serves {known}.") from None


def _proposed_name(request: provider_pb2.CheckRequest, kind: ResourceKind) -> str | None:
    """The name that `pulumi:autonaming` gives; None where it says nothing."""
    options = provider_pb2.CheckRequest.AutonamingOptions
    if not request.HasField("autonaming") or from_struct(request.news).get(kind.name_input):
        return None
    if request.autonaming.mode == options.DISABLE:
        if from_struct(request.olds).get(kind.name_input):
            return None
        raise RequestError(f"automatic naming is disabled and {kind.name_input} is not given")
    return str(request.autonaming.proposed_name) or None


def _parameter(request: provider_pb2.ParameterizeRequest) -> dict[str, str]:
    if request.WhichOneof("parameters") == "args":
        module, version = [*request.args.args, "", ""][:2]
        return {"module": module, "version": "v" + version.removeprefix("v").replace("-", "")}
    asked: dict[str, str] = json.loads(base64.b64decode(request.value.value))
    return asked

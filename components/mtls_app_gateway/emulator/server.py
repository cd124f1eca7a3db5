"""The provider protocol of azure-native, implemented by the emulator."""

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
from .engine_properties import inputs_of, outputs_of, preview_outputs
from .input_diff import carried_over, diff_response
from .journal import Journal
from .kinds import BASE_PACKAGE, GATEWAY_PACKAGE, KINDS, ResourceKind
from .manager import ResourceManager
from .provider_configuration import Configurations, ProviderConfiguration
from .provider_defaults import with_defaults, without_markers
from .put import Put, accepted_by_api, put_of
from .schema import PARAMETER, package_schema
from .schema_check import failures
from .wire import from_struct, secret_keys, to_struct

_log = logging.getLogger(__name__)
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _refusals_reach_the_engine(method: _Method) -> _Method:
    """Turns a refusal into an error of the engine; any other exception becomes one that shows no values."""

    @functools.wraps(method)
    def guarded(self: "Emulator", request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except (ArmError, GatewayError, RequestError) as refusal:
            message = str(refusal)
        except Exception as defect:  # noqa: BLE001 - nothing may reach the engine as a traceback
            _log.exception("%s failed", method.__name__)
            message = f"the emulator failed in {method.__name__} ({type(defect).__name__}): see its log"
        return context.abort(grpc.StatusCode.UNKNOWN, message)

    return guarded  # type: ignore[return-value]


class RequestError(Exception):
    """The engine requests something that the emulator does not serve."""


class Emulator(provider_pb2_grpc.ResourceProviderServicer):
    """`azure-native` and its package of the gateway, for every provider of a deployment at once.

    Args:
        manager: the resources.
        journal: what the requests are written to.
        location: that of resource groups which this subscription does not have.
        drop: properties of the gateway that are lost on the way to Azure and back, as an older API version loses them.
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
        requested = _parameter(request)
        if requested != PARAMETER:
            raise RequestError(f"the emulator serves the parameter {PARAMETER} of azure-native, not {requested}")
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
        settings = configuration.without_secrets(self._manager.digest)
        self._journal.write("Configure", urn=request.urn, type=request.type, settings=settings)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    @_refusals_reach_the_engine
    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        raise RequestError(f"the emulator serves no functions such as {request.tok}")

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
        # No failure names a property: the engine would print its value, secrets included.
        reasons = failures(kind, accepted_by_api(kind, without_markers(inputs), ()))
        self._note("Check", request, provider, inputs)
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs), failures=[provider_pb2.CheckFailure(reason=reason) for reason in reasons]
        )

    @_refusals_reach_the_engine
    def Diff(self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext) -> provider_pb2.DiffResponse:  # noqa: N802
        kind = _kind(request.type)
        return diff_response(kind, from_struct(request.old_inputs), from_struct(request.news))

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
        outputs = accepted_by_api(kind, outputs_of(kind, document), self._drop)
        own = accepted_by_api(kind, outputs_of(kind, self._manager.stored(request.id)), self._drop)
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
        return put_of(kind, without_markers(inputs), provider.subscription, self._drop)

    def _outputs(self, kind: ResourceKind, document: dict[str, Any]) -> Any:
        return to_struct(accepted_by_api(kind, outputs_of(kind, document), self._drop))

    def _previewed(self, kind: ResourceKind, inputs: dict[str, Any]) -> Any:
        return to_struct(preview_outputs(kind, accepted_by_api(kind, without_markers(inputs), ())))

    def _provider(self, context: grpc.ServicerContext) -> ProviderConfiguration:
        try:
            return self._configurations.of(context.peer())
        except LookupError:
            raise RequestError("a provider got a request for a resource before it was configured") from None

    def _group_location(self, provider: ProviderConfiguration, group: str) -> str:
        found = self._manager.get(f"/subscriptions/{provider.subscription}/resourceGroups/{group}")
        return normalised_location(str(found["location"]) if found else self._location)

    def _note(self, method: str, request: Any, provider: ProviderConfiguration, inputs: dict[str, Any]) -> None:
        noted = {"urn": provider.urn, "settings": provider.without_secrets(self._manager.digest)}
        self._journal.write(method, urn=request.urn, type=request.type, keys=sorted(inputs), provider=noted)


def _kind(token: str) -> ResourceKind:
    try:
        return KINDS[token]
    except KeyError:
        known = ", ".join(KINDS)
        raise RequestError(f"the emulator does not know {token}. It serves {known}.") from None


def _proposed_name(request: provider_pb2.CheckRequest, kind: ResourceKind) -> str | None:
    """The name that `pulumi:autonaming` proposes, if any."""
    options = provider_pb2.CheckRequest.AutonamingOptions
    if not request.HasField("autonaming") or from_struct(request.news).get(kind.name_input):
        return None
    if request.autonaming.mode == options.DISABLE:
        if from_struct(request.olds).get(kind.name_input):
            return None
        raise RequestError(f"automatic naming is disabled and {kind.name_input} is missing")
    return str(request.autonaming.proposed_name) or None


def _parameter(request: provider_pb2.ParameterizeRequest) -> dict[str, str]:
    if request.WhichOneof("parameters") == "args":
        module, version = [*request.args.args, "", ""][:2]
        return {"module": module, "version": "v" + version.removeprefix("v").replace("-", "")}
    parameter: dict[str, str] = json.loads(base64.b64decode(request.value.value))
    return parameter

"""The component as a Pulumi plugin: what programs in other languages give it, and how mistakes come back to them."""

import asyncio
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, get_args, get_origin

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental import component as pulumi_component
from pulumi.provider.experimental.analyzer import Analyzer, ComponentDefinition, PropertyDefinition
from pulumi.provider.server import ComponentInitError

from .. import __version__
from .component import TOKEN, MtlsAppGateway, plan_component
from .placeholders import CHECKED_WHEN_KNOWN
from .reporting import run_error

PACKAGE = TOKEN.split(":", maxsplit=1)[0]


class _EnumAnalyzer(Analyzer):
    """Pulumi's analyzer, which refuses `Literal`: where one is annotated with its enum, the schema has the enum.

    A member has the name of its word, for SDKs to say `Mode.Strict`. The arguments stay texts all the same: the plugin
    hands them to the component as they are.
    """

    def analyze_property(self, arg: Any, typ: type, name: str, **options: Any) -> PropertyDefinition:
        if get_origin(arg) is not Annotated:
            return super().analyze_property(arg, typ, name, **options)
        _, enum = get_args(arg)
        definition = super().analyze_property(enum, typ, name, **options)
        for member in self.type_definitions[enum.__name__].enum or ():
            member.name = str(member.value)
        return definition


class GatewayPlugin(pulumi_component.ComponentProvider):
    """The host of the one component.

    Differs from Pulumi's own in three ways. Arguments reach the component as the program spelled them, so that an
    unknown key is told and not dropped, and whatever is missing is told with everything else. Secrets, which always
    cross the boundary as outputs, are judged before anything is registered, where they are known by then. And our list
    of problems ends a deployment as it is, without a traceback.
    """

    def __init__(self) -> None:
        pulumi_component.Analyzer = _EnumAnalyzer  # type: ignore[attr-defined]  # no parameter takes it
        super().__init__([MtlsAppGateway], PACKAGE, version=__version__)
        # Elsewhere the generators add "Args" to a shape's name where it is an input: "ListenerArgsArgs" helps nobody.
        self.schema = re.sub(rf'({PACKAGE}:index:\w+)Args"', r'\1"', str(self.schema))

    def map_inputs(self, inputs: pulumi.Inputs, component_def: ComponentDefinition) -> pulumi.Inputs:  # noqa: ARG002
        """The inputs as they are."""
        return inputs

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Build the component; mistakes known now, and those seen when a value arrives, are told the same way."""
        self.validate_resource_type(PACKAGE, resource_type)
        built = asyncio.ensure_future(self._build(name, resource_type, inputs, options))
        names = self._component_defs[MtlsAppGateway.__name__].outputs
        state = {key: pulumi.Output.from_input(_output(built, key)) for key in names}
        return ConstructResult(pulumi.Output.from_input(_urn(built)), state)

    async def _build(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None
    ) -> ConstructResult:
        with _told():
            with run_error():
                plan_component(await _with_known_values(inputs, ""), datetime.now(UTC))
            built = super().construct(name, resource_type, inputs, options)
            for output in built.state.values():
                await pulumi.Output.from_input(output).future(with_unknowns=True)
        return built


@contextmanager
def _told() -> Iterator[None]:
    """Our list of problems as the engine shows it: whole, and without a property path.

    At a path the engine prints the value that it finds there, secrets too; our problems name their places themselves.
    """
    try:
        yield
    except ComponentInitError as error:
        if isinstance(error.inner, pulumi.RunError):
            raise pulumi.InputPropertiesError(str(error.inner), []) from None
        raise
    except pulumi.RunError as error:
        raise pulumi.InputPropertiesError(str(error), []) from None


async def _urn(built: "asyncio.Future[ConstructResult]") -> str:
    return str(await pulumi.Output.from_input((await built).urn).future())


async def _output(built: "asyncio.Future[ConstructResult]", key: str) -> Any:
    try:
        return (await built).state[key]
    except Exception:  # noqa: BLE001 - told once, by the URN
        return None


async def _with_known_values(given: Any, key: str) -> Any:
    """The arguments with every secret text and CA chain that is known by now in the place of its output."""
    if isinstance(given, Mapping):
        return {name: await _with_known_values(value, name) for name, value in given.items()}
    if isinstance(given, list):
        return [await _with_known_values(value, key) for value in given]
    if key in CHECKED_WHEN_KNOWN and isinstance(given, pulumi.Output) and await given.is_known():
        return await given.future()
    return given


def serve() -> None:
    """Serve the engine that started this process, until it ends it."""
    # The engine ends its plugins with SIGINT. Python would first wait for every registration that is under way, which
    # nobody answers any more, and use up the seconds in which the engine's other process of this plugin, that of the
    # schema, may take its leave: it would be told to have "exited prematurely".
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main(GatewayPlugin(), sys.argv[1:])

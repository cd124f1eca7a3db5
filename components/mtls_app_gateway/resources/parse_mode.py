"""A mode from a text, for programs that read theirs from a config."""

from typing import cast

from ..document.azure import Mode, ModeLiteral
from ..document.problem_rows import MODE_UNKNOWN
from ..escaping import quoted
from ..problems import GatewayError
from .reporting import run_error


def parse_mode(text: str) -> ModeLiteral:
    """A mode from a text that a type checker does not know, such as a value of the stack's config.

        MtlsAppGateway("edge", {"mode": parse_mode(pulumi.Config().require("mode")), ...})

    Raises:
        pulumi.RunError: if the text is neither Passthrough nor Strict.
    """
    if text in set(Mode):
        return cast(ModeLiteral, text)
    with run_error():
        raise GatewayError([MODE_UNKNOWN.problem("mode", f"{quoted(text, 40)} is no mode")])

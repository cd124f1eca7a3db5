"""The problem with a mode of client authentication that Azure does not have."""

from ..escaping import quoted
from ..problems import Problem, Row
from .azure import Mode

MODE_UNKNOWN = Row(
    code="mode-unknown",
    demands="A mode is Passthrough or Strict.",
    source="Azure's schema, ApplicationGatewayClientAuthConfiguration",
    remedy=f"Write {' or '.join(Mode)}.",
)


def unknown_mode(profile: str, said: object) -> Problem:
    """The problem with a mode that Azure does not have."""
    where = f"sslProfiles/{profile}.properties.clientAuthConfiguration.verifyClientAuthMode"
    return MODE_UNKNOWN.problem(where, f"Azure has no mode {quoted(str(said), 80)}")

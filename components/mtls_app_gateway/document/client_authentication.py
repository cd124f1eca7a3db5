"""The problem with a mode of client authentication that Azure does not have."""

from ..escaping import quoted
from ..problems import Problem
from .azure import Mode
from .problem_rows import MODE_UNKNOWN


def unknown_mode(profile: str, said: object) -> Problem:
    """The problem with a mode that Azure does not have."""
    return MODE_UNKNOWN.problem(
        where=f"sslProfiles/{profile}.properties.clientAuthConfiguration.verifyClientAuthMode",
        saw=f"Azure has no mode {quoted(str(said), 80)}",
        fix=f"Say {' or '.join(Mode)}.",
    )

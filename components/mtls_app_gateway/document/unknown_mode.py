"""The problem with a mode of client authentication that Azure does not have."""

from ..escaping import quoted
from ..problems import Problem
from .problem_rows import MODE_UNKNOWN


def unknown_mode(profile: str, said: object) -> Problem:
    """The problem with a mode that Azure does not have."""
    where = f"sslProfiles/{profile}.properties.clientAuthConfiguration.verifyClientAuthMode"
    return MODE_UNKNOWN.problem(where, f"Azure has no mode {quoted(str(said), 80)}")

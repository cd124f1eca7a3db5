"""The ports that a URL means without saying them (RFC 9110, sections 4.2.1 and 4.2.2)."""

from collections.abc import Mapping

DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
"""By the scheme."""

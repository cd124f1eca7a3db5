"""From the trusted roots of backends in the settings to the entries of the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..certificates import GivenBundle, load_root
from ..document.placeholder import is_placeholder
from ..problems import Problem
from .backend_parts import RootEntry
from .backend_settings import TrustedRoot
from .implied import given_roots
from .problem_rows import TRUSTED_ROOT_NAME_MISSING
from .settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class PlannedRoots:
    """The entry of each trusted root that could be read, by the path of its setting, and the problems."""

    entries: Mapping[str, RootEntry]
    problems: tuple[Problem, ...]


def plan_roots(settings: GatewaySettings, *, now: datetime, sources: Mapping[str, str]) -> PlannedRoots:
    """Read every trusted root; `now` and `sources` are those of `plan_gateway`."""
    entries: dict[str, RootEntry] = {}
    problems: list[Problem] = []
    for where, root in given_roots(settings):
        entry = _entry_known_now(root)
        if entry is None and root.data is not None:
            given = GivenBundle(root.data, sources.get(where, where), name=root.name)
            loaded, found = load_root(given, now=now, expiry_warning_days=settings.ca_expiry_warning_days)
            problems += found
            entry = RootEntry(loaded.name, data=loaded.data) if loaded else None
        elif entry is not None and root.name is None:
            saw = "the root is not known now, so it cannot be named by its content"
            problems.append(TRUSTED_ROOT_NAME_MISSING.problem(f"{where}.name", saw))
        if entry is not None:
            entries[where] = entry
    return PlannedRoots(entries, tuple(problems))


def _entry_known_now(root: TrustedRoot) -> RootEntry | None:
    """The entry of a root whose content is in Key Vault or known only later; None where the content decides."""
    if root.key_vault_secret_id is not None:
        return RootEntry(root.name or "", key_vault_secret_id=root.key_vault_secret_id)
    if is_placeholder(root.data):
        return RootEntry(root.name or "", data=root.data)
    return None

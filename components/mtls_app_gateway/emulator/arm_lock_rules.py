"""ARM's rules about locks: what is locked, and what holds something that is, is not deleted.

Source: Microsoft, Lock your Azure resources to protect your infrastructure. What ReadOnly forbids besides is not
emulated, so no such lock is accepted.
"""

from collections.abc import Iterator, Mapping

from .arm_error import Refusal
from .arm_rules import ArmDocument, ArmRule, Request
from .kinds import LOCK

_BELOW = f"/providers/{LOCK}/".lower()


def _is_emulated(request: Request) -> Iterator[str]:
    if request.properties.get("level") != "CanNotDelete":
        yield "the emulator knows no other level of a lock than CanNotDelete"


def _scope_exists(request: Request) -> Iterator[str]:
    scope = request.put.id.lower().rpartition(_BELOW)[0]
    if "/providers/" in scope and scope not in request.others:  # A group may be there without the emulator's having it.
        yield f"The Resource '{scope}' was not found, so it cannot be locked."


def locks_against_deleting(identity: str, others: Mapping[str, ArmDocument]) -> list[Refusal]:
    """The locks that keep a resource: on it, on what holds it, and on what it holds; a lock itself is free."""
    own = f"{identity}/".lower()
    if _BELOW in own:
        return []
    scopes = [known.rpartition(_BELOW)[0] for known in others if _BELOW in known]
    locked = sorted(scope for scope in scopes if own.startswith(f"{scope}/") or f"{scope}/".startswith(own))
    message = (
        f"The scope '{identity}' cannot perform delete operation because following scope(s) are locked: "
        f"'{', '.join(locked)}'. Please remove the lock and try again."
    )
    return [Refusal("ScopeLocked", message)] if locked else []


LOCK_RULES = (
    ArmRule("level-is-emulated", None, "this emulator's own limit", _is_emulated),
    ArmRule(
        "scope-exists",
        "ResourceNotFound",
        "Microsoft Learn, azure-resource-manager/troubleshooting/error-not-found",
        _scope_exists,
    ),
)

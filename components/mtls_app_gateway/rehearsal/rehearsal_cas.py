"""Pairs each profile's trusted CAs with rehearsal CAs, whose clients the profile accepts."""

from collections.abc import Callable, Mapping
from typing import Any

from ..document.gateway import Profile, TrustedChain
from ..document.view import view
from .nginx.client_check import client_check
from .rehearsal_chain import RehearsalChain, storage_name, with_rehearsal_chains


class RehearsalCas:
    """The rehearsal CAs of a document, and those of each profile."""

    def __init__(
        self,
        document: Mapping[str, Any],
        authorities: Callable[[TrustedChain | None], RehearsalChain | None],
    ) -> None:
        self._gateway = view(document)
        found = {trusted.name: authorities(trusted) for trusted in self._gateway.trusted_chains}
        self._by_entry = {name: each for name, each in found.items() if each is not None}
        self._storage_names = {trusted.name: storage_name(trusted) for trusted in self._gateway.trusted_chains}
        self.authorities = tuple(self._by_entry.values())
        self.document = with_rehearsal_chains(document, self.authorities)
        self.trusted: dict[str, tuple[RehearsalChain, ...]] = {}
        """The rehearsal CAs whose clients each profile accepts; the empty name is for listeners without a profile."""
        self.storage_names: dict[str, str] = {}
        for profile in ("", *(each.name for each in self._gateway.profiles)):
            names = self._entries(profile)
            default = authorities(None) if not names else None
            self.trusted[profile] = tuple(self._by_entry[name] for name in names) or tuple(filter(None, (default,)))
            self.storage_names[profile] = self._storage_names[names[0]] if names else storage_name(None)

    @property
    def notices(self) -> tuple[str, ...]:
        """That rehearsal CAs are used in place of real ones."""
        if not self.authorities:
            return ()
        names = ", ".join(each.entry or "" for each in self.authorities[:3])
        more = f" and {len(self.authorities) - 3} others" if len(self.authorities) > 3 else ""
        return (f"clients of the real CAs, whose keys are not here; rehearsal CAs issue them for {names}{more}",)

    def asks_ocsp(self, profile: str) -> bool:
        """Whether the profile checks revocation by OCSP."""
        return client_check(self._profile(profile)).ocsp

    def profile_of(self, listener: str) -> str:
        """The name of a listener's profile; empty where it has none."""
        profiles = (each.profile for each in self._gateway.listeners if each.name == listener and each.profile)
        return next((profile.name for profile in profiles), "")

    def _profile(self, name: str) -> Profile | None:
        return next((profile for profile in self._gateway.profiles if profile.name == name), None)

    def _entries(self, profile: str) -> list[str]:
        """The chains of a profile; where none is attached, the first of the document."""
        found = self._profile(profile)
        usable = [chain.name for chain in (found.chains if found else ()) if chain.name in self._by_entry]
        return usable or list(self._by_entry)[:1]

"""Who plays whom in a rehearsal: the authorities that stand in, and the clients that each profile lets in."""

from collections.abc import Callable, Mapping
from typing import Any

from ..document.references import Parts
from .nginx.client_check import client_check
from .rehearsal_ca import StandInAuthorities, mark_of, with_stand_ins


class Cast:
    """Who stands in for whom in a document, and whom each profile lets in."""

    def __init__(
        self,
        document: Mapping[str, Any],
        authorities: Callable[[Mapping[str, Any] | None], StandInAuthorities | None],
    ) -> None:
        self._parts = Parts(document)
        found = {part["name"]: (part, authorities(part)) for part in self._parts.of("trustedClientCertificates")}
        self._by_entry = {name: each for name, (_, each) in found.items() if each is not None}
        self._marks = {name: mark_of(part) for name, (part, _) in found.items()}
        self.authorities = tuple(self._by_entry.values())
        self.document = with_stand_ins(document, self.authorities)
        self.trusted: dict[str, tuple[StandInAuthorities, ...]] = {}
        """By profile, under the empty name for listeners without one: whose clients it lets in, never nobody's."""
        self.marks: dict[str, str] = {}
        for profile in ("", *(each["name"] for each in self._parts.of("sslProfiles"))):
            entries = self._entries(profile)
            nobody = authorities(None) if not entries else None
            self.trusted[profile] = tuple(self._by_entry[name] for name in entries) or tuple(filter(None, (nobody,)))
            self.marks[profile] = self._marks[entries[0]] if entries else mark_of(None)

    @property
    def notices(self) -> tuple[str, ...]:
        """What it means that somebody stands in."""
        if not self.authorities:
            return ()
        names = ", ".join(each.entry or "" for each in self.authorities[:3])
        more = f" and {len(self.authorities) - 3} others" if len(self.authorities) > 3 else ""
        return (f"clients of the real CAs, whose keys are not here: stand-in CAs issue them in place of {names}{more}",)

    def asks_ocsp(self, profile: str) -> bool:
        """Whether the profile asks the responder that a certificate names."""
        found = self._profile(profile)
        return bool(found) and client_check(found, self._parts).ocsp

    def profile_of(self, listener: str) -> str:
        """The name of a listener's profile; empty where it has none."""
        found = self._parts.find({"id": f"$self/httpListeners/{listener}"}) or {}
        profile = self._parts.find(found.get("properties", {}).get("sslProfile"))
        return str(profile["name"]) if profile else ""

    def _profile(self, name: str) -> Mapping[str, Any] | None:
        return self._parts.find({"id": f"$self/sslProfiles/{name}"}) if name else None

    def _entries(self, profile: str) -> list[str]:
        """The chains that decide whom a profile lets in; where none is attached, the first that is staged."""
        bag = (self._profile(profile) or {}).get("properties", {})
        attached = [
            part["name"] for says in bag.get("trustedClientCertificates", ()) if (part := self._parts.find(says))
        ]
        usable = [name for name in attached if name in self._by_entry]
        return usable or list(self._by_entry)[:1]

"""What every part of a gateway's view has."""

from dataclasses import dataclass

from .withholding import Withholding


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Withholding):
    """What every part of a gateway has."""

    name: str
    place: str
    """Where it is in the document: `properties.sslProfiles[0]`."""
    defaults: frozenset[str] = frozenset()
    """The attributes that the document leaves out; they hold Azure's default."""

    def knows(self, *attributes: str) -> bool:
        """Whether all of these can be judged."""
        return self.unknown.isdisjoint(attributes)

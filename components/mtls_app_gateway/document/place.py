"""Places in a document as people write them: `properties.sslProfiles[0]`."""


def below(place: str, name: str) -> str:
    """The place of a property of the object in this place; an empty place is the document itself."""
    return f"{place}.{name}" if place else name

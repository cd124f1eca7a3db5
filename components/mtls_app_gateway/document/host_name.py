"""Host names as DNS writes them: international ones become ASCII, as browsers and curl do it. Pure.

Source: RFC 5890 (IDNA 2008) with the mapping of UTS 46, non-transitional: `straße.example` is another name than
`strasse.example`.
"""

import re

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_*?-]{1,63}(\.[A-Za-z0-9_*?-]{1,63})*")
"""Labels of 1 to 63 characters, 253 in all (RFC 1035 section 2.3.4); Azure's listeners take `*` and `?` in them."""


def to_ascii(name: str) -> str:
    """The name with its international labels in ASCII (`xn--…`); as it stands where it has none, or is no name."""
    if name.isascii():
        return name
    import idna  # Its tables are large, and few names need them.

    try:
        labels = re.split(r"[.\u3002\uff0e\uff61]", name)
        return ".".join(
            label if label.isascii() else idna.encode(label, uts46=True).decode("ascii") for label in labels
        )
    except idna.IDNAError:
        return name


def is_host_name(name: str) -> bool:
    """Whether a listener can have this name, wildcards included; an international one is to be in ASCII."""
    return _HOST_NAME.fullmatch(name) is not None

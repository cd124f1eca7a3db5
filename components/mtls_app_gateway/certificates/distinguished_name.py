"""Distinguished names as the gateway writes them: RFC 2253, in OpenSSL's spelling.

A gateway compares issuers as text, so the text has to be the same to the last byte: `rfc4514_string()` of the
cryptography library differs in attribute names and in everything that is not ASCII.
"""

from __future__ import annotations  # Older releases of the cryptography library have no NameAttribute[...].

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.13": "description",
    "2.5.4.15": "businessCategory",
    "2.5.4.16": "postalAddress",
    "2.5.4.17": "postalCode",
    "2.5.4.20": "telephoneNumber",
    "2.5.4.41": "name",
    "2.5.4.42": "GN",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.45": "x500UniqueIdentifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "2.5.4.72": "role",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName",
    "1.2.840.113549.1.9.8": "unstructuredAddress",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}
"""OpenSSL's short names of the attributes that name people and organisations."""

_PLAIN = re.compile(r"[A-Za-z0-9'()./:=?@*_&!$%-]+(?: [A-Za-z0-9'()./:=?@*_&!$%-]+)*")
"""A value that needs no escape: most of them."""
_ESCAPED = frozenset(',+"<>;\\')
_LABEL_LENGTH = 80


def distinguished_name(name: x509.Name) -> str:
    """The name as `$ssl_client_i_dn` and `openssl x509 -nameopt RFC2253` print it: most specific part first."""
    return ",".join(["+".join([_attribute(one) for one in reversed(list(rdn))]) for rdn in reversed(name.rdns)])


def label(name: x509.Name) -> str:
    """The name as a person calls it: the common name if there is one; never long, nothing a terminal would obey."""
    common_names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    text = str(common_names[-1].value) if common_names else distinguished_name(name)
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"


def _attribute(attribute: x509.NameAttribute[str | bytes]) -> str:
    oid = attribute.oid.dotted_string
    if oid in SHORT_NAMES and isinstance(attribute.value, str):
        return f"{SHORT_NAMES[oid]}={_escaped(attribute.value)}"
    return f"{SHORT_NAMES.get(oid, oid)}=#{_der(attribute).hex().upper()}"


def _escaped(value: str) -> str:
    """RFC 2253 section 2.4, with OpenSSL's escapes for control characters and for what is not ASCII."""
    if _PLAIN.fullmatch(value):
        return value
    last = len(value) - 1
    return "".join(_escaped_character(character, index, last) for index, character in enumerate(value))


def _escaped_character(character: str, index: int, last: int) -> str:
    at_an_end = (character == " " and index in {0, last}) or (character == "#" and index == 0)
    if character in _ESCAPED or at_an_end:
        return "\\" + character
    if " " <= character <= "~":
        return character
    return "".join(f"\\{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _der(attribute: x509.NameAttribute[str | bytes]) -> bytes:
    """The value with its DER header: what ends the encoding of a name that holds nothing else."""
    alone = x509.Name([attribute]).public_bytes()
    value = attribute.value
    contents = (
        [value] if isinstance(value, bytes) else [value.encode(code) for code in ("utf-8", "utf-16-be", "utf-32-be")]
    )
    # The last byte of a DER length is its lowest, in the short and in the long form.
    content = next(c for c in contents if alone.endswith(bytes([len(c) & 0xFF]) + c))
    length_bytes = 1 if len(content) < 0x80 else 1 + (len(content).bit_length() + 7) // 8
    return alone[-(len(content) + length_bytes + 1) :]

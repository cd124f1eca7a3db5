"""Reads a CA file of any form (PEM, DER, PKCS#7, base64 of these) into certificates, and finds the faults of its form.

Keeps no private key: where one is found, only that it is there.
"""

import base64
import binascii
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key, pkcs7

from ..problems import Finding
from .certificate import UNREADABLE, Certificate

MAX_BUNDLE_BYTES = 1_048_576
"""A gateway takes 25 KB a file and 200 files; what is larger than this is not read."""
MAX_CERTIFICATES = 500
"""In one bundle. It bounds the time that a bundle can take."""

CA_FILE_SUFFIXES = (".cer", ".crt", ".der", ".p7b", ".p7c", ".p7s", ".pem")
"""The suffixes of the CA files in a folder. A file that is named by itself may have any name."""

_MARKER = re.compile(rb"-----(BEGIN|END) ([A-Za-z0-9 #.]{1,64})-----")
_CERTIFICATE_LABELS = {"CERTIFICATE", "X509 CERTIFICATE", "PKCS7", "PKCS #7 SIGNED DATA", "CMS"}
_WHITESPACE = b" \t\r\n\v\f\0"
_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_PKCS12_VERSION, _PKCS7_DATA = b"\x02\x01\x03", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
_SHORTEST_KEY = 20
"""Fewer characters hold no private key, however it is encoded."""
_WRAPPINGS = 3
"""How often base64 is decoded, for a value that a secret store encoded once more."""


class Fault(Enum):
    """A fault in the form of a bundle, found before any certificate is checked."""

    EMPTY = auto()
    TOO_LARGE = auto()
    TOO_MANY = auto()
    PRIVATE_KEY = auto()
    PFX = auto()
    NOT_CERTIFICATES = auto()
    UNDELIMITED = auto()
    DAMAGED = auto()
    OTHER_BLOCK = auto()
    DUPLICATE = auto()


@dataclass(slots=True)
class Contents:
    """The content of a bundle: its distinct certificates in their order, and the faults of its form."""

    certificates: list[Certificate] = field(default_factory=list)
    faults: list[tuple[Fault, Finding]] = field(default_factory=list)
    seen: dict[bytes, int] = field(default_factory=dict)

    def fault(self, fault: Fault, saw: str, where: str = "") -> None:
        self.faults.append((fault, Finding(where, saw)))

    def findings(self, fault: Fault) -> Sequence[Finding]:
        """Each place with this fault."""
        return [finding for kind, finding in self.faults if kind is fault]


def is_ca_file_name(name: str) -> bool:
    """Whether a file of this name, found in a folder, is one of its CA files.

    A name that begins with a dot belongs to the file system, an editor or git.
    """
    return not name.startswith(".") and name.lower().endswith(CA_FILE_SUFFIXES)


def holds_private_key(text: str) -> bool:
    """Whether a text is a private key or a PFX, or a CA file with one inside, in any form that is read here."""
    if len(text) < _SHORTEST_KEY:
        return False
    contents = read_contents(text)
    return bool(contents.findings(Fault.PRIVATE_KEY) or contents.findings(Fault.PFX)) or "PRIVATE KEY-----" in text


def read_contents(data: bytes | str) -> Contents:
    """Read a bundle in any of its forms. Never raises; what cannot be read becomes a fault."""
    contents = Contents()
    if len(data) > MAX_BUNDLE_BYTES:
        contents.fault(Fault.TOO_LARGE, f"more than {MAX_BUNDLE_BYTES:,} bytes; not read")
        return contents
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    with warnings.catch_warnings():
        # The cryptography library warns about encodings that it will refuse later; a gateway accepts them.
        warnings.simplefilter("ignore")
        _read(_plain(raw), contents, _WRAPPINGS, len(raw))
    return contents


def _plain(raw: bytes) -> bytes:
    """Without byte order marks; UTF-16, which Windows PowerShell writes, as UTF-8."""
    if raw.startswith(_UTF16_MARKS):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(_UTF8_MARK)


def _read(data: bytes, contents: Contents, wrappings: int, given: int) -> None:
    size = f"{given:,} bytes" + (f" ({len(data):,} with base64 undone)" if wrappings < _WRAPPINGS else "")
    stripped = data.strip(_WHITESPACE)
    if not stripped:
        contents.fault(Fault.EMPTY, "no data" if not data else "nothing but blanks")
    elif b"-----" in data:
        _read_pem(data.replace(b"\\r", b"").replace(b"\\n", b"\n"), contents)
    elif data.startswith(b"\x30"):
        _read_der(data, contents, "", size)
    elif wrappings and (inner := _base64(data)) is not None:
        _read(_plain(inner), contents, wrappings - 1, given)
    else:
        contents.fault(Fault.NOT_CERTIFICATES, f"{size} that are neither PEM nor DER nor base64 of them")


def _read_pem(data: bytes, contents: Contents) -> None:
    """Read each block; text between the blocks (comments, Bag Attributes) is ignored."""
    begin: re.Match[bytes] | None = None
    blocks = 0
    for marker in _MARKER.finditer(data):
        if marker[1] == b"BEGIN":
            if begin:
                contents.fault(Fault.UNDELIMITED, f"BEGIN {_text(begin[2])} without its END", f"block {blocks}")
            begin, blocks = marker, blocks + 1
        elif begin is None:
            contents.fault(Fault.UNDELIMITED, f"END {_text(marker[2])} without a BEGIN", f"after block {blocks}")
        else:
            if begin[2] == marker[2]:
                _read_block(_text(begin[2]), data[begin.end() : marker.start()], contents, f"block {blocks}")
            else:
                saw = f"BEGIN {_text(begin[2])} ends with END {_text(marker[2])}"
                contents.fault(Fault.UNDELIMITED, saw, f"block {blocks}")
            begin = None
    if begin:
        contents.fault(Fault.UNDELIMITED, f"BEGIN {_text(begin[2])} without its END", f"block {blocks}")
    if not blocks and not contents.faults:
        contents.fault(Fault.UNDELIMITED, "dashes as in PEM, but no line of the form -----BEGIN CERTIFICATE-----")


def _read_block(block_label: str, body: bytes, contents: Contents, where: str) -> None:
    if block_label.endswith("PRIVATE KEY"):
        contents.fault(Fault.PRIVATE_KEY, f"a block {block_label}", where)
    elif block_label not in _CERTIFICATE_LABELS:
        contents.fault(Fault.OTHER_BLOCK, f"a block {block_label}", where)
    elif not body.strip(_WHITESPACE):
        contents.fault(Fault.DAMAGED, "nothing between BEGIN and END", where)
    elif (der := _base64(body)) is None:
        contents.fault(Fault.DAMAGED, "the text between BEGIN and END is not base64", where)
    else:
        _read_der(der, contents, where, f"{len(der):,} bytes")


def _read_der(der: bytes, contents: Contents, where: str, size: str) -> None:
    try:
        parsed = x509.load_der_x509_certificate(der)
    except UNREADABLE:
        inside = _pkcs7_certificates(der)
        if not inside:
            contents.fault(*_not_a_certificate(der, where, size), where)
        for one in inside:
            _keep(one, one.public_bytes(Encoding.DER), contents, where)
    else:
        _keep(parsed, der, contents, where)


def _keep(parsed: x509.Certificate, der: bytes, contents: Contents, where: str) -> None:
    number = len(contents.certificates) + 1
    if der in contents.seen:
        contents.fault(Fault.DUPLICATE, f"certificate {contents.seen[der]} once more", where)
    elif number > MAX_CERTIFICATES:
        if not contents.findings(Fault.TOO_MANY):
            contents.fault(Fault.TOO_MANY, f"more than {MAX_CERTIFICATES} certificates; the rest is not read")
    else:
        try:
            contents.certificates.append(Certificate.from_parsed(parsed, der, number))
            contents.seen[der] = number
        except UNREADABLE:
            contents.fault(Fault.DAMAGED, "a certificate whose names or dates cannot be read", where)


def _pkcs7_certificates(der: bytes) -> list[x509.Certificate]:
    try:
        return pkcs7.load_der_pkcs7_certificates(der)
    except UNREADABLE:
        return []


def _not_a_certificate(der: bytes, where: str, size: str) -> tuple[Fault, str]:
    # A PFX is recognised by its version and its first content type, both near its beginning; it is not opened.
    if _PKCS12_VERSION in der[:16] and _PKCS7_DATA in der[:64]:
        return Fault.PFX, "a PFX (PKCS#12) file"
    if _is_private_key(der):
        return Fault.PRIVATE_KEY, "a private key"
    return (Fault.DAMAGED if where else Fault.NOT_CERTIFICATES), f"{size} that are not a certificate"


def _is_private_key(der: bytes) -> bool:
    try:
        load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        return True  # Encrypted: it asks for the password.
    except UNREADABLE:
        return False
    return True


def _base64(data: bytes) -> bytes | None:
    try:
        return base64.b64decode(data.translate(None, _WHITESPACE), validate=True)
    except binascii.Error:
        return None


def _text(marker_label: bytes) -> str:
    return marker_label.decode("ascii")

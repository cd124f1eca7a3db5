"""Clients and their chains in every shape that is known to part one judge of certificates from another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from .handmade import (
    ANY_PURPOSE,
    AUTHORITY_KEY_ID,
    CLIENT_AUTH,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    NAME_CONSTRAINTS,
    SERVER_AUTH,
    SUBJECT_KEY_ID,
    Handmade,
    Key,
    authority_extensions,
    authority_key_id,
    basic_constraints,
    client_extensions,
    common_name,
    extended_key_usage,
    extension,
    generalized,
    handmade_root,
    integer,
    key_id,
    key_usage,
    later,
    name,
    oid,
    p256,
    sequence,
    subject_key_id,
    tlv,
    utc,
)

NS_CERT_TYPE = "2.16.840.1.113730.1.1"
POLICY = oid("1.3.6.1.4.1.99999.1.1")
OTHER_POLICY = oid("1.3.6.1.4.1.99999.1.2")
ANY_POLICY = oid("2.5.29.32.0")
URI = tlv(0x86, b"http://ca.example/x")
DIRECTORY_NAME = tlv(0xA4, common_name("somewhere"))
DISTRIBUTION_POINT = sequence(sequence(tlv(0xA0, tlv(0xA0, URI))))

EXTENSIONS: dict[str, bytes] = {
    "2.16.840.1.113730.1.1": tlv(3, b"\x00\xff"),  # nsCertType, everything
    "2.16.840.1.113730.1.2": tlv(0x16, b"http://a/"),
    "2.16.840.1.113730.1.3": tlv(0x16, b"http://a/"),
    "2.16.840.1.113730.1.4": tlv(0x16, b"http://a/"),
    "2.16.840.1.113730.1.7": tlv(0x16, b"http://a/"),
    "2.16.840.1.113730.1.8": tlv(0x16, b"http://a/"),
    "2.16.840.1.113730.1.12": tlv(0x16, b"a.example"),
    "2.16.840.1.113730.1.13": tlv(0x16, b"a comment"),
    "2.5.29.9": sequence(sequence(oid("2.5.4.6"), tlv(0x31, tlv(0x13, b"DE")))),  # subjectDirectoryAttributes
    "2.5.29.14": tlv(4, b"12345678901234567890"),
    "2.5.29.16": sequence(tlv(0x80, b"20200101000000Z")),  # privateKeyUsagePeriod
    "2.5.29.17": sequence(tlv(0x82, b"client.example")),
    "2.5.29.18": sequence(tlv(0x82, b"issuer.example")),
    "2.5.29.20": integer(7),  # cRLNumber, which no certificate has
    "2.5.29.21": tlv(10, b"\x01"),
    "2.5.29.23": oid("1.2.840.10040.2.1"),
    "2.5.29.24": tlv(0x18, b"20200101000000Z"),
    "2.5.29.27": integer(7),
    "2.5.29.28": sequence(),
    "2.5.29.29": sequence(DIRECTORY_NAME),
    "2.5.29.31": DISTRIBUTION_POINT,
    "2.5.29.32": sequence(sequence(POLICY)),
    "2.5.29.33": sequence(sequence(POLICY, OTHER_POLICY)),
    "2.5.29.36": sequence(tlv(0x80, b"\x00"), tlv(0x81, b"\x00")),
    "2.5.29.37": sequence(oid(CLIENT_AUTH), oid(SERVER_AUTH)),
    "2.5.29.46": DISTRIBUTION_POINT,  # freshestCRL
    "2.5.29.54": integer(0),
    "2.5.29.55": sequence(),  # targetInformation
    "2.5.29.56": tlv(5),  # noRevAvail
    "1.3.6.1.5.5.7.1.1": sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), URI)),
    "1.3.6.1.5.5.7.1.2": sequence(),  # biometricInfo
    "1.3.6.1.5.5.7.1.3": sequence(sequence(oid("0.4.0.1862.1.1"))),  # qcStatements
    "1.3.6.1.5.5.7.1.7": sequence(sequence(tlv(4, b"\x00\x01"), tlv(5))),  # ipAddrBlocks: IPv4, inherited
    "1.3.6.1.5.5.7.1.8": sequence(tlv(0xA0, tlv(5))),  # autonomousSysIds, inherited
    "1.3.6.1.5.5.7.1.11": sequence(sequence(oid("1.3.6.1.5.5.7.48.5"), URI)),
    "1.3.6.1.5.5.7.1.14": sequence(sequence(oid("1.3.6.1.5.5.7.21.1"))),  # proxyCertInfo
    "1.3.6.1.5.5.7.1.24": sequence(integer(5)),  # TLS feature
    "1.3.6.1.5.5.7.48.1.5": tlv(5),  # OCSP no check
    "1.3.101.1.4.1": sequence(integer(0), sequence()),  # SXNET
    "1.3.6.1.4.1.11129.2.4.2": tlv(4, b"\x00\x00"),
    "1.3.6.1.4.1.11129.2.4.3": tlv(5),
    "1.3.6.1.4.1.311.20.2": tlv(0x1E, "Client".encode("utf-16-be")),  # Microsoft's template name
    "1.3.6.1.4.1.311.21.7": sequence(oid("1.3.6.1.4.1.311.21.8.1"), integer(100)),
    "1.3.6.1.4.1.99999.1": tlv(5),  # nobody's
}
"""Every extension that OpenSSL knows and some that it does not, with a value as it should be."""


@dataclass(frozen=True)
class Shape:
    """One client: what it sends, whom the gateway trusts, and the key that it holds."""

    label: str
    shown: tuple[bytes, ...]
    trusted: tuple[bytes, ...]
    key: Key


@dataclass(frozen=True)
class House:
    """A root, an issuing CA below it and a key of the client, from which most shapes begin."""

    now: datetime
    root: Handmade
    issuing: Handmade

    def client(self, *more: bytes, issuer: Handmade | None = None, **others: Any) -> Handmade:
        issuer = issuer or self.issuing
        extensions = others.pop("extensions", None)
        given = client_extensions(issuer.key, *more) if extensions is None else extensions
        return issuer.issue(others.pop("subject", common_name("client")), others.pop("key", p256(3)), given, **others)

    def shape(self, label: str, *shown: Handmade, trusted: tuple[Handmade, ...] | None = None) -> Shape:
        trusted = (self.issuing, self.root) if trusted is None else trusted
        return Shape(label, tuple(each.der for each in shown), tuple(each.der for each in trusted), shown[0].key)

    def authority(self, text: str, number: int, *more: bytes, above: Handmade | None = None, **others: Any) -> Handmade:
        above = above or self.root
        extensions = others.pop("extensions", None)
        length = others.pop("path_length", None)
        key = p256(number)
        given = authority_extensions(key, above.key, *more, path_length=length) if extensions is None else extensions
        return above.issue(common_name(text), key, given, **others)


def house(now: datetime) -> House:
    root = handmade_root(common_name("Root"), p256(1), now)
    made = House(now, root, root)
    return House(now, root, made.authority("Issuing", 2))


def shapes(now: datetime) -> Iterator[Shape]:
    """All of them."""
    base = house(now)
    yield from _extensions(base)
    yield from _damaged_extensions(base)
    yield from _usages(base)
    yield from _policies(base)
    yield from _name_constraints(base)
    yield from _names(base)
    yield from _dates_and_serials(base)
    yield from _versions(base)
    yield from _paths(base)
    yield from _depths(base)
    yield from _keys(base)
    yield from _strangers(base)


def _without(kind: str, extensions: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(each for each in extensions if oid(kind) not in each[:12])


def _extensions(base: House) -> Iterator[Shape]:
    for kind, value in EXTENSIONS.items():
        for critical in (False, True):
            more = extension(kind, value, critical=critical)
            word = f"{kind}{' critical' if critical else ''}"
            usual = client_extensions(p256(2))
            client = base.client(extensions=(*_without(kind, usual), more))
            yield base.shape(f"client with {word}", client)
            usual = authority_extensions(p256(4), p256(1))
            sent = base.authority("Sent", 4, extensions=(*_without(kind, usual), more))
            yield base.shape(f"sent CA with {word}", base.client(issuer=sent), sent)
            if critical:
                yield base.shape(f"trusted CA with {word}", base.client(issuer=sent), trusted=(sent, base.root))


def _damaged_extensions(base: House) -> Iterator[Shape]:
    known = [*EXTENSIONS, "2.5.29.15", "2.5.29.19", "2.5.29.30", "2.5.29.35"]
    for kind in known:
        more = extension(kind, b"\x30\x03\x02\x01")
        client = base.client(extensions=(*_without(kind, client_extensions(p256(2))), more))
        yield base.shape(f"client with a damaged {kind}", client)
        usual = authority_extensions(p256(4), p256(1))
        sent = base.authority("Sent", 4, extensions=(*_without(kind, usual), more))
        yield base.shape(f"sent CA with a damaged {kind}", base.client(issuer=sent), sent)
    yield base.shape("client with a repeated extension", base.client(key_usage(0)))
    yield base.shape("client with an empty extendedKeyUsage", base.client(
        extensions=(basic_constraints(ca=False), extension(EXTENDED_KEY_USAGE, sequence()))
    ))  # fmt: skip


def _usages(base: House) -> Iterator[Shape]:
    constraints, purpose = basic_constraints(ca=False), extended_key_usage(CLIENT_AUTH)
    for bits in ((0,), (1,), (2,), (3,), (4,), (5,), (6,), (0, 2), (4, 7), (4, 8), (0, 5)):
        client = base.client(extensions=(constraints, key_usage(*bits), purpose))
        yield base.shape(f"client with keyUsage {bits}", client)
        sent = base.authority("Sent", 4, extensions=(basic_constraints(ca=True), key_usage(*bits)))
        yield base.shape(f"sent CA with keyUsage {bits}", base.client(issuer=sent), sent)
        yield base.shape(f"trusted CA with keyUsage {bits}", base.client(issuer=sent), trusted=(sent, base.root))
    no_bits = extension(KEY_USAGE, tlv(3, b"\x00"))
    yield base.shape("client with an empty keyUsage", base.client(extensions=(constraints, no_bits, purpose)))
    for label, purposes in {
        "client": (CLIENT_AUTH,),
        "server": (SERVER_AUTH,),
        "any": (ANY_PURPOSE,),
        "any and server": (ANY_PURPOSE, SERVER_AUTH),
        "both": (CLIENT_AUTH, SERVER_AUTH),
        "an unknown one": ("1.3.6.1.4.1.99999.7",),
        "smart card logon": ("1.3.6.1.4.1.311.20.2.2",),
        "Netscape's SGC": ("2.16.840.1.113730.4.1",),
    }.items():
        for critical in (False, True):
            eku = extended_key_usage(*purposes, critical=critical)
            word = f"purpose {label}{', critical' if critical else ''}"
            yield base.shape(f"client for {word}", base.client(extensions=(constraints, key_usage(0), eku)))
            sent = base.authority("Sent", 4, eku)
            yield base.shape(f"sent CA for {word}", base.client(issuer=sent), sent)
            root = handmade_root(common_name("Root"), p256(1), base.now, authority_extensions(p256(1), p256(1), eku))
            yield base.shape(f"root for {word}", base.client(), trusted=(base.issuing, root))
    for label, mask in {"client": 0x80, "server": 0x40, "CA": 0x04, "e-mail": 0x20, "nothing": 0}.items():
        kind = extension(NS_CERT_TYPE, tlv(3, bytes([0, mask])))
        yield base.shape(f"client of nsCertType {label}", base.client(kind))
        sent = base.authority("Sent", 4, kind)
        yield base.shape(f"sent CA of nsCertType {label}", base.client(issuer=sent), sent)
        old = base.authority("Old", 4, extensions=(kind,))
        yield base.shape(f"CA known by nsCertType {label} only", base.client(issuer=old), trusted=(old, base.root))
    bare = base.client(extensions=())
    yield base.shape("client without extensions", bare)
    yield base.shape("client with keyUsage alone", base.client(extensions=(key_usage(0),)))
    yield base.shape("client with purpose alone", base.client(extensions=(purpose,)))
    ca = base.client(extensions=(basic_constraints(ca=True), key_usage(0, 5), purpose))
    yield base.shape("client that is an authority", ca)
    yield base.shape("the issuing CA as a client", base.issuing)
    yield base.shape("the root as a client", base.root)


def _policies(base: House) -> Iterator[Shape]:
    one, other, anything = (sequence(sequence(each)) for each in (POLICY, OTHER_POLICY, ANY_POLICY))
    for label, client_policy, ca_policy in (
        ("the same", one, one), ("another", one, other), ("any", one, anything), ("any below", anything, one),
    ):  # fmt: skip
        for critical in (False, True):
            sent = base.authority("Sent", 4, extension("2.5.29.32", ca_policy, critical=critical))
            client = base.client(extension("2.5.29.32", client_policy, critical=critical), issuer=sent)
            yield base.shape(f"policies: {label}{', critical' if critical else ''}", client, sent)
    require = extension("2.5.29.36", sequence(tlv(0x80, b"\x00")), critical=True)
    sent = base.authority("Sent", 4, require, extension("2.5.29.32", one))
    yield base.shape("explicit policy required, none there", base.client(issuer=sent), sent)
    yield base.shape("explicit policy required, there", base.client(extension("2.5.29.32", one), issuer=sent), sent)
    mapped = extension("2.5.29.33", sequence(sequence(POLICY, OTHER_POLICY)), critical=True)
    sent = base.authority("Sent", 4, mapped, extension("2.5.29.32", one, critical=True))
    yield base.shape("mapped policy", base.client(extension("2.5.29.32", other, critical=True), issuer=sent), sent)
    to_any = extension("2.5.29.33", sequence(sequence(ANY_POLICY, POLICY)), critical=True)
    sent = base.authority("Sent", 4, to_any, extension("2.5.29.32", one))
    yield base.shape("any policy mapped, which is forbidden", base.client(issuer=sent), sent)
    twice = sequence(sequence(POLICY), sequence(POLICY))
    yield base.shape("the same policy twice", base.client(extension("2.5.29.32", twice)))


def _constraint(*, permitted: tuple[bytes, ...] = (), excluded: tuple[bytes, ...] = (), critical: bool = True) -> bytes:
    trees = [
        tlv(tag, *(sequence(base) for base in bases)) for tag, bases in ((0xA0, permitted), (0xA1, excluded)) if bases
    ]
    return extension(NAME_CONSTRAINTS, sequence(*trees), critical=critical)


def _one_constraint(way: str, tree: bytes) -> bytes:
    return _constraint(permitted=(tree,)) if way == "permitted" else _constraint(excluded=(tree,))


def _name_constraints(base: House) -> Iterator[Shape]:
    inside, outside = name(("2.5.4.10", "Inside")), name(("2.5.4.10", "Outside"))
    forms: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
        "dns": (tlv(0x82, b"inside.example"), (tlv(0x82, b"a.inside.example"), tlv(0x82, b"a.outside.example"))),
        "dns with a dot": (tlv(0x82, b".inside.example"), (tlv(0x82, b"a.inside.example"), tlv(0x82, b"b.example"))),
        "mail": (tlv(0x81, b"inside.example"), (tlv(0x81, b"a@inside.example"), tlv(0x81, b"a@outside.example"))),
        "mail box": (tlv(0x81, b"a@inside.example"), (tlv(0x81, b"A@inside.example"), tlv(0x81, b"a@INSIDE.example"))),
        "uri": (tlv(0x86, b".inside.example"), (tlv(0x86, b"urn:a"), tlv(0x86, b"https://a.inside.example/"),
                                               tlv(0x86, b"https://b.example:8/x"))),
        "uri host": (tlv(0x86, b"inside.example"), (tlv(0x86, b"https://u@inside.example/"), tlv(0x86, b"https://x"))),
        "ip": (tlv(0x87, bytes([10, 0, 0, 0, 255, 0, 0, 0])), (tlv(0x87, bytes([10, 1, 1, 1])), tlv(0x87, bytes(16)))),
        "ip of an odd length": (tlv(0x87, bytes(5)), (tlv(0x87, bytes(4)),)),
        "directory": (tlv(0xA4, inside), (tlv(0xA4, inside), tlv(0xA4, outside))),
        "registered id": (tlv(0x88, b"\x2a\x03"), (tlv(0x88, b"\x2a\x03\x04"), tlv(0x82, b"a.example"))),
        "other name": (
            tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, tlv(0x0C, b"u@x.example"))),
            (tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, tlv(0x0C, b"u@x.example"))),),
        ),
    }  # fmt: skip
    for form, (tree, names) in forms.items():
        for way in ("permitted", "excluded"):
            sent = base.authority("Sent", 4, _one_constraint(way, tree))
            yield base.shape(f"{way} {form}: no such name", base.client(issuer=sent), sent)
            for index, each in enumerate(names):
                client = base.client(extension("2.5.29.17", sequence(each)), issuer=sent)
                yield base.shape(f"{way} {form}: name {index}", client, sent)
    for subject in (inside, outside, name(("2.5.4.10", "INSIDE ")), name(("2.5.4.10", "Inside"), ("2.5.4.3", "x"))):
        for way in ("permitted", "excluded"):
            sent = base.authority("Sent", 4, _one_constraint(way, tlv(0xA4, inside)))
            yield base.shape(
                f"{way} directory: subject {subject.hex()}", base.client(issuer=sent, subject=subject), sent
            )
    for dns in ("a.inside.example", "a.outside.example", "no host"):
        sent = base.authority("Sent", 4, _constraint(permitted=(tlv(0x82, b"inside.example"),)))
        yield base.shape(f"permitted dns: CN={dns}", base.client(issuer=sent, subject=common_name(dns)), sent)
    mail = name(("1.2.840.113549.1.9.1", "a@outside.example", 0x16))
    sent = base.authority("Sent", 4, _constraint(permitted=(tlv(0x81, b"inside.example"),)))
    yield base.shape("permitted mail: emailAddress", base.client(issuer=sent, subject=mail), sent)
    minimum = sequence(tlv(0xA0, sequence(tlv(0x82, b"inside.example"), tlv(0x80, b"\x01"))))
    sent = base.authority("Sent", 4, extension(NAME_CONSTRAINTS, minimum))
    san = extension("2.5.29.17", sequence(tlv(0x82, b"a.inside.example")))
    yield base.shape("a minimum in a name constraint", base.client(san, issuer=sent), sent)
    yield base.shape("empty name constraints", base.client(
        issuer=(empty := base.authority("Sent", 4, extension(NAME_CONSTRAINTS, sequence())))), empty)  # fmt: skip
    on_client = base.client(_constraint(permitted=(tlv(0x82, b"inside.example"),)))
    yield base.shape("name constraints of a client", on_client)


def _names(base: House) -> Iterator[Shape]:
    for label, written in {
        "another case": common_name("ISSUING"),
        "blanks around": common_name("  Issuing "),
        "PrintableString": common_name("Issuing", 0x13),
        "BMPString": common_name("Issuing", 0x1E),
        "T61String": common_name("Issuing", 0x14),
        "IA5String": common_name("Issuing", 0x16),
        "UniversalString": common_name("Issuing", 0x1C),
        "another attribute": name(("2.5.4.10", "Issuing")),
        "more than it": name(("2.5.4.3", "Issuing"), ("2.5.4.10", "x")),
        "a bit string": name(("2.5.4.3", "\x00Issuing", 0x03)),
        "another name": common_name("Issued"),
        "nothing": name(),
    }.items():
        client = base.client(issuer=base.issuing)
        yield base.shape(f"issuer's name with {label}", _with_issuer(client, written))
        bare = base.client(extensions=(basic_constraints(ca=False), key_usage(0), extended_key_usage(CLIENT_AUTH)))
        yield base.shape(f"issuer's name with {label}, no key identifier", _with_issuer(bare, written))
    for label, subject in {
        "none": name(),
        "T61 beyond ASCII": common_name("Café", 0x14),
        "BMP": common_name("Café", 0x1E),
        "a line feed": common_name("a\nb"),
        "a NUL": common_name("a\0b"),
        "the issuer's own": common_name("Issuing"),
        "300 characters": common_name("a" * 300),
        "a multi-valued RDN": sequence(
            tlv(0x31, sequence(oid("2.5.4.3"), tlv(12, b"a")), sequence(oid("2.5.4.10"), tlv(12, b"b")))
        ),
    }.items():
        yield base.shape(f"client whose name is {label}", base.client(subject=subject))
    inner = base.root.issue(common_name("two  words"), p256(4), authority_extensions(p256(4), p256(1)))
    client = base.client(issuer=inner)
    yield base.shape("one blank for two", _with_issuer(client, common_name("Two words")), trusted=(inner, base.root))


def _with_issuer(certificate: Handmade, issuer: bytes) -> Handmade:
    return replace(certificate, issuer=issuer)


def _dates_and_serials(base: House) -> Iterator[Shape]:
    now = base.now
    dates: dict[str, dict[str, Any]] = {
        "expired": {"not_after": utc(later(now, -1))},
        "not yet valid": {"not_before": utc(later(now, 1))},
        "GeneralizedTime before 2050": {"not_after": generalized(later(now, 30))},
        "GeneralizedTime, expired": {"not_after": generalized(later(now, -1))},
        "until 9999": {"not_after": tlv(0x18, b"99991231235959Z")},
        "from 1950": {"not_before": tlv(0x17, b"500101000000Z")},
        "from 1900": {"not_before": tlv(0x18, b"19000101000000Z")},
        "never valid": {"not_before": utc(later(now, 9)), "not_after": utc(later(now, -9))},
        "UTCTime without seconds": {"not_after": tlv(0x17, b"4901010000Z")},
        "an offset": {"not_after": tlv(0x18, b"20490101000000+0100")},
        "fractions": {"not_after": tlv(0x18, b"20490101000000.5Z")},
        "a month 13": {"not_after": tlv(0x17, b"491301000000Z")},
    }
    for label, given in dates.items():
        yield base.shape(f"client {label}", base.client(**given))
        sent = base.authority("Sent", 4, **given)
        yield base.shape(f"sent CA {label}", base.client(issuer=sent), sent)
    for label, given in list(dates.items())[:8]:
        root = handmade_root(common_name("Root"), p256(1), now, **given)
        yield base.shape(f"root {label}", base.client(), trusted=(base.issuing, root))
    for serial in (0, -1, -(1 << 70), 1 << 159, 1 << 170, 1 << 400):
        yield base.shape(f"client with the serial {serial:x}", base.client(serial=serial))
        sent = base.authority("Sent", 4, serial=serial)
        yield base.shape(f"sent CA with the serial {serial:x}", base.client(issuer=sent), sent)


def _versions(base: House) -> Iterator[Shape]:
    for version in (None, 0, 1, 2, 3, 7):
        for label, extensions in (("extensions", client_extensions(p256(2))), ("no extension", ())):
            client = base.client(version=version, extensions=extensions)
            yield base.shape(f"client of version {version} with {label}", client)
    for version in (None, 2):
        sent = base.authority("Sent", 4, version=version, extensions=())
        yield base.shape(f"sent CA without extensions, version {version}", base.client(issuer=sent), sent)
        yield base.shape(
            f"trusted CA without extensions, version {version}", base.client(issuer=sent), trusted=(sent, base.root)
        )
        root = handmade_root(common_name("Root"), p256(1), base.now, (), version=version)
        yield base.shape(f"root without extensions, version {version}", base.client(), trusted=(base.issuing, root))
        only = handmade_root(common_name("Root"), p256(1), base.now, (), version=version)
        yield base.shape(f"root without extensions as issuer, {version}", base.client(issuer=only), trusted=(only,))


def _paths(base: House) -> Iterator[Shape]:
    for length in (0, 1, 2):
        top = base.authority("Top", 4, path_length=length)
        below = base.authority("Below", 5, above=top)
        itself = top.issue(top.subject, p256(6), authority_extensions(p256(6), top.key))
        yield base.shape(f"path length {length}: direct", base.client(issuer=top), top)
        yield base.shape(f"path length {length}: one below", base.client(issuer=below), below, top)
        yield base.shape(f"path length {length}: self-issued below", base.client(issuer=itself), itself, top)
        lowest = base.authority("Lowest", 7, above=itself)
        yield base.shape(f"path length {length}: self-issued and one", base.client(issuer=lowest), lowest, itself, top)
        yield base.shape(f"path length {length}, trusted", base.client(issuer=below), below, trusted=(top, base.root))
        root = handmade_root(
            common_name("Root"), p256(1), base.now, authority_extensions(p256(1), p256(1), path_length=length)
        )
        yield base.shape(f"root of path length {length}", base.client(issuer=below), below, top, trusted=(root,))
    negative = base.authority("Sent", 4, extensions=(
        extension("2.5.29.19", sequence(tlv(1, b"\xff"), integer(-1)), critical=True), key_usage(5)))  # fmt: skip
    yield base.shape("a negative path length", base.client(issuer=negative), negative)
    no_ca = base.authority("Sent", 4, extensions=(basic_constraints(ca=False), key_usage(5)))
    yield base.shape("sent CA with CA:FALSE", base.client(issuer=no_ca), no_ca)
    yield base.shape("trusted CA with CA:FALSE", base.client(issuer=no_ca), trusted=(no_ca, base.root))
    length_alone = base.authority(
        "Sent", 4, extensions=(basic_constraints(ca=False, path_length=0), key_usage(0), subject_key_id(p256(4)))
    )
    yield base.shape("path length without CA", base.client(issuer=length_alone), length_alone)
    yield base.shape("client with a path length", base.client(
        extensions=(basic_constraints(ca=False, path_length=0), key_usage(0), extended_key_usage(CLIENT_AUTH))
    ))  # fmt: skip
    loose = base.authority("Sent", 4, extensions=(basic_constraints(ca=True, critical=False), key_usage(5)))
    yield base.shape("basicConstraints not critical", base.client(issuer=loose), loose)
    another = handmade_root(common_name("Root"), p256(8), base.now)
    yield base.shape("two roots of one name, ours last", base.client(), trusted=(base.issuing, another, base.root))
    yield base.shape("two roots of one name, ours first", base.client(), trusted=(base.issuing, base.root, another))
    crossed = another.issue(base.root.subject, p256(1), authority_extensions(p256(1), p256(8)))
    yield base.shape("a cross certificate sent along", base.client(), base.issuing, crossed)
    yield base.shape("only the other root trusted", base.client(), base.issuing, crossed, trusted=(another,))
    yield base.shape("everything sent in the wrong order", base.client(), base.root, crossed, base.issuing)
    yield base.shape("the root sent along", base.client(), base.issuing, base.root)
    yield base.shape("a root sent and not trusted", base.client(), base.issuing, base.root, trusted=(another,))
    yield base.shape("intermediate alone trusted", base.client(), trusted=(base.issuing,))
    expired = base.authority("Issuing", 2, not_after=utc(later(base.now, -1)))
    yield base.shape("two of one key, one expired", base.client(), trusted=(expired, base.issuing, base.root))
    yield base.shape("the expired one sent", base.client(), expired)
    yield base.shape("the valid one sent", base.client(), base.issuing, trusted=(expired, base.root))
    for label, identifier in {
        "another key": extension(AUTHORITY_KEY_ID, sequence(tlv(0x80, b"x" * 20))),
        "another serial": extension(
            AUTHORITY_KEY_ID, sequence(tlv(0xA1, tlv(0xA4, base.root.subject)), tlv(0x82, b"\x63"))
        ),
        "the right serial": extension(
            AUTHORITY_KEY_ID, sequence(tlv(0xA1, tlv(0xA4, base.root.subject)), tlv(0x82, b"\x01"))
        ),
        "a serial without issuer": extension(AUTHORITY_KEY_ID, sequence(tlv(0x82, b"\x01"))),
        "nothing": extension(AUTHORITY_KEY_ID, sequence()),
    }.items():
        client = base.client(extensions=(key_usage(0), extended_key_usage(CLIENT_AUTH), identifier))
        yield base.shape(f"authority key identifier with {label}", client)
    no_ski = base.authority("Sent", 4, extensions=(basic_constraints(ca=True), key_usage(5)))
    yield base.shape("CA without subject key identifier", base.client(issuer=no_ski), no_ski)
    wrong = extension(SUBJECT_KEY_ID, tlv(4, key_id(p256(9))))
    lying = base.authority("Sent", 4, extensions=(basic_constraints(ca=True), key_usage(5), wrong))
    yield base.shape("CA with another's subject key identifier", base.client(issuer=lying), lying)


def _depths(base: House) -> Iterator[Shape]:
    above = base.root
    sent: list[Handmade] = []
    for number in range(1, 22):
        above = base.authority(f"Level {number}", 20 + number, above=above)
        sent.insert(0, above)
        if number in {2, 9, 10, 11, 12, 20, 21}:
            yield base.shape(f"{number} intermediates", base.client(issuer=above), *sent, trusted=(base.root,))
        if number in {10, 11}:
            stranger = handmade_root(common_name("Stranger"), p256(60), base.now)
            yield base.shape(
                f"{number} intermediates for nothing", base.client(issuer=above), *sent, trusted=(stranger,)
            )


@cache
def _odd_keys() -> dict[str, Key]:
    return {
        "RSA-1024": rsa.generate_private_key(65537, 1024),  # noqa: S505 - weak on purpose
        "RSA-2048": rsa.generate_private_key(65537, 2048),
        "P-224": ec.derive_private_key(5, ec.SECP224R1()),
        "P-192": ec.derive_private_key(5, ec.SECP192R1()),
        "P-384": ec.derive_private_key(5, ec.SECP384R1()),
        "P-521": ec.derive_private_key(5, ec.SECP521R1()),
        "secp256k1": ec.derive_private_key(5, ec.SECP256K1()),
        "brainpoolP256r1": ec.derive_private_key(5, ec.BrainpoolP256R1()),
        "Ed25519": ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)),
        "Ed448": ed448.Ed448PrivateKey.from_private_bytes(bytes(57)),
        "DSA-1024": dsa.generate_private_key(1024),  # noqa: S505 - weak on purpose
    }


def _keys(base: House) -> Iterator[Shape]:
    for label, key in _odd_keys().items():
        yield base.shape(f"client with {label}", base.client(key=key))
        sent = base.root.issue(common_name("Sent"), key, authority_extensions(key, p256(1)))
        yield base.shape(f"sent CA with {label}", base.client(issuer=sent), sent)
        root = handmade_root(common_name("Odd root"), key, base.now)
        yield base.shape(f"root with {label}", base.client(issuer=root), trusted=(root,))
    strong = _odd_keys()["RSA-2048"]
    for digest in ("sha1", "md5"):
        root = handmade_root(common_name("Old root"), strong, base.now, digest=digest)
        yield base.shape(f"root signed over {digest}", base.client(issuer=root), trusted=(root,))
        yield base.shape(f"client signed over {digest}", base.client(issuer=root, digest=digest), trusted=(root,))
    sent = base.authority("Sent", 4, digest="sha1")
    yield base.shape("sent CA signed over sha1", base.client(issuer=sent), sent)
    weak = _odd_keys()["RSA-1024"]
    yield base.shape("weak and expired", base.client(key=weak, not_after=utc(later(base.now, -1))))
    no_purpose = (basic_constraints(ca=False), key_usage(0), extended_key_usage(SERVER_AUTH))
    yield base.shape("weak and for servers", base.client(key=weak, extensions=no_purpose))
    yield base.shape("expired and for servers", base.client(extensions=no_purpose, not_after=utc(later(base.now, -1))))


def _strangers(base: House) -> Iterator[Shape]:
    theirs = handmade_root(common_name("Root"), p256(50), base.now)
    below = theirs.issue(common_name("Issuing"), p256(51), authority_extensions(p256(51), p256(50)))
    other = handmade_root(common_name("Elsewhere"), p256(52), base.now)
    bare = (key_usage(0), extended_key_usage(CLIENT_AUTH))
    yield base.shape("forged issuing CA, alone", base.client(issuer=below))
    yield base.shape("forged issuing CA, sent", base.client(issuer=below), below)
    yield base.shape("forged issuing CA and root, sent", base.client(issuer=below), below, theirs)
    yield base.shape("forged, no key identifier", base.client(issuer=below, extensions=bare))
    yield base.shape("forged, the key identifier ours", base.client(
        issuer=below, extensions=(*bare, authority_key_id(p256(2)))))  # fmt: skip
    yield base.shape("forged by the root, no key identifier", base.client(issuer=theirs, extensions=bare))
    yield base.shape("unknown issuer", base.client(issuer=other))
    yield base.shape("unknown issuer, sent", base.client(issuer=other), other)
    yield base.shape("unknown issuer with something else", base.client(issuer=other), base.issuing)
    yield base.shape("unknown issuer, expired", base.client(issuer=other, not_after=utc(later(base.now, -1))))
    yield base.shape("unknown issuer, for servers", base.client(issuer=other, extensions=(
        key_usage(0), extended_key_usage(SERVER_AUTH))))  # fmt: skip
    alone = handmade_root(common_name("client"), p256(3), base.now, client_extensions(p256(3)))
    yield base.shape("self-signed", alone)
    yield base.shape("self-signed and trusted", alone, trusted=(alone, base.root))
    yield base.shape("self-signed, expired", handmade_root(
        common_name("client"), p256(3), base.now, client_extensions(p256(3)), not_after=utc(later(base.now, -1))
    ))  # fmt: skip
    yield base.shape("a broken signature", base.client(breaks_signature=True))
    sent = base.authority("Sent", 4, breaks_signature=True)
    yield base.shape("a broken signature above", base.client(issuer=sent), sent)
    root = handmade_root(common_name("Root"), p256(1), base.now, breaks_signature=True)
    yield base.shape("a root whose own signature is broken", base.client(), trusted=(base.issuing, root))

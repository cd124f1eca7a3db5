"""Finds where releases of OpenSSL differ about a path, so that the verdict does not depend on the release in use.

Found by comparing 3.0, 3.3, 3.5 and 4.0. Which release a gateway has is not documented; its access log has the texts of
releases before 4.
"""

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from .certificate import Certificate

_OLD_KEYS = (
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
    dsa.DSAPublicKey,
)


def considered(client: Certificate, others: Sequence[Certificate]) -> frozenset[Certificate]:
    """The certificates that OpenSSL 3 may use above the client, by names and authority key identifiers.

    OpenSSL 4 accepts a self-issued CA as the issuer of its name even where the key identifier names another, so it must
    not get those that OpenSSL 3 would skip.
    """
    seen, waiting = {client}, [client]
    while waiting:
        below = waiting.pop()
        above = [one for one in others if one not in seen and _may_have_issued(one, below)]
        seen.update(above)
        waiting += above
    return frozenset(seen)


def disagreement(client: Certificate, authorities: Iterable[Certificate]) -> str | None:
    """What releases are known to differ about in this path; None where nothing is known."""
    for authority in authorities:
        if authority.is_self_issued and not _may_have_issued(authority, authority):
            return f"{authority.label} has its issuer's name and another key: OpenSSL 3 follows it, OpenSSL 4 does not"
        if not isinstance(authority.public_key, _OLD_KEYS):
            return f"{authority.label}: not every release of OpenSSL knows such a key"
        if _constrains_uris(authority) and _has_user_in_uri(client):
            return f"{authority.label} constrains URIs, and releases of OpenSSL differ about one with a user in it"
    return None


def _may_have_issued(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether nothing in names or key identifiers shows that it did not."""
    if not _may_be_one_name(issuer.subject, certificate.issuer):
        return False
    key, serial = certificate.authority_key_id, certificate.authority_serial
    other_key = key is not None and issuer.subject_key_id not in {None, key}
    return not other_key and serial in {None, issuer.serial}


def _may_be_one_name(one: str, other: str) -> bool:
    """OpenSSL compares names without case, blanks at the ends and string types (X509_NAME_cmp)."""
    return one == other or "=#" in one + other or _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(name.casefold().replace("\\", "").split())


def _constrains_uris(authority: Certificate) -> bool:
    constraints = authority.extension(x509.NameConstraints)
    if constraints is None:
        return False
    trees = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    return any(isinstance(tree, x509.UniformResourceIdentifier) for tree in trees)


def _has_user_in_uri(client: Certificate) -> bool:
    names = client.extension(x509.SubjectAlternativeName)
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
    return any("@" in uri for uri in uris)

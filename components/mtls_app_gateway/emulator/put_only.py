"""The values that Azure accepts and never returns: the PFX and the password of a listener's certificate.

Azure's schema does not mark them, so they are named here. Only the rules of a request see them: a digest is all that is
stored of them, and no answer holds them.
"""

from collections.abc import Mapping
from typing import Any

from ..document.arm_types import ObjectType, Property

_HOLDERS = {"ApplicationGatewaySslCertificate", "ApplicationGatewaySslCertificatePropertiesFormat"}
_NAMES = ("data", "password")


def is_put_only(kind: ObjectType, found: Property) -> bool:
    """Whether a property of this type is never returned."""
    return kind.name in _HOLDERS and found.name in _NAMES


def split_off(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A document without its PUT-only values, and those values by `<certificate>/<property>`."""
    properties = document.get("properties", {})
    if not properties.get("sslCertificates"):
        return dict(document), {}
    values: dict[str, str] = {}
    certificates = []
    for certificate in properties["sslCertificates"]:
        bag = certificate.get("properties", {})
        values |= {f"{certificate.get('name')}/{name}": bag[name] for name in _NAMES if name in bag}
        certificates.append(certificate | {"properties": {key: bag[key] for key in bag if key not in _NAMES}})
    return {**document, "properties": {**properties, "sslCertificates": certificates}}, values

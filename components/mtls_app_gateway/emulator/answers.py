"""Azure's answers: what it adds to a requested resource, such as ids, etags, states and the known defaults.

Everything here was seen in an answer of Azure or is documented. What is not known is not added. The order of the parts
of `clientCertIssuerDN` is not documented; RFC 4514's order is used.
"""

import uuid
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from ..document.arm_types import object_type
from .arm_certificates import issuer_name, pem_text, public_part
from .kinds import LOCK, ResourceKind
from .put import Put

_DOCUMENTATION_NETWORK = "203.0.113."  # RFC 5737: never routed, so no example reaches a real host


def answer_to(put: Put, previous: Mapping[str, Any] | None, taken_addresses: Iterable[str]) -> dict[str, Any]:
    """The document that a GET returns after this request, with its PUT-only values.

    Args:
        put: the request.
        previous: the document before it, if any.
        taken_addresses: the public addresses of other resources.
    """
    document = dict(put.document) | {"id": put.id, "type": put.kind.arm_type}
    if "location" in document:
        document["location"] = normalised_location(str(document["location"]))
    if put.kind.arm_type == LOCK:
        return document
    properties = dict(document.get("properties", {})) | {"provisioningState": "Succeeded"}
    if put.kind.strict:
        document["etag"] = f'W/"{uuid.uuid4()}"'
        properties |= _resource_guid(put.kind, previous)
        properties = {name: _children(put, name, value, document["etag"]) for name, value in properties.items()}
    document["properties"] = properties
    match put.kind.arm_type:
        case "Microsoft.Network/applicationGateways":
            document["properties"] = _gateway(properties)
        case "Microsoft.Network/publicIPAddresses":
            document["properties"] = _public_address(document, previous, taken_addresses)
    return document


def normalised_location(location: str) -> str:
    """A region as Azure writes it: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()


def _resource_guid(kind: ResourceKind, previous: Mapping[str, Any] | None) -> dict[str, Any]:
    # Azure assigns the GUID once and never changes it.
    if "resourceGuid" not in (bag.properties if (bag := object_type(kind.arm_type).bag) else {}):
        return {}
    before = previous["properties"].get("resourceGuid") if previous else None
    return {"resourceGuid": before or str(uuid.uuid4())}


def _children(put: Put, collection: str, value: Any, etag: str) -> Any:
    """The named parts of a resource, which are resources too: each gets an id, an etag, a type and a state."""
    bag = object_type(put.kind.arm_type).bag
    known = bag.properties.get(collection) if bag else None
    part_type = known.shape.items.of if known and known.shape.items else None
    if part_type is None or not isinstance(value, list) or object_type(part_type).bag is None:
        return value
    return [
        {
            **part,
            "id": f"{put.id}/{collection}/{part.get('name')}",
            "etag": etag,
            "type": f"{put.kind.arm_type}/{collection}",
            "properties": dict(part.get("properties", {})) | {"provisioningState": "Succeeded"},
        }
        for part in value
    ]


def _gateway(properties: Mapping[str, Any]) -> dict[str, Any]:
    added = {
        "enableHttp2": False,
        "operationalState": "Running",
        "defaultPredefinedSslPolicy": "AppGwSslPolicy20220101",
    }
    parts = {
        "sslProfiles": _profile,
        "trustedClientCertificates": _trusted_chain,
        "sslCertificates": _listener_certificate,
        "backendHttpSettingsCollection": _backend_settings,
    }
    changed = {
        name: [{**part, "properties": make(part["properties"])} for part in properties[name]]
        for name, make in parts.items()
        if name in properties
    }
    return added | dict(properties) | changed


def _backend_settings(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"validateCertChainAndExpiry": True, **properties}


def _profile(properties: Mapping[str, Any]) -> dict[str, Any]:
    # Seen on a live gateway: an answer always has all three settings.
    requested = properties.get("clientAuthConfiguration")
    if requested is None:
        return dict(properties)
    settings = {"verifyClientCertIssuerDN": False, "verifyClientRevocation": "None", "verifyClientAuthMode": "Strict"}
    return {**properties, "clientAuthConfiguration": settings | requested}


def _trusted_chain(properties: Mapping[str, Any]) -> dict[str, Any]:
    # Seen on a live gateway: the PEM comes back without line breaks.
    data = str(properties["data"])
    added = {"validatedCertData": pem_text(data).replace("\n", ""), "clientCertIssuerDN": issuer_name(data)}
    return {**properties, **added}


def _listener_certificate(properties: Mapping[str, Any]) -> dict[str, Any]:
    if "data" not in properties:
        return dict(properties)
    return {**properties, "publicCertData": public_part(str(properties["data"]), properties.get("password"))}


def _public_address(
    document: Mapping[str, Any], previous: Mapping[str, Any] | None, taken: Iterable[str]
) -> dict[str, Any]:
    properties: dict[str, Any] = {"publicIPAddressVersion": "IPv4", "idleTimeoutInMinutes": 4, **document["properties"]}
    if properties.get("publicIPAllocationMethod") == "Static":
        before = previous["properties"].get("ipAddress") if previous else None
        properties["ipAddress"] = before or _free_address(set(taken))
    dns = properties.get("dnsSettings")
    if dns and dns.get("domainNameLabel"):
        # How Azure makes the hash is not known here; any will do that stays the same.
        scope = f".{zlib.crc32(dns['domainNameLabelScope'].encode()):08x}" if dns.get("domainNameLabelScope") else ""
        fqdn = f"{dns['domainNameLabel']}{scope}.{document['location']}.cloudapp.azure.com".lower()
        properties["dnsSettings"] = {**dns, "fqdn": fqdn}
    return properties


def _free_address(taken: set[str]) -> str:
    for host in range(1, 255):
        if (address := f"{_DOCUMENTATION_NETWORK}{host}") not in taken:
            return address
    raise RuntimeError("the documentation network has no free address left: delete some public IP addresses")

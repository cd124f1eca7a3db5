"""Derive the names and key hashes of the public roots from Mozilla's list, as the certifi distribution carries it.

    pip download --no-deps --dest /tmp/certifi certifi
    python tools/derive_public_roots.py /tmp/certifi/certifi-*.whl

Mozilla's list is under the Mozilla Public License 2.0. What is taken from it are names and hashes; no certificate.
"""

import hashlib
import json
import sys
import warnings
import zipfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

TARGET = Path(__file__).parents[1] / "components/mtls_app_gateway/certificates/public_roots.py"
HEAD = """\"\"\"The public roots, authorities that vouch for anybody who pays: names by SHA-256 of the public key.

Derived by tools/derive_public_roots.py from Mozilla's list in {wheel}
(Mozilla Public License 2.0, https://github.com/certifi/python-certifi): names and hashes only, as old as that list.
The key is hashed in its SubjectPublicKeyInfo form.
\"\"\"

# ruff: noqa: E501 - some authorities have long names

PUBLIC_ROOTS = {{
{rows}
}}
"""


def main(wheel: Path) -> None:
    """Write the module from the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        warnings.simplefilter("ignore")  # One old root has the serial number zero.
        roots = x509.load_pem_x509_certificates(archive.read("certifi/cacert.pem"))
    rows = sorted((_name(root.subject), _key_hash(root)) for root in roots)
    lines = "\n".join(f'    "{key_hash}": {json.dumps(name, ensure_ascii=False)},' for name, key_hash in rows)
    TARGET.write_text(HEAD.format(wheel=wheel.name, rows=lines), encoding="utf-8")


def _name(subject: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        if found := subject.get_attributes_for_oid(oid):
            return str(found[0].value)
    raise ValueError(f"a root without a name: {subject}")


def _key_hash(root: x509.Certificate) -> str:
    key = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

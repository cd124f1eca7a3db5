"""Writes the schema of the plugin for other languages: `python -m tools.write_schema`.

It is committed so that a change of what consumers see is seen in a review.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "components" / "schema.json"


def schema_text() -> str:
    """The schema as JSON, one property a line."""
    from mtls_app_gateway.resources.plugin import GatewayPlugin

    return json.dumps(json.loads(str(GatewayPlugin().schema)), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    print(f"written: {SCHEMA.relative_to(ROOT)}", file=sys.stderr)

"""Mint the example CA chains in `authorities/`: valid to 2099, and their keys never stored.

No client certificate can be issued under them. They show the shape of a trusted chain; replace them.
"""

from datetime import UTC, datetime
from pathlib import Path

from mtls_app_gateway.rehearsal.authority import Authority

FOLDER = Path(__file__).resolve().parent.parent / "authorities"
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


def main() -> None:
    """Write one chain with an intermediate, and one root alone."""
    FOLDER.mkdir(exist_ok=True)
    partners = Authority.create("Example Partners Root CA", not_before=START, not_after=END)
    issuing = partners.intermediate("Example Partners Issuing CA", not_before=START, not_after=END)
    devices = Authority.create("Example Devices Root CA", not_before=START, not_after=END)
    (FOLDER / "partners.pem").write_text(issuing.certificate_pem + partners.certificate_pem, encoding="ascii")
    (FOLDER / "devices.pem").write_text(devices.certificate_pem, encoding="ascii")


if __name__ == "__main__":
    main()

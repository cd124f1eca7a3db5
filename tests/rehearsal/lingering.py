"""A rehearsal in a process of its own, for tests that kill it: prints the port of the first listener and waits."""

import json
import sys
import threading
from pathlib import Path

from mtls_app_gateway.rehearsal.local_gateway import LocalGateway


def main() -> None:
    """Raise the document on the standard input, in the folder that is the first argument."""
    gateway = LocalGateway(Path(sys.argv[1]))
    gateway.start()
    raised = gateway.show(json.loads(sys.stdin.read()))
    print(raised.listeners[0].local_port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()

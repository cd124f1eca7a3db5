"""Sets up what `make` needs: `python3 -m tools.set_up` (everything) or `... packages` (without the engine).

Runs before anything is installed, hence on the standard library alone.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is for the Python that is too old
    sys.exit(
        f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. "
        "Say which to use, for example: make PYTHON=python3.12"
    )

import os
from collections.abc import Sequence
from pathlib import Path

from tools import pulumi_engine, stamps, virtual_environment
from tools.errors import ToolError

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Set up; the exit status says whether it worked, and what to do is printed where it did not."""
    try:
        with stamps.locked(Path(__file__), waiting="Another `make` is setting up here; waiting for it."):
            virtual_environment.ensure(ROOT)
            if "packages" not in arguments:
                pulumi_engine.ensure(ROOT, os.environ.get("PATH", os.defpath))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Unfinished work is discarded; the same command starts it again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

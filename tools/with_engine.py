"""Runs a command with this project's Python and the engine first on the PATH: `python -m tools.with_engine pytest`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import pulumi_engine
from tools.errors import ToolError
from tools.set_up import ROOT


def environment(root: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment variables with which `python`, `pulumi` and the program Pulumi starts are this project's own.

    The build from source has a Python host of 2023, which knows no virtual environments: it takes the first `python3`.
    PYTHONDONTWRITEBYTECODE is removed: each engine, emulator and plugin would spend up to 0.2 s on compiling this
    project again.

    Raises:
        ToolError: there is no engine.
    """
    search_path = inherited.get("PATH", os.defpath)
    folders = [str(root / ".venv/bin"), *search_path.split(os.pathsep)]
    engine = pulumi_engine.find(root, search_path)
    if isinstance(engine, pulumi_engine.NoEngine):
        raise ToolError(f"No engine to run this with: found {engine.found}. Run `make set-up`.")
    if str(engine.folder) not in folders:
        folders.insert(1, str(engine.folder))
    variables = {name: value for name, value in inherited.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **variables,
        "PATH": os.pathsep.join(folders),
        "VIRTUAL_ENV": str(root / ".venv"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }


def attached(port: int | str) -> dict[str, str]:
    """The variables with which the engine uses the azure-native that listens on a port of this machine.

    Without the second, the engine still tries to download azure-native before it attaches: without a network, five
    attempts and 2.5 seconds per command.
    """
    return {
        "PULUMI_DEBUG_PROVIDERS": f"azure-native:{port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


if __name__ == "__main__":
    try:
        os.execvpe(sys.argv[1], sys.argv[1:], environment(ROOT, os.environ))  # noqa: S606 - that is its purpose
    except ToolError as error:
        sys.exit(str(error))

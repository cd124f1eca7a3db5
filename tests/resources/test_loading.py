"""The component is loaded when it is first used, and leaves the process as it was."""

import subprocess
import sys

import pytest

# Python 3.12 starts with some objects frozen.
LOAD = (
    "import gc, sys, mtls_app_gateway as package; assert 'pulumi' not in sys.modules; frozen = gc.get_freeze_count(); "
    "{before}package.MtlsAppGateway; print(gc.isenabled(), gc.get_freeze_count() - frozen)"
)


@pytest.mark.parametrize(("before", "collects"), [("", True), ("gc.disable(); ", False)])
def test_loading_leaves_the_collection_of_garbage_as_it_was(before: str, collects: bool) -> None:
    """
    Garbage is collected after the component was loaded if, and only if, it was before.
    """
    code = LOAD.format(before=before)

    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert f"{collects} 0\n" == done.stdout

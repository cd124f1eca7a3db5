"""The component is loaded when it is first asked for, and leaves the process as it was."""

import subprocess
import sys

import pytest

LOAD = (
    "import gc, sys, mtls_app_gateway as package; assert 'pulumi' not in sys.modules; {before}package.MtlsAppGateway; "
)


@pytest.mark.parametrize(("before", "collects"), [("", True), ("gc.disable(); ", False)])
def test_loading_leaves_the_collection_of_garbage_as_it_was(before: str, collects: bool) -> None:
    """
    Garbage is collected after the component was loaded if, and only if, it was before.
    """
    code = LOAD.format(before=before) + "print(gc.isenabled(), gc.get_freeze_count())"

    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert f"{collects} 0\n" == done.stdout

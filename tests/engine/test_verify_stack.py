"""`mtls-gateway verify --stack` takes the promise from a stack that the real engine deployed."""

import json
import subprocess
import sys
from pathlib import Path

from mtls_app_gateway.rehearsal.local_gateway import LocalGateway

from tests.engine.conftest import RunEngine
from tests.engine.project import copy_project, write_pfx

PASSWORD = "Rt6Vn3Kd8Qs1Zx5Bm"
VERIFY = [sys.executable, "-c", "from mtls_app_gateway.cli import main; main()", "verify"]
CONFIG = {
    "resourceGroupName": "rg-edge",
    "mode": "Passthrough",
    "listeners": [{"name": "edge", "port": 8971, "hostNames": ["edge.example.com"]}],
    "backends": [{"fqdns": ["app.example.com"]}],
}


def test_the_promise_of_a_stack(run_engine: RunEngine, tmp_path: Path) -> None:
    """
    The document in the stack's state is what the gateway raised from it is found to keep, without the stack's secrets.
    """
    project = copy_project(tmp_path / "project", run_engine)
    secrets = {"listener-pfx": write_pfx(tmp_path / "edge.pfx", PASSWORD), "listener-password": PASSWORD}
    project.configure("verified", CONFIG, secrets)
    done = project.run("up", "--yes", "--skip-preview")
    assert 0 == done.returncode, done.stdout + done.stderr
    (component,) = [each for each in project.resources() if each["type"].endswith(":MtlsAppGateway")]

    with LocalGateway(tmp_path / "gateway") as running:
        raised = running.show(json.loads(component["outputs"]["document"]))
        where = ["--connect", f"127.0.0.1:{raised.listeners[0].local_port}", "--server-ca", str(raised.server_ca)]
        verified = subprocess.run(
            [*VERIFY, "--stack", "verified", *where], cwd=project.folder, capture_output=True, text=True, check=False
        )

    assert 0 == verified.returncode, verified.stdout + verified.stderr
    assert "edge at edge.example.com:8971" in verified.stdout

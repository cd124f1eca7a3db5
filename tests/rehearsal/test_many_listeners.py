"""A gateway with many listeners is planned once for each, and one with more than Azure takes is refused at once."""

from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.nginx import placement, servers
from mtls_app_gateway.rehearsal.nginx.config import plan
from mtls_app_gateway.rehearsal.nginx.placement import Endpoint, Placement, endpoint_of, endpoints

from .documents import document, listener, passthrough


def gateway(count: int) -> dict[str, Any]:
    listeners = [
        listener(f"listener-{number}", 8443, "edge", hostNames=[f"host-{number}.example.com"])
        for number in range(count)
    ]
    return document(listeners, sslProfiles=[passthrough("edge")])


def test_more_listeners_are_not_more_work_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An endpoint is read a few times for each listener, not once for each pair of listeners.
    """
    read: list[Endpoint] = []

    def counted(*given: Any) -> Endpoint:
        read.append(endpoint_of(*given))
        return read[-1]

    for module in (placement, servers):
        monkeypatch.setattr(module, "endpoint_of", counted)
    big = view(gateway(200))
    plan(big, Placement(dict.fromkeys(endpoints(big), 9000), {"app": "127.0.0.1:9100"}, 9200, (1, 31, 3)))

    assert 200 <= len(read) <= 5 * 200


def test_more_than_azure_takes_is_refused_before_anything_is_minted(tmp_path: Path) -> None:
    """
    The refusal names the collection and the limit, and nothing is left in the folder but the lock.
    """
    with LocalRehearsal(tmp_path / "work") as rehearsal:
        with pytest.raises(
            GatewayError, match=r"too-many-parts: httpListeners: there are 201. Azure takes at most 200"
        ):
            rehearsal.show(gateway(201))

        assert ["owner"] == [path.name for path in (tmp_path / "work").iterdir()]

"""Certificates that are written on request overwrite nothing that is not the rehearsal's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.local_rehearsal import LocalRehearsal
from mtls_app_gateway.rehearsal.session import Session

from .documents import document, listener, passthrough

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with LocalRehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running.show(document([listener("tls", 8491, "edge")], sslProfiles=[passthrough("edge")]))


@pytest.mark.parametrize("taken", ["client.pem", "client.key.pem"])
def test_a_file_of_the_users_is_not_overwritten(rehearsal: Session, tmp_path: Path, taken: str) -> None:
    """
    In a folder of the user's own a name that is taken is refused, for the certificate and for the key.
    """
    (tmp_path / taken).write_text("mine")

    with pytest.raises(GatewayError, match=rf"file-exists: .*{taken}"):
        rehearsal.issue_client(rehearsal.listeners[0], "client", tmp_path, now=NOW)
    assert [taken] == [path.name for path in tmp_path.iterdir()]
    assert "mine" == (tmp_path / taken).read_text()


def test_in_its_own_folder_the_rehearsal_writes_again(rehearsal: Session) -> None:
    """
    The lines to try are printed again and again, each time with a fresh certificate.
    """
    folder = rehearsal.folder / "clients"
    first, second = (rehearsal.issue_client(rehearsal.listeners[0], "client", folder, now=NOW) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_a_prepared_rehearsal_is_not_read(rehearsal: Session, mode: int) -> None:
    """
    Whoever can write in the folder chooses which files are read as certificates and keys: it is refused.
    """
    rehearsal.folder.chmod(mode)
    try:
        with pytest.raises(GatewayError, match="folder-not-private"):
            Session.read(rehearsal.folder)
    finally:
        rehearsal.folder.chmod(0o700)
    assert Session.read(rehearsal.folder) == rehearsal

"""Folders that others could have prepared are refused, and nothing is written through a link."""

import os
import stat
from pathlib import Path

import pytest
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.processes.private_files import marked_folder, open_private, private_folder, write_private


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    """
    It is made with those above it, and no other user can look into it.
    """
    private_folder(tmp_path / "a" / "b")

    assert 0o700 == stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode)


@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_folder_that_only_its_owner_can_write_in_is_taken(tmp_path: Path, mode: int) -> None:
    """
    Others may look; nothing is changed about it.
    """
    tmp_path.chmod(mode)

    private_folder(tmp_path)

    assert mode == stat.S_IMODE(tmp_path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
def test_a_folder_that_others_may_write_in_is_refused(tmp_path: Path, mode: int) -> None:
    """
    The group's right to write counts too, and a sticky bit is no protection.
    """
    tmp_path.chmod(mode)

    with pytest.raises(GatewayError, match=r"folder-not-private: .*other users may write in it .*chmod go-w"):
        private_folder(tmp_path)


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The owner of a folder can replace everything in it.
    """
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(GatewayError, match=r"folder-not-private: .*belongs to another user"):
        private_folder(tmp_path)


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    """
    What a link leads to can change between two looks.
    """
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(GatewayError, match=r"folder-not-private: .*this is a link"):
        private_folder(tmp_path / "link")


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    """
    Nothing that was not written here can be overwritten; a folder that was used before is taken again.
    """
    (tmp_path / "nginx.conf").write_text("mine")

    with pytest.raises(GatewayError, match=r"folder-not-private: .*holds other files, such as 'nginx.conf'"):
        marked_folder(tmp_path, "owner")
    (tmp_path / "owner").touch()
    marked_folder(tmp_path, "owner")


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    """
    What it leads to keeps its content, and the new file is for its owner alone.
    """
    (tmp_path / "other").write_text("stays")
    (tmp_path / "file").symlink_to(tmp_path / "other")
    (tmp_path / "file.unfinished").symlink_to(tmp_path / "other")

    write_private(tmp_path / "file", b"new", durable=True)

    assert ("stays", "new") == ((tmp_path / "other").read_text(), (tmp_path / "file").read_text())
    assert not (tmp_path / "file").is_symlink()
    assert 0o600 == stat.S_IMODE((tmp_path / "file").stat().st_mode)


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    """
    Half a file is removed with its failure.
    """
    (tmp_path / "file").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_private(tmp_path / "file", b"new")
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_a_lock_is_not_opened_through_a_link(tmp_path: Path) -> None:
    """
    A link where a lock belongs is an error, not a lock on another file.
    """
    (tmp_path / "lock").symlink_to(tmp_path / "other")

    with pytest.raises(OSError, match="symbolic link"):
        open_private(tmp_path / "lock")
    assert not (tmp_path / "other").exists()

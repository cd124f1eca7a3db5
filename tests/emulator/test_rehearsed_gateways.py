"""Gateways of the emulator that answer: started, changed and stopped when their resource is, and by nothing else."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.processes.file_lock import FileLock
from mtls_app_gateway.rehearsal.gateways import RehearsedGateways
from mtls_app_gateway.rehearsal.session import OWNER, Session, SessionListener

from tests.emulator import subscription_fixtures as fixtures
from tests.emulator.conftest import Client, Serve

GATEWAY = API.token
PASSTHROUGH, STRICT = fixtures.gateway_inputs(), fixtures.gateway_inputs("Strict")
PATIENCE = 15.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the work directories of the gateways are."""
    return tmp_path / "gateways"


@pytest.fixture
def host(folder: Path) -> Iterator[RehearsedGateways]:
    with RehearsedGateways(folder) as gateways:
        yield gateways


@pytest.fixture
def provider(serve: Serve, host: RehearsedGateways) -> Client:
    """A provider with everything around a gateway built."""
    client = serve(host=host).connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)
    client.build()
    return client


def work_directory(folder: Path) -> Path:
    """That of the one gateway."""
    (only,) = folder.iterdir()
    return only


def status(folder: Path, caller: str | None = None) -> int:
    """The status that a caller gets from the one listener of the one gateway."""
    session = Session.read(work_directory(folder))
    (listener,) = session.listeners
    context = ssl.create_default_context(cafile=str(session.folder / session.server_ca))
    if caller is not None:
        shown = next(each for each in session.callers["mtls"] if each.name == caller)
        context.load_cert_chain(session.folder / shown.certificate, session.folder / shown.key)
    connection = http.client.HTTPSConnection("localhost", listener.port, context=context, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def listener_of(folder: Path) -> SessionListener:
    (listener,) = Session.read(work_directory(folder)).listeners
    return listener


def nginx_of(folder: Path) -> int:
    return int((work_directory(folder) / "nginx.pid").read_text())


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def test_a_created_gateway_answers(provider: Client, folder: Path) -> None:
    """
    When Create has answered, so does the gateway: in Passthrough every caller is let in.
    """
    provider.create(GATEWAY, PASSTHROUGH)

    assert (200, 200) == (status(folder), status(folder, "untrusted"))


def test_an_update_to_strict_drops_no_port(provider: Client, folder: Path) -> None:
    """
    While the mode changes every connection is answered, and when Update has answered the mode is Strict.
    """
    identity, _ = provider.create(GATEWAY, PASSTHROUGH)
    port, over, refused = listener_of(folder).port, threading.Event(), []

    def watch() -> None:
        while not over.is_set():
            if not is_listening(port):
                refused.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    provider.update(GATEWAY, identity, STRICT)
    met = [status(folder), status(folder, "valid"), status(folder, "untrusted"), status(folder, "expired")]
    over.set()
    watcher.join()

    assert [400, 200, 400, 400] == met
    assert [] == refused
    assert port == listener_of(folder).port


def test_a_deleted_gateway_leaves_nothing(provider: Client, folder: Path) -> None:
    """
    After Delete nginx has ended and the work directory is gone, keys and all.
    """
    identity, _ = provider.create(GATEWAY, PASSTHROUGH)
    nginx = nginx_of(folder)

    provider.delete(GATEWAY, identity)

    assert not is_alive(nginx)
    assert [] == list(folder.iterdir())


def test_a_gateway_that_cannot_start_is_refused(provider: Client, folder: Path) -> None:
    """
    The engine gets the reason, a problem of ours, and the resource is not created: silence would look like success.
    """
    identity, _ = provider.create(GATEWAY, PASSTHROUGH)
    place = work_directory(folder)
    provider.delete(GATEWAY, identity)
    place.write_text("in the way")

    with pytest.raises(Exception, match=rf"cannot-write: .*{place.name}.*Make room") as refusal:
        provider.create(GATEWAY, PASSTHROUGH)

    assert "Code=" not in str(refusal.value)
    assert "" == provider.read(GATEWAY, fixtures.GATEWAY_ID)[0]
    place.unlink()
    provider.create(GATEWAY, PASSTHROUGH)
    assert 200 == status(folder)


def test_a_name_never_leads_out_of_the_folder(provider: Client, folder: Path) -> None:
    """
    A gateway whose name is a way up is refused by Azure's naming rules, and deleting it removes nothing.
    """
    beside = folder.parent / "beside"
    beside.write_text("stays")
    inputs = fixtures.gateway_inputs(applicationGatewayName="..")

    with pytest.raises(Exception, match="InvalidResourceName"):
        provider.create(GATEWAY, inputs)
    provider.delete(GATEWAY, fixtures.GATEWAY_ID.replace("/gw", "/.."))

    assert beside.exists()
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("name", ["..", ".", "../..", "a/../../..", "", "/", "x\0y"])
def test_every_work_directory_is_a_direct_child(host: RehearsedGateways, folder: Path, name: str) -> None:
    """
    Whatever the id is, removing its gateway leaves everything outside its own work directory alone.
    """
    beside, other = folder.parent / "beside", folder / "other"
    beside.write_text("stays")
    other.mkdir()

    host.remove(fixtures.GATEWAY_ID.replace("/gw", f"/{name}"))

    assert beside.exists()
    assert [other] == list(folder.iterdir())


def test_two_gateways_that_stay_down_have_one_line_each_in_the_log(
    provider: Client, host: RehearsedGateways, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Further attempts to start what cannot start add no line; one that is back has a line.
    """
    provider.create(GATEWAY, PASSTHROUGH)
    document = Session.read(work_directory(folder)).document
    host.apply({**document, "id": fixtures.GATEWAY_ID.replace(fixtures.GROUP, "other-rg")})
    for place in folder.iterdir():
        os.kill(int((place / "nginx.pid").read_text()), signal.SIGKILL)

    def logged(words: str) -> int:
        return len([record for record in caplog.records if words in record.getMessage()])

    def are_both_down() -> bool:
        host.restart_dead()
        return logged("has died and does not start") >= 2

    with pytest.MonkeyPatch.context() as full:
        full.setattr("mtls_app_gateway.rehearsal.local_rehearsal.write_credential", _no_space)
        until(are_both_down)
        for _ in range(3):
            host.restart_dead()
    host.restart_dead()

    assert (2, 2) == (logged("has died and does not start"), logged("had died and was started again"))


def test_a_refused_update_leaves_what_was(provider: Client, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    On a full disk the update is refused, and the gateway of before goes on answering, its callers with it.
    """
    identity, _ = provider.create(GATEWAY, STRICT)
    with monkeypatch.context() as full:
        full.setattr("mtls_app_gateway.rehearsal.local_rehearsal.write_credential", _no_space)
        with pytest.raises(Exception, match=r"cannot-write: .*No space left on device"):
            provider.update(GATEWAY, identity, PASSTHROUGH)

    assert [400, 200] == [status(folder), status(folder, "valid")]


def test_a_gateway_that_could_not_start_holds_nothing(
    host: RehearsedGateways, provider: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Its responder, its backend and its lock on the work directory are given up at once.
    """
    monkeypatch.setattr("mtls_app_gateway.rehearsal.local_rehearsal.write_credential", _no_space)
    threads = set(threading.enumerate())
    with pytest.raises(Exception, match="No space left on device"):
        provider.create(GATEWAY, STRICT)

    assert not FileLock(work_directory(folder) / OWNER).is_held
    assert not [each for each in set(threading.enumerate()) - threads if each.name == "ocsp"]
    host.stop()


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_gateway_that_has_died_is_started_again(provider: Client, folder: Path, host: RehearsedGateways) -> None:
    """
    After `kill -9` of nginx the next look finds it, and the same clients are let in on the same port.
    """
    provider.create(GATEWAY, STRICT)
    port, pid = listener_of(folder).port, (work_directory(folder) / "nginx.pid").read_text()
    os.kill(int(pid), signal.SIGKILL)

    def is_restarted() -> bool:
        host.restart_dead()
        return (work_directory(folder) / "nginx.pid").read_text() != pid

    until(is_restarted)

    assert [400, 200] == [status(folder), status(folder, "valid")]
    assert port == listener_of(folder).port


def test_two_gateways_of_one_name_have_two_folders(host: RehearsedGateways, provider: Client, folder: Path) -> None:
    """
    Names are unique in a resource group only; removing one gateway leaves the other answering.
    """
    provider.create(GATEWAY, PASSTHROUGH)
    first = work_directory(folder)
    other = fixtures.GATEWAY_ID.replace(fixtures.GROUP, "other-rg")

    host.apply({**Session.read(first).document, "id": other})
    assert 2 == len(list(folder.iterdir()))
    host.remove(other)

    assert [first] == list(folder.iterdir())
    assert 200 == status(folder)


class TestAsAProcess:
    """The emulator as `make up` starts it."""

    @pytest.fixture
    def start(self, tmp_path: Path, folder: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
        started: list[subprocess.Popen[str]] = []

        def start_one() -> "subprocess.Popen[str]":
            module = "mtls_app_gateway.commands.emulator"
            folders = ["--subscription", str(tmp_path / "subscription"), "--rehearse", str(folder)]
            command = [sys.executable, "-m", module, *folders]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            started.append(process)
            assert process.stdout is not None
            assert process.stdout.readline().strip().isdigit()
            return process

        yield start_one
        for process in started:
            process.kill()
            process.communicate()

    @pytest.fixture
    def stored(self, serve: Serve, tmp_path: Path) -> None:
        """A gateway in the subscription that does not run."""
        client = serve().connect()
        client.configure(subscriptionId=fixtures.SUBSCRIPTION)
        client.build()
        client.create(GATEWAY, STRICT)
        shutil.copytree(tmp_path / "subscription", tmp_path / "copy")
        (tmp_path / "copy" / "lock").unlink()

    @pytest.fixture
    def subscription(self, stored: None, tmp_path: Path) -> Path:  # noqa: ARG002 - it has to be there
        # The fixture that serves still holds the lock of the original.
        shutil.rmtree(tmp_path / "subscription")
        return (tmp_path / "copy").rename(tmp_path / "subscription")

    @pytest.mark.usefixtures("subscription")
    def test_an_earlier_gateway_is_started_again(
        self, start: Callable[[], "subprocess.Popen[str]"], folder: Path
    ) -> None:
        """
        What the subscription has is answering once the emulator serves, after `kill -9` too; nothing is left of before.
        """
        first = start()
        nginx = nginx_of(folder)
        assert [400, 200] == [status(folder), status(folder, "valid")]

        first.kill()
        until(lambda: not is_alive(nginx))
        start()

        assert [400, 200] == [status(folder), status(folder, "valid")]

    @pytest.mark.usefixtures("subscription")
    def test_asked_to_end_it_takes_everything_down(
        self, start: Callable[[], "subprocess.Popen[str]"], folder: Path
    ) -> None:
        """
        On SIGTERM nginx ends first, and the folder no longer says that something runs.
        """
        process = start()
        nginx = nginx_of(folder)

        process.terminate()

        assert 0 == process.wait(PATIENCE)
        assert not is_alive(nginx)
        assert not (work_directory(folder) / "rehearsal.json").exists()

    def test_it_ends_when_its_folder_is_removed(
        self, start: Callable[[], "subprocess.Popen[str]"], subscription: Path, folder: Path
    ) -> None:
        """
        Removing the environment by hand leaves no process behind.
        """
        process = start()
        nginx = nginx_of(folder)

        shutil.rmtree(subscription)
        shutil.rmtree(folder)

        assert 0 == process.wait(PATIENCE)
        assert not is_alive(nginx)

    @pytest.mark.usefixtures("subscription")
    def test_everything_listens_on_the_loopback(self, start: Callable[[], "subprocess.Popen[str]"]) -> None:
        """
        Of all its sockets that listen, and those of what it started, none has another address than 127.0.0.1 or ::1.
        """
        process = start()
        family = _descendants(process.pid)
        addresses = list(_listening(family))

        # The engine's port, nginx's two, the echo backend and the responder.
        assert len(family) >= 4
        assert len(addresses) >= 5
        assert set() == set(addresses) - {"127.0.0.1", "::1"}


def _descendants(process: int) -> set[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}
    family = {process}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _listening(family: set[int]) -> Iterator[str]:
    """The addresses that these processes listen on, by /proc: which socket is whose, and where it listens."""
    ours = set()
    for process in family:
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):
                ours.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in ours:
                raw = bytes.fromhex(fields[1].partition(":")[0])
                words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
                address = IPv4Address(words) if len(words) == 4 else IPv6Address(words)
                # gRPC has one socket for both families, with the IPv4 address written the long way.
                yield str(getattr(address, "ipv4_mapped", None) or address)

"""Raising, changing, losing and ending a local gateway."""

import contextlib
import fcntl
import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mtls_app_gateway.document.reading import read_document
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal import local_gateway, nginx_process
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.rehearsal.local_gateway import LocalGateway, RunningGateway
from mtls_app_gateway.rehearsal.nginx_process import Nginx, find_nginx

from .conftest import Authorities
from .documents import chain, document, listener, passthrough, strict
from .knocking import ADDRESS, ClientFiles, knock, listener_of

QUICKSTART = Path(__file__).parent.parent / "fixtures" / "quickstart"
ROOT = Path(__file__).parent.parent.parent


def open_gateway(port: int = 8481) -> dict[str, Any]:
    return document([listener("tls", port, "edge")], sslProfiles=[passthrough("edge")])


def strict_gateway(authority: Authority, port: int = 8481) -> dict[str, Any]:
    return document(
        [listener("tls", port, "edge")],
        sslProfiles=[strict("edge", "a")],
        trustedClientCertificates=[chain("a", authority.bundle_pem)],
    )


def processes_of(folder: Path) -> list[int]:
    """The processes on this machine whose working directory is the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").resolve() == folder.resolve() and _is_running(entry):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _is_running(entry: Path) -> bool:
    return " Z " not in (entry / "stat").read_text()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def eventually(holds: Callable[[], bool], patience: float = 5) -> bool:
    deadline = time.monotonic() + patience
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return held


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[LocalGateway]:
    with LocalGateway(tmp_path / "gateway") as running:
        yield running


def test_microsofts_quickstart_answers(gateway: LocalGateway, callers: dict[str, ClientFiles | None]) -> None:
    """
    The quickstart template raises a Passthrough gateway; as printed, it forwards no certificate to its backend.
    """
    template, parameters = (
        json.loads((QUICKSTART / name).read_text()) for name in ("template.json", "parameters.json")
    )
    local = gateway.show(read_document(template, parameters))

    assert ("Passthrough", 444) == (local.listeners[0].mode, local.listeners[0].endpoint.port)
    for caller in ("nothing", "P-256", "expired"):
        met = knock(local, "listener2", callers[caller])
        assert (200, "pool2") == (met.status, met.forwarded["pool"])
        assert "CERTIFICATE" not in met.text


class TestChanges:
    """A gateway that becomes another."""

    def test_passthrough_becomes_strict_and_back(
        self, gateway: LocalGateway, callers: dict[str, ClientFiles | None], authorities: Authorities
    ) -> None:
        """
        As soon as `show` returns the new mode is what every caller meets, on the same port.
        """
        ports = set()
        for _ in range(2):
            local = gateway.show(open_gateway())
            assert 200 == knock(local, "tls").status
            ports.add(listener_of(local, "tls").local_port)
            local = gateway.show(strict_gateway(authorities.a1))
            assert [400] * 20 == [knock(local, "tls").status for _ in range(20)]
            assert 200 == knock(local, "tls", callers["P-256"]).status
            ports.add(listener_of(local, "tls").local_port)

        assert 1 == len(ports)

    def test_the_port_is_never_dropped(self, gateway: LocalGateway, authorities: Authorities) -> None:
        """
        A caller who knocks all the while the mode changes is answered every time.
        """
        local = gateway.show(open_gateway())
        met: list[int] = []
        done = threading.Event()

        def keep_knocking() -> None:
            while not done.is_set():
                met.append(knock(local, "tls").status)

        caller = threading.Thread(target=keep_knocking)
        caller.start()
        gateway.show(strict_gateway(authorities.a1))
        gateway.show(open_gateway())
        done.set()
        caller.join()

        assert {200, 400} == set(met)

    def test_listeners_come_and_go(self, gateway: LocalGateway) -> None:
        """
        A new listener is local beside the one there is, which keeps its port; one that is gone listens no more.
        """
        first = gateway.show(document([listener("one", 8482)]))
        both = gateway.show(document([listener("one", 8482), listener("two", 8483)]))
        last = gateway.show(document([listener("two", 8483)]))

        assert listener_of(first, "one") == listener_of(both, "one")
        assert 200 == knock(last, "two").status
        assert not is_listening(listener_of(first, "one").local_port)

    def test_a_document_that_cannot_be_raised_changes_nothing(self, gateway: LocalGateway) -> None:
        """
        nginx is asked before anything is replaced: what it refuses leaves the running gateway as it was.
        """
        local = gateway.show(open_gateway())
        broken = open_gateway()
        rule = broken["properties"]["rewriteRuleSets"][0]["properties"]["rewriteRules"][0]
        rule["conditions"] = [{"variable": "var_host", "pattern": "(never closed"}]

        with pytest.raises(GatewayError) as caught:
            gateway.show(broken)

        (problem,) = caught.value.problems
        assert "nginx-refused" == problem.rule
        assert "never closed" in problem.saw
        assert 200 == knock(local, "tls").status


class TestSafety:
    """What it leaves where, and who can reach it."""

    def test_everything_listens_on_the_loopback_alone(self, gateway: LocalGateway, local: RunningGateway) -> None:
        """
        None of the addresses in a configuration is another than 127.0.0.1, and no socket listens elsewhere.
        """
        shown = gateway.show(document([listener("one", 8482), listener("plain", 8484, protocol="Http")]))

        config = (gateway.folder / "nginx.conf").read_text()
        assert {"127.0.0.1"} == {line.split()[1].split(":")[0] for line in config.splitlines() if " listen " in line}
        ours = {f"{each.local_port:04X}" for each in (*shown.listeners, *local.listeners)}
        rows = [line.split()[1].split(":") for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        assert {"0100007F"} == {address for address, port in rows if port in ours}

    def test_keys_are_for_their_owner(self, gateway: LocalGateway) -> None:
        """
        Private keys, configuration and the folder itself can be read by no other user.
        """
        gateway.show(open_gateway())

        assert 0o700 == stat.S_IMODE(gateway.folder.stat().st_mode)
        keys = list(gateway.folder.glob("*.key.pem"))
        assert keys
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in (*keys, gateway.folder / "nginx.conf")}

    def test_no_certificate_is_logged(self, gateway: LocalGateway, callers: dict[str, ClientFiles | None]) -> None:
        """
        The access log tells who came by fingerprint, and holds neither a certificate nor a query.
        """
        local = gateway.show(open_gateway())
        knock(local, "tls", callers["P-256"], target="/path?secret=1")

        log = gateway.folder / "logs/access.log"
        assert eventually(lambda: bool(log.read_text()))
        (entry,) = [json.loads(line) for line in log.read_text().splitlines()]
        assert ("/path", "200", "TLSv1.3") == (entry["requestUri"], entry["httpStatus"], entry["sslProtocol"])
        assert 40 == len(entry["sslClientCertificateFingerprint"])
        assert "BEGIN" not in str(entry)
        assert "secret" not in str(entry)


class TestEnds:
    """Stopping, and being stopped."""

    def test_nothing_is_left_after_stop(self, tmp_path: Path) -> None:
        """
        No process, no open port; stopping twice is no mistake.
        """
        folder = tmp_path / "gateway"
        running = LocalGateway(folder)
        running.start()
        port = running.show(open_gateway()).listeners[0].local_port
        assert processes_of(folder)
        running.stop()

        assert [] == processes_of(folder)
        assert not is_listening(port)
        running.stop()

    def test_nothing_starts_before_start(self, tmp_path: Path) -> None:
        """
        Making a gateway touches nothing, and one that has not taken its folder shows nothing: it may be another's.
        """
        gateway = LocalGateway(tmp_path / "gateway")

        with pytest.raises(RuntimeError, match="between start and stop"):
            gateway.show(open_gateway())
        assert [] == list(tmp_path.iterdir())

    def test_a_folder_is_used_by_one_at_a_time(self, gateway: LocalGateway) -> None:
        """
        The second rehearsal in one folder is refused, and the first goes on.
        """
        local = gateway.show(open_gateway())

        with pytest.raises(GatewayError, match="folder-in-use"):
            LocalGateway(gateway.folder).start()
        assert 200 == knock(local, "tls").status

    def test_a_taken_port_is_no_obstacle(self, gateway: LocalGateway) -> None:
        """
        Where somebody has the preferred port the listener is local on another, and the report says which.
        """
        with socket.socket() as other:
            other.bind((ADDRESS, 0))
            other.listen()
            taken = other.getsockname()[1]
            local = gateway.show(open_gateway(taken))

        got = listener_of(local, "tls").local_port
        assert taken != got
        assert f"listener tls: port {taken}, which is {got} on this machine" in local.not_rehearsed

    def test_a_port_lost_in_the_last_moment_is_reported(
        self, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        If the port is taken after it was chosen, nginx's own words are reported and nothing is left running.
        """
        monkeypatch.setattr(local_gateway, "_is_free", lambda _: True)
        with socket.socket() as other:
            other.bind((ADDRESS, 0))
            other.listen()
            with pytest.raises(GatewayError, match=r"bind\(\) to 127\.0\.0\.1:\d+ failed"):
                gateway.show(open_gateway(other.getsockname()[1]))

        assert [] == processes_of(gateway.folder)

    @pytest.mark.parametrize("victim", ["master", "worker", "shell"])
    def test_a_killed_nginx_is_started_again(self, gateway: LocalGateway, victim: str) -> None:
        """
        Whichever of its processes is killed, the next `show` ends with a gateway that answers, and one of each.
        """
        local = gateway.show(open_gateway())
        master = int((gateway.folder / "nginx.pid").read_text())
        group = os.getpgid(master)
        (worker,) = set(processes_of(gateway.folder)) - {master} - set(_shells(gateway.folder))
        os.kill({"master": master, "worker": worker, "shell": group}[victim], signal.SIGKILL)
        if victim != "worker":
            assert eventually(lambda: not gateway.is_running)

        local = gateway.show(open_gateway())

        assert 200 == knock(local, "tls").status
        assert eventually(lambda: len(processes_of(gateway.folder)) == 4)

    def test_an_orphan_ends_by_itself(self, tmp_path: Path) -> None:
        """
        When the process that local it is killed, nginx follows without anybody asking.
        """
        folder = tmp_path / "gateway"
        parent, port = _lingering(folder)
        assert is_listening(port)
        parent.kill()
        parent.wait()

        assert eventually(lambda: not processes_of(folder) and not is_listening(port))

    @pytest.mark.parametrize("moment", range(6))
    def test_after_any_kill_the_next_one_works(self, tmp_path: Path, moment: int) -> None:
        """
        The parent and, with it, all or some of nginx are killed at a random moment; the folder is as good as new.
        """
        folder = tmp_path / "gateway"
        chance = random.Random(moment)  # noqa: S311 (no secret)
        parent = subprocess.Popen(
            [sys.executable, "-m", "tests.rehearsal.lingering", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
        )
        assert parent.stdin is not None
        parent.stdin.write(json.dumps(open_gateway(8485)).encode())
        parent.stdin.close()
        eventually(lambda: bool(processes_of(folder)), patience=chance.uniform(0.2, 2))
        others = processes_of(folder)
        for process in (parent.pid, *chance.sample(others, chance.randint(0, len(others)))):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        parent.wait()

        with LocalGateway(folder) as gateway:
            assert 200 == knock(gateway.show(open_gateway(8485)), "tls").status
        assert [] == processes_of(folder)

    def test_a_folder_that_others_may_write_in_is_refused(self, tmp_path: Path) -> None:
        """
        Whoever could put files there could choose what nginx serves.
        """
        folder = tmp_path / "gateway"
        folder.mkdir()
        folder.chmod(0o777)

        with pytest.raises(GatewayError, match="folder-not-private"):
            LocalGateway(folder).start()
        assert [] == list(folder.iterdir())

    def test_a_folder_of_other_files_is_refused(self, tmp_path: Path) -> None:
        """
        A file of the user's own that has a name of ours is not overwritten.
        """
        (tmp_path / "nginx.conf").write_text("mine")

        with pytest.raises(GatewayError, match="folder-not-private"):
            LocalGateway(tmp_path).start()
        assert "mine" == (tmp_path / "nginx.conf").read_text()

    def test_no_number_from_a_file_is_signalled(self, gateway: LocalGateway) -> None:
        """
        Where nginx's own file names a process that was not started here, the change is refused and that one lives.
        """
        gateway.show(open_gateway())
        number = gateway.folder / "nginx.pid"
        before = number.read_text()
        with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
            for written in (str(other.pid), "1", "0", "-1", "x", ""):
                number.write_text(written)
                with pytest.raises(GatewayError, match=r"nginx\.pid does not name the nginx that was started here"):
                    gateway.show(strict_gateway(Authority.create("Root")))
            assert other.poll() is None
            other.kill()
        number.write_text(before)
        assert gateway.show(open_gateway()).listeners

    def test_what_holds_no_lock_is_not_cleared_away(self, tmp_path: Path) -> None:
        """
        Only processes that have the lock open and work in the folder are ended, whatever number is written there.
        """
        folder = tmp_path / "gateway"
        folder.mkdir(mode=0o700)
        with subprocess.Popen(["sleep", "60"], cwd=folder, start_new_session=True) as bystander:
            (folder / "running").write_text(f"{bystander.pid}\n")
            with (
                (folder / "running").open() as held,
                subprocess.Popen(
                    ["sleep", "60"], cwd=folder, pass_fds=[held.fileno()], start_new_session=True
                ) as holder,
            ):
                fcntl.flock(held, fcntl.LOCK_EX)
                held.close()
                nginx_process.clear_away(folder)
                assert -signal.SIGKILL == holder.wait(10)
            assert bystander.poll() is None
            bystander.kill()

    def test_a_full_disk_is_reported(self, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        What cannot be written is one clear problem, and what ran before still runs.
        """
        local = gateway.show(open_gateway())

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(nginx_process, "write_private", full)
        with pytest.raises(GatewayError, match=r"cannot-write: .*No space left on device"):
            gateway.show(open_gateway())
        assert 200 == knock(local, "tls").status


class TestOwnBackend:
    """A real application behind the rehearsal."""

    def test_it_takes_the_place_of_the_echo(self, tmp_path: Path, local: RunningGateway) -> None:
        """
        With a backend of one's own each pool leads there.
        """
        behind = f"{ADDRESS}:{listener_of(local, 'plain').local_port}"
        with LocalGateway(tmp_path / "gateway", backend=behind) as gateway:
            met = knock(gateway.show(open_gateway()), "tls", target="/through")

        assert "8456" == met.backend_headers["x-forwarded-port"]

    def test_one_that_is_down_is_502(self, tmp_path: Path) -> None:
        """
        A backend that does not answer gives the gateway's own page.
        """
        with LocalGateway(tmp_path / "gateway", backend=f"{ADDRESS}:1") as gateway:
            met = knock(gateway.show(open_gateway()), "tls")

        assert (502, True) == (met.status, "<h1>502 Bad Gateway</h1>" in met.text)


class TestServerHeader:
    """Who the gateway's own pages say that they are from."""

    def test_a_refusal_is_the_gateways(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        The 400 page has the gateway's name; the backend's answer has the backend's.
        """
        monkeypatch.setenv("PATH", str(tmp_path))
        with LocalGateway(tmp_path / "gateway") as gateway:
            served = knock(gateway.show(open_gateway()), "tls")
            local = gateway.show(strict_gateway(Authority.create("Partners")))
            refused = knock(local, "tls")

        assert (400, "Microsoft-Azure-Application-Gateway/v2") == (refused.status, refused.headers["server"])
        assert "BaseHTTP" in served.headers["server"]
        assert not [notice for notice in local.not_rehearsed if "Server header" in notice]

    def test_an_nginx_that_cannot_says_so(self, tmp_path: Path) -> None:
        """
        Without the module nginx starts all the same, and the report says what is not rehearsed.
        """
        plain = replace(find_nginx(), sets_server=False)
        with LocalGateway(tmp_path / "gateway", nginx=plain) as gateway:
            local = gateway.show(open_gateway())

            assert 200 == knock(local, "tls").status
        assert [notice for notice in local.not_rehearsed if "Server header" in notice]


class TestFinding:
    """Which nginx."""

    def test_one_on_the_path_comes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        An nginx on the PATH that is new enough is used.
        """
        monkeypatch.setenv("PATH", str(_pretending(tmp_path, "1.22.1")))

        assert Nginx(tmp_path / "nginx", (1, 22, 1)) == find_nginx()

    def test_the_packaged_one_names_the_gateway(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Without an nginx on the PATH there is the packaged one, whose pages can name another server.
        """
        monkeypatch.setenv("PATH", str(tmp_path))

        assert find_nginx().sets_server

    def test_one_that_is_too_old_is_passed_over(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        An old one on the PATH gives way to the packaged one.
        """
        monkeypatch.setenv("PATH", str(_pretending(tmp_path, "1.18.0")))

        assert find_nginx().version > (1, 19, 5)

    def test_without_any_both_remedies_are_reported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        With neither, the problem names both ways to get one.
        """
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(nginx_process, "_packaged", lambda: None)

        with pytest.raises(GatewayError, match=r"no-nginx.*Install nginx .* or .*\[rehearsal\]"):
            find_nginx()


def _pretending(folder: Path, version: str) -> Path:
    pretender = folder / "nginx"
    pretender.write_text(f"#!/bin/sh\necho nginx version: nginx/{version} >&2\n")
    pretender.chmod(0o700)
    return folder


def _shells(folder: Path) -> list[int]:
    return [pid for pid in processes_of(folder) if b"sh\0-c" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _lingering(folder: Path) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.rehearsal.lingering", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin as given, parent.stdout as said:
        given.write(json.dumps(open_gateway(8485)))
        given.close()
        return parent, int(said.readline())

"""Runs a gateway on this machine with its rehearsal CAs, callers and OCSP responder.

All its files are in one work directory, where `session` finds them from other processes.
"""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..document.azure_limits import excesses
from ..document.gateway import TrustedChain
from ..problems import GatewayError
from ..processes.lifetime import Lifetime
from ..processes.problem_rows import CANNOT_WRITE
from .authority import write_credential
from .backend_certificates import BackendCertificate
from .local_gateway import LocalGateway, RunningGateway
from .minted_callers import MintedCaller, Minting, RsaKeys
from .nginx_process import Nginx
from .ocsp_responder import OcspAnswer, OcspResponder
from .problem_rows import TOO_MANY_PARTS
from .rehearsal_cas import RehearsalCas
from .rehearsal_chain import RehearsalChain, default_rehearsal_chain, rehearsal_chain_for, storage_name
from .session import STATE, Session, SessionCaller, SessionListener, keep_rehearsal_chain, kept_rehearsal_chain

_SLOW = 0.5
"""Seconds until a slow responder answers, and until a silent one closes the connection."""


class LocalRehearsal(Lifetime):
    """A gateway whose document may change, and its callers. Use as a context, or call `start` and `stop`.

    `backend`, `host:port` or `https://host:port`, replaces the echo backend for every pool; `backend_certificate` is
    what the echo backend shows over HTTPS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        backend: str | None = None,
        backend_certificate: BackendCertificate = BackendCertificate.VALID,
        nginx: Nginx | None = None,
    ) -> None:
        self.folder = folder
        self._responder = OcspResponder((), delay=_SLOW, silence=_SLOW)
        self._gateway = LocalGateway(folder, backend=backend, backend_certificate=backend_certificate, nginx=nginx)
        self._backend_certificate = backend_certificate
        self._running = ExitStack()
        self._keys = RsaKeys()
        self._document: Mapping[str, Any] | None = None
        self._shown = 0

    def start(self) -> None:
        """Take the folder for this process, and start the responder.

        Raises:
            GatewayError: where there is no nginx, or the folder is not private, is in use or cannot be written.
        """
        with ExitStack() as starting:
            starting.enter_context(self._responder)
            self._gateway.ocsp_responder = self._responder.url
            starting.enter_context(self._gateway)
            self._forget_earlier()
            starting.callback(self._forget_session)
            self._running = starting.pop_all()

    def show(self, document: Mapping[str, Any]) -> Session:
        """Start this gateway, or change to it without closing a port; returns when it answers.

        Raises:
            GatewayError: where it cannot start. What ran before still runs.
        """
        try:
            return self._show(document)
        except OSError as error:
            raise CANNOT_WRITE.error(str(self.folder), str(error.strerror)) from error

    def restart_if_dead(self) -> bool:
        """Start the gateway again if it has died; returns whether it had."""
        if self._document is None or self._gateway.is_running:
            return False
        self.show(self._document)
        return True

    def stop(self) -> None:
        """End it; nothing is left running or listening."""
        self._running.close()

    def _forget_session(self) -> None:
        (self.folder / STATE).unlink(missing_ok=True)

    def _forget_earlier(self) -> None:
        self._forget_session()
        for callers in self.folder.glob("callers-*"):
            shutil.rmtree(callers, ignore_errors=True)

    def _show(self, document: Mapping[str, Any]) -> Session:
        _refuse_excesses(document)
        now = datetime.now(UTC)
        cas = RehearsalCas(document, lambda trusted: self._authorities(trusted, now))
        folder = self.folder / f"callers-{self._shown}"
        try:
            callers = self._mint(cas, folder)
            running = self._gateway.show(cas.document)
            session = self._session(cas, running, callers)
            session.write()
        except (GatewayError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(self.folder / f"callers-{self._shown - 1}", ignore_errors=True)
        self._shown += 1
        self._document = document
        return session

    def _authorities(self, trusted: TrustedChain | None, now: datetime) -> RehearsalChain | None:
        """The rehearsal CAs for a chain of the document, or for none: the same as the last time."""
        name = storage_name(trusted)
        found = kept_rehearsal_chain(self.folder, name, now=now)
        if found is None:
            found = rehearsal_chain_for(trusted, now=now) if trusted else default_rehearsal_chain(now=now)
            if found is not None:
                keep_rehearsal_chain(self.folder, name, found)
        return found

    def _mint(self, cas: RehearsalCas, folder: Path) -> dict[str, tuple[SessionCaller, ...]]:
        """Mint all callers into a folder, and configure the responder's answers for them."""
        folder.mkdir(mode=0o700)
        minting = Minting(self._responder.url, self._keys)
        callers = {}
        for number, (profile, trusted) in enumerate(cas.trusted.items()):
            minted = minting.callers(trusted, asks_ocsp=cas.asks_ocsp(profile))
            callers[profile] = tuple(
                self._caller(each, folder, f"{number}-{index}") for index, each in enumerate(minted)
            )
        known = (authority for each in cas.authorities for authority in each.authorities)
        self._responder.authorities = (*known, *minting.issuers)
        return callers

    def _caller(self, minted: MintedCaller, folder: Path, stem: str) -> SessionCaller:
        certificate, key = write_credential(minted.credential, folder, stem)
        # nginx asks this responder about every client, also about one whose certificate names no responder.
        self._responder.answer(minted.credential, minted.answer or OcspAnswer.NONE)
        return SessionCaller(
            minted.name,
            str(certificate.relative_to(self.folder)),
            str(key.relative_to(self.folder)),
            minted.answer.name.lower() if minted.answer else None,
            minted.is_by_rehearsal_ca,
        )

    def _session(
        self, cas: RehearsalCas, running: RunningGateway, callers: Mapping[str, tuple[SessionCaller, ...]]
    ) -> Session:
        listeners = tuple(
            SessionListener(
                each.name,
                each.host,
                each.local_port,
                each.url,
                each.mode,
                cas.storage_names[cas.profile_of(each.name)],
                each.unserved,
            )
            for each in running.listeners
        )
        return Session(
            self.folder,
            cas.document,
            running.server_ca.name,
            str(running.served_by),
            self._responder.url,
            (*cas.notices, *running.not_rehearsed),
            listeners,
            callers,
            running.report_token,
            self._backend_certificate,
        )


def _refuse_excesses(document: Mapping[str, Any]) -> None:
    """Refuse a gateway larger than Azure takes: every caller knocks at every listener, which would take too long."""
    found = [
        TOO_MANY_PARTS.problem(collection, f"there are {count}", f"Azure takes at most {limit}.")
        for collection, count, limit in excesses(document)
    ]
    if found:
        raise GatewayError(found)
